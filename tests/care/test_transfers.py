"""A conversation is passed on by a yes; until then, and after a no, the giver has it."""

from __future__ import annotations

from typing import Any

import pytest
from sqlalchemy import select

from care import desk, transfers
from care.refusals import Refusal, Refused
from models.audit import AuditEntry
from models.conversations import Owner, TakeOver
from models.staff import RoleName
from models.transfers import DeskTeam, Transfer, TransferState
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


def taken(world: World, staff_id: int) -> int:
    number = world.person()
    world.says(number, "我想找人说说话")
    act(world, desk.take_over, staff_id, conversation_id=number)
    return number


def offered(world: World, giver: int, number: int, **to: Any) -> int:
    return act(world, transfers.offer, giver, conversation_id=number, reason="我要下班了", **to)


def stored(world: World, transfer_id: int) -> Transfer:
    with world.look() as session:
        found = session.get_one(Transfer, transfer_id)
        session.expunge_all()
        return found


def test_the_giver_stays_the_owner_until_the_other_says_yes(world: World) -> None:
    giver, receiver = world.colleague("giver", RoleName.COUNSELOR), world.colleague("receiver", RoleName.COUNSELOR)
    number, decoy = taken(world, giver), taken(world, giver)
    offer = offered(world, giver, number, receiver_id=receiver)
    assert world.conversation(number).owner_staff_id == giver
    act(world, transfers.accept, receiver, transfer_id=offer)
    assert world.conversation(number).owner_staff_id == receiver
    assert world.conversation(decoy).owner_staff_id == giver
    assert "Receiver" in world.messages(number)[-1].text
    with world.look() as session:
        spells = session.scalars(select(TakeOver).where(TakeOver.conversation_id == number).order_by(TakeOver.id)).all()
    assert [(one.staff_id, one.returned_at is None) for one in spells] == [(giver, False), (receiver, True)]


def test_a_no_and_silence_leave_the_conversation_with_the_giver(world: World) -> None:
    giver, receiver = world.colleague("giver", RoleName.COUNSELOR), world.colleague("receiver", RoleName.COUNSELOR)
    number = taken(world, giver)
    no = offered(world, giver, number, receiver_id=receiver)
    act(world, transfers.decline, receiver, transfer_id=no, words="我在另一个谈话里")
    silence = offered(world, giver, number, receiver_id=receiver)
    world.clock.advance(minutes=3)
    with world.work() as session:
        assert transfers.due_to_expire(session=session, now=world.clock()) == [silence]
        assert transfers.expire(session=session, transfer_id=silence, now=world.clock())
        assert not transfers.expire(session=session, transfer_id=silence, now=world.clock())
    assert [stored(world, one).state for one in (no, silence)] == [TransferState.DECLINED, TransferState.EXPIRED]
    assert stored(world, no).answer == "我在另一个谈话里"
    assert refusal_of(world, transfers.accept, receiver, transfer_id=silence) is Refusal.TRANSFER_OVER
    assert world.conversation(number).owner_staff_id == giver


def test_an_offer_needs_a_reason_and_somebody_who_reads_chats(world: World) -> None:
    giver, volunteer = world.colleague("giver", RoleName.COUNSELOR), world.colleague("volunteer", RoleName.VOLUNTEER)
    gone = world.colleague("gone", RoleName.COUNSELOR, active=False)
    fit = world.colleague("fit", RoleName.COUNSELOR)
    number = taken(world, giver)
    ask = {"conversation_id": number, "reason": "有事"}
    offer = transfers.offer
    assert refusal_of(world, offer, giver, conversation_id=number, reason=" ", receiver_id=fit) is (
        Refusal.REASON_MISSING
    )
    assert refusal_of(world, offer, giver, receiver_id=volunteer, **ask) is Refusal.WRONG_VALUE
    assert refusal_of(world, offer, giver, receiver_id=giver, **ask) is Refusal.WRONG_VALUE
    assert refusal_of(world, offer, giver, receiver_id=gone, **ask) is Refusal.NOT_ACTIVE
    assert refusal_of(world, offer, giver, receiver_id=fit, team=DeskTeam.COUNSELOR, **ask) is Refusal.WRONG_VALUE
    assert refusal_of(world, offer, giver, **ask) is Refusal.WRONG_VALUE
    assert refusal_of(world, offer, fit, receiver_id=giver, **ask) is Refusal.NOT_YOURS


