"""How the desk names ways to meet, wishes, states and parts of the day."""

from __future__ import annotations

from typing import Any

from flask_babel import lazy_gettext as _

from care.matching import Wish
from models.appointments import AppointmentState
from models.groups import GroupState, SeatState
from models.services import Mode
from models.waiting_list import PartOfDay, WishState

MODES: dict[Mode, Any] = {
    Mode.OFFLINE: _("In person"),
    Mode.ONLINE: _("Online"),
    Mode.PHONE: _("By telephone"),
}
WISHES: dict[Wish, Any] = {
    Wish.ANY: _("Any suitable colleague"),
    Wish.SAME: _("Somebody the person knows"),
    Wish.FRESH: _("Somebody new"),
}
STATES: dict[AppointmentState, Any] = {
    AppointmentState.BOOKED: _("Booked"),
    AppointmentState.CANCELLED_BY_PERSON: _("Cancelled by the person"),
    AppointmentState.CANCELLED_BY_STAFF: _("Cancelled by the base"),
    AppointmentState.COMPLETED: _("Took place"),
    AppointmentState.NO_SHOW: _("Did not come"),
}
GROUP_STATES: dict[GroupState, Any] = {
    GroupState.PLANNED: _("Planned"),
    GroupState.CANCELLED: _("Cancelled"),
    GroupState.COMPLETED: _("Took place"),
}
SEAT_STATES: dict[SeatState, Any] = {
    SeatState.TAKEN: _("Has a seat"),
    SeatState.GIVEN_UP: _("Gave the seat up"),
    SeatState.CANCELLED: _("Cancelled"),
    SeatState.ATTENDED: _("Came"),
    SeatState.NO_SHOW: _("Did not come"),
}
PARTS: dict[PartOfDay, Any] = {
    PartOfDay.ANY: _("Any time of day"),
    PartOfDay.MORNING: _("Mornings"),
    PartOfDay.AFTERNOON: _("Afternoons"),
    PartOfDay.EVENING: _("Evenings"),
}
WISH_STATES: dict[WishState, Any] = {
    WishState.WAITING: _("waits"),
    WishState.OFFERED: _("has an offer"),
    WishState.TAKEN: _("has an appointment"),
    WishState.LEFT: _("left the list"),
    WishState.PASSED: _("the last day has passed"),
}
