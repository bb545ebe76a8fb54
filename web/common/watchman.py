"""While the scheduler is silent, whoever asks for the desk lets overdue alarms climb: a screen needs no scheduler."""

from __future__ import annotations

import logging
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime

from flask import current_app
from sqlalchemy.exc import SQLAlchemyError

from care import crises, heartbeat
from web.common import clock
from web.common.database import reading, unit_of_work

log = logging.getLogger(__name__)

# An alarm lags this long at most while only screens watch over it; twenty screens cost no more than one.
LOOK_EVERY = 2.0  # seconds


@dataclass
class Watchman:
    """One per process: remembers the pulse, and lets one request at a time do the scheduler's work."""

    elapsed: Callable[[], float] = time.monotonic
    every: float = LOOK_EVERY
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
        for case_id in crises.due_to_climb(session=reading(), now=now):
            self._climb(case_id, now)

    def _climb(self, case_id: int, now: datetime) -> None:
        try:
            with unit_of_work() as work:
                # Asked again under the lock: another process of the site, or a scheduler just come back, may be first.
                if crises.climb_if_due(session=work, case_id=case_id, now=now):
                    heartbeat.count_climb(session=work)
        except SQLAlchemyError as error:
            log.error("case did not climb", extra={"case_id": case_id, "error": type(error).__name__})


def watchman() -> Watchman:
    """Return the watchman of this site."""
    found: Watchman = current_app.extensions["watchman"]
    return found
