"""A person takes the channel, speaks, hands it back; the bot is silent as long as a person owns it."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from sqlalchemy import select

from care import callbacks, desk
from care.refusals import Refusal, Refused
from models.conversations import Conversation, Owner, Sender, TakeOver
from models.outbox import OutboxRow
from models.staff import RoleName
from tests.fixtures.world import World, at_once
from triage.levels import Level


def do(world: World, verb: Callable[..., Any], number: int, staff_id: int, **more: Any) -> None:
    with world.work() as session:
        verb(session=session, conversation_id=number, actor=world.actor(session, staff_id), now=world.clock(), **more)


def refusal_of(world: World, verb: Callable[..., Any], number: int, staff_id: int, **more: Any) -> Refusal:
    with pytest.raises(Refused) as refused:
        do(world, verb, number, staff_id, **more)
    return refused.value.refusal


def test_taking_over_silences_the_bot_and_tells_the_person_who_is_there(world: World) -> None:
    officer = world.colleague("officer")
    number, other = world.person(), world.person()
    world.says(number, "今天下雨了")
    world.says(other, "今天下雨了")
    do(world, desk.take_over, number, officer)
    assert world.conversation(number).owner_staff_id == officer
    assert world.conversation(other).owner is Owner.BOT
    assert "Officer" in world.messages(number)[-1].text
    with world.look() as session:
        ends = {row.conversation_id: row.last_error for row in session.scalars(select(OutboxRow))}
    assert ends == {number: "taken_over", other: None}


def test_taking_the_chat_is_taking_the_case(world: World) -> None:
    officer = world.colleague("officer")
    number = world.person()
    case_id = world.flag(number, Level.RED)
    do(world, desk.take_over, number, officer)
    assert world.case(case_id).acknowledged_by_id == officer


def test_of_two_colleagues_at_once_one_owns_the_channel(any_world: World) -> None:
    first, second = any_world.colleague("first"), any_world.colleague("second")
    number = any_world.person()
    results = at_once(*[lambda who=who: do(any_world, desk.take_over, number, who) for who in (first, second)])
    assert [result.refusal for result in results if isinstance(result, Refused)] == [Refusal.OWNED_BY_COLLEAGUE]


def test_a_supervisor_may_step_in_and_a_colleague_may_not(world: World) -> None:
    owner, peer = world.colleague("owner"), world.colleague("peer", RoleName.COUNSELOR)
    supervisor = world.colleague("supervisor", RoleName.SUPERVISOR)
    number = world.person()
    do(world, desk.take_over, number, owner)
    assert refusal_of(world, desk.take_over, number, peer) is Refusal.OWNED_BY_COLLEAGUE
    do(world, desk.take_over, number, supervisor)
    assert world.conversation(number).owner_staff_id == supervisor
    assert refusal_of(world, desk.write, number, owner, text="x", client_key="k") is Refusal.NOT_YOURS


def test_a_second_hand_over_works_like_the_first(world: World) -> None:
    officer = world.colleague("officer")
    number = world.person()
    for _ in range(2):
        do(world, desk.take_over, number, officer)
        do(world, desk.take_over, number, officer)  # pressed twice
        do(world, desk.hand_back, number, officer)
        do(world, desk.hand_back, number, officer)
    assert world.conversation(number).owner is Owner.BOT
    with world.look() as session:
        spells = session.scalars(select(TakeOver)).all()
    assert len(spells) == 2
    assert all(spell.returned_at is not None for spell in spells)


def test_writing_needs_the_channel_and_words_and_is_stored_once(world: World) -> None:
    officer = world.colleague("officer")
    number = world.person()
    assert refusal_of(world, desk.write, number, officer, text="您好", client_key="k") is Refusal.NOT_YOURS
    do(world, desk.take_over, number, officer)
    assert refusal_of(world, desk.write, number, officer, text=" \n", client_key="k") is Refusal.EMPTY
    for _ in range(2):
        do(world, desk.write, number, officer, text="您好", client_key="k")
    said = [message for message in world.messages(number) if message.sender is Sender.STAFF]
    assert [(message.text, message.staff_id) for message in said] == [("您好", officer)]


def test_the_first_words_rest_the_alarm_and_keep_the_promise(world: World) -> None:
    officer = world.colleague("officer")
    world.turn(officer, starts=5)
    number = world.person()
    world.says(number, "我不想活了")
    do(world, desk.take_over, number, officer)
    with world.look() as session:
        assert len(callbacks.standing(session=session)) == 1
    do(world, desk.write, number, officer, text="您好", client_key="k")
    assert world.case(1).climbs_at is None
    with world.look() as session:
        assert callbacks.standing(session=session) == []


def test_a_conversation_with_an_open_crisis_case_stays_open(world: World) -> None:
    officer = world.colleague("officer")
    risky, calm = world.person(), world.person()
    world.flag(risky, Level.ORANGE)
    world.flag(calm, Level.BLUE)
    assert refusal_of(world, desk.close, risky, officer) is Refusal.CASE_STILL_OPEN
    do(world, desk.close, calm, officer)
    do(world, desk.close, calm, officer)
    assert world.conversation(calm).closed_at == world.clock()
    assert world.conversation(risky).closed_at is None


def test_nobody_closes_a_conversation_under_a_colleagues_hands(world: World) -> None:
    owner, other = world.colleague("owner"), world.colleague("other")
    number = world.person()
    do(world, desk.take_over, number, owner)
    assert refusal_of(world, desk.close, number, other) is Refusal.OWNED_BY_COLLEAGUE
    assert refusal_of(world, desk.hand_back, number, other) is Refusal.OWNED_BY_COLLEAGUE


def test_who_waits_longest_stands_first(world: World) -> None:
    officer = world.colleague("officer")
    numbers = [world.person() for _ in range(4)]
    for number in (numbers[2], numbers[0], numbers[3]):
        world.clock.advance(seconds=1)
        with world.work() as session:
            session.get_one(Conversation, number).human_requested_at = world.clock()
    do(world, desk.take_over, numbers[0], officer)
    with world.look() as session:
        assert [one.id for one in desk.waiting(session=session)] == [numbers[2], numbers[3]]
        assert [one.id for one in desk.mine(session=session, actor=world.actor(session, officer))] == [numbers[0]]
