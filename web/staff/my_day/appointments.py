"""My appointments: what is next, and what is over without a word about it."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime, timedelta

from flask import url_for
from flask_babel import gettext as _
from sqlalchemy.orm import Session

from care import agenda, appointment_lists
from care.agenda import EntryKind
from models.staff import StaffMember
from web.common.access import Access, staff_may
from web.common.languages import language
from web.staff.appointments.words import MODES
from web.staff.my_day.rows import Door, Row, Section

AHEAD = timedelta(days=7)


def rows(*, session: Session, me: StaffMember, now: datetime) -> Iterator[Row]:
    """Yield the appointments and groups of the coming week, and those that wait for an outcome."""
    if not staff_may(Access.SEE_APPOINTMENTS):
        return
    for late in appointment_lists.to_complete(session=session, staff_id=me.id, now=now):
        title = _("%(code)s: did it take place?", code=late.beneficiary.code)
        yield Row(Section.LATE, title, url_for("staff.appointment", appointment_id=late.id), late.starts_at)
    for entry in agenda.entries(session=session, staff_id=me.id, start=now, end=now + AHEAD):
        if entry.ends_at <= now:
            continue
        if entry.kind is EntryKind.APPOINTMENT and entry.appointment is not None:
            detail = f"{entry.appointment.service.name(language())} · {MODES[entry.appointment.mode]}"
            url = url_for("staff.appointment", appointment_id=entry.subject_id)
            yield Row(Section.NEXT, entry.appointment.beneficiary.code, url, entry.starts_at, detail)
        elif entry.kind is EntryKind.GROUP and entry.group is not None:
            url = url_for("staff.group_session", group_id=entry.subject_id)
            yield Row(Section.NEXT, entry.group.title(language()), url, entry.starts_at, symbol="people")


def doors() -> Iterator[Door]:
    """Yield the ways to the calendar and to booking."""
    if staff_may(Access.SEE_APPOINTMENTS):
        yield Door(_("Calendar"), _("Day, week and month."), url_for("staff.calendar"), "calendar", 10)
        yield Door(
            _("Groups"), _("Who leads, and which seats are free."), url_for("staff.group_sessions"), "people", 25
        )
    if staff_may(Access.BOOK):
        words = _("For somebody, with any suitable colleague.")
        yield Door(_("Book a time"), words, url_for("staff.book"), "calendar", 15)
    if staff_may(Access.PLAN_HOURS):
        words = _("The ordinary week, breaks, and dates that are different.")
        yield Door(_("When I can be booked"), words, url_for("staff.my_hours"), "clock", 20)
    if staff_may(Access.MANAGE_SERVICES):
        words = _("What can be booked, and which days are holidays.")
        yield Door(_("Services and holidays"), words, url_for("staff.services_list"), "more", 60)
