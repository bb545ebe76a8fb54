"""Follow-ups by the clock: find them a time, remind when a window opens, climb when one was missed."""

from __future__ import annotations

import logging
from collections.abc import Callable, Sequence

from sqlalchemy.exc import SQLAlchemyError
from sqlalchemy.orm import Session

from care import follow_up_alarms, follow_up_places
from care.refusals import Refused
from models.database import writing
from schedules.runner import Tools

log = logging.getLogger(__name__)


def _each(tools: Tools, due: Sequence[int], act: Callable[[Session, int], bool]) -> int:
    """Act on each row in a transaction of its own, so that one bad row stops no other; return how many changed."""
    done = 0
    for number in due:
        try:
            with tools.sessions() as session, writing(session):
                done += act(session, number)
        except (SQLAlchemyError, Refused, LookupError) as error:
            log.error("follow-up sweep failed", extra={"row": number, "error": type(error).__name__})
    return done


def place_follow_ups(tools: Tools) -> int:
    """Take a time for each follow-up of the next four weeks; hand on those of colleagues who left or are on leave."""
    now = tools.clock()
    with tools.sessions() as session:
        due = follow_up_places.due_to_place(session=session, now=now)
    return _each(
        tools,
        due,
        lambda work, row: follow_up_places.place(session=work, follow_up_id=row, now=now, timezone=tools.timezone),
    )


def remind_and_climb(tools: Tools) -> int:
    """Tell the owner when a window opens, and the next rung of each contact that was missed."""
    now = tools.clock()
    with tools.sessions() as session:
        opening = follow_up_alarms.due_to_remind(session=session, now=now)
        missed = follow_up_alarms.due_to_climb(session=session, now=now)
    done = _each(tools, opening, lambda work, row: follow_up_alarms.remind(session=work, follow_up_id=row, now=now))
    return done + _each(
        tools, missed, lambda work, row: follow_up_alarms.climb(session=work, follow_up_id=row, now=now)
    )
