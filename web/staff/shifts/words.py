"""How shifts name reasons, states and risks, in the language of the page."""

from __future__ import annotations

from typing import Any

from flask_babel import gettext
from flask_babel import lazy_gettext as _

from care.refusals import Refusal
from care.shift_board import Risk
from care.shift_fit import Soft
from care.shift_rules import sheets
from models.hours import CertificateState, CorrectionState
from models.shift_changes import CoverAnswer, CoverState
from models.shifts import NotedBy, SignUpState
from web.common.languages import language
from web.common.refusal_words import refusal_words

# Short, for lists.
REASONS: dict[Refusal, Any] = {
    Refusal.FULL: _("All places taken"),
    Refusal.COLLIDES: _("You have something else then"),
    Refusal.NOT_TRAINED: _("A training is missing"),
    Refusal.NOT_OPEN_YET: _("Not open yet"),
    Refusal.OVER: _("Begun or over"),
    Refusal.ALREADY_SIGNED_UP: _("You are on it"),
    Refusal.TOO_LITTLE_REST: _("Too little rest"),
    Refusal.WEEK_FULL: _("Your week is full"),
    Refusal.NIGHT_CAP: _("Enough nights this week"),
    Refusal.ON_LEAVE: _("You are on leave"),
    Refusal.NOT_ACTIVE: _("Your account is not active"),
    Refusal.SHIFT_CANCELLED: _("Called off"),
}
# Whole sentences for the one who asks; other refusals have theirs in refusal_words.
SENTENCES: dict[Refusal, Any] = {
    Refusal.COLLIDES: _("You already have something at that time: another shift or an appointment."),
    Refusal.NOT_TRAINED: _("This role asks for a training or a check that is not confirmed, or runs out before."),
    Refusal.NOT_ACTIVE: _("This account is not active."),
    Refusal.ALREADY_OFFERED: _("This place is already on offer to your colleagues."),
    Refusal.SWAP_IS_OVER: _("This offer has been answered or taken back."),
    Refusal.SAME_PERSON: _("This is your own place."),
    Refusal.NOT_ONES_OWN: _("Nobody decides about their own shifts and hours. Please ask a colleague."),
    Refusal.ALREADY_RECORDED: _("You have already asked for this. We will answer soon."),
    Refusal.ALREADY_DECIDED: _("A colleague has already decided this."),
}
SOFT: dict[Soft, Any] = {
    Soft.ON_CALL: _("You are on call in the same hours."),
    Soft.TRAVEL: _("You have a shift at another station shortly before or after."),
}
STATES: dict[SignUpState, Any] = {
    SignUpState.OFFERED: _("kept for you"),
    SignUpState.SIGNED_UP: _("signed up"),
    SignUpState.ARRIVED: _("here"),
    SignUpState.COMPLETED: _("completed"),
    SignUpState.ABANDONED: _("left early"),
    SignUpState.NO_SHOW: _("did not come"),
    SignUpState.WITHDREW: _("gave the place back"),
    SignUpState.LAPSED: _("offer ran out"),
    SignUpState.DECLINED: _("said no to the offer"),
    SignUpState.HANDED_OVER: _("handed over"),
}
RISKS: dict[Risk, Any] = {
    Risk.SHORT: _("places empty"),
    Risk.ALONE: _("only one, needs two"),
    Risk.UNCONFIRMED: _("asked, no answer"),
    Risk.NO_SHOWS: _("was absent before"),
    Risk.NOT_HERE: _("not here yet"),
    Risk.OFFERED: _("offer not answered"),
}
NOTED: dict[NotedBy, Any] = {
    NotedBy.CODE: _("by code"),
    NotedBy.COLLEAGUE: _("by a colleague"),
    NotedBy.CLOCK: _("by the clock, nobody checked out"),
}
COVER: dict[CoverState, Any] = {
    CoverState.OPEN: _("looking for cover"),
    CoverState.FILLED: _("cover found"),
    CoverState.EXHAUSTED: _("everybody who fits was asked"),
    CoverState.STOPPED: _("stopped"),
}
COVER_ANSWERS: dict[CoverAnswer | None, Any] = {
    None: _("asked, waiting"),
    CoverAnswer.YES: _("said yes"),
    CoverAnswer.NO: _("said no"),
    CoverAnswer.SILENCE: _("no answer in time"),
    CoverAnswer.TOO_LATE: _("no longer needed"),
}
CORRECTIONS: dict[CorrectionState, Any] = {
    CorrectionState.OPEN: _("waiting for an answer"),
    CorrectionState.GRANTED: _("corrected"),
    CorrectionState.REFUSED: _("not corrected"),
}
CERTIFICATES: dict[CertificateState, Any] = {
    CertificateState.ASKED: _("waiting for a signature"),
    CertificateState.ISSUED: _("issued"),
    CertificateState.WITHDRAWN: _("withdrawn"),
}
WEEKDAYS = (
    _("Monday"),
    _("Tuesday"),
    _("Wednesday"),
    _("Thursday"),
    _("Friday"),
    _("Saturday"),
    _("Sunday"),
)


def sentence(reason: Refusal) -> str:
    """Return the whole sentence for a refusal, said to the one who asked."""
    return str(SENTENCES.get(reason) or refusal_words(reason))


def short(reason: Refusal) -> str:
    """Return a few words for a list."""
    return str(REASONS.get(reason) or sentence(reason))


def role_name(role: str) -> str:
    """Return the name of a role in the language of the page; a role that the data no longer knows keeps its key."""
    sheet = sheets().get(role)
    return sheet.name(language()) if sheet else role


def length(minutes: int) -> str:
    """Return a length of time as people say it."""
    hours, rest = divmod(minutes, 60)
    if not rest:
        return str(gettext("%(count)s h", count=hours))
    if not hours:
        return str(gettext("%(count)s min", count=rest))
    return str(gettext("%(hours)s h %(minutes)s min", hours=hours, minutes=rest))
