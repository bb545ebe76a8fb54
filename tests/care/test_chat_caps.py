"""A colleague carries so many chats and no more; a person in danger is never turned away by a number."""

from __future__ import annotations

from typing import Any

import pytest
from sqlalchemy import select

from care import chat_caps, desk, transfers
from care.refusals import Refusal, Refused
from models.audit import AuditEntry
from models.conversations import Owner
from models.staff import RoleName
from tests.fixtures.world import World, at_once
from triage.levels import Level


def act(world: World, verb: Any, who: int, /, **more: Any) -> Any:
    with world.work() as session:
        found = verb(session=session, actor=world.actor(session, who), now=world.clock(), **more)
        session.flush()
        return getattr(found, "id", None)


def refusal_of(world: World, verb: Any, who: int, /, **more: Any) -> Refusal:
    with pytest.raises(Refused) as refused:
        act(world, verb, who, **more)
    return refused.value.refusal


def capped(world: World, staff_id: int, at_most: int) -> int:
    lead = world.colleague(f"lead{staff_id}", RoleName.SUPERVISOR)
    act(world, chat_caps.set_cap, lead, staff_id=staff_id, at_most=at_most)
    return lead


def test_the_usual_number_holds_until_a_lead_sets_another(world: World) -> None:
    officer = world.colleague("officer", RoleName.DUTY_OFFICER)
    numbers = [world.person() for _ in range(chat_caps.USUAL + 1)]
    for number in numbers[:-1]:
        act(world, desk.take_over, officer, conversation_id=number)
    assert refusal_of(world, desk.take_over, officer, conversation_id=numbers[-1]) is Refusal.OVER_CHAT_CAP
    assert world.conversation(numbers[-1]).owner is Owner.BOT
    capped(world, officer, chat_caps.USUAL + 1)
    act(world, desk.take_over, officer, conversation_id=numbers[-1])


def test_a_place_is_free_again_when_a_chat_has_ended_or_gone_on(world: World) -> None:
    officer, other = world.colleague("officer", RoleName.DUTY_OFFICER), world.colleague("other", RoleName.COUNSELOR)
    capped(world, officer, 1)
    first, second, third = (world.person() for _ in range(3))
    act(world, desk.take_over, officer, conversation_id=first)
    act(world, desk.hand_back, officer, conversation_id=first)
    act(world, desk.take_over, officer, conversation_id=second)
    offer = act(world, transfers.offer, officer, conversation_id=second, reason="有事", receiver_id=other)
    act(world, transfers.accept, other, transfer_id=offer)
    act(world, desk.take_over, officer, conversation_id=third)
    # Pressing again on one's own chat needs no second place.
    act(world, desk.take_over, officer, conversation_id=third)


@pytest.mark.parametrize(("level", "is_taken"), [(Level.EMERGENCY, True), (Level.RED, True), (Level.ORANGE, False)])
def test_a_red_case_is_never_refused(world: World, level: Level, is_taken: bool) -> None:
    officer = world.colleague("officer", RoleName.DUTY_OFFICER)
    capped(world, officer, 1)
    act(world, desk.take_over, officer, conversation_id=world.person())
    number = world.person()
    world.flag(number, level)
    if is_taken:
        act(world, desk.take_over, officer, conversation_id=number)
        assert world.conversation(number).owner_staff_id == officer
        # It counts: the next calm chat is refused all the same.
        assert refusal_of(world, desk.take_over, officer, conversation_id=world.person()) is Refusal.OVER_CHAT_CAP
    else:
        assert refusal_of(world, desk.take_over, officer, conversation_id=number) is Refusal.OVER_CHAT_CAP


def test_accepting_a_transfer_asks_for_a_place_too(world: World) -> None:
    giver, full = world.colleague("giver", RoleName.COUNSELOR), world.colleague("full", RoleName.COUNSELOR)
    capped(world, full, 1)
    act(world, desk.take_over, full, conversation_id=world.person())
    number = world.person()
    act(world, desk.take_over, giver, conversation_id=number)
    offer = act(world, transfers.offer, giver, conversation_id=number, reason="有事", receiver_id=full)
    assert refusal_of(world, transfers.accept, full, transfer_id=offer) is Refusal.OVER_CHAT_CAP
    assert world.conversation(number).owner_staff_id == giver


def test_two_taps_in_one_second_cannot_pass_the_cap(any_world: World) -> None:
    officer = any_world.colleague("officer", RoleName.DUTY_OFFICER)
    capped(any_world, officer, 2)
    numbers = [any_world.person() for _ in range(4)]
    results = at_once(
        *[lambda number=number: act(any_world, desk.take_over, officer, conversation_id=number) for number in numbers]
    )
    refused = [one.refusal for one in results if isinstance(one, Refused)]
    assert refused == [Refusal.OVER_CHAT_CAP, Refusal.OVER_CHAT_CAP]
    assert not [one for one in results if isinstance(one, Exception) and not isinstance(one, Refused)]
    assert [any_world.conversation(number).owner_staff_id for number in numbers].count(officer) == 2


def test_only_a_lead_sets_a_number_and_only_a_sensible_one(world: World) -> None:
    officer, lead = world.colleague("officer", RoleName.DUTY_OFFICER), world.colleague("lead", RoleName.BASE_MANAGER)
    volunteer = world.colleague("volunteer", RoleName.VOLUNTEER)
    verb = chat_caps.set_cap
    assert refusal_of(world, verb, officer, staff_id=officer, at_most=20) is Refusal.NOT_YOURS
    assert refusal_of(world, verb, lead, staff_id=officer, at_most=0) is Refusal.WRONG_VALUE
    assert refusal_of(world, verb, lead, staff_id=officer, at_most=21) is Refusal.WRONG_VALUE
    assert refusal_of(world, verb, lead, staff_id=volunteer, at_most=2) is Refusal.NOT_FOUND
    act(world, verb, lead, staff_id=officer, at_most=2)
    act(world, verb, lead, staff_id=officer, at_most=5)
    with world.look() as session:
        details = session.scalars(select(AuditEntry.details).where(AuditEntry.verb == "chat_cap.set")).all()
        names = {one.username: (carried, at_most) for one, carried, at_most in chat_caps.everybody(session=session)}
    assert [(one["before"], one["after"]) for one in details] == [(chat_caps.USUAL, 2), (2, 5)]
    assert names == {"lead": (0, chat_caps.USUAL), "officer": (0, 5)}
