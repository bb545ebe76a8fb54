"""The three voices that can hear danger in a message, joined by the louder one. Imports nothing of Rasa."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from triage.levels import Level, highest

# Where the detector leaves what it heard in the parsed message.
CRISIS_KEY = "crisis"
# The third voice: intents learned from examples, the confidence from which each is heard, and its reason in triage's
# list. It asks for a person today; below it, playful lines such as "with you all my life" were heard as a wish. On
# 1,457 held-out lines of other intents neither was heard once (docs/bot.md).
HEARD_FROM = {"crisis_wish": (0.6, "wishes_to_die"), "worry_violence": (0.5, "is_being_hurt")}


def third_voice(parsed: Mapping[str, Any]) -> Level:
    """Return orange when the intent classifier is sure of a wish to die or of violence at home, else green."""
    return Level.ORANGE if third_reason(parsed) else Level.GREEN


def third_reason(parsed: Mapping[str, Any]) -> str | None:
    """Return triage's name for what the classifier is sure of, or None."""
    intent = parsed.get("intent") or {}
    sure, reason = HEARD_FROM.get(str(intent.get("name")), (2.0, None))
    return reason if float(intent.get("confidence") or 0.0) >= sure else None


def voice(parsed: Mapping[str, Any], name: str) -> Level:
    """Return what the detector noted under "level", "own_level" or "site_level"; green for anything unknown."""
    try:
        return Level((parsed.get(CRISIS_KEY) or {}).get(name, Level.GREEN.value))
    except ValueError:
        return Level.GREEN


def heard_level(parsed: Mapping[str, Any]) -> Level:
    """Return the loudest voice: the site, triage inside Rasa, the classifier."""
    return highest((voice(parsed, "level"), third_voice(parsed)))
