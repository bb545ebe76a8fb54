"""How the desk names the steps, states and reasons of follow-ups, in the language of the page."""

from __future__ import annotations

from typing import Any

from flask_babel import lazy_gettext as _

from models.follow_ups import FollowUpState, LadderEnd, Rung, WaiveReason, Way, Worry

STEPS: dict[str, Any] = {
    "h24": _("24 hours after"),
    "h72": _("3 days after"),
    "w1": _("1 week after"),
    "w2": _("2 weeks after"),
    "w4": _("4 weeks after"),
    "w7": _("7 weeks after"),
    "w11": _("11 weeks after"),
    "m4": _("4 months after"),
    "m6": _("6 months after"),
    "m12": _("1 year after"),
}
STATES: dict[FollowUpState, Any] = {
    FollowUpState.PLANNED: _("Planned"),
    FollowUpState.REACHED: _("Reached"),
    FollowUpState.NOT_REACHED: _("Not reached"),
    FollowUpState.MOVED: _("Moved"),
    FollowUpState.WAIVED: _("Left out"),
}
WAYS: dict[Way, Any] = {
    Way.PHONE: _("By phone"),
    Way.CHAT: _("In the chat"),
    Way.IN_PERSON: _("At a station"),
    Way.VISIT: _("At their home"),
}
WORRIES: dict[Worry, Any] = {
    Worry.NONE: _("Not worried: they are safe and have support"),
    Worry.SOME: _("A little: the next contact as planned"),
    Worry.MUCH: _("Very: thoughts of dying, or a clear change (opens a case at Orange)"),
    Worry.DANGER: _("In danger: a plan, means, or a farewell (opens a case at Red)"),
}
# The same in a few words, for what has been written down.
WORRIES_SHORT: dict[Worry, Any] = {
    Worry.NONE: _("not worried"),
    Worry.SOME: _("a little worried"),
    Worry.MUCH: _("very worried"),
    Worry.DANGER: _("in danger"),
}
REASONS: dict[WaiveReason, Any] = {
    WaiveReason.IN_CARE: _("In hospital, or another service is in contact"),
    WaiveReason.MOVED_AWAY: _("Moved away and handed over"),
    WaiveReason.DIED: _("The person has died (all later contacts end too)"),
    WaiveReason.OTHER: _("Another reason (please write it)"),
    WaiveReason.DECLINED: _("The person asked not to be called"),
    WaiveReason.NEW_CASE: _("A newer case took its place"),
}
ENDINGS: dict[LadderEnd, Any] = {
    LadderEnd.DONE: _("All contacts are done."),
    LadderEnd.DECLINED: _("The person asked not to be called any more."),
    LadderEnd.NEW_CASE: _("A newer case took its place."),
    LadderEnd.STOPPED: _("Ended by a colleague."),
}
RUNGS: dict[Rung, Any] = {
    Rung.OWNER: _("whoever keeps it"),
    Rung.SUPERVISOR: _("supervisor"),
    Rung.BASE_LEADER: _("base manager"),
}


def step(name: str) -> Any:
    """Return a step in words; one that a base has added is shown by its name."""
    return STEPS.get(name, name)
