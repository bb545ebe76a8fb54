"""Every pattern a clinician signs finds its example and passes over its near-miss."""

from __future__ import annotations

import json
import re
from pathlib import Path

import pytest

from triage.assess import assess
from triage.lexicon import LexiconError, Pattern, lexicon, translate
from triage.normalise import normalise

_FOLDER = Path(__file__).parents[2] / "triage" / "data" / "lexicon"
_PATTERNS = lexicon().patterns
_MASKS = [
    (data["language"], row)
    for path in sorted(_FOLDER.glob("masks_*.json"))
    for data in [json.loads(path.read_text(encoding="utf-8"))]
    for row in data["masks"]
]


@pytest.mark.parametrize("pattern", _PATTERNS, ids=lambda pattern: pattern.id)
def test_pattern_finds_each_of_its_examples(pattern: Pattern) -> None:
    missed = [text for text in pattern.examples if pattern.id not in assess(text).pattern_ids]
    assert not missed


@pytest.mark.parametrize("pattern", _PATTERNS, ids=lambda pattern: pattern.id)
def test_pattern_passes_over_each_near_miss(pattern: Pattern) -> None:
    found = [text for text in pattern.near_misses if pattern.id in assess(text).pattern_ids]
    assert not found


@pytest.mark.parametrize(("language", "row"), _MASKS, ids=[row["id"] for _, row in _MASKS])
def test_mask_covers_its_examples_and_never_its_near_misses(language: str, row: dict[str, list[str]]) -> None:
    regex = re.compile(translate(str(row["pattern"]), language)[0])
    assert [text for text in row["examples"] if not regex.search(normalise(text))] == []
    assert [text for text in row["near_misses"] if regex.search(normalise(text))] == []


def test_every_pattern_has_an_id_of_its_own_and_a_known_category() -> None:
    book = lexicon()
    assert len({pattern.id for pattern in book.patterns}) == len(book.patterns)
    assert {pattern.category for pattern in book.patterns} <= set(book.categories)


@pytest.mark.parametrize("source", ["", "~3", "?只有", "!不"])
def test_pattern_without_a_word_is_refused(source: str) -> None:
    with pytest.raises(LexiconError):
        translate(source, "zh")


def test_pattern_with_a_word_is_accepted() -> None:
    source, needs = translate("我 ~2 想死", "zh")
    assert re.search(source, "我真的想死")
    assert needs == ("想死",)
