"""The roster says who is there; being listed is not being there."""

from __future__ import annotations

from datetime import timedelta

import pytest

from care import callbacks, duty, human
from care.refusals import Refusal, Refused
from models.conversations import Conversation, MessageKind
from models.duty import DutyPosition, DutyTurn
from models.staff import RoleName, StaffMember
from tests.fixtures.world import ZONE, World


def present(world: World) -> list[int]:
    with world.look() as session:
        return [member.id for member in duty.present(session=session, at=world.clock())]


def ask(world: World, number: int) -> human.Request:
    with world.work() as session:
        conversation = session.get_one(Conversation, number)
        request = human.request(session=session, conversation=conversation, now=world.clock(), timezone=ZONE)
        _ = [message.text for message in request.messages]
        session.expunge_all()
        return request


def test_only_a_colleague_who_checked_in_is_there(world: World) -> None:
    listed, here = world.colleague("listed"), world.colleague("here")
    world.turn(listed)
    world.turn(here, DutyPosition.STAND_IN, here=True)
    assert present(world) == [here]


def test_a_base_leader_at_home_is_not_offered_for_a_chat(world: World) -> None:
    world.turn(world.colleague("leader"), DutyPosition.BASE_LEADER, here=True)
    assert present(world) == []


@pytest.mark.parametrize(("starts", "hours", "there"), [(-1, 2, True), (-2, 2, False), (0, 1, True), (1, 1, False)])
def test_a_turn_counts_from_its_first_minute_to_its_last(
    world: World, starts: float, hours: float, there: bool
) -> None:
    member = world.colleague("officer")
    world.turn(member, starts=starts, hours=hours, here=True)
    assert (present(world) == [member]) is there


def test_checking_in_and_out(world: World) -> None:
    member = world.colleague("officer")
    world.turn(member)
    for verb, expected in ((duty.check_in, [member]), (duty.check_in, [member]), (duty.check_out, [])):
        with world.work() as session:
            verb(session=session, actor=world.actor(session, member), now=world.clock())
        assert present(world) == expected


@pytest.mark.parametrize(("starts", "allowed"), [(0.4, True), (0.6, False), (-9, False)])
def test_one_checks_in_on_ones_own_turn_or_shortly_before(world: World, starts: float, allowed: bool) -> None:
    member = world.colleague("officer")
    world.turn(world.colleague("other"))
    world.turn(member, starts=starts)
    with world.work() as session:
        actor = world.actor(session, member)
        if allowed:
            duty.check_in(session=session, actor=actor, now=world.clock())
        else:
            with pytest.raises(Refused) as refused:
                duty.check_in(session=session, actor=actor, now=world.clock())
            assert refused.value.refusal is Refusal.NOT_ON_ROSTER


@pytest.mark.parametrize(
    ("starts", "hours", "refusal"),
    [
        (0, 0, Refusal.ENDS_BEFORE_IT_STARTS),
        (0, -1, Refusal.ENDS_BEFORE_IT_STARTS),
        (2, 2, Refusal.COLLIDES),
        (4, 1, None),
    ],
)
def test_planning_a_turn(world: World, starts: float, hours: float, refusal: Refusal | None) -> None:
    lead, member = world.colleague("lead", RoleName.SUPERVISOR), world.colleague("member")
    world.turn(lead, starts=0, hours=9)  # somebody else's turn at the same time collides with nothing
    world.turn(member, starts=1, hours=3)
    with world.work() as session:
        start = world.clock() + timedelta(hours=starts)
        plan = {
            "session": session,
            "actor": world.actor(session, lead),
            "staff": world.actor(session, member),
            "position": DutyPosition.ON_CALL,
            "starts_at": start,
            "ends_at": start + timedelta(hours=hours),
            "now": world.clock(),
        }
        if refusal is None:
            assert duty.add_turn(**plan).id
        else:
            with pytest.raises(Refused) as refused:
                duty.add_turn(**plan)
            assert refused.value.refusal is refusal


def test_somebody_deactivated_cannot_be_planned(world: World) -> None:
    lead, gone = world.colleague("lead"), world.colleague("gone", active=False)
    with world.work() as session, pytest.raises(Refused) as refused:
        duty.add_turn(
            session=session,
            actor=world.actor(session, lead),
            staff=session.get_one(StaffMember, gone),
            position=DutyPosition.ON_CALL,
            starts_at=world.clock(),
            ends_at=world.clock() + timedelta(hours=1),
            now=world.clock(),
        )
    assert refused.value.refusal is Refusal.NOT_ACTIVE


def test_a_person_is_offered_only_while_somebody_is_there(world: World) -> None:
    member = world.colleague("officer")
    world.turn(member, here=True)
    number = world.person()
    assert ask(world, number).outcome is human.Outcome.OFFERED
    assert ask(world, number).outcome is human.Outcome.ALREADY_WAITING


def test_with_nobody_there_the_promise_is_a_name_and_a_time(world: World) -> None:
    member = world.colleague("morning")
    world.turn(world.colleague("stand-in"), DutyPosition.STAND_IN)
    world.turn(world.colleague("later still"), starts=30)
    world.turn(member, starts=14)
    request = ask(world, world.person())
    assert request.outcome is human.Outcome.CALL_BACK
    assert request.messages[0].kind is MessageKind.CALL_BACK
    assert "Morning" in request.messages[0].text
    assert "3月3日（周二）01:00" in request.messages[0].text
    assert request.call_back is not None
    assert request.call_back.due_at == world.clock() + timedelta(hours=14) + callbacks.AFTER_SHIFT_STARTS


@pytest.mark.parametrize("left", [False, True])
def test_a_colleague_who_is_late_is_still_the_one_who_answers_unless_they_have_left(world: World, left: bool) -> None:
    late, next_one = world.colleague("late"), world.colleague("next")
    turn = world.turn(late, starts=-1)
    world.turn(next_one, starts=14)
    if left:
        with world.work() as session:
            row = session.get_one(DutyTurn, turn)
            row.checked_in_at = row.checked_out_at = world.clock()
    call_back = ask(world, world.person()).call_back
    assert call_back is not None
    hours = 14 if left else 0
    assert (call_back.owner_id, call_back.due_at) == (
        next_one if left else late,
        world.clock() + timedelta(hours=hours) + callbacks.AFTER_SHIFT_STARTS,
    )


def test_with_an_empty_roster_nothing_is_promised(world: World) -> None:
    world.colleague("leader", RoleName.BASE_MANAGER)
    request = ask(world, world.person())
    assert request.outcome is human.Outcome.NOBODY
    assert request.call_back is None
    assert "12356" in request.messages[0].text


def test_asking_twice_makes_one_promise(world: World) -> None:
    world.turn(world.colleague("morning"), starts=14)
    number = world.person()
    first, second = ask(world, number).call_back, ask(world, number).call_back
    assert first is not None
    assert second is not None
    assert first.id == second.id
    with world.look() as session:
        assert len(callbacks.standing(session=session)) == 1
