"""Exercises are short, whole in both languages, and leave nothing behind but two numbers."""

from __future__ import annotations

import re
import secrets
from typing import Any

import pytest
from sqlalchemy import inspect, select

from care import intakes, self_help
from care.refusals import Refusal, Refused
from models.self_help import ExerciseRating
from tests.fixtures.world import World, at_once

LANGUAGES = ("zh-CN", "en")
# Slow reading aloud: Chinese signs, English words a second; and the time to write a line on a phone.
SIGNS, WORDS, WRITING, CHOOSING, BREATH = 3.0, 1.8, 22, 6, 10


def rate(
    world: World, value: Any = 5, *, run: str | None = None, moment: str = "before", exercise: str = "breathing"
) -> bool:
    with world.work() as session:
        return self_help.rate(
            session=session,
            exercise=exercise,
            run=run or secrets.token_hex(16),
            moment=moment,
            value=value,
            now=world.clock(),
        )


def _seconds(one: self_help.Exercise, language: str) -> float:
    total = 0.0
    for step in one.steps:
        text = " ".join((*step.lines, *step.options))
        total += len(re.findall(r"[\u4e00-\u9fff]", text)) / SIGNS if language == "zh-CN" else len(text.split()) / WORDS
        total += {"write": WRITING, "choose": CHOOSING, "breathe": step.rounds * BREATH}.get(step.kind, 0)
    return total


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_exercise_takes_three_minutes_at_most(language: str) -> None:
    for one in self_help.all_of(language):
        assert one.seconds <= self_help.LONGEST
        assert _seconds(one, language) <= one.seconds, one.key


def test_both_languages_have_every_sentence_and_no_line_is_long_for_an_elder() -> None:
    zh, en = self_help.all_of("zh-CN"), self_help.all_of("en")
    assert len(zh) == 7
    for one, other in zip(zh, en, strict=True):
        assert [(step.kind, step.name, len(step.options)) for step in one.steps] == [
            (step.kind, step.name, len(step.options)) for step in other.steps
        ]
        for step in one.steps:
            for line in step.lines:
                for sentence in re.split(r"[。！？；：，\n]", line):
                    assert len(sentence) <= 30, sentence
        assert not any(re.search(r"[\u4e00-\u9fff]", " ".join(step.lines)) for step in other.steps)
        assert not any(
            re.search(r"抑郁症|焦虑症|depression|disorder", " ".join(step.lines)) for step in (*one.steps, *other.steps)
        )


def test_keys_are_used_once_and_every_need_has_an_exercise() -> None:
    every = self_help.all_of("zh-CN")
    assert len({one.key for one in every}) == len(every)
    for need in self_help.needs("zh-CN"):
        assert self_help.suggested([need], "zh-CN"), need
    for one in every:
        names = [step.name for step in one.steps if step.kind in ("write", "choose")]
        assert len(set(names)) == len(names)
        assert all(names)


def test_needs_follow_what_somebody_told_us_and_know_no_strange_words() -> None:
    assert self_help.needs_of(["money", "shame"]) == ["asking", "down"]
    assert self_help.needs_of(["other", "no such"]) == []
    assert set(self_help._BY_WORRY) <= set(intakes.WORRIES)
    assert self_help.suggested(["<script>"], "en") == []
    assert self_help.suggested(["sleep"], "en")[0].key == "sleep"


@pytest.mark.parametrize(
    ("before", "after", "shown"),
    [(8, 8, False), (8, 7, False), (3, 4, True), (9, None, True), (2, 9, True), (0, 0, False)],
)
def test_a_very_heavy_rating_and_a_rise_show_the_help(
    world: World, before: int, after: int | None, shown: bool
) -> None:
    run = secrets.token_hex(16)
    seen = rate(world, before, run=run)
    if after is not None:
        seen = rate(world, after, run=run, moment="after") or seen
    assert seen is shown


@pytest.mark.parametrize(
    ("wrong", "expected"),
    [
        ({"value": 11}, (Refusal.WRONG_VALUE, "value")),
        ({"value": -1}, (Refusal.WRONG_VALUE, "value")),
        ({"value": "9"}, (Refusal.WRONG_VALUE, "value")),
        ({"value": True}, (Refusal.WRONG_VALUE, "value")),
        ({"moment": "id"}, (Refusal.WRONG_VALUE, "moment")),
        ({"run": "x' OR 1=1"}, (Refusal.WRONG_VALUE, "run")),
        ({"exercise": "../secrets"}, (Refusal.NOT_FOUND, None)),
    ],
)
def test_what_is_no_rating_is_refused(world: World, wrong: dict[str, Any], expected: tuple[Refusal, str]) -> None:
    with pytest.raises(Refused) as refused:
        rate(world, **wrong)
    assert (refused.value.refusal, refused.value.field) == expected


def test_a_rating_sent_twice_and_at_once_is_one_row_and_another_exercise_cannot_take_its_run(any_world: World) -> None:
    run = secrets.token_hex(16)
    results = at_once(*[lambda: rate(any_world, 6, run=run)] * 4)
    assert results == [False] * 4
    rate(any_world, 2, run=run, moment="after")
    with pytest.raises(Refused):
        rate(any_world, 1, run=run, exercise="sleep")
    rate(any_world, 7)
    with any_world.look() as session:
        rows = session.execute(select(ExerciseRating.before, ExerciseRating.after).order_by(ExerciseRating.id)).all()
    assert [tuple(row) for row in rows] == [(6, 2), (7, None)]


def test_the_row_of_a_rating_names_nobody_and_holds_no_words() -> None:
    assert {column.key for column in inspect(ExerciseRating).columns} == {
        "id",
        "run",
        "exercise",
        "before",
        "after",
        "at",
    }
