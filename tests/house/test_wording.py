"""The site's fixed sentences: complete in both languages, and never a word that we must not say."""

from __future__ import annotations

import json
import re
from pathlib import Path

import pytest

from care import wording
from care.safety_replies import sentence_for
from config import LANGUAGES

FILE = Path(__file__).resolve().parents[2] / "care/data/wording.json"
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
