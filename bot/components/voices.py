"""The three voices that can hear danger in a message, joined by the louder one. Imports nothing of Rasa."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from triage.levels import Level, highest

# Where the detector leaves what it heard in the parsed message.
CRISIS_KEY = "crisis"
# The third voice: the intent learned from examples. It is heard from this confidence on, and asks for a
# person today; below it, playful lines such as "with you all my life" were heard as a wish (docs/bot.md).
WISH_INTENT = "crisis_wish"
WISH_SURE = 0.6


def third_voice(parsed: Mapping[str, Any]) -> Level:
    """Return orange when the intent classifier is sure of a wish to die, else green."""
    intent = parsed.get("intent") or {}
    sure = intent.get("name") == WISH_INTENT and float(intent.get("confidence") or 0.0) >= WISH_SURE
    return Level.ORANGE if sure else Level.GREEN


def voice(parsed: Mapping[str, Any], name: str) -> Level:
    """Return what the detector noted under "level", "own_level" or "site_level"; green for anything unknown."""
    try:
        return Level((parsed.get(CRISIS_KEY) or {}).get(name, Level.GREEN.value))
    except ValueError:
        return Level.GREEN


def heard_level(parsed: Mapping[str, Any]) -> Level:
    """Return the loudest voice: the site, triage inside Rasa, the classifier."""
    return highest((voice(parsed, "level"), third_voice(parsed)))
