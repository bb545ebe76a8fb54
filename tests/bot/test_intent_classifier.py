"""The classifier: alike in both widths and cases, and unsure of what it has never seen."""

from __future__ import annotations

from typing import Any

import pytest
from components.intent_classifier import NgramIntentClassifier, build, plain
from rasa.engine.storage.resource import Resource
from rasa.shared.nlu.training_data.message import Message

TAUGHT = {
    "affirm": ["嗯", "好", "是", "对", "yes", "ok", "yeah"],
    "worry_money": ["钱不够花", "没有钱了", "低保还没发", "no money left", "money is short"],
    "worry_sleep": ["睡不着", "半夜就醒", "夜里睡不好", "cannot sleep", "awake all night"],
}


@pytest.fixture(scope="module")
def classifier() -> NgramIntentClassifier:
    pairs = [(plain(text), intent) for intent, texts in TAUGHT.items() for text in texts]
    pipeline = build(12.0, 7).fit([text for text, _ in pairs], [intent for _, intent in pairs])
    return NgramIntentClassifier({}, None, Resource("classifier"), pipeline)  # type: ignore[arg-type]


def _read(classifier: NgramIntentClassifier, text: str) -> dict[str, Any]:
    message = Message({"text": text})
    classifier.process([message])
    found: dict[str, Any] = message.get("intent")
    return found


@pytest.mark.parametrize(
    ("text", "intent"),
    [
        ("钱真的不够花了", "worry_money"),
        ("我睡不着", "worry_sleep"),
        ("sleep will not come", "worry_sleep"),
        ("好", "affirm"),
    ],
)
def test_words_near_the_taught_ones_are_read(classifier: NgramIntentClassifier, text: str, intent: str) -> None:
    assert _read(classifier, text)["name"] == intent


@pytest.mark.parametrize("text", ["㗊㗊㗊", "皛淼犇", "＠＃％", "", "   "])
def test_strange_signs_are_not_taken_for_a_yes(classifier: NgramIntentClassifier, text: str) -> None:
    assert _read(classifier, text) == {"name": None, "confidence": 0.0}


@pytest.mark.parametrize(("one", "other"), [("ＯＫ", "ok"), ("No  MONEY left ", "no money left"), ("Ｙｅｓ", "yes")])
def test_width_case_and_blanks_make_no_difference(classifier: NgramIntentClassifier, one: str, other: str) -> None:
    assert _read(classifier, one) == _read(classifier, other)


def test_untrained_classifier_is_unsure() -> None:
    blank = NgramIntentClassifier({}, None, Resource("classifier"))  # type: ignore[arg-type]
    assert _read(blank, "您好")["confidence"] == 0.0
