"""Turns that carry no words to understand: silence, stickers, and the same thing again and again."""

from __future__ import annotations

import re
import unicodedata
from enum import Enum
from typing import Any

from actions.turn import Turn

# WeChat writes a sticker that cannot be shown as its name in brackets; a picture or a recording is answered as one.
_STICKER_NAMES = re.compile(r"(?:\s*[\[【][^\[\]【】]{1,8}[\]】])+\s*")
_MEDIA = re.compile(r"图片|照片|语音|视频|文件|image|photo|picture|voice|video|file", re.IGNORECASE)
_SAD = re.compile("[😢😭😞😔😟🙁☹😣😖😫😩🥺😥😓😰😨😱💔🥀]|流泪|大哭|难过|快哭|委屈|心碎|凋谢|苦涩|可怜")
_CALM = re.compile(r"stop|goodbye|go_back|skip|repeat|ask_|affirm|deny|thanks|switch_|complaint|answer")
# The same words so many times running, or so many messages in so few seconds, are a flood and no new thing to answer.
SAME_AGAIN = 3
MANY, WITHIN_SECONDS = 8, 20.0
NARROW_AT, OFFER_A_PERSON_AT = 2, 3


class Wordless(Enum):
    """What came instead of words; the value names the sentence that meets it."""

    SILENCE = "utter_silence"
    STICKERS = "utter_stickers"
    SAD_STICKERS = "utter_sad_stickers"
    FLOOD = "utter_flood"


def without_words(text: str) -> Wordless | None:
    """Return what a message without letters or figures is, or None when there is something to read."""
    if not text or _STICKER_NAMES.fullmatch(text):
        if not text or _MEDIA.search(text):
            return None
        return Wordless.SAD_STICKERS if _SAD.search(text) else Wordless.STICKERS
    if any(sign.isalnum() for sign in text) or only_asks(text):
        return None
    if _SAD.search(text):
        return Wordless.SAD_STICKERS
    drawn = any(unicodedata.category(sign) in ("So", "Sk", "Cs") for sign in text)
    return Wordless.STICKERS if drawn else Wordless.SILENCE


def only_asks(text: str) -> bool:
    """Tell whether a message is nothing but question marks, by which people ask what we meant."""
    return re.fullmatch(r"[?？\s]+", text) is not None


def wordless(turn: Turn) -> Wordless | None:
    """Return what this turn is when it has no words of its own; what steers or asks us is never a flood."""
    if not turn.text:
        return None
    return without_words(turn.text) or (Wordless.FLOOD if _flooded(turn) else None)


def _flooded(turn: Turn) -> bool:
    if _CALM.match(turn.intent) or turn.intent in ("start_intake", "start_screening"):
        return False
    heard = [event for event in turn.tracker.events if event.get("event") == "user"]
    lately = [str(event.get("text") or "") for event in heard[-SAME_AGAIN:]]
    if len(lately) == SAME_AGAIN and set(lately) == {turn.text}:
        return True
    times = [float(event.get("timestamp") or 0.0) for event in heard[-MANY:]]
    return len(times) == MANY and times[0] > 0 and times[-1] - times[0] <= WITHIN_SECONDS


def meet(turn: Turn, kind: Wordless) -> dict[str, Any]:
    """Answer it calmly; the second time with taps, the third with a person first. Return the slots."""
    misses = int(turn.tracker.get_slot("misses") or 0) + 1
    if misses >= OFFER_A_PERSON_AT:
        turn.say("utter_missed_more", ["human", "breathing", "talk_more"])
    else:
        turn.say(kind.value, ["talk_more", "breathing", "human"] if misses == NARROW_AT else [])
    return {"misses": misses}
