"""The fixed, reviewed sentences the site itself says to a person; nothing here is generated."""

from __future__ import annotations

import json
from datetime import datetime
from functools import lru_cache
from pathlib import Path
from zoneinfo import ZoneInfo

_FILE = Path(__file__).parent / "data" / "wording.json"
_WEEKDAYS = ("周一", "周二", "周三", "周四", "周五", "周六", "周日")


@lru_cache(maxsize=1)
def _all() -> dict[str, dict[str, str]]:
    data = json.loads(_FILE.read_text("utf-8"))
    data.pop("about")
    return data  # type: ignore[no-any-return]


def keys() -> list[str]:
    """Return the name of every sentence."""
    return list(_all())


def say(key: str, language: str, **parts: str) -> str:
    """Return the sentence in the language; Chinese where the language is not ours."""
    sentence = _all()[key]
    words = sentence.get(language) or sentence["zh-CN"]
    return words.format(**parts) if parts else words


def when(moment: datetime, language: str, timezone: str) -> str:
    """Return a moment as a person would say it, in the base's own time."""
    local = moment.astimezone(ZoneInfo(timezone))
    clock = local.strftime("%H:%M")
    if language == "en":
        return f"{clock} on {local.strftime('%A')}, {local.day} {local.strftime('%B')}"
    return f"{local.month}月{local.day}日（{_WEEKDAYS[local.weekday()]}）{clock}"
