"""How the desk names weekdays, hitches, states of a hand-over, and the ways a notice takes."""

from __future__ import annotations

from typing import Any

from flask_babel import lazy_gettext as _

from care.duty_patterns import Hitch
from models.contacts import Channel
from models.duty import SwapState

WEEKDAYS = (_("Monday"), _("Tuesday"), _("Wednesday"), _("Thursday"), _("Friday"), _("Saturday"), _("Sunday"))
HITCHES: dict[Hitch, Any] = {
    Hitch.ALREADY_THERE: _("already on the roster"),
    Hitch.COLLIDES: _("left out: has another turn then"),
    Hitch.NOT_ACTIVE: _("left out: no longer active"),
    Hitch.BEGUN: _("left out: lies in the past"),
    Hitch.ON_LEAVE: _("on leave then, please check"),
}
SWAPS: dict[SwapState, Any] = {
    SwapState.OFFERED: _("waits for the colleague"),
    SwapState.ACCEPTED: _("accepted, waits for a lead"),
    SwapState.APPROVED: _("approved"),
    SwapState.DECLINED: _("declined"),
    SwapState.REFUSED: _("not approved"),
    SwapState.WITHDRAWN: _("taken back"),
}
CHANNELS: dict[Channel, Any] = {
    Channel.EMAIL: _("Mail"),
    Channel.SMS: _("SMS"),
    Channel.WECOM: _("WeCom robot"),
    Channel.DINGTALK: _("DingTalk robot"),
}
ADDRESS_HINTS: dict[Channel, Any] = {
    Channel.EMAIL: _("a mail address"),
    Channel.SMS: _("a mobile number"),
    Channel.WECOM: _("the key of a group robot"),
    Channel.DINGTALK: _("the mobile number you use there"),
}
ADDRESS_SHAPE = _("This does not look like an address of that kind. Please check each sign.")
# Why a notice was let go without anything being broken.
LET_GO: dict[str, Any] = {
    "no_longer_needed": _("no longer needed"),
    "too_late": _("its time had passed"),
    "paused": _("the address is paused"),
    "not_active": _("the colleague is no longer active"),
    "no_address": _("the address was removed"),
}
