"""Why a case was raised, in words: triage names the reasons, this page adds the two that people give."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from flask_babel import lazy_gettext as _

from models.crises import CrisisCase, CrisisFlag, FlagSource
from triage.reasons import reason_text
from triage.screening import screening_reason_text

# What a colleague can give as the reason when raising a level: a fixed choice, so that no one's words leave the record.
STAFF_REASONS: dict[str, Any] = {
    "staff_words": _("The person said so to a colleague"),
    "staff_judgement": _("A colleague is worried about how the person sounds"),
    "staff_other_source": _("Someone close to the person told us"),
    "staff_silence": _("The person stopped answering at a dangerous moment"),
}
_OTHER: dict[str, Any] = {
    "worried_now": _("Somebody reports: it is happening now"),
    "worried_soon": _("Somebody reports a plan or a farewell"),
    "worried_wish": _("Somebody reports words about not wanting to live"),
    "worried_changed": _("Somebody reports that the person has changed"),
    "says_urgent": _("Says they need someone now"),
    "very_heavy": _("Says that it is as heavy as can be (9 or 10 of 10)"),
    "risk_check": _("Found in the risk check"),
    "minor_is_hurt": _("A colleague has heard that a minor is being hurt"),
    "follow_up_missed": _("A contact in the first days after a red case was missed, or reached nobody"),
    "follow_up": _("A colleague was worried after a follow-up contact"),
    "read_again": _("A reviewer read an earlier message again: the alarm should have rung"),
}


def words_of(source: FlagSource, reason: str, language: str) -> str:
    """Return one reason in words; an id without words is shown as it is rather than hidden."""
    own = STAFF_REASONS.get(reason) or _OTHER.get(reason)
    if own is not None:
        return str(own)
    speak = screening_reason_text if source is FlagSource.SCREENING else reason_text
    try:
        return speak(reason, language)
    except (KeyError, ValueError):
        return reason.replace("_", " ")


def of_flags(flags: Iterable[CrisisFlag], language: str) -> list[str]:
    """Return the reasons of several flags, each once, the newest first."""
    words = [
        words_of(flag.source, reason, language)
        for flag in sorted(flags, key=lambda flag: flag.id, reverse=True)
        for reason in flag.reasons
    ]
    return list(dict.fromkeys(words))


def of_case(case: CrisisCase, language: str, at_most: int | None = None) -> list[str]:
    """Return why this case is open."""
    words = of_flags(case.flags, language)
    return words if at_most is None else words[:at_most]
