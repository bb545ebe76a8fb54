"""The bad nights of the crisis chain: each is decided, and in none of them is somebody lost."""

from __future__ import annotations

from datetime import timedelta

import pytest
from sqlalchemy import delete, select
from sqlalchemy.exc import IntegrityError

from care import callbacks, crises, leave, people, staff
from care.clocks import clock
from models.beneficiaries import Beneficiary
from models.conversations import Conversation, Sender
from models.crises import CrisisCase, CrisisFlag
from models.duty import DutyPosition
from models.staff import RoleName, StaffMember
from tests.care.test_crises import acknowledge, climb, rungs
from tests.fixtures.world import World, at_once
from triage.levels import Level


def on_leave(world: World, staff_id: int, stand_in_id: int | None, lead: int | None = None) -> None:
    """Let a colleague be away since an hour ago, for two days; without a lead nobody has approved it."""
    with world.work() as session:
        start = world.clock() - timedelta(hours=1)
        row = leave.ask(
            session=session,
            actor=world.actor(session, staff_id),
            staff_id=staff_id,
            starts_at=start,
            ends_at=start + timedelta(hours=48),
            stand_in_id=stand_in_id,
            note="",
            now=world.clock(),
        )
        if lead is not None:
            leave.approve(session=session, actor=world.actor(session, lead), leave_id=row.id, now=world.clock())


def contact(world: World, case_id: int, staff_id: int) -> None:
    beneficiary_id = world.case(case_id).beneficiary_id
    with world.work() as session:
        actor = world.actor(session, staff_id)
        crises.note_contact(session=session, beneficiary_id=beneficiary_id, actor=actor, now=world.clock())


def deactivate(world: World, lead: int, staff_id: int) -> None:
    with world.work() as session:
        actor = world.actor(session, lead)
        staff.deactivate(session=session, actor=actor, staff_id=staff_id, now=world.clock(), seen_ahead=True)


def test_the_stand_in_of_a_leave_is_rung_for_the_colleague_who_is_away(world: World) -> None:
    members = world.chain()
    stand_in = world.colleague("for-the-leave", RoleName.COUNSELOR)
    on_leave(world, members[DutyPosition.ON_CALL], stand_in, members[DutyPosition.BASE_LEADER])
    assert world.case(world.flag(world.person(), Level.RED)).owner_id == stand_in


def test_leave_that_nobody_approved_changes_nothing(world: World) -> None:
    members = world.chain()
    on_leave(world, members[DutyPosition.ON_CALL], world.colleague("other", RoleName.COUNSELOR))
    assert world.case(world.flag(world.person(), Level.RED)).owner_id == members[DutyPosition.ON_CALL]


def test_leave_without_a_stand_in_is_an_empty_rung_that_is_passed_at_once(world: World) -> None:
    members = world.chain()
    on_leave(world, members[DutyPosition.ON_CALL], None, members[DutyPosition.BASE_LEADER])
    case = world.case(world.flag(world.person(), Level.RED))
    assert [(hop.position.value, hop.staff_id) for hop in case.escalations] == [
        ("on_call", None),
        ("stand_in", members[DutyPosition.STAND_IN]),
    ]


def test_whoever_checked_in_is_there_whatever_the_plan_of_leave_says(world: World) -> None:
    member, lead = world.colleague("back-early", RoleName.DUTY_OFFICER), world.colleague("lead", RoleName.SUPERVISOR)
    world.turn(member, here=True)
    on_leave(world, member, world.colleague("other", RoleName.COUNSELOR), lead)
    assert world.case(world.flag(world.person(), Level.RED)).owner_id == member


@pytest.mark.parametrize("has_stand_in", [True, False])
def test_a_promise_is_made_in_the_name_of_somebody_who_will_be_there(world: World, has_stand_in: bool) -> None:
    lead = world.colleague("lead", RoleName.BASE_MANAGER)
    away, other, later = (world.colleague(name, RoleName.DUTY_OFFICER) for name in ("away", "other", "later"))
    world.turn(away)
    world.turn(later, starts=10)
    on_leave(world, away, other if has_stand_in else None, lead)
    number = world.person()
    with world.work() as session:
        conversation = session.get_one(Conversation, number)
        promise = callbacks.promise(session=session, conversation=conversation, now=world.clock())
        assert promise is not None
        begins = world.clock() + timedelta(hours=0 if has_stand_in else 10)
        assert (promise.owner_id, promise.due_at) == (
            other if has_stand_in else later,
            begins + callbacks.AFTER_SHIFT_STARTS,
        )


