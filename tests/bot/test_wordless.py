"""Silence, stickers and floods: met calmly, the second time with taps, the third with a person; never a loop."""

from __future__ import annotations

import itertools
from typing import Any

import pytest
from actions.action_repair import ActionRepair
from actions.action_reply import ActionReply
from actions.wordless import Wordless, without_words

from tests.bot.talk import PlayedSite, Talk


def _say(talk: Talk, action: Any, text: str, intent: str = "nlu_fallback", at: float = 0.0) -> list[str]:
    talk.said, talk._number = [], talk._number + 2
    metadata = {"message_id": talk._number, "language": talk.language}
    talk.events.append({"event": "user", "text": text, "timestamp": at, "metadata": metadata})
    talk._latest = {"text": text, "intent": {"name": intent, "confidence": 0.9}, "entities": []}
    talk.run(action)
    return talk.texts


def _offered(talk: Talk) -> list[str]:
    return [button["payload"] for message in talk.said for button in message["buttons"]]


@pytest.mark.parametrize(
    ("text", "kind"),
    [
        ("……", Wordless.SILENCE),
        ("。", Wordless.SILENCE),
        ("😭😭", Wordless.SAD_STICKERS),
        ("[流泪]", Wordless.SAD_STICKERS),
        ("[捂脸][捂脸]", Wordless.STICKERS),
        ("👍", Wordless.STICKERS),
        ("❤️", Wordless.STICKERS),
        ("[图片]", None),
        ("？？", None),
        ("嗯", None),
        ("1", None),
        ("😭我好难过", None),
    ],
)
def test_what_has_no_words_is_told_apart_from_what_has(text: str, kind: Wordless | None) -> None:
    assert without_words(text) is kind


@pytest.mark.parametrize("language", ["zh-CN", "en"])
@pytest.mark.parametrize("text", ["……", "😭", "👍", "[捂脸]"])
@pytest.mark.parametrize("action", [ActionRepair, ActionReply])
def test_five_wordless_turns_end_at_a_person_and_never_repeat(
    site: PlayedSite, language: str, text: str, action: Any
) -> None:
    talk, said = Talk(language), []
    for number in range(5):
        said += _say(talk, action(), text)
        assert ("/ask_human" in _offered(talk)) is (number > 0)
    assert all(one != following for one, following in itertools.pairwise(said))


def test_same_words_three_times_running_are_a_flood_and_kept(site: PlayedSite) -> None:
    talk = Talk()
    for _ in range(2):
        assert "收到" not in "".join(_say(talk, ActionReply(), "我没钱", "worry_money"))
    assert any(words in _say(talk, ActionReply(), "我没钱", "worry_money")[0] for words in ("收到", "留着"))


def test_eight_messages_in_twenty_seconds_are_a_flood(site: PlayedSite) -> None:
    talk = Talk()
    for number in range(8):
        words = _say(talk, ActionReply(), f"第{number}句", "worry_other", at=1000.0 + number)
    assert any(part in words[0] for part in ("收到", "留着"))


@pytest.mark.parametrize("intent", ["stop", "goodbye", "ask_privacy", "complaint"])
def test_what_steers_or_asks_us_is_never_taken_for_a_flood(site: PlayedSite, intent: str) -> None:
    talk = Talk()
    for _ in range(4):
        words = _say(talk, ActionReply(), "停" if intent == "stop" else "再问一遍", intent)
    assert not any(part in "".join(words) for part in ("收到", "留着呢"))


def test_who_is_hurt_by_someone_is_asked_whether_they_are_safe_and_sees_a_person(site: PlayedSite) -> None:
    talk = Talk()
    _say(talk, ActionReply(), "他推我", "worry_violence")
    assert "/ask_human" in _offered(talk)
