"""Notes and whispers are read by colleagues only, reading along is on record, and none of it reaches the person."""

from __future__ import annotations

from typing import Any

import pytest
from sqlalchemy import select

from care import desk, desk_notes, transcript, watches
from care.refusals import Refusal, Refused
from models.audit import AuditEntry
from models.desk_notes import DeskNote, DeskWatch
from models.live import LiveEvent
from models.staff import RoleName
from tests.fixtures.world import World, at_once


def act(world: World, verb: Any, who: int, /, **more: Any) -> Any:
    with world.work() as session:
        found = verb(session=session, actor=world.actor(session, who), now=world.clock(), **more)
        session.flush()
        return getattr(found, "id", None)


def refusal_of(world: World, verb: Any, who: int, /, **more: Any) -> Refusal:
    with pytest.raises(Refused) as refused:
        act(world, verb, who, **more)
    return refused.value.refusal


def read_by(world: World, who: int, number: int) -> list[str]:
    with world.look() as session:
        rows = desk_notes.of_conversation(session=session, conversation_id=number, actor=world.actor(session, who))
        return [row.text for row in rows]


def test_whisper_is_for_the_one_who_speaks_and_a_note_for_every_colleague(world: World) -> None:
    counselor, other = world.colleague("counselor", RoleName.COUNSELOR), world.colleague("other", RoleName.COUNSELOR)
    lead, second = world.colleague("lead", RoleName.SUPERVISOR), world.colleague("second", RoleName.SUPERVISOR)
    number, decoy = world.person(), world.person()
    act(world, desk.take_over, counselor, conversation_id=number)
    act(world, desk_notes.whisper, lead, conversation_id=number, text="问问晚上有没有人陪", key="whisper-1")
    act(world, desk_notes.note, other, conversation_id=number, text="上周来过电话", key="note-1")
    both = ["问问晚上有没有人陪", "上周来过电话"]
    assert read_by(world, counselor, number) == both
    assert read_by(world, lead, number) == both
    assert read_by(world, other, number) == ["上周来过电话"]
    assert read_by(world, second, number) == ["上周来过电话"]
    assert read_by(world, counselor, decoy) == []


def test_nothing_said_among_colleagues_is_in_the_transcript_or_on_the_channel_of_the_chat(world: World) -> None:
    counselor, lead = world.colleague("counselor", RoleName.COUNSELOR), world.colleague("lead", RoleName.SUPERVISOR)
    number = world.person()
    act(world, desk.take_over, counselor, conversation_id=number)
    before = [message.id for message in world.messages(number)]
    with world.look() as session:
        last = max(session.scalars(select(LiveEvent.id)))
    act(world, desk_notes.whisper, lead, conversation_id=number, text="悄悄话", key="whisper-1")
    act(world, desk_notes.note, counselor, conversation_id=number, text="便签", key="note-1")
    act(world, watches.begin, lead, conversation_id=number)
    assert [message.id for message in world.messages(number)] == before
    with world.look() as session:
        channels = set(session.scalars(select(LiveEvent.channel).where(LiveEvent.id > last)))
        assert transcript.messages_after(session=session, conversation_id=number, seq=0)[-1].text != "便签"
    assert channels == {f"side:{number}"}


def test_only_a_lead_whispers_and_only_to_somebody_else_who_speaks(world: World) -> None:
    counselor, lead = world.colleague("counselor", RoleName.COUNSELOR), world.colleague("lead", RoleName.SUPERVISOR)
    number = world.person()
    say = {"conversation_id": number, "text": "悄悄话", "key": "whisper-1"}
    assert refusal_of(world, desk_notes.whisper, lead, **say) is Refusal.NOBODY_SPEAKS
    act(world, desk.take_over, counselor, conversation_id=number)
    assert refusal_of(world, desk_notes.whisper, counselor, **say) is Refusal.NOT_YOURS
    assert refusal_of(world, desk_notes.whisper, lead, **say | {"text": " "}) is Refusal.EMPTY
    assert refusal_of(world, desk_notes.whisper, lead, **say | {"text": "话" * 2001}) is Refusal.TOO_LONG
    act(world, desk.take_over, lead, conversation_id=number)
    assert refusal_of(world, desk_notes.whisper, lead, **say) is Refusal.NOBODY_SPEAKS


def test_the_same_form_writes_once_and_its_key_is_of_no_use_to_another(any_world: World) -> None:
    first, second = any_world.colleague("first", RoleName.COUNSELOR), any_world.colleague("second", RoleName.COUNSELOR)
    number = any_world.person()
    say = {"conversation_id": number, "text": "便签", "key": "the same form"}
    ids = at_once(*[lambda: act(any_world, desk_notes.note, first, **say) for _ in range(3)])
    assert len(set(ids)) == 1
    assert refusal_of(any_world, desk_notes.note, second, **say) is Refusal.KEY_USED
    with any_world.look() as session:
        assert len(session.scalars(select(DeskNote)).all()) == 1


def test_reading_along_is_on_record_once_and_ends_with_a_take_over(world: World) -> None:
    counselor, lead = world.colleague("counselor", RoleName.COUNSELOR), world.colleague("lead", RoleName.SUPERVISOR)
    number = world.person()
    act(world, desk.take_over, counselor, conversation_id=number)
    assert refusal_of(world, watches.begin, counselor, conversation_id=number) is Refusal.NOT_YOURS
    assert act(world, watches.begin, lead, conversation_id=number) == act(
        world, watches.begin, lead, conversation_id=number
    )
    with world.look() as session:
        names = [one.username for one in watches.watching(session=session, conversation_id=number)]
        verbs = session.scalars(select(AuditEntry.verb).where(AuditEntry.staff_id == lead)).all()
    assert (names, verbs) == (["lead"], ["conversation.watch"])
    act(world, desk.take_over, lead, conversation_id=number)
    with world.look() as session:
        assert not watches.watching(session=session, conversation_id=number)
        assert [row.ended_at for row in session.scalars(select(DeskWatch))] == [world.clock()]


def test_watch_ends_with_the_conversation_also_when_the_clock_was_set_back(world: World) -> None:
    counselor, lead = world.colleague("counselor", RoleName.COUNSELOR), world.colleague("lead", RoleName.SUPERVISOR)
    number = world.person()
    act(world, desk.take_over, counselor, conversation_id=number)
    act(world, watches.begin, lead, conversation_id=number)
    world.clock.advance(hours=-1)
    act(world, desk.close, counselor, conversation_id=number)
    assert refusal_of(world, watches.begin, lead, conversation_id=number) is Refusal.CLOSED
    with world.look() as session:
        assert not watches.watching(session=session, conversation_id=number)
