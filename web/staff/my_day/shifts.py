"""What the volunteers' shifts ask of me: my next one, an answer, and for those who plan the gaps and the inbox."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime

from flask import url_for
from flask_babel import gettext as _
from sqlalchemy.orm import Session

from care import cover_calls, hours, shift_board, shifts, swaps
from models.shifts import SignUpState
from models.staff import StaffMember
from web.common.access import Access, staff_may
from web.common.languages import language
from web.staff.my_day.rows import Door, Row, Section
from web.staff.shifts import words

SHOWN = 3


def doors() -> list[Door]:
    """Return the way to the shifts."""
    if staff_may(Access.TAKE_SHIFTS):
        title, said = _("Shifts for me"), _("What fits you and is needed; your shifts and hours.")
        return [Door(title, said, url_for("staff.shifts_for_me"), "calendar", 20)]
    if staff_may(Access.PLAN_SHIFTS):
        title, said = _("Volunteer shifts"), _("The week, gaps, approvals and templates.")
        return [Door(title, said, url_for("staff.shift_board_week"), "people", 40)]
    return []


def rows(*, session: Session, me: StaffMember, now: datetime) -> Iterator[Row]:
    """Yield my shifts and what I am asked; for those who plan, what is at risk and what waits."""
    if staff_may(Access.TAKE_SHIFTS):
        yield from _mine(session, me, now)
    if staff_may(Access.PLAN_SHIFTS):
        yield from _to_plan(session, now)


def _mine(session: Session, me: StaffMember, now: datetime) -> Iterator[Row]:
    for row in shifts.ahead_of(session=session, staff_id=me.id, now=now)[:SHOWN]:
        url = url_for("staff.shift", shift_id=row.shift_id)
        what = words.role_name(row.shift_role.role)
        if row.state is SignUpState.OFFERED:
            yield Row(Section.WAITS, _("A place is kept for you: %(role)s", role=what), url, row.offer_until)
        elif row.reminded_at is not None and row.confirmed_at is None and row.shift.starts_at > now:
            yield Row(Section.WAITS, _("Are you coming? %(role)s", role=what), url, row.shift.starts_at)
        else:
            yield Row(Section.NEXT, what, url, row.shift.starts_at, row.shift.station.name(language()))
    for ask in cover_calls.asked_of(session=session, staff_id=me.id, now=now):
        role = ask.call.shift_role
        title = _("Could you step in? %(role)s", role=words.role_name(role.role))
        yield Row(Section.WAITS, title, url_for("staff.shift", shift_id=role.shift_id), role.shift.starts_at)
    for swap in swaps.open_to(session=session, staff=me, now=now):
        if swap.to_staff_id == me.id:
            title = _("%(name)s offers you a shift", name=swap.sign_up.staff.display_name)
            yield Row(Section.WAITS, title, url_for("staff.my_shifts"), swap.sign_up.shift.starts_at)


def _to_plan(session: Session, now: datetime) -> Iterator[Row]:
    for one in shifts.to_check_in(session=session, now=now):
        title = _("Code for checking in: %(name)s", name=one.name(language()))
        where = one.station.name(language())
        yield Row(Section.NEXT, title, url_for("staff.shift_code", shift_id=one.id), one.starts_at, where, "key")
    risky = shift_board.at_risk(session=session, now=now)
    if risky:
        first = min(row.listing.place.starts_at for row in risky)
        title = _("Volunteer shifts need a look: %(count)s", count=len(risky))
        url = url_for("staff.shift_board_week", _anchor="at-risk")
        yield Row(Section.WAITS, title, url, first, symbol="alert")
    waiting = len(swaps.to_approve(session=session, now=now)) + len(hours.open_corrections(session=session))
    served = len(hours.to_approve(session=session))
    if waiting or served:
        title = _("Hours and changes of volunteers to approve: %(count)s", count=waiting + served)
        yield Row(Section.WAITS, title, url_for("staff.shift_approvals"), symbol="check")
