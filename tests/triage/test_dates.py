"""What happened in a year long past rings nobody who has recovered; one word of the present, and it rings as before."""

from __future__ import annotations

import pytest

from triage.assess import assess
from triage.clauses import Scope
from triage.levels import Level
from triage.lexicon import read
from triage.normalise import normalise


def scopes(text: str) -> list[frozenset[Scope]]:
    """Return what the clauses do to the words found in a text."""
    return [hit.scopes for hit in read(normalise(text)).hits]


@pytest.mark.parametrize(
    "text",
    [
        "in 2004 i tried to kill myself, recovered since", "it was in 2004. i tried to kill myself, i recovered",
        "back in the nineties i wanted to die, i recovered",
        "its been eleven years since i tried to end my life, im doing great now",
        "我1998年割过腕，早就走出来了", "在2004年，我想过自杀，后来熬过来了", "二十多年前我喝过农药，走出来了",
        "六十年代我自杀过，后来看开了", "上世纪我自杀过，看开了", "十年前我想过自杀，后来好了，现在挺好",
    ],
)  # fmt: skip
def test_who_recovered_from_a_time_long_past_rings_nobody(text: str) -> None:
    assert all({Scope.PAST, Scope.RECOVERED} <= found for found in scopes(text))
    assert not assess(text).human_now


@pytest.mark.parametrize(
    "text",
    ["in 2004 i tried to kill myself", "back in the nineties i wanted to die", "1998年我割过腕", "三十年前我自杀过"],
)
def test_a_date_without_recovery_is_past_and_not_over(text: str) -> None:
    assert all(Scope.PAST in found and Scope.RECOVERED not in found for found in scopes(text))
    assert assess(text).level.is_at_least(Level.ORANGE)


@pytest.mark.parametrize(
    "text",
    [
        "in 2004 i tried to kill myself and tonight i will do it again",
        "in 2004 i tried to kill myself, i recovered. i want to die", "in 2004 i was happy. i want to die",
        "back in the nineties my dad died. im going to kill myself", "back in 2010 i recovered. going to kill myself",
        "six years since my wife died, i want to end my life", "since 2004 i tried to kill myself every year",
        "in 2004 i took pills. goodbye everyone, i will kill myself",
        "我1998年割过腕，今晚想再割", "1998年我离婚了我想死", "1998年我割过腕，我想死", "从2004年起我就想自杀",
        "2010年我自杀过，现在又想了", "1998年我自杀过，这次不会失败", "2004年我走出来了。我想自杀",
        "2012年我想过自杀。药吃了一瓶", "2010年结过婚我想死", "八十年代的老房子，我站在楼顶",
        "1998年我结的婚。我自杀过", "2008年的安眠药我吃了一瓶",
        "2012年我自杀过，走出来了。遗书写好了，我准备自杀",
    ],
)  # fmt: skip
def test_anything_of_the_present_beside_the_date_rings(text: str) -> None:
    assert any(not {Scope.PAST, Scope.RECOVERED} & found for found in scopes(text))
    assert assess(text).human_now


@pytest.mark.parametrize("text", ["2024年我想过自杀", "in 2025 i tried to kill myself", "3年级我想过自杀"])
def test_a_year_of_late_is_not_long_past(text: str) -> None:
    assert all(Scope.PAST not in found for found in scopes(text))
