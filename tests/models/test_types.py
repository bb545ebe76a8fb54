"""Words of people are unreadable in the file, keys can be rotated, and time without a zone is refused."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta, timezone
from pathlib import Path

import pytest
from cryptography.fernet import Fernet, InvalidToken
from sqlalchemy import select, text
from sqlalchemy.exc import StatementError

from models.beneficiaries import Beneficiary, EmergencyContact, Intake
from models.conversations import Conversation, Message, Sender
from models.types import EncryptedText, use_field_keys
from tests.fixtures.keys import FIELD_KEY
from tests.fixtures.world import World
from triage.levels import Level

TOLD = "昨天晚上一个人坐在江边"
CALLED = "老周头"
PHONE = "13912345678"


def _file_of(world: World) -> bytes:
    with world.engine.connect() as connection:
        connection.exec_driver_sql("PRAGMA wal_checkpoint(TRUNCATE)")
    return Path(str(world.engine.url.database)).read_bytes()


def _tell_everything(world: World) -> int:
    conversation_id = world.person()
    world.says(conversation_id, TOLD)
    with world.work() as session:
        conversation = session.get_one(Conversation, conversation_id)
        person = conversation.beneficiary
        person.called = CALLED
        session.add(Intake(beneficiary_id=person.id, story=TOLD, started_at=world.clock()))
        session.add(EmergencyContact(beneficiary_id=person.id, name=CALLED, phone=PHONE, at=world.clock()))
        session.add(
            Message(
                conversation_id=conversation_id,
                seq=99,
                sender="bot",
                text="好",
                buttons=[{"title": TOLD, "payload": "/x"}],
                extra={"lines": CALLED},
                at=world.clock(),
            )
        )
    case_id = world.flag(conversation_id, Level.ORANGE)
    with world.work() as session:
        session.execute(text("UPDATE crisis_cases SET climbs_at = NULL WHERE id = :id"), {"id": case_id})
    return conversation_id


def test_nothing_that_a_person_told_can_be_read_in_the_file(world: World) -> None:
    conversation_id = _tell_everything(world)
    raw = _file_of(world)
    for secret in (TOLD, CALLED, PHONE):
        assert secret.encode() not in raw
        assert secret.encode("unicode_escape") not in raw
    # The decoy: what is not secret can be found, so the search itself works.
    assert world.conversation(conversation_id).public_id.encode() in raw
    assert world.messages(conversation_id)[0].text == TOLD


def test_every_column_that_holds_words_of_a_person_is_encrypted() -> None:
    for column in (
        Message.__table__.c.text,
        Beneficiary.__table__.c.called,
        Intake.__table__.c.story,
        EmergencyContact.__table__.c.name,
        EmergencyContact.__table__.c.phone,
    ):
        assert isinstance(column.type, EncryptedText), column


def test_old_words_are_readable_after_a_new_key_was_put_in_front(world: World) -> None:
    conversation_id = world.person()
    world.says(conversation_id, TOLD)
    use_field_keys((Fernet.generate_key().decode(), FIELD_KEY))
    world.says(conversation_id, "后来回家了")
    typed = [message.text for message in world.messages(conversation_id) if message.sender is Sender.PERSON]
    assert typed == [TOLD, "后来回家了"]


def test_words_cannot_be_read_with_another_key(world: World) -> None:
    conversation_id = world.person()
    world.says(conversation_id, TOLD)
    use_field_keys((Fernet.generate_key().decode(),))
    with pytest.raises(InvalidToken):
        world.messages(conversation_id)


def test_a_key_that_is_no_key_stops_the_start() -> None:
    with pytest.raises(ValueError):
        use_field_keys(("not a key",))


def test_the_same_words_look_different_each_time_they_are_stored(world: World) -> None:
    conversation_id = world.person()
    world.says(conversation_id, TOLD)
    world.says(conversation_id, TOLD)
    with world.look() as session:
        stored = session.execute(text("SELECT text FROM messages WHERE sender = 'person'")).scalars().all()
    assert len(stored) == len(set(stored)) == 2


def test_naive_time_is_refused(world: World) -> None:
    conversation_id = world.person()
    naive = world.clock().replace(tzinfo=None)
    with pytest.raises(StatementError, match="naive time"), world.work() as session:
        session.get_one(Conversation, conversation_id).last_message_at = naive


def test_time_of_another_zone_comes_back_as_the_same_moment_in_utc(any_world: World) -> None:
    conversation_id = any_world.person()
    at_the_base = datetime(2026, 3, 2, 10, 30, tzinfo=timezone(timedelta(hours=8)))
    with any_world.work() as session:
        session.get_one(Conversation, conversation_id).last_message_at = at_the_base
    stored = any_world.conversation(conversation_id).last_message_at
    assert stored == at_the_base
    assert stored.tzinfo is UTC


def test_a_lone_surrogate_is_kept_as_a_visible_escape(any_world: World) -> None:
    conversation_id = any_world.person()
    any_world.says(conversation_id, "坏的\ud83d字")
    with any_world.look() as session:
        assert session.scalars(select(Message)).one().text == "坏的\\ud83d字"
