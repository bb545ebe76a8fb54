"""Typed words that stand for a tap of the intake: the words of a button, a plain yes or no, a wish to leave it open.

The words are a table (domain/typed_words.json) that is matched whole: a consent is never guessed.
"""

from __future__ import annotations

import json
import unicodedata
from collections.abc import Iterable, Mapping
from functools import lru_cache
from typing import Any

from actions.intake_steps import AGES, FREE_TEXT, URGENCIES, WORRIES, YES_NO
from actions.wording import DOMAIN, titles

# The person leaves this question open.
OPEN = object()
_ENDS = " .,!?。，！？~…、"
_SOFT = ("吧", "啊", "呀", "呢", "哦", "的", "嘛", "哈")
_POLITE = ("谢谢", "please", "thanks", "thank you")
_FIRST = ("我", "那", "还是", "就", "i ", "well ")


@lru_cache(maxsize=1)
def _words() -> dict[str, Any]:
    table: dict[str, Any] = json.loads((DOMAIN / "typed_words.json").read_text("utf-8"))
    return table


def typed_tap(step: str, text: str, stations: Iterable[Mapping[str, Any]] = ()) -> Any:
    """Return the value that the tap would have brought, OPEN for a question left open, or None for other words."""
    if step in YES_NO:
        return _yes_or_no(step, text)
    if step == "station":
        return _station(text, stations)
    buttons = {
        "age_band": {key: band for band, key in AGES.items()},
        "worries": {f"worry_{worry}": worry for worry in WORRIES},
        "urgency": {f"urgency_{urgency}": urgency for urgency in URGENCIES},
    }.get(step, {})
    for key, value in buttons.items():
        if _among(text, titles(key)):
            return value
    if step == "urgency":
        return next((value for value, words in _words()["urgency"].items() if _among(text, words)), None)
    return OPEN if step in FREE_TEXT and _among(text, _words()["open"]) else None


def _yes_or_no(step: str, text: str) -> bool | None:
    keys = ("contact_yes", "contact_no") if step == "emergency_contact" else ("yes", "no")
    says_yes, says_no = (
        _among(text, [*_words()[meaning], *titles(key)]) for meaning, key in zip(("yes", "no"), keys, strict=True)
    )
    # Words that are in both tables answer nothing.
    return None if says_no == says_yes else says_yes


def _station(text: str, stations: Iterable[Mapping[str, Any]]) -> Any:
    """Return the one station that is named, with or without the word for a station, or that it is not known."""
    typed = _bare(text).lower()
    named = {
        station["id"]
        for station in stations
        for name in (station.get("zh-CN"), station.get("en"))
        if name and any(short in typed for short in _short_names(str(name)))
    }
    if len(named) == 1:
        return named.pop()
    return OPEN if _among(text, _words()["open"]) else None


def _short_names(name: str) -> list[str]:
    names = [name.lower()]
    for ending in ("站", "街道", " station", " street", " sub-district", " subdistrict"):
        if names[-1].endswith(ending):
            names.append(names[-1].removesuffix(ending))
    # One sign alone stands in too many sentences.
    return [short for short in names if len(short) > 1]


def _among(text: str, words: Iterable[str]) -> bool:
    table = {_bare(word).lower() for word in words}
    return not table.isdisjoint(_forms(_bare(text).lower()))


def _bare(text: str) -> str:
    return unicodedata.normalize("NFKC", text).replace("’", "'").strip(_ENDS)


def _forms(typed: str) -> list[str]:
    """Return the words as typed, without thanks, without a soft ending, and without who speaks."""
    forms = [typed]
    for polite in _POLITE:
        forms += [form.removesuffix(polite).strip(_ENDS) for form in forms if form.endswith(polite)]
    for _ in range(2):
        forms += [form.removesuffix(soft) for soft in _SOFT for form in forms if form.endswith(soft) and len(form) > 1]
    forms += [form.removeprefix(first).strip() for first in _FIRST for form in forms if form.startswith(first)]
    return [form for form in dict.fromkeys(forms) if form]
