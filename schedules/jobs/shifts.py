"""Volunteer shifts by the clock: publish, remind, pass on, go on asking, and close what nobody closed."""

from __future__ import annotations

import logging
from collections.abc import Callable, Sequence

from sqlalchemy.exc import SQLAlchemyError
from sqlalchemy.orm import Session

from care import attendance, cover_calls, shift_templates, sign_ups, swaps, waiting_lists
from care.refusals import Refused
from models.database import writing
from schedules.runner import Tools

log = logging.getLogger(__name__)


def _each(tools: Tools, what: str, due: Sequence[int], act: Callable[[Session, int], object]) -> int:
    """Act on each row in a transaction of its own, so that one bad row stops no other; return how many changed."""
    done = 0
    for number in due:
        try:
            with tools.sessions() as session, writing(session):
                done += bool(act(session, number))
        except (SQLAlchemyError, Refused) as error:
            log.error("shift sweep failed", extra={"what": what, "row": number, "error": type(error).__name__})
    return done


def ask_to_confirm(tools: Tools) -> int:
    """Ask every volunteer whose shift begins within 24 hours (remind_hours) whether they come, once."""
    now = tools.clock()
    with tools.sessions() as session:
        due = sign_ups.to_remind(session=session, now=now)
    return _each(tools, "remind", due, lambda work, row: sign_ups.remind(session=work, sign_up_id=row, now=now))


def pass_places_on(tools: Tools) -> int:
    """Let offers lapse that ran out (offer_minutes) and pass each place on; end swaps that time has overtaken."""
    now, zone = tools.clock(), tools.timezone
    with tools.sessions() as session:
        offers = waiting_lists.lapsed(session=session, now=now)
        late = swaps.overtaken(session=session, now=now)
    done = _each(
        tools,
        "offer",
        offers,
        lambda work, row: waiting_lists.lapse(session=work, sign_up_id=row, now=now, timezone=zone),
    )
    return done + _each(tools, "swap", late, lambda work, row: swaps.lapse(session=work, swap_id=row, now=now))


def go_on_with_cover_calls(tools: Tools) -> int:
    """Ask the next volunteer where nobody answered in time (cover_answer_minutes), never in the quiet hours."""
    now, zone = tools.clock(), tools.timezone
    with tools.sessions() as session:
        due = cover_calls.running(session=session)
    return _each(
        tools, "cover", due, lambda work, row: cover_calls.go_on(session=work, call_id=row, now=now, timezone=zone)
    )


def close_attendance(tools: Tools) -> int:
    """Note who never came (no_show_minutes after the end), and check out who forgot to (check_out_minutes after it)."""
    now, zone = tools.clock(), tools.timezone
    with tools.sessions() as session:
        absent = attendance.absent(session=session, now=now)
        forgotten = attendance.forgotten(session=session, now=now)
    done = _each(
        tools,
        "absence",
        absent,
        lambda work, row: attendance.note_absence(session=work, actor=None, sign_up_id=row, now=now, timezone=zone),
    )
    return done + _each(
        tools,
        "check-out",
        forgotten,
        lambda work, row: attendance.close_forgotten(session=work, sign_up_id=row, now=now),
    )


def publish_shifts(tools: Tools) -> int:
    """Make the shifts of the next weeks (publish_weeks) from the templates in use; those already made stay."""
    with tools.sessions() as session, writing(session):
        return shift_templates.publish(session=session, now=tools.clock(), timezone=tools.timezone)
