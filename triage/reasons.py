"""Say in plain words why a message was flagged, for the people who must act on it."""

from __future__ import annotations

import json
from functools import lru_cache
from pathlib import Path

LANGUAGES = ("zh-CN", "en")


@lru_cache(maxsize=1)
def _words() -> dict[str, dict[str, str]]:
    path = Path(__file__).parent / "data" / "reasons.json"
    words: dict[str, dict[str, str]] = json.loads(path.read_text(encoding="utf-8"))["reasons"]
    return words


def reason_ids() -> tuple[str, ...]:
    """Return every reason an assessment may give."""
    return tuple(_words())


def reason_text(reason_id: str, language: str = "zh-CN") -> str:
    """Return the reason in the language; an unknown id is returned as it is, so nothing is hidden."""
    texts = _words().get(reason_id, {})
    return texts.get(language) or texts.get("zh-CN") or reason_id
