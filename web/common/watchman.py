"""While the scheduler is silent, the site lets overdue alarms climb: whoever asks for the desk, or its own thread."""

from __future__ import annotations

import logging
import os
import secrets
import threading
import time
from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from flask import current_app
from sqlalchemy.exc import SQLAlchemyError
from sqlalchemy.orm import Session

from care import crises, heartbeat, intervention_alarms, leases, reply_alarms
from web.common import clock
from web.common.database import reading, unit_of_work

log = logging.getLogger(__name__)

# An alarm lags this long at most while only screens watch over it; twenty screens cost no more than one.
LOOK_EVERY = 2.0  # seconds
# One process of the site at a time does the scheduler's work; one that has died is followed by another after this.
LEASE_NAME, LEASE = "site-watch", timedelta(seconds=10)


@dataclass
class Watchman:
    """One per process: remembers the pulse, and lets one request at a time do the scheduler's work."""

    elapsed: Callable[[], float] = time.monotonic
    every: float = LOOK_EVERY
    holder: str = field(default_factory=lambda: f"{os.getpid()}-{secrets.token_hex(4)}")
    _watch: heartbeat.Watch = field(default_factory=heartbeat.Watch)
    _busy: threading.Lock = field(default_factory=threading.Lock)
    _looked_at: float | None = None
    _noted: bool | None = None
    # What could not be done since the process started, by its name; /health tells the sum.
    failures: Counter[str] = field(default_factory=Counter)

    def is_silent(self) -> bool:
        """Tell whether the scheduler is silent; a database that is away says nothing good about it."""
        try:
            return self._judge(clock.now())
        except SQLAlchemyError:
            return True

    def _judge(self, now: datetime) -> bool:
        return self._watch.is_silent(beat=heartbeat.pulse(session=reading()), now=now, elapsed=self.elapsed())

    def look(self) -> None:
        """Look after the alarms if the scheduler does not; never spoils the page that asked."""
        if not self._busy.acquire(blocking=False):
            return
        try:
            moment = self.elapsed()
            if self._looked_at is not None and moment - self._looked_at < self.every:
                return
            self._looked_at = moment
            self._stand_in(clock.now())
        except Exception as error:  # noqa: BLE001 - whoever asked for a page gets it, whatever is wrong with the watch
            self._note("watch", error)
        finally:
            self._busy.release()

    def _note(self, what: str, error: Exception, row: int | None = None) -> None:
        """Count and log a failure by the name of its class: its text could hold words of a person."""
        self.failures[what] += 1
        log.error("not done by the site", extra={"what": what, "row": row, "error": type(error).__name__})
        try:
            reading().rollback()
        except SQLAlchemyError:
            # A connection that is gone is opened anew by the next question.
            reading().close()

    def _stand_in(self, now: datetime) -> None:
        if not self._judge(now):
            if self._noted is not False:
                with unit_of_work() as work:
                    heartbeat.note_return(session=work, now=now)
                self._noted = False
            return
        self._noted = True
        if not heartbeat.is_noted(session=reading()):
            with unit_of_work() as work:
                heartbeat.note_silence(session=work, last_beat_at=heartbeat.pulse(session=work).at, now=now)
        if not self._leads(now):
            return
        # The same three alarms that the scheduler rings by the second (schedules/timetable.py); the case first.
        self._each("case", crises.due_to_climb, self._climb, now)
        self._each("line", reply_alarms.due, self._ring_for_line, now)
        self._each("way of somebody who was sent", intervention_alarms.due, self._ring_for_way, now)

    def _leads(self, now: datetime) -> bool:
        if leases.is_held(session=reading(), name=LEASE_NAME, holder=self.holder, now=now, lasts=LEASE):
            return True
        with unit_of_work() as work:
            return leases.take(session=work, name=LEASE_NAME, holder=self.holder, now=now, lasts=LEASE)

    @staticmethod
    def _climb(work: Session, case_id: int, now: datetime) -> None:
        # Asked again under the lock: another process of the site, or a scheduler just come back, may be first.
        if crises.climb_if_due(session=work, case_id=case_id, now=now):
            heartbeat.count_climb(session=work)

    @staticmethod
    def _ring_for_line(work: Session, number: int, now: datetime) -> None:
        reply_alarms.ring(session=work, conversation_id=number, now=now)

    @staticmethod
    def _ring_for_way(work: Session, case_id: int, now: datetime) -> None:
        intervention_alarms.ring(session=work, case_id=case_id, now=now)

    def _each(
        self,
        what: str,
        due: Callable[..., Sequence[int]],
        deed: Callable[[Session, int, datetime], object],
        now: datetime,
    ) -> None:
        """Do what is due, each row in a transaction of its own, so that one bad row stops no other, of any kind."""
        try:
            rows = due(session=reading(), now=now)
        except Exception as error:  # noqa: BLE001 - the next kind of alarm must ring all the same
            self._note(what, error)
            return
        for row in rows:
            try:
                with unit_of_work() as work:
                    deed(work, row, now)
            except Exception as error:  # noqa: BLE001 - whatever is wrong with one row, the others must ring
                self._note(what, error, row)


def watchman() -> Watchman:
    """Return the watchman of this site."""
    found: Watchman = current_app.extensions["watchman"]
    return found
