"""A rest of the chat ends by itself, is told kindly, and never stands before words of danger."""

from __future__ import annotations

import secrets
from typing import Any

import pytest
from sqlalchemy import select, text

from care import blocks, bot_line, bot_voice, crises, desk, human, seen_flags
from care.refusals import Refusal, Refused
from models.audit import AuditEntry
from models.blocks import Block
from models.conversations import Conversation, MessageKind, Sender
from models.crises import LevelName, UncheckedReason
from models.outbox import OutboxKind, OutboxRow
from models.staff import RoleName
from tests.fixtures.world import ZONE, World, at_once
from triage.levels import Level


def block(world: World, conversation_id: int, lead: int, *, key: str | None = None, **more: Any) -> int:
    given: dict[str, Any] = {"reason": "insults", "words": "反复辱骂值班同事", "days": 3}
    with world.work() as session:
        return blocks.block(
            session=session,
            beneficiary_id=session.get_one(Conversation, conversation_id).beneficiary_id,
            actor=world.actor(session, lead),
            key=key or secrets.token_hex(16),
            now=world.clock(),
            timezone=ZONE,
            **given | more,
        ).id


def lift(world: World, block_id: int, lead: int, words: str = "他道歉了") -> None:
    with world.work() as session:
        actor = world.actor(session, lead)
        blocks.lift(session=session, block_id=block_id, actor=actor, words=words, now=world.clock())


def ask(world: World, conversation_id: int) -> human.Outcome:
    with world.work() as session:
        conversation = session.get_one(Conversation, conversation_id)
        return human.request(session=session, conversation=conversation, now=world.clock(), timezone=ZONE).outcome


def refusal(deed: Any, *args: Any, **more: Any) -> tuple[Refusal, str | None]:
    with pytest.raises(Refused) as refused:
        deed(*args, **more)
    return refused.value.refusal, refused.value.field


def lead_of(world: World) -> int:
    return world.colleague("lead", RoleName.SUPERVISOR)


def test_the_person_is_told_kindly_until_when_and_not_under_every_line(world: World) -> None:
    lead = lead_of(world)
    chat, decoy = world.person(), world.person()
    block(world, chat, lead)
    begun = world.messages(chat)[-1]
    assert (begun.sender, begun.kind) == (Sender.SYSTEM, MessageKind.NOTICE)
    assert all(word in begun.text for word in ("3月5日（周四）10:00", "12356", "120", "110"))
    assert world.says(chat, "你们都是废物").replies == []
    world.clock.advance(minutes=11)
    assert "3月5日" in world.says(chat, "说话啊").replies[0].text
    assert world.says(chat, "喂").replies == []
    assert world.says(decoy, "说话啊").replies == []


def test_it_ends_by_itself_without_anybody_doing_anything(world: World) -> None:
    lead = lead_of(world)
    chat = world.person()
    block(world, chat, lead, days=1)
    assert ask(world, chat) is human.Outcome.RESTING
    world.clock.advance(days=1, seconds=-1)
    assert ask(world, chat) is human.Outcome.RESTING
    world.clock.advance(seconds=1)
    assert ask(world, chat) is not human.Outcome.RESTING
    with world.look() as session:
        assert blocks.listed(session=session, now=world.clock()) == []
    # A later one takes the place of the one that has run out.
    block(world, chat, lead, days=1)


@pytest.mark.parametrize(
    ("words", "levels"),
    [
        ("我不想活了", {LevelName.ORANGE, LevelName.RED, LevelName.EMERGENCY}),
        ("你们这些废物，我现在就从楼上跳下去", {LevelName.RED, LevelName.EMERGENCY}),
    ],
)
def test_words_of_danger_pass_and_get_case_card_and_person(
    any_world: World, words: str, levels: set[LevelName]
) -> None:
    members = any_world.chain()
    lead = lead_of(any_world)
    chat = any_world.person()
    block(any_world, chat, lead)
    posted = any_world.says(chat, words)
    assert [one.kind for one in posted.replies] == [MessageKind.CRISIS]
    with any_world.look() as session:
        beneficiary = any_world.conversation(chat).beneficiary_id
        case = crises.open_case_of(session=session, beneficiary_id=beneficiary)
        assert case is not None
        assert case.level in levels
        assert case.owner_id in members.values()
    # From here on the chat is open as for everybody: bot, person, desk.
    assert ask(any_world, chat) is not human.Outcome.RESTING
    with any_world.look() as session:
        assert [one.id for one in desk.waiting(session=session)] == [chat]


