"""Reads the bot's sentences from domain/responses, and picks one in the person's language."""

from __future__ import annotations

import json
from collections.abc import Collection, Sequence
from functools import lru_cache
from pathlib import Path

from ruamel.yaml import YAML

DOMAIN = Path(__file__).resolve().parent.parent / "domain"
CHINESE = "zh-CN"


@lru_cache(maxsize=1)
def _variations() -> dict[str, dict[str, list[str]]]:
    """Return sentence name -> language -> variations; a name in two files is an error."""
    found: dict[str, dict[str, list[str]]] = {}
    reader = YAML(typ="safe")
    for file in sorted((DOMAIN / "responses").glob("*.yml")):
        for name, entries in (reader.load(file.read_text("utf-8")).get("responses") or {}).items():
            if name in found:
                raise ValueError(f"{name} is written in two files")
            found[name] = {CHINESE: [], "en": []}
            for entry in entries:
                found[name]["en" if entry.get("condition") else CHINESE].append(entry["text"].strip())
    return found


@lru_cache(maxsize=1)
def _buttons() -> dict[str, dict[str, str]]:
    words: dict[str, dict[str, str]] = json.loads((DOMAIN / "button_words.json").read_text("utf-8"))
    return words


def exists(name: str) -> bool:
    """Tell whether there is such a sentence."""
    return name in _variations()


def sentence(name: str, language: str, turn: int = 0, avoid: Sequence[str] = (), **parts: str) -> str:
    """Return a variation that was not among the sentences just said (newest first); `turn` decides between the others.

    Where all of them were, the one said longest ago comes again, so that nothing is said twice running.
    """
    variations = _variations()[name]
    choice = variations.get(language) or variations[CHINESE]
    fresh = [words for words in choice if words not in avoid]
    words = fresh[turn % len(fresh)] if fresh else max(choice, key=avoid.index)
    for key, value in parts.items():
        words = words.replace("{" + key + "}", value)
    return words


def titles(key: str) -> Collection[str]:
    """Return the words on a button in every language."""
    return _buttons()[key].values()


def button_title(key: str, language: str) -> str:
    """Return the words on a button."""
    titles = _buttons()[key]
    return titles.get(language) or titles[CHINESE]
