"""Self-esteem and loneliness: asked on calm days only, one question at a time, each may be left out.

The two instruments measure the aims of the programme over time. They are never put to somebody in distress: not while a
crisis case is open, not when the answers of the day call for a person within days, not when the person has just said
that it feels heavy. The figure for "heavy" is this project's own and waits for a clinician's word (U).
Terms of use are in the data: RSES for education and research with attribution, UCLA-3 with citation; a paying
deployment asks first (docs/instruments.md).
"""

from __future__ import annotations

from collections.abc import Mapping

from triage.instruments import REFUSED, Item, Score, instrument, item_by_key, score
from triage.levels import Level
from triage.screening import AgeBand

CALM_INSTRUMENTS = ("ucla-3", "rses")
# "How heavy is it right now?", 0 to 10: above this the questions wait for another day.
CALM_AT_MOST = 5

CALM_KEYS: tuple[str, ...] = tuple(item.key for name in CALM_INSTRUMENTS for item in instrument(name).items)


def may_ask(*, level: Level, age_band: AgeBand | str, in_crisis: bool, distress: int | None) -> bool:
    """Tell whether today is a calm day for this person; a child is never asked, and silence is not calm."""
    if in_crisis or level.is_at_least(Level.YELLOW) or AgeBand(age_band).is_minor:
        return False
    return distress is not None and distress <= CALM_AT_MOST


def next_calm_item(answers: Mapping[str, int]) -> Item | None:
    """Return the next question of a calm day; refusing one ends its instrument."""
    for name in CALM_INSTRUMENTS:
        keys = [item.key for item in instrument(name).items]
        if any(answers.get(key) == REFUSED for key in keys):
            continue
        for key in keys:
            if key not in answers:
                return item_by_key(key)
    return None


def calm_scores(answers: Mapping[str, int]) -> dict[str, Score]:
    """Return the scores of the instruments that were answered in full; never a partial total."""
    found: dict[str, Score] = {}
    for name in CALM_INSTRUMENTS:
        items = instrument(name).items
        given = {item.number: answers[item.key] for item in items if item.key in answers}
        if len(given) == len(items) and REFUSED not in given.values():
            found[name] = score(name, given)
    return found
