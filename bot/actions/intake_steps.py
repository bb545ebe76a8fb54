"""The questions of the intake, in order, and how each answer is read. What is known is never asked again."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Mapping
from typing import Any

from actions import spoken_ages

AGES = {
    "under-14": "age_under14",
    "14-17": "age_14_17",
    "18-59": "age_18_59",
    "60-plus": "age_60",
    "unknown": "age_unknown",
}
MINORS = ("under-14", "14-17")
WORRIES = ("money", "illness", "family", "loneliness", "work", "shame", "sleep", "grief", "child", "housing", "other")
URGENCIES = ("now", "today", "week", "talk")
# To be asked again later is agreed to where it is offered, after the questions (web/public/check_ins.py).
CONSENTS = ("care", "contact", "share")
# With one of these told there is a card to read before the end.
ON_THE_CARD = ("worries", "story", "urgency")
FREE_TEXT = ("called", "story", "emergency_name", "emergency_phone", "emergency_relation")
# Every question may be skipped; these show a button for it, the others have one that says as much.
OPTIONAL = ("called", "station", "story", "emergency_name", "emergency_phone", "emergency_relation")
YES_NO = ("guardian_consent", *(f"consent_{purpose}" for purpose in CONSENTS), "emergency_contact")
LONGEST_NAME = 40
_INTRODUCED = re.compile(
    r"(?:你|您)?(?:可以)?(?:就)?(?:叫我|我叫|我是|call me|i am|i'm|my name is)\s*(.+)", re.IGNORECASE
)
_AFTER_THE_NAME = re.compile(r"[,，。;；、]\s*")
# "My humble surname is Wang": the name is Wang.
_SURNAME = re.compile(r"^我?(?:免贵)?姓(?!名)(?=[\u3400-\u9fff])")
PHONE = re.compile(r"\+?\d[\d\s-]{5,18}\d")


def order(progress: Mapping[str, Any]) -> list[str]:
    """Return every question that belongs to this person's intake."""
    steps = ["called", "age_band"]
    if progress.get("age_band") == "under-14":
        steps.append("guardian_consent")
        if progress.get("guardian_consent") is False:
            # Without a grown-up's agreement nothing more is asked of a child.
            return steps
    steps += ["station", "worries", "story", "urgency", *(f"consent_{purpose}" for purpose in CONSENTS)]
    steps.append("emergency_contact")
    if progress.get("emergency_contact") is True:
        steps += ["emergency_name", "emergency_phone", "emergency_relation"]
    if progress.get("told") or any(progress.get(step) for step in ON_THE_CARD):
        steps.append("card")
    return steps


def open_step(progress: Mapping[str, Any]) -> str | None:
    """Return the question to ask now, or None when all are answered or skipped."""
    return next((step for step in order(progress) if step not in progress), None)


def step_before(progress: Mapping[str, Any]) -> str | None:
    """Return the last question answered, for going back."""
    answered = [step for step in order(progress) if step in progress]
    return answered[-1] if answered else None


def known(intake: Mapping[str, Any], age_band: str) -> dict[str, Any]:
    """Return what the site knows already, as answers of our questions."""
    progress: dict[str, Any] = {
        step: intake[step] for step in ("called", "station", "worries", "urgency") if intake.get(step)
    }
    if age_band != "unknown":
        progress["age_band"] = age_band
    if intake.get("guardian_consent") is not None:
        progress["guardian_consent"] = intake["guardian_consent"]
    for purpose, given in (intake.get("consents") or {}).items():
        progress[f"consent_{purpose}"] = given
    if intake.get("has_emergency_contact") or intake.get("emergency_contact_declined"):
        progress["emergency_contact"] = False
    if intake.get("approved"):
        progress["card"] = "right"
    return progress


def read(step: str, text: str) -> Any:
    """Return the answer that typed words mean, or None when they are not one."""
    words = unicodedata.normalize("NFKC", text).strip()
    if step == "age_band":
        return spoken_ages.band(words)
    if step == "emergency_phone":
        return words if PHONE.fullmatch(words) else None
    if step in ("called", "emergency_name", "emergency_relation"):
        name = _name(words)
        return name if 0 < len(name) <= LONGEST_NAME else None
    if step == "story":
        return text.strip() or None
    return None


def _name(words: str) -> str:
    """Return the name without the sentence around it, and without what was told after it."""
    found = _INTRODUCED.fullmatch(_AFTER_THE_NAME.split(words)[0].strip() or words)
    name = found.group(1) if found else _AFTER_THE_NAME.split(words)[0]
    return _SURNAME.sub("", name.strip(" .,。，!！吧"))


def told_beside(words: str) -> str:
    """Return what was told after a name in the same line, such as an age."""
    return " ".join(_AFTER_THE_NAME.split(unicodedata.normalize("NFKC", words))[1:])
