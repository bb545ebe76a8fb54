"""While the scheduler is silent, the site lets overdue alarms climb: whoever asks for the desk, or its own thread."""

from __future__ import annotations

import logging
import os
import secrets
import threading
import time
from collections.abc import Callable
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
        except SQLAlchemyError as error:
            log.error("watch not kept", extra={"error": type(error).__name__})
            reading().rollback()
        finally:
            self._busy.release()

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
        for case_id in crises.due_to_climb(session=reading(), now=now):
            self._do("case", case_id, lambda work, one: self._climb(work, one, now))
        for number in reply_alarms.due(session=reading(), now=now):
            self._do(
                "line",
                number,
                lambda work, one: reply_alarms.ring(session=work, conversation_id=one, now=now),
            )
        for case_id in intervention_alarms.due(session=reading(), now=now):
            self._do(
                "way of somebody who was sent",
                case_id,
                lambda work, one: intervention_alarms.ring(session=work, case_id=one, now=now),
            )

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
    def _do(what: str, number: int, deed: Callable[[Session, int], object]) -> None:
        """Do one row in a transaction of its own, so that one bad row stops no other."""
        try:
            with unit_of_work() as work:
                deed(work, number)
        except SQLAlchemyError as error:
            log.error("not rung by the site", extra={"what": what, "row": number, "error": type(error).__name__})


def watchman() -> Watchman:
    """Return the watchman of this site."""
    found: Watchman = current_app.extensions["watchman"]
    return found
