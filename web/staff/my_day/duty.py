"""My turns on duty."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime, timedelta

from flask import url_for
from flask_babel import gettext as _
from sqlalchemy.orm import Session

from care import duty
from models.staff import StaffMember
from web.common.access import Access, staff_may
from web.staff import words
from web.staff.my_day.rows import Door, Row, Section

AHEAD = timedelta(days=7)
# Whoever is on duty every day knows it; the next turns are enough, and the roster is one tap away.
SHOWN = 3


def rows(*, session: Session, me: StaffMember, now: datetime) -> Iterator[Row]:
    """Yield my turns of the coming week; one that has begun without me is late."""
    if not staff_may(Access.SEE_DUTY):
        return
    turns = [
        turn
        for turn in duty.turns_between(session=session, start=now, end=now + AHEAD)
        if turn.staff_id == me.id and turn.checked_out_at is None
    ]
    for turn in sorted(turns, key=lambda turn: turn.starts_at)[:SHOWN]:
        begun = turn.starts_at <= now
        detail = _("You are checked in.") if turn.checked_in_at else _("Please check in.") if begun else ""
        yield Row(
            Section.LATE if begun and turn.checked_in_at is None else Section.NEXT,
            _("On duty: %(position)s", position=words.POSITIONS[turn.position]),
            url_for("staff.duty"),
            turn.starts_at,
            detail,
            symbol="bell",
        )


def doors() -> Iterator[Door]:
    """Yield the way to the roster."""
    if staff_may(Access.SEE_DUTY):
        words_ = _("Who is on call in the next two weeks.")
        yield Door(_("Duty roster"), words_, url_for("staff.duty"), "calendar", 40)