def test_an_empty_roster_tells_a_leader_who_is_not_on_leave_and_finds_whoever_comes_later(world: World) -> None:
    away, here = (world.colleague(name, RoleName.BASE_MANAGER) for name in ("away", "here"))
    on_leave(world, away, None, here)
    case_id = world.flag(world.person(), Level.RED)
    assert world.case(case_id).owner_id == here
    officer = world.colleague("officer", RoleName.DUTY_OFFICER)
    world.turn(officer)
    world.clock.advance(seconds=clock(Level.RED).climb.total_seconds())
    assert climb(world) == [case_id]
    assert world.case(case_id).owner_id == officer


def test_whoever_is_rung_and_then_deactivated_is_followed_by_the_next_at_once(world: World) -> None:
    members = world.chain()
    case_id, decoy = world.flag(world.person(), Level.YELLOW), world.flag(world.person(), Level.YELLOW)
    acknowledge(world, decoy, members[DutyPosition.SUPERVISOR])
    deactivate(world, members[DutyPosition.BASE_LEADER], members[DutyPosition.ON_CALL])
    assert world.case(case_id).owner_id == members[DutyPosition.STAND_IN]
    assert rungs(world, case_id) == ["on_call", "stand_in"]
    assert rungs(world, decoy) == ["on_call"]


def test_a_case_taken_by_somebody_who_is_deactivated_rings_again_at_once(world: World) -> None:
    members = world.chain()
    case_id = world.flag(world.person(), Level.RED)
    acknowledge(world, case_id, members[DutyPosition.ON_CALL])
    deactivate(world, members[DutyPosition.BASE_LEADER], members[DutyPosition.ON_CALL])
    case = world.case(case_id)
    assert (case.acknowledged_at, case.owner_id) == (None, members[DutyPosition.STAND_IN])
    assert case.climbs_at == world.clock() + clock(Level.RED).climb


def test_a_case_whose_owner_spoke_with_the_person_and_is_deactivated_rings_until_somebody_takes_it(
    world: World,
) -> None:
    members = world.chain()
    case_id, decoy = world.flag(world.person(), Level.RED), world.flag(world.person(), Level.RED)
    for number, owner in ((case_id, DutyPosition.ON_CALL), (decoy, DutyPosition.SUPERVISOR)):
        acknowledge(world, number, members[owner])
        contact(world, number, members[owner])
    deactivate(world, members[DutyPosition.BASE_LEADER], members[DutyPosition.ON_CALL])
    assert world.case(case_id).owner_id == members[DutyPosition.STAND_IN]
    assert world.case(case_id).climbs_at is not None
    acknowledge(world, case_id, members[DutyPosition.STAND_IN])
    assert world.case(case_id).climbs_at is None
    assert (world.case(decoy).owner_id, world.case(decoy).climbs_at) == (members[DutyPosition.SUPERVISOR], None)


@pytest.mark.parametrize("back", [66, 600, 172_800])
def test_a_clock_set_back_by_more_than_a_step_lengthens_no_step(world: World, back: float) -> None:
    world.chain()
    case_id = world.flag(world.person(), Level.EMERGENCY)
    world.clock.advance(seconds=-back)
    assert climb(world) == [case_id]
    assert world.case(case_id).climbs_at == world.clock() + clock(Level.EMERGENCY).climb


def test_a_case_can_still_be_taken_after_the_clock_was_set_back(world: World) -> None:
    officer = world.chain()[DutyPosition.ON_CALL]
    case_id = world.flag(world.person(), Level.RED)
    world.clock.advance(days=-2)
    acknowledge(world, case_id, officer)
    assert climb(world) == []
    assert world.case(case_id).acknowledged_by_id == officer
    world.clock.advance(minutes=16)
    assert climb(world) == [case_id]