def test_an_open_case_raises_and_the_rest_goes_on_when_it_is_closed(world: World) -> None:
    lead = lead_of(world)
    chat = world.person()
    case_id = world.flag(chat, Level.YELLOW)
    block(world, chat, lead)
    assert ask(world, chat) is not human.Outcome.RESTING
    world.says(chat, "我已经写好遗书了，今晚就跳楼")
    assert world.case(case_id).level in (LevelName.RED, LevelName.EMERGENCY)
    second = world.colleague("second", RoleName.BASE_MANAGER)
    for reader in (lead, second):
        with world.work() as session:
            crises.close(
                session=session,
                case_id=case_id,
                seen_flag_id=seen_flags.newest(session=session, case_id=case_id),
                actor=world.actor(session, reader),
                reason="家人陪着",
                now=world.clock(),
                unchecked=crises.Unchecked(UncheckedReason.NOT_REACHED),
            )
    assert ask(world, chat) is human.Outcome.RESTING


def test_the_bot_still_listens_and_its_alarm_still_gets_the_card(world: World) -> None:
    world.chain()
    lead = lead_of(world)
    chat = world.person()
    block(world, chat, lead)
    posted = world.says(chat, "今天的云很低")
    with world.look() as session:
        assert session.scalars(select(OutboxRow.kind).where(OutboxRow.conversation_id == chat)).all() == [
            OutboxKind.BOT_TURN
        ]
    with world.work() as session:
        bot_voice.raise_flag(
            session=session,
            conversation=session.get_one(Conversation, chat),
            level=Level.ORANGE,
            reasons=("passive",),
            message_number=posted.message.id,
            now=world.clock(),
            timezone=ZONE,
        )
    assert world.messages(chat)[-1].kind is MessageKind.CRISIS


def test_what_the_bot_wanted_to_say_rests_with_the_chat(world: World) -> None:
    lead = lead_of(world)
    chat, decoy = world.person(), world.person()
    block(world, chat, lead)
    for one in (chat, decoy):
        world.says(one, "你好")
    with world.work() as session:
        for row in session.scalars(select(OutboxRow).where(OutboxRow.kind == OutboxKind.BOT_TURN)).all():
            bot_line._store_answers(session=session, row_id=row.id, answers=[{"text": "您好"}], now=world.clock())
    assert [one.text for one in world.messages(chat) if one.sender is Sender.BOT] == []
    assert [one.text for one in world.messages(decoy) if one.sender is Sender.BOT] == ["您好"]


def test_nobody_waits_at_the_desk_for_a_chat_that_rests(world: World) -> None:
    lead = lead_of(world)
    chat = world.person()
    ask(world, chat)
    block(world, chat, lead)
    with world.look() as session:
        assert desk.waiting(session=session) == []


@pytest.mark.parametrize(
    ("given", "found"),
    [
        ({"days": 15}, (Refusal.TOO_MANY_DAYS, "days")),
        ({"days": 0}, (Refusal.TOO_MANY_DAYS, "days")),
        ({"words": " "}, (Refusal.REASON_MISSING, "words")),
        ({"words": "长" * 2001}, (Refusal.TOO_LONG, "words")),
        ({"reason": "sleepy"}, (Refusal.WRONG_VALUE, "reason")),
    ],
)
def test_a_rest_needs_a_reason_and_an_end(world: World, given: dict[str, Any], found: tuple[Refusal, str]) -> None:
    lead = lead_of(world)
    chat = world.person()
    assert refusal(block, world, chat, lead, **given) == found
    with world.look() as session:
        assert session.scalars(select(Block)).all() == []


def test_lifting_needs_words_is_told_and_happens_once(world: World) -> None:
    lead = lead_of(world)
    chat = world.person()
    row = block(world, chat, lead)
    assert refusal(lift, world, row, lead, " ") == (Refusal.REASON_MISSING, "words")
    lift(world, row, lead)
    assert "重新打开" in world.messages(chat)[-1].text
    assert refusal(lift, world, row, lead) == (Refusal.BLOCK_OVER, None)
    assert refusal(lift, world, 4711, lead) == (Refusal.NOT_FOUND, None)
    assert ask(world, chat) is not human.Outcome.RESTING
    with world.look() as session:
        verbs = session.scalars(select(AuditEntry.verb).where(AuditEntry.subject_type == "beneficiary")).all()
        stored = session.execute(text("SELECT words, end_words FROM blocks")).one()
    assert [one for one in verbs if one.startswith("block.")] == ["block.begin", "block.lift"]
    assert all("道歉".encode() not in bytes(one) for one in stored)


def test_the_same_form_twice_and_two_leads_in_the_same_moment_block_once(any_world: World) -> None:
    first, second = lead_of(any_world), any_world.colleague("other", RoleName.BASE_MANAGER)
    chat = any_world.person()
    key = "k" * 32
    done = at_once(*[lambda: block(any_world, chat, first, key=key)] * 2, lambda: block(any_world, chat, second))
    refused = [one for one in done if isinstance(one, Refused)]
    assert all(one.refusal is Refusal.ALREADY_BLOCKED for one in refused)
    assert len({one for one in done if isinstance(one, int)}) == 1
    with any_world.look() as session:
        assert len(session.scalars(select(Block)).all()) == 1
    begun = [one for one in any_world.messages(chat) if "暂停" in one.text]
    assert len(begun) == 1
