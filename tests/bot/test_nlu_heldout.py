"""How well the trained classifier reads messages worded by another hand, and how often it is wrong and sure of it."""

from __future__ import annotations

import io
import sys
import tarfile
from collections import Counter
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from ruamel.yaml import YAML

from ops.places import BOT_MODEL

HELD_OUT = Path(__file__).with_name("heldout.yml")
TRAINING = Path(__file__).resolve().parents[2] / "bot/data/nlu"
STORED_AS = "classifier.joblib"
SURE = 0.7
FEWEST_RIGHT = 0.75
MOST_WRONG_AND_SURE = 0.08

pytestmark = pytest.mark.rasa


@dataclass(frozen=True)
class Reading:
    """One held-out message and what the classifier made of it."""

    text: str
    meant: str
    read: str
    confidence: float

    @property
    def language(self) -> str:
        """Return the language by its letters."""
        return "en" if self.text.isascii() else "zh"

    @property
    def right(self) -> bool:
        """Tell whether the intent is the one that was meant."""
        return self.read == self.meant


def examples(file: Path) -> list[tuple[str, str]]:
    """Return (intent, text) of every example in a file of NLU data."""
    data = YAML(typ="safe").load(file.read_text("utf-8"))
    return [
        (entry["intent"], line.strip().removeprefix("- ").strip())
        for entry in data["nlu"]
        for line in entry["examples"].splitlines()
        if line.strip()
    ]


@pytest.fixture(scope="module")
def readings() -> list[Reading]:
    """Let the classifier of the trained model read every held-out message."""
    import joblib

    assert BOT_MODEL.exists(), "the bot is not trained; run make train"
    with tarfile.open(BOT_MODEL) as archive:
        stored = archive.extractfile(next(name for name in archive.getnames() if name.endswith(STORED_AS)))
        assert stored is not None
        pipeline: Any = joblib.load(io.BytesIO(stored.read()))
    return [_read(pipeline, intent, text) for intent, text in examples(HELD_OUT)]


def _read(pipeline: Any, meant: str, text: str) -> Reading:
    from components.intent_classifier import plain

    chances = pipeline.predict_proba([plain(text)])[0]
    best = int(chances.argmax())
    return Reading(text, meant, str(pipeline.classes_[best]), float(chances[best]))


def _report(capsys: pytest.CaptureFixture[str], line: str) -> None:
    with capsys.disabled():
        sys.stdout.write(f"\n{line}")


def _share(readings: list[Reading]) -> float:
    return sum(reading.right for reading in readings) / len(readings)


def test_three_of_four_messages_are_read_right(readings: list[Reading], capsys: pytest.CaptureFixture[str]) -> None:
    wrong_and_sure = [reading for reading in readings if not reading.right and reading.confidence >= SURE]
    _report(capsys, f"held out: {len(readings)} messages, {_share(readings):.3f} read right")
    for language in ("zh", "en"):
        part = [reading for reading in readings if reading.language == language]
        sure = sum(reading in wrong_and_sure for reading in part) / len(part)
        _report(capsys, f"  {language}: {len(part)} messages, {_share(part):.3f} right, {sure:.3f} wrong and sure")
    confused = Counter((reading.meant, reading.read) for reading in readings if not reading.right)
    _report(capsys, f"  most often confused: {confused.most_common(5)}")
    assert _share(readings) >= FEWEST_RIGHT


@pytest.mark.parametrize("language", ["zh", "en"])
def test_neither_language_is_read_much_worse(readings: list[Reading], language: str) -> None:
    assert _share([reading for reading in readings if reading.language == language]) >= FEWEST_RIGHT - 0.05


def test_bot_is_seldom_wrong_and_sure(readings: list[Reading]) -> None:
    wrong_and_sure = [reading for reading in readings if not reading.right and reading.confidence >= SURE]
    assert len(wrong_and_sure) <= MOST_WRONG_AND_SURE * len(readings), wrong_and_sure


def test_wishes_to_die_are_recalled_as_a_third_voice(
    readings: list[Reading], capsys: pytest.CaptureFixture[str]
) -> None:
    wishes = [reading for reading in readings if reading.meant == "crisis_wish"]
    _report(capsys, f"  crisis_wish: {_share(wishes):.3f} of {len(wishes)} recalled by the classifier alone")
    assert wishes


def test_no_held_out_message_was_trained_on() -> None:
    trained = {text for file in TRAINING.glob("*.yml") for _, text in examples(file)}
    assert [text for _, text in examples(HELD_OUT) if text in trained] == []


def test_every_held_out_intent_is_taught() -> None:
    # The intents that came later are held out by the third hand.
    trained = {intent for file in TRAINING.glob("*.yml") for intent, _ in examples(file)}
    assert {intent for intent, _ in examples(HELD_OUT)} <= trained
