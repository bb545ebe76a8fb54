"""An age is no danger, a secret asks for a question; one word of what happened, and the line is judged as any other."""

from __future__ import annotations

import pytest

from triage.ages import Tells, tells_only
from triage.assess import assess
from triage.levels import Level
from triage.normalise import normalise


@pytest.mark.parametrize(
    "text",
    [
        "我都成年了，18了，上初二",
        "我18了，都成年了",
        "我今年十八岁",
        "我上初二，18岁",
        "im 18",
        "I'm only 12 and in middle school",
    ],
)
def test_an_age_alone_raises_no_alarm(text: str) -> None:
    assert tells_only(normalise(text)) == {Tells.AGE}
    assert assess(text).level is Level.GREEN


@pytest.mark.parametrize(
    "text", ["don't tell my mum but I'm 12", "I'm 12, please don't tell my parents", "我12岁，别告诉我妈"]
)
def test_an_age_and_a_secret_ring_nobody_at_night(text: str) -> None:
    assert tells_only(normalise(text)) == {Tells.AGE, Tells.SILENCE}
    assert not assess(text).human_now


@pytest.mark.parametrize(
    "text",
    ["我都成年了，18了，上初二，不想活了", "我12岁，别告诉我妈，我想死", "我上初二，我爸又打我了",
     "我才12岁，叔叔摸我，别告诉我妈",
     "don't tell my mum but I'm 12 and my uncle touches me", "I'm 12, don't tell my mum, my dad hits me",
     "don't tell my mum but I'm 12 and i want to die", "don't tell my mum but I took all her pills, I'm 12"],
)  # fmt: skip
def test_what_happened_rings_whatever_age_stands_beside_it(text: str) -> None:
    assert not tells_only(normalise(text))
    assert assess(text).human_now


@pytest.mark.parametrize(
    "text", ["", "你好", "我妈打我", "12", "dont", "别告诉我妈我吃了药", "我初二跳下去", "im 12 pills in"]
)
def test_every_other_line_is_judged_as_before(text: str) -> None:
    assert Tells.SILENCE not in tells_only(normalise(text))
    assert text == "12" or not tells_only(normalise(text))


def test_a_long_line_is_judged_as_any_other() -> None:
    assert not tells_only("我18了\n" * 50)
