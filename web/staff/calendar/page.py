"""The page of the calendar."""

from __future__ import annotations

from datetime import date
from typing import Any
from zoneinfo import ZoneInfo

from flask import render_template, request
from flask_babel import lazy_gettext as _

from care import agenda, holidays, staff
from care.agenda import EntryKind
from care.refusals import Refusal, Refused
from models.staff import StaffMember
from web.common import clock, security
from web.common.access import Access, access
from web.common.database import reading
from web.staff import words
from web.staff.availability.whose import BOOKABLE
from web.staff.blueprint import blueprint
from web.staff.calendar import spans
from web.staff.calendar.spans import View
from web.staff.services.forms import WEEKDAYS

KINDS: dict[EntryKind, Any] = {
    EntryKind.APPOINTMENT: _("Appointment"),
    EntryKind.GROUP: _("Group session"),
    EntryKind.SHIFT: _("Shift"),
    EntryKind.FOLLOW_UP: _("Follow-up"),
    EntryKind.OFFER: _("Offered to somebody who waits"),
    EntryKind.DUTY: _("On duty"),
    EntryKind.LEAVE: _("Leave"),
}


def whose() -> StaffMember:
    """Return the colleague whose calendar is asked for; one's own where nobody is named."""
    asked = request.args.get("staff", type=int)
    if asked is None or asked == security.me().id:
        return security.me()
    found = reading().get(StaffMember, asked) if 0 < asked < 2**31 else None
    if found is None:
        raise Refused(Refusal.NOT_FOUND)
    return found


def colleagues() -> list[StaffMember]:
    """Return the colleagues whose calendars can be looked at."""
    return [one for one in staff.everyone(session=reading()) if one.active and one.has_any(*BOOKABLE)]


@blueprint.get("/calendar")
@access(Access.SEE_APPOINTMENTS)
def calendar() -> Any:
    """Show a day, a week or a month of one colleague."""
    zone = ZoneInfo(clock.timezone())
    now = clock.now()
    today = now.astimezone(zone).date()
    view, day = spans.parse(request.args.get("view", ""), request.args.get("day", ""), today)
    member, shown = whose(), spans.dates(view, day)
    start, end = spans.bounds(shown, zone)
    entries = agenda.entries(session=reading(), staff_id=member.id, start=start, end=end)
    days, first = spans.lay_out(entries, shown, zone, day.month if view is View.MONTH else None)
    return render_template(
        "staff/calendar/page.html",
        view=view.value,
        day=day,
        days=days,
        hours=range(first, spans.last_hour(days, first)),
        first=first,
        member=member,
        me=security.me(),
        colleagues=colleagues(),
        today=today,
        now=now,
        before=spans.step(view, day, -1),
        after=spans.step(view, day, 1),
        special=holidays.between(session=reading(), first=shown[0], last=shown[-1]),
        weekdays=WEEKDAYS,
        kinds=KINDS,
        positions=words.POSITIONS,
        title=_title(view, day, shown),
    )


def _title(view: View, day: date, shown: list[date]) -> str:
    if view is View.DAY:
        return day.isoformat()
    if view is View.WEEK:
        return f"{shown[0].isoformat()} – {shown[-1].isoformat()[5:]}"
    return day.isoformat()[:7]
