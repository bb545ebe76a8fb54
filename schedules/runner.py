"""Runs sweeps: each notes its pulse, and one that fails neither stops the others nor stays silent."""

from __future__ import annotations

import logging
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime, time, timedelta

from sqlalchemy.orm import Session, sessionmaker

from care import leases
from care.bot_line import BotLine
from care.gateways import Post
from care.notices import QuietHours, Rules
from models.database import writing
from models.live import Heartbeat

log = logging.getLogger(__name__)

# A scheduler that stops renewing for this long is dead, and another may take its place.
LEASE = timedelta(seconds=20)
LEASE_NAME = "scheduler"
# A pulse is written at most this often, unless there is something to tell.
BEAT_EVERY = timedelta(seconds=4)


@dataclass(frozen=True)
class Tools:
    """What every sweep is given; there is no other state."""

    sessions: sessionmaker[Session]
    clock: Callable[[], datetime]
    line: BotLine
    timezone: str
    post: Post = field(default_factory=Post)
    quiet: QuietHours = field(default_factory=lambda: QuietHours(time(21, 0), time(8, 0)))
    public_url: str = ""
    # With which tokens in links are hashed; the site reads them with the same one.
    secret: str = ""

    @property
    def rules(self) -> Rules:
        """Return what differs from base to base when a notice is written."""
        return Rules(timezone=self.timezone, quiet=self.quiet, public_url=self.public_url)


Sweep = Callable[[Tools], int]


@dataclass(frozen=True)
class Entry:
    """One line of the timetable."""

    name: str
    sweep: Sweep
    every: timedelta


def run(entry: Entry, tools: Tools) -> int:
    """Run one sweep and note how many rows it acted on; an exception is noted by its class and not passed on."""
    failure = None
    count = 0
    try:
        count = entry.sweep(tools)
    except Exception as error:  # noqa: BLE001 - one broken sweep must never stop the alarm sweep
        failure = type(error).__name__
        log.error("sweep failed", extra={"sweep": entry.name, "error": failure})
    try:
        beat(tools, entry.name, count=count, failure=failure)
    except Exception as error:  # noqa: BLE001 - a database that is away is reported by the silent heartbeat
        log.error("heartbeat not written", extra={"sweep": entry.name, "error": type(error).__name__})
    return count


def beat(tools: Tools, name: str, *, count: int = 0, failure: str | None = None) -> None:
    """Write a sign of life; a quiet sweep that beat a moment ago leaves the disk in peace."""
    now = tools.clock()
    with tools.sessions() as session:
        known = session.get(Heartbeat, name)
        if known is not None and not count and not failure and abs(now - known.at) < BEAT_EVERY:
            return
    with tools.sessions() as session, writing(session):
        row = session.get(Heartbeat, name)
        if row is None:
            row = Heartbeat(name=name, at=now, count=count)
            session.add(row)
        row.at, row.count = now, count
        if failure is not None:
            row.failed_at, row.failure = now, failure


def hold_lease(tools: Tools, holder: str) -> bool:
    """Become or stay the one scheduler; tell False while another one is alive."""
    now = tools.clock()
    with tools.sessions() as session:
        if leases.is_held(session=session, name=LEASE_NAME, holder=holder, now=now, lasts=LEASE):
            return True  # Renewed at half time, not with every tick.
    with tools.sessions() as session, writing(session):
        return leases.take(session=session, name=LEASE_NAME, holder=holder, now=now, lasts=LEASE)