def test_words_of_danger_below_the_level_of_a_resting_case_want_an_answer_too(world: World) -> None:
    officer = world.chain()[DutyPosition.ON_CALL]
    number, other = world.person(), world.person()
    case_id, decoy = world.flag(number, Level.RED), world.flag(other, Level.RED)
    for one in (case_id, decoy):
        contact(world, one, officer)
    world.flag(number, Level.ORANGE)
    world.flag(other, Level.YELLOW)
    world.clock.advance(seconds=clock(Level.RED).after_acknowledging.total_seconds())
    assert climb(world) == [case_id]
    assert world.case(case_id).risk is Level.RED


def test_taking_a_case_while_its_level_rises_never_keeps_the_slower_clock(any_world: World) -> None:
    officer = any_world.chain()[DutyPosition.STAND_IN]
    number = any_world.person()
    case_id = any_world.flag(number, Level.YELLOW)
    at_once(lambda: acknowledge(any_world, case_id, officer), lambda: any_world.flag(number, Level.EMERGENCY))
    case = any_world.case(case_id)
    steps = clock(Level.EMERGENCY)
    assert case.risk is Level.EMERGENCY
    assert case.climbs_at is not None
    assert case.climbs_at <= any_world.clock() + max(steps.climb, steps.after_acknowledging)


def test_five_tabs_that_open_at_once_are_one_conversation(any_world: World) -> None:
    number = any_world.person()
    with any_world.work() as session:
        conversation = session.get_one(Conversation, number)
        beneficiary_id, conversation.closed_at = conversation.beneficiary_id, any_world.clock()

    def tab() -> int:
        with any_world.work() as session:
            person = session.get_one(Beneficiary, beneficiary_id)
            return people.current_conversation(session=session, beneficiary=person, now=any_world.clock()).id

    assert len(set(at_once(*[tab] * 5))) == 1


def test_words_sent_from_five_tabs_at_once_are_stored_once_and_flag_once(any_world: World) -> None:
    any_world.chain()
    number = any_world.person()
    at_once(*[lambda: any_world.says(number, "我不想活了", "one-key-of-all-tabs")] * 5)
    own = [message for message in any_world.messages(number) if message.sender is Sender.PERSON]
    assert [message.text for message in own] == ["我不想活了"]
    with any_world.look() as session:
        assert len(session.scalars(select(CrisisFlag)).all()) == 1


def test_different_words_from_five_tabs_at_once_are_one_case_and_none_is_lost(any_world: World) -> None:
    any_world.chain()
    number = any_world.person()
    at_once(*[lambda tab=tab: any_world.says(number, f"我不想活了，第{tab}次说", f"tab-{tab}") for tab in range(5)])
    own = [message for message in any_world.messages(number) if message.sender is Sender.PERSON]
    assert len({message.seq for message in own}) == len(own) == 5
    with any_world.look() as session:
        assert len(session.scalars(select(CrisisFlag)).all()) == 5
        assert len(session.scalars(select(CrisisCase)).all()) == 1


@pytest.mark.parametrize("level", [Level.EMERGENCY, Level.BLUE])
def test_neither_a_person_nor_an_owner_with_an_open_case_can_be_deleted(any_world: World, level: Level) -> None:
    any_world.chain()
    case = any_world.case(any_world.flag(any_world.person(), level))
    for kind, number in ((Beneficiary, case.beneficiary_id), (StaffMember, case.owner_id)):
        with pytest.raises(IntegrityError), any_world.work() as session:
            session.execute(delete(kind).where(kind.id == number))
    assert any_world.case(case.id).closed_at is None


def test_a_conversation_that_is_deleted_leaves_its_case_open_and_ringing(any_world: World) -> None:
    any_world.chain()
    number = any_world.person()
    case_id = any_world.flag(number, Level.EMERGENCY)
    with any_world.work() as session:
        session.execute(delete(Conversation).where(Conversation.id == number))
    any_world.clock.advance(seconds=60)
    assert climb(any_world) == [case_id]
    assert any_world.case(case_id).conversation_id is None
