"""The same classifier on messages of a second hand, which had read neither the training data nor the first set."""

from __future__ import annotations

import io
import tarfile
from pathlib import Path
from typing import Any

import pytest

from ops.places import BOT_MODEL
from tests.bot.test_nlu_heldout import STORED_AS, TRAINING, Reading, _read, _report, _share, examples

HELD_OUT = Path(__file__).with_name("heldout_second.yml")
# The thresholds of FallbackClassifier in bot/config.yml: above them the bot acts on what it read.
ACTED_ON = 0.25
FEWEST_RIGHT = 0.80
MOST_WRONG_AND_ACTED_ON = 0.06


@pytest.fixture(scope="module")
def readings() -> list[Reading]:
    """Let the classifier of the trained model read every message."""
    import joblib

    with tarfile.open(BOT_MODEL) as archive:
        stored = archive.extractfile(next(name for name in archive.getnames() if name.endswith(STORED_AS)))
        assert stored is not None
        pipeline: Any = joblib.load(io.BytesIO(stored.read()))
    return [_read(pipeline, intent, text) for intent, text in examples(HELD_OUT)]


@pytest.mark.rasa
@pytest.mark.parametrize("language", ["zh", "en"])
def test_four_of_five_messages_are_read_right(
    readings: list[Reading], language: str, capsys: pytest.CaptureFixture[str]
) -> None:
    part = [reading for reading in readings if reading.language == language]
    wrong = [reading for reading in part if not reading.right and reading.confidence >= ACTED_ON]
    share = len(wrong) / len(part)
    _report(
        capsys, f"second hand, {language}: {len(part)} messages, {_share(part):.3f} right, {share:.3f} wrong, acted on"
    )
    assert _share(part) >= FEWEST_RIGHT
    assert share <= MOST_WRONG_AND_ACTED_ON


def test_no_message_of_the_second_hand_was_trained_on() -> None:
    trained = {text for file in TRAINING.glob("*.yml") for _, text in examples(file)}
    assert [text for _, text in examples(HELD_OUT) if text in trained] == []
