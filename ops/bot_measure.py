"""How well the trained bot reads the held-out messages, as JSON; runs on the bot's interpreter."""

from __future__ import annotations

import io
import json
import sys
import tarfile
from pathlib import Path
from typing import Any

from ops.places import BOT_MODEL, BOT_PROJECT, ROOT

STORED_AS = "classifier.joblib"
# The last set is the only one whose wrong readings nobody looks at when lines are added.
SETS = ("heldout", "heldout_second", "heldout_third_open", "heldout_third")
# The thresholds of FallbackClassifier in bot/config.yml: above them the bot acts on what it read.
ACTED_ON, AMBIGUOUS = 0.25, 0.05


def lines(file: Path) -> list[tuple[str, str]]:
    """Return (intent, text) of every example in a file of NLU data."""
    from ruamel.yaml import YAML  # type: ignore[import-not-found]

    data = YAML(typ="safe").load(file.read_text("utf-8"))
    return [
        (entry["intent"], line.strip()[2:].strip())
        for entry in data["nlu"]
        for line in entry["examples"].splitlines()
        if line.strip()
    ]


def classifier() -> Any:
    """Return the classifier inside the trained model."""
    import joblib  # type: ignore[import-not-found]

    sys.path.insert(0, str(BOT_PROJECT))
    with tarfile.open(BOT_MODEL) as archive:
        stored = archive.extractfile(next(name for name in archive.getnames() if name.endswith(STORED_AS)))
        if stored is None:
            raise LookupError(STORED_AS)
        return joblib.load(io.BytesIO(stored.read()))


def measured(pipeline: Any, read: list[tuple[str, str]]) -> dict[str, float]:
    """Return number, share read right, and share wrong and acted on."""
    from components.intent_classifier import plain  # type: ignore[import-not-found]

    right = acted = 0
    for (intent, _), chances in zip(read, pipeline.predict_proba([plain(text) for _, text in read])):
        order = chances.argsort()[::-1]
        correct = str(pipeline.classes_[order[0]]) == intent
        first, second = chances[order[0]], chances[order[1]]
        right += correct
        acted += not correct and first >= ACTED_ON and first - second >= AMBIGUOUS
    return {"lines": len(read), "right": round(right / len(read), 3), "wrong_and_acted": round(acted / len(read), 3)}


def measure() -> dict[str, dict[str, float]]:
    """Return set and language -> figures."""
    pipeline = classifier()
    figures = {}
    for name in SETS:
        read = lines(ROOT / "tests" / "bot" / f"{name}.yml")
        for language, english in (("zh", False), ("en", True)):
            part = [(intent, text) for intent, text in read if text.isascii() is english]
            figures[f"{name} {language}"] = measured(pipeline, part)
    return figures


if __name__ == "__main__":
    print(json.dumps(measure()))
