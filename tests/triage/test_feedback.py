"""What the person reads after a screening, and what staff read as its reasons."""

from __future__ import annotations

import json
import re
from pathlib import Path

import pytest

import triage
from triage.levels import Level
from triage.screening import _RULES, AgeBand, next_item, result, screening_reason_text

_DATA = Path(triage.__file__).parent / "data"


def _finished(wanted: dict[str, int], age_band: AgeBand = AgeBand.FROM_18_TO_59) -> dict[str, int]:
    """Answers of a finished screening, 0 unless told otherwise."""
    answers: dict[str, int] = {}
    while (item := next_item(answers, age_band)) is not None:
        answers[item.key] = wanted.get(item.key, 0)
    return answers


@pytest.mark.parametrize("reason", [*(rule.reason for rule in _RULES), "below_cut_offs", "some_questions_unanswered"])
def test_every_reason_has_words_in_both_languages(reason: str) -> None:
    assert re.search(r"[\u4e00-\u9fff]", screening_reason_text(reason, "zh-CN"))
    assert screening_reason_text(reason, "en").isascii()


def test_no_words_are_kept_for_a_reason_we_never_give() -> None:
    written = set(json.loads((_DATA / "screening_reasons.json").read_text(encoding="utf-8")))

    assert written == {rule.reason for rule in _RULES} | {"below_cut_offs", "some_questions_unanswered"}


_FORBIDDEN = re.compile(
    r"[0-9０-９]|抑郁|焦虑|障碍|症|病|诊断|重度|轻度|中度|量表|分数|保密|一定会好|depress|anxi|disorder|illness|diagnos|"
    r"severe|mild|moderate|score|secret|will be fine|PHQ|GAD|ASQ",
    re.IGNORECASE,
)


def _feedback() -> list[tuple[str, str, str, str]]:
    data = json.loads((_DATA / "feedback.json").read_text(encoding="utf-8"))
    return [
        (group, name, lang, text)
        for group, levels in data.items()
        for name, texts in levels.items()
        for lang, text in texts.items()
    ]


@pytest.mark.parametrize(("group", "name", "lang", "text"), _feedback())
def test_feedback_names_no_disorder_and_no_number_and_gives_a_next_step(
    group: str, name: str, lang: str, text: str
) -> None:
    next_step = r"请|建议|可以|回来" if lang == "zh-CN" else r"please|suggest|can|come back"

    assert not _FORBIDDEN.search(text)
    assert re.search(next_step, text, re.IGNORECASE)
    assert lang == "en" or "你" not in text


def test_forbidden_words_in_feedback_would_be_caught() -> None:
    for decoy in ("您可能有抑郁症", "总分 15", "You may have a mild depression", "我们会为您保密"):
        assert _FORBIDDEN.search(decoy)


def test_every_level_has_feedback_for_adults_and_minors() -> None:
    written = {(group, name) for group, name, lang, _ in _feedback() if lang in ("zh-CN", "en")}
    needed = {level.value for level in Level} | {"unfinished", "unanswered"}

    assert written == {(group, name) for group in ("adult", "minor") for name in needed}


def test_the_words_follow_level_age_and_whether_it_is_finished() -> None:
    said = {
        result(_finished({})).words(),
        result(_finished({"asq.1": 1})).words(),
        result(_finished({"asq.1": 1, "asq.5": 1})).words(),
        result(_finished({}, AgeBand.UNDER_14), AgeBand.UNDER_14).words(),
        result({}).words(),
        result({}).words("en"),
    }

    assert len(said) == 6
    # Safety words do not wait for the last question.
    assert result({"asq.1": 1}).words() == result(_finished({"asq.1": 1})).words()
