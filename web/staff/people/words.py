"""How the pages of people name teams, states, steps of the check and wishes, in the language of the page."""

from __future__ import annotations

from typing import Any

from flask_babel import lazy_gettext as _

from models.applications import ApplicationState
from models.calendar import HoldKind
from models.leave import LeaveState
from models.staff import Team
from models.stations import StationKind

TEAMS: dict[Team, Any] = {
    Team.COUNSELOR: _("Counselors"),
    Team.SOCIAL_WORKER: _("Social workers"),
    Team.VOLUNTEER: _("Volunteers"),
}
NO_TEAM = _("No team")
STATION_KINDS: dict[StationKind, Any] = {
    StationKind.BASE: _("Base"),
    StationKind.STREET: _("Street station"),
    StationKind.COMMUNITY: _("Community station"),
}
LEAVE_STATES: dict[LeaveState, Any] = {
    LeaveState.ASKED: _("asked for"),
    LeaveState.APPROVED: _("approved"),
    LeaveState.DECLINED: _("declined"),
    LeaveState.CANCELLED: _("cancelled"),
}
APPLICATION_STATES: dict[ApplicationState, Any] = {
    ApplicationState.RECEIVED: _("received"),
    ApplicationState.APPROVED: _("approved"),
    ApplicationState.DECLINED: _("declined"),
    ApplicationState.WITHDRAWN: _("withdrawn"),
}
HOLDS: dict[HoldKind, Any] = {
    HoldKind.APPOINTMENT: _("Appointment"),
    HoldKind.GROUP_SESSION: _("Group session"),
    HoldKind.SHIFT: _("Volunteer shift"),
    HoldKind.FOLLOW_UP: _("Follow-up"),
    HoldKind.OFFER: _("Time that is on offer"),
}
WISHES: dict[str, Any] = {
    "visit": _("Home visits, always in pairs"),
    "chat": _("Listening online"),
    "group": _("Helping with groups"),
    "errand": _("Errands and company on the way"),
    "office": _("Office work"),
}
TIMES: dict[str, Any] = {
    "weekday": _("Weekdays in the daytime"),
    "evening": _("Evenings"),
    "weekend": _("Weekends"),
}
CHECKS: dict[str, Any] = {
    "identity": _("Identity"),
    "talk": _("Talk in person"),
    "record": _("Criminal record check"),
    "privacy": _("Confidentiality"),
}
CHECK_HINTS: dict[str, Any] = {
    "identity": _("An official document was seen. Write which kind and its last four signs, no copy."),
    "talk": _("Why they want to help, what they can carry, when they have time. Write the gist in two sentences."),
    "record": _("Write the date of the certificate and who issued it. From today it counts for one year."),
    "privacy": _("The rules were explained and signed. Write where the signed sheet lies."),
}
