"""The names of languages, dialects and special knowledge, read from data that a base may add to."""

from __future__ import annotations

import json
from functools import cache
from pathlib import Path

_DATA = Path(__file__).parent / "data" / "skills.json"


@cache
def _data() -> dict[str, dict[str, dict[str, str]]]:
    loaded = json.loads(_DATA.read_text(encoding="utf-8"))
    return {part: loaded[part] for part in ("languages", "specialties")}


def languages(language: str) -> dict[str, str]:
    """Return every language in which a colleague may help, by key, named in the language of the page."""
    return {key: names[language] for key, names in _data()["languages"].items()}


def specialties(language: str) -> dict[str, str]:
    """Return every kind of special knowledge by key, named in the language of the page."""
    return {key: names[language] for key, names in _data()["specialties"].items()}


def known_languages(keys: list[str]) -> list[str]:
    """Return the known keys among these, each once, in the order of the base."""
    return [key for key in _data()["languages"] if key in keys]


def known_specialties(keys: list[str]) -> list[str]:
    """Return the known keys among these, each once, in the order of the base."""
    return [key for key in _data()["specialties"] if key in keys]
