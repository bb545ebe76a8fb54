"""What an appointment needs from the clock: reminders, freed times, offers that lapse, outcomes that are missing."""

from __future__ import annotations

import logging
from collections.abc import Callable, Sequence
from typing import Any
from zoneinfo import ZoneInfo

from sqlalchemy.exc import SQLAlchemyError
from sqlalchemy.orm import Session

from care import appointment_lists, holidays, reminders, waiting_list, waiting_offers
from models.database import writing
from schedules.runner import Tools

log = logging.getLogger(__name__)


def _each(tools: Tools, what: str, keys: Sequence[Any], deed: Callable[[Session, Any], object]) -> int:
    """Do the deed for each key in a transaction of its own, so that one bad row stops no other."""
    done = 0
    for key in keys:
        try:
            with tools.sessions() as session, writing(session):
                done += bool(deed(session, key))
        except SQLAlchemyError as error:
            log.error("sweep of appointments met a bad row", extra={"what": what, "error": type(error).__name__})
    return done


def queue_reminders(tools: Tools) -> int:
    """Queue the reminders that are due, 48 and 3 hours before the start; a missed run catches up until the start."""
    with tools.sessions() as session:
        due = reminders.waiting(session=session, now=tools.clock())
    return _each(
        tools,
        "reminder",
        due,
        lambda session, key: reminders.queue(session=session, key=key, secret=tools.secret, now=tools.clock()),
    )


def pass_offers_on(tools: Tools) -> int:
    """Let offers lapse that nobody answered in time (usually four waking hours), and offer freed times to who waits."""
    with tools.sessions() as session:
        lapsed = waiting_offers.lapsed(session=session, now=tools.clock())
        freed = waiting_offers.freed_times(session=session)
    ended = _each(
        tools,
        "offer",
        lapsed,
        lambda session, key: waiting_offers.lapse(
            session=session, offer_id=key, secret=tools.secret, now=tools.clock(), timezone=tools.timezone
        ),
    )
    return ended + _each(
        tools,
        "freed time",
        freed,
        lambda session, key: waiting_offers.offer_freed(
            session=session, freed_id=key, secret=tools.secret, now=tools.clock(), timezone=tools.timezone
        ),
    )


def ask_for_outcomes(tools: Tools) -> int:
    """Mark appointments that are over and of which nobody has said what became of them, once each."""
    with tools.sessions() as session, writing(session):
        return appointment_lists.ask_for_outcomes(session=session, now=tools.clock())


def keep_the_calendar_true(tools: Tools) -> int:
    """Once a day: seed the holidays of the years that can be booked, end wishes whose last day is over."""
    now = tools.clock()
    with tools.sessions() as session, writing(session):
        seeded = holidays.keep_up(session=session, now=now)
        today = now.astimezone(ZoneInfo(tools.timezone)).date()
        return seeded + waiting_list.pass_over(session=session, now=now, today=today)
