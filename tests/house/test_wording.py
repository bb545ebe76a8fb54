"""The site's fixed sentences: complete in both languages, easy to read, and never a word that we must not say."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from care import wording
from care.safety_replies import sentence_for
from config import LANGUAGES
from tests.fixtures.reading import hard_to_read

ROOT = Path(__file__).resolve().parents[2]
FILE = ROOT / "care/data/wording.json"
# Everything else that a person reads in the chat beside the sentences above and those of the bot (tests/bot).
ALSO_READ = ("care/data/self_help.json", "triage/data/feedback.json")
SENTENCES: dict[str, dict[str, str]] = {
    key: value for key, value in json.loads(FILE.read_text("utf-8")).items() if key != "about"
}
# Names of disorders, promises of secrecy or of a good end, and what no crisis line says about a death.
FORBIDDEN = {
    "zh-CN": (
        "抑郁症",
        "焦虑症",
        "精神病",
        "躁郁",
        "患者",
        "保密",
        "不会告诉任何人",
        "一定会好",
        "自杀成功",
        "我是真人",
    ),
    "en": (
        "depression",
        "disorder",
        "diagnos",
        "patient",
        "confidential",
        "secret",
        "will be fine",
        "successful suicide",
    ),
}


@pytest.mark.parametrize("key", SENTENCES)
def test_a_sentence_is_there_in_both_languages_with_the_same_parts(key: str) -> None:
    assert set(SENTENCES[key]) == set(LANGUAGES)
    parts = {language: set(re.findall(r"{(\w+)}", words)) for language, words in SENTENCES[key].items()}
    assert parts["zh-CN"] == parts["en"]
    assert all(words.strip() == words and words for words in SENTENCES[key].values())


@pytest.mark.parametrize("key", SENTENCES)
@pytest.mark.parametrize("language", LANGUAGES)
def test_a_sentence_says_nothing_that_we_must_not_say(key: str, language: str) -> None:
    words = SENTENCES[key][language].lower()
    assert [word for word in FORBIDDEN[language] if word in words] == []


@pytest.mark.parametrize("key", [key for key in SENTENCES if key.startswith("crisis.") and key.count(".") == 1])
def test_a_crisis_card_names_who_can_be_called_now(key: str) -> None:
    if key in ("crisis.staffed", "crisis.unstaffed", "crisis.nobody"):
        return
    for words in SENTENCES[key].values():
        assert "120" in words
        assert "110" in words


def test_a_person_is_promised_only_where_the_roster_was_asked() -> None:
    # The cards themselves promise nobody; who can come is said by the sentence that the roster chooses.
    for key in ("crisis.suicide", "crisis.violence", "crisis.abuse", "crisis.voices", "crisis.other_person"):
        assert "同事" not in SENTENCES[key]["zh-CN"]
        assert "colleague" not in SENTENCES[key]["en"]


@pytest.mark.parametrize(
    ("tiers", "key"),
    [
        ((), "crisis.suicide"),
        (("active_ideation",), "crisis.suicide"),
        (("abuse", "plan_attempt"), "crisis.suicide"),
        (("abuse",), "crisis.abuse"),
        (("abuse_victim",), "crisis.abuse"),
        (("harm_other",), "crisis.violence"),
        (("psychosis",), "crisis.voices"),
        (("third_party",), "crisis.other_person"),
        (("something_new",), "crisis.suicide"),
    ],
)
def test_which_card_answers_which_danger(tiers: tuple[str, ...], key: str) -> None:
    assert sentence_for(tiers) == key


def test_every_sentence_that_is_said_exists() -> None:
    assert set(wording.keys()) == set(SENTENCES)


def _english(data: Any) -> Iterator[str]:
    """Yield each English text of a data file, however deep it lies."""
    if isinstance(data, dict) and isinstance(data.get("en"), str):
        yield data["en"]
    elif isinstance(data, dict | list):
        for part in data.values() if isinstance(data, dict) else data:
            yield from _english(part)


@pytest.mark.parametrize("file", [str(FILE.relative_to(ROOT)), *ALSO_READ])
def test_english_reads_at_primary_school_level(file: str) -> None:
    texts = list(_english(json.loads((ROOT / file).read_text("utf-8"))))
    assert texts
    assert [hard for words in texts if (hard := hard_to_read(words))] == []


@pytest.mark.parametrize(
    "words",
    [
        "Your application necessitates additional documentation regarding household registration.",
        "We can see that you have had a hard time, and we are here to hear you when you want to talk.",
    ],
)
def test_the_reading_check_hears_a_hard_word_and_a_long_sentence(words: str) -> None:
    assert len(hard_to_read(words)) == 1


def test_the_reading_check_lets_short_plain_words_pass() -> None:
    assert hard_to_read("You can rest now. When you want to go on, write to us here.") == []
    assert hard_to_read("National psychological support line: 12356.") == []
