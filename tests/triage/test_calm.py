"""Self-esteem and loneliness are asked on calm days only."""

from __future__ import annotations

import pytest

from triage.calm import CALM_AT_MOST, CALM_KEYS, calm_scores, may_ask, next_calm_item
from triage.instruments import REFUSED, instrument
from triage.levels import Level
from triage.screening import ITEM_KEYS


@pytest.mark.parametrize(
    ("level", "band", "in_crisis", "distress", "asked"),
    [
        (Level.GREEN, "18-59", False, 0, True),
        (Level.BLUE, "60-plus", False, CALM_AT_MOST, True),
        (Level.GREEN, "unknown", False, 3, True),
        (Level.GREEN, "18-59", False, CALM_AT_MOST + 1, False),
        (Level.GREEN, "18-59", False, None, False),
        (Level.GREEN, "18-59", True, 0, False),
        (Level.YELLOW, "18-59", False, 0, False),
        (Level.ORANGE, "18-59", False, 0, False),
        (Level.EMERGENCY, "18-59", False, 0, False),
        (Level.GREEN, "14-17", False, 0, False),
        (Level.GREEN, "under-14", False, 0, False),
    ],
)
def test_only_a_calm_adult_is_asked(
    level: Level, band: str, in_crisis: bool, distress: int | None, asked: bool
) -> None:
    assert may_ask(level=level, age_band=band, in_crisis=in_crisis, distress=distress) is asked


def test_thirteen_questions_none_of_which_belongs_to_the_screening() -> None:
    assert len(CALM_KEYS) == 13
    assert not set(CALM_KEYS) & set(ITEM_KEYS)
    answers: dict[str, int] = {}
    while (item := next_calm_item(answers)) is not None:
        answers[item.key] = min(item.values)
    assert tuple(answers) == CALM_KEYS
    scores = calm_scores(answers)
    assert scores["ucla-3"].total == 3
    assert scores["rses"].item8_policy == "chinese_positive"


def test_refusing_one_question_ends_its_instrument_without_a_score_and_leaves_the_other() -> None:
    answers = {"ucla-3.1": REFUSED}
    item = next_calm_item(answers)
    assert item is not None
    assert item.key == "rses.1"
    answers |= {one.key: 3 for one in instrument("rses").items}
    assert next_calm_item(answers) is None
    assert set(calm_scores(answers)) == {"rses"}
    assert calm_scores({"ucla-3.1": 1, "ucla-3.2": 1}) == {}
