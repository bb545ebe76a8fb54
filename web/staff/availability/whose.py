"""Whose week is shown or changed: one's own; those who lead may plan for others."""

from __future__ import annotations

from flask import request
from flask_babel import gettext as _
from wtforms import SelectChoice

from care import rooms, staff
from care.refusals import Refusal, Refused
from models.staff import RoleName, StaffMember
from web.common import security
from web.common.database import reading
from web.common.languages import language

LEADS = (RoleName.SUPERVISOR, RoleName.BASE_MANAGER)
# Roles that can be booked.
BOOKABLE = (RoleName.COUNSELOR, RoleName.SOCIAL_WORKER, RoleName.SUPERVISOR)


def may_plan(staff_id: int) -> bool:
    """Tell whether the colleague who is signed in may change this week."""
    me = security.me()
    return staff_id == me.id or me.has_any(*LEADS)


def wished(given: str | None = None) -> StaffMember:
    """Return the colleague whose week is asked for; refuse NOT_FOUND where it is not mine to plan."""
    me = security.me()
    asked = given if given is not None else request.args.get("staff", "")
    if not asked or not asked.isdecimal() or int(asked) == me.id:
        return me
    found = reading().get(StaffMember, int(asked)) if len(asked) < 10 else None
    if found is None or not may_plan(found.id):
        raise Refused(Refusal.NOT_FOUND)
    return found


def colleagues() -> list[StaffMember]:
    """Return the colleagues who can be booked, for those who lead; nobody for the others."""
    if not security.me().has_any(*LEADS):
        return []
    return [one for one in staff.everyone(session=reading()) if one.active and one.has_any(*BOOKABLE)]


def station_choices() -> list[SelectChoice]:
    """Return the stations, and the choice of none: online and by telephone only."""
    nowhere = [SelectChoice(0, _("Online and by telephone only"))]
    return nowhere + [
        SelectChoice(one.id, one.name(language())) for one in rooms.stations(session=reading(), only_active=True)
    ]
