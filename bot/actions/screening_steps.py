"""Where a screening stands, read from the slots; the rules of what comes next are triage's."""

from __future__ import annotations

from typing import Any

from rasa_sdk import Tracker

from triage.screening import Item, item_by_key, next_item, previous_item, progress


def answers_of(tracker: Tracker) -> dict[str, int]:
    """Return the answers given so far."""
    return {str(key): int(value) for key, value in (tracker.get_slot("answers") or {}).items()}


def age_band_of(tracker: Tracker) -> str:
    """Return the age band, unknown when it was not told."""
    return str(tracker.get_slot("age_band") or "unknown")


def asked(tracker: Tracker) -> Item | None:
    """Return the question now open: one that is being corrected, else the next."""
    correcting = tracker.get_slot("correcting")
    if correcting:
        return item_by_key(correcting)
    return next_item(answers_of(tracker), age_band_of(tracker))


def before(tracker: Tracker) -> Item | None:
    """Return the question before the one now open."""
    open_item = asked(tracker)
    return previous_item(answers_of(tracker), age_band_of(tracker), before=open_item.key if open_item else None)


def card(tracker: Tracker, item: Item, language: str) -> dict[str, Any]:
    """Return what the page shows beside a question."""
    answers, band = answers_of(tracker), age_band_of(tracker)
    done = progress(answers, band)[0]
    return {
        "item": item.key,
        "instrument": item.instrument,
        "step": done + 1,
        "of": max(done + 1, done + _at_least(answers, band)),
        "lead_in": item.lead_in(language),
    }


def _at_least(answers: dict[str, int], band: str) -> int:
    """Return how many questions are left if nothing alarming is answered.

    "1 of 21" sends a tired person away, and most are asked eight; the number grows only when a gate opens.
    """
    supposed = dict(answers)
    while (item := next_item(supposed, band)) is not None:
        supposed[item.key] = 0
    return len(supposed) - len(answers)