def test_the_same_offer_twice_is_one_and_another_is_refused(world: World) -> None:
    giver, first = world.colleague("giver", RoleName.COUNSELOR), world.colleague("first", RoleName.COUNSELOR)
    number = taken(world, giver)
    one = offered(world, giver, number, receiver_id=first)
    assert offered(world, giver, number, receiver_id=first) == one
    again = {"conversation_id": number, "reason": "有事", "team": DeskTeam.SUPERVISOR}
    assert refusal_of(world, transfers.offer, giver, **again) is Refusal.ALREADY_HANDING_OVER
    act(world, transfers.withdraw, giver, transfer_id=one)
    act(world, transfers.offer, giver, **again)


def test_a_stranger_can_neither_accept_nor_decline_nor_take_back(world: World) -> None:
    giver, first = world.colleague("giver", RoleName.COUNSELOR), world.colleague("first", RoleName.COUNSELOR)
    stranger = world.colleague("stranger", RoleName.SUPERVISOR)
    offer = offered(world, giver, taken(world, giver), receiver_id=first)
    for verb in (transfers.accept, transfers.decline, transfers.withdraw):
        assert refusal_of(world, verb, stranger, transfer_id=offer) is Refusal.NOT_FOUND
    assert refusal_of(world, transfers.accept, giver, transfer_id=offer) is Refusal.NOT_FOUND
    assert stored(world, offer).state is TransferState.OFFERED


def test_of_a_team_exactly_one_gets_it_and_a_no_leaves_it_to_the_others(any_world: World) -> None:
    world = any_world
    giver = world.colleague("giver", RoleName.COUNSELOR)
    team = [world.colleague(name, RoleName.DUTY_OFFICER) for name in ("first", "second", "third")]
    number = taken(world, giver)
    offer = offered(world, giver, number, team=DeskTeam.DUTY_OFFICER)
    act(world, transfers.decline, team[0], transfer_id=offer)
    assert stored(world, offer).state is TransferState.OFFERED
    results = at_once(*[lambda who=who: act(world, transfers.accept, who, transfer_id=offer) for who in team[1:]])
    assert [one.refusal for one in results if isinstance(one, Refused)] == [Refusal.TRANSFER_OVER]
    assert world.conversation(number).owner_staff_id in team[1:]


def test_an_offer_ends_when_the_conversation_changes_hands_in_another_way(world: World) -> None:
    giver, first = world.colleague("giver", RoleName.COUNSELOR), world.colleague("first", RoleName.COUNSELOR)
    supervisor = world.colleague("supervisor", RoleName.SUPERVISOR)
    numbers = [taken(world, giver) for _ in range(3)]
    offers = [offered(world, giver, number, receiver_id=first) for number in numbers]
    act(world, desk.take_over, supervisor, conversation_id=numbers[0])
    act(world, desk.hand_back, giver, conversation_id=numbers[1])
    act(world, desk.close, giver, conversation_id=numbers[2])
    assert {stored(world, one).state for one in offers} == {TransferState.WITHDRAWN}
    for offer in offers:
        assert refusal_of(world, transfers.accept, first, transfer_id=offer) is Refusal.TRANSFER_OVER
    assert world.conversation(numbers[0]).owner_staff_id == supervisor
    assert world.conversation(numbers[1]).owner is Owner.BOT


def test_the_case_goes_with_the_conversation_and_its_clock_runs_on(world: World) -> None:
    giver, first = world.colleague("giver", RoleName.COUNSELOR), world.colleague("first", RoleName.COUNSELOR)
    number = world.person()
    case_id = world.flag(number, Level.RED)
    act(world, desk.take_over, giver, conversation_id=number)
    before = world.case(case_id)
    act(world, transfers.accept, first, transfer_id=offered(world, giver, number, receiver_id=first))
    after = world.case(case_id)
    assert (before.owner_id, after.owner_id, after.acknowledged_by_id) == (giver, first, first)
    assert (after.due_at, after.climbs_at, after.acknowledged_at) == (
        before.due_at,
        before.climbs_at,
        before.acknowledged_at,
    )


def test_only_offers_meant_for_me_are_listed_and_each_step_leaves_a_trace(world: World) -> None:
    giver, first = world.colleague("giver", RoleName.COUNSELOR), world.colleague("first", RoleName.COUNSELOR)
    officer = world.colleague("officer", RoleName.DUTY_OFFICER)
    named = offered(world, giver, taken(world, giver), receiver_id=first)
    team = offered(world, giver, taken(world, giver), team=DeskTeam.DUTY_OFFICER)
    with world.work() as session:
        mine = {
            who: [
                one.id for one in transfers.for_me(session=session, actor=world.actor(session, who), now=world.clock())
            ]
            for who in (giver, first, officer)
        }
        verbs = session.scalars(select(AuditEntry.verb).where(AuditEntry.subject_type == "transfer")).all()
    assert mine == {giver: [], first: [named], officer: [team]}
    assert verbs == ["transfer.offer", "transfer.offer"]
