"""What the bot did not understand is gathered without a name in it, and words of danger never become material."""

from __future__ import annotations

from datetime import timedelta

import pytest
from sqlalchemy import select

from care import bot_misses
from models.audit import AuditEntry
from models.conversations import Conversation, Message, Sender
from tests.fixtures.world import World

UNDERSTOOD = "谢谢您这么说。"


def _answered(world: World, words: str, answer: str) -> None:
    posted = world.says(world.person(), words)
    with world.work() as session:
        message = session.get_one(Message, posted.message.id)
        conversation = session.get_one(Conversation, message.conversation_id)
        last = max(session.scalars(select(Message.seq).where(Message.conversation_id == conversation.id)))
        session.add(
            Message(
                conversation_id=conversation.id,
                seq=last + 1,
                sender=Sender.BOT,
                text=answer,
                reply_to_id=message.id,
                at=world.clock(),
            )
        )


def _missed(world: World, days: int = 14) -> list[list[str]]:
    with world.work() as session:
        now = world.clock()
        found = bot_misses.missed(session=session, since=now - timedelta(days=days), now=now)
        return [kind.lines for kind in found]


@pytest.fixture
def miss() -> str:
    """Return one of the sentences by which the bot says that it did not follow."""
    return sorted(bot_misses.miss_sentences())[0]


def test_sentences_of_a_miss_are_found_in_both_languages() -> None:
    found = bot_misses.miss_sentences()
    assert any(words.isascii() for words in found)
    assert any(not words.isascii() for words in found)
    assert len(found) >= 2 * len(bot_misses.SAID_AFTER_A_MISS)


def test_only_what_was_not_understood_is_gathered(world: World, miss: str) -> None:
    _answered(world, "残联的表去哪领", miss)
    _answered(world, "今天谢谢您了", UNDERSTOOD)
    assert _missed(world) == [["残联的表去哪领"]]


def test_lines_that_are_alike_stand_together_the_most_frequent_first(world: World, miss: str) -> None:
    for words in ("食堂几点开饭", "残联的表去哪领", "残联的表到哪领", "残联的表去哪里领"):
        _answered(world, words, miss)
    found = _missed(world)
    assert [len(lines) for lines in found] == [3, 1]


def test_number_and_name_are_taken_out(world: World, miss: str) -> None:
    _answered(world, "我叫张桂芳，电话13900000000，残联的表去哪领", miss)
    shown = "".join(_missed(world)[0])
    assert "139" not in shown
    assert "张桂芳" not in shown


def test_words_of_danger_are_no_material(world: World, miss: str) -> None:
    _answered(world, "我不想活了", miss)
    assert _missed(world) == []


def test_what_is_older_is_left_out(world: World, miss: str) -> None:
    _answered(world, "残联的表去哪领", miss)
    world.clock.advance(days=15)
    assert _missed(world) == []


def test_every_look_is_recorded_by_its_number_only(world: World, miss: str) -> None:
    _answered(world, "残联的表去哪领", miss)
    _missed(world)
    with world.work() as session:
        entry = session.scalars(select(AuditEntry).where(AuditEntry.verb == "bot_misses.read")).one()
        assert entry.details == {"lines": 1}
