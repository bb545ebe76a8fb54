"""An alarm can be raised by any voice, is answered by a name, and climbs until it is."""

from __future__ import annotations

import pytest
from sqlalchemy import select

from care import case_queue, crises, duty, seen_flags
from care.clocks import clock
from care.refusals import Refusal, Refused
from models.audit import AuditEntry
from models.crises import CrisisCase, FlagSource, UncheckedReason
from models.duty import DutyPosition, DutyTurn
from models.outbox import OutboxKind, OutboxRow
from models.staff import RoleName, StaffMember
from tests.fixtures.world import World, at_once
from triage.levels import Level

RUNGS = [position.value for position in DutyPosition]


def climb(world: World) -> list[int]:
    """Do what the sweep does."""
    with world.look() as session:
        due = list(crises.due_to_climb(session=session, now=world.clock()))
    for case_id in due:
        with world.work() as session:
            crises.climb_if_due(session=session, case_id=case_id, now=world.clock())
    return due


def acknowledge(world: World, case_id: int, staff_id: int) -> None:
    with world.work() as session:
        crises.acknowledge(session=session, case_id=case_id, actor=world.actor(session, staff_id), now=world.clock())


def close(world: World, case_id: int, staff_id: int, reason: str = "spoken with, safe at home") -> None:
    with world.work() as session:
        crises.close(
            session=session,
            case_id=case_id,
            seen_flag_id=seen_flags.newest(session=session, case_id=case_id),
            actor=world.actor(session, staff_id),
            reason=reason,
            now=world.clock(),
            unchecked=crises.Unchecked(UncheckedReason.NOT_REACHED),
        )


def rungs(world: World, case_id: int) -> list[str]:
    return [hop.position.value for hop in world.case(case_id).escalations]


def test_a_new_case_rings_the_person_on_call_at_once(world: World) -> None:
    members = world.chain()
    case = world.case(world.flag(world.person(), Level.RED))
    assert case.owner_id == members[DutyPosition.ON_CALL]
    assert rungs(world, case.id) == ["on_call"]
    assert case.climbs_at == world.clock() + clock(Level.RED).climb
    assert case.due_at == world.clock() + clock(Level.RED).contact


@pytest.mark.parametrize("source", list(FlagSource))
def test_every_voice_joins_the_one_open_case_of_the_person(world: World, source: FlagSource) -> None:
    number = world.person()
    first = world.flag(number, Level.YELLOW)
    assert world.flag(number, Level.YELLOW, source) == first
    assert world.flag(world.person(), Level.YELLOW, source) != first
    assert len(world.case(first).flags) == 2


@pytest.mark.parametrize("before", [Level.EMERGENCY, Level.RED, Level.ORANGE, Level.YELLOW, Level.BLUE])
@pytest.mark.parametrize("after", [Level.EMERGENCY, Level.RED, Level.ORANGE, Level.YELLOW, Level.BLUE])
def test_a_machine_raises_and_never_lowers(world: World, before: Level, after: Level) -> None:
    number = world.person()
    case_id = world.flag(number, before)
    world.flag(number, after)
    assert world.case(case_id).risk is max(before, after, key=lambda level: level.rank)


def test_green_is_no_flag(world: World) -> None:
    with pytest.raises(ValueError, match="green"):
        world.flag(world.person(), Level.GREEN)


def test_two_voices_in_the_same_moment_open_one_case(any_world: World) -> None:
    number = any_world.person()
    results = at_once(*[lambda: any_world.flag(number, Level.RED)] * 5)
    assert len(set(results)) == 1
    with any_world.look() as session:
        assert len(session.scalars(select(CrisisCase)).all()) == 1
    assert len(any_world.case(results[0]).flags) == 5  # type: ignore[arg-type]


def test_the_same_message_raises_the_same_voice_once(world: World) -> None:
    number = world.person()
    message = world.says(number, "今天天气不错").message
    for _ in range(3):
        case_id = world.flag(number, Level.RED, FlagSource.BOT, message_id=message.id)
    assert len(world.case(case_id).flags) == 1


def test_an_unanswered_alarm_climbs_every_rung_and_then_begins_again_telling_everybody(world: World) -> None:
    world.chain()
    calm = world.flag(world.person(), Level.YELLOW)
    case_id = world.flag(world.person(), Level.EMERGENCY)
    for _ in range(4):
        assert climb(world) == []
        world.clock.advance(seconds=clock(Level.EMERGENCY).climb.total_seconds())
        assert climb(world) == [case_id]
    assert rungs(world, case_id) == [*RUNGS, "on_call"]
    assert rungs(world, calm) == ["on_call"]
    assert [hop.seconds for hop in world.case(case_id).escalations] == [0, 60, 120, 180, 240]
    with world.look() as session:
        notices = session.scalars(
            select(OutboxRow).where(OutboxRow.kind == OutboxKind.CRISIS_NOTICE).order_by(OutboxRow.id)
        ).all()
        mine = [row.payload["everybody"] for row in notices if row.payload["case_id"] == case_id]
    assert mine == [False, False, False, False, True]


def test_an_empty_rung_is_recorded_and_passed_at_once(world: World) -> None:
    supervisor = world.colleague("sup", RoleName.SUPERVISOR)
    world.turn(supervisor, DutyPosition.SUPERVISOR)
    case = world.case(world.flag(world.person(), Level.RED))
    assert [(hop.position.value, hop.staff_id) for hop in case.escalations] == [
        ("on_call", None),
        ("stand_in", None),
        ("supervisor", supervisor),
    ]
    assert case.owner_id == supervisor


def test_with_an_empty_roster_a_leader_owns_the_case_and_it_keeps_climbing(world: World) -> None:
    world.colleague("volunteer", RoleName.VOLUNTEER)
    leader = world.colleague("leader", RoleName.BASE_MANAGER)
    case_id = world.flag(world.person(), Level.RED)
    assert world.case(case_id).owner_id == leader
    assert rungs(world, case_id) == RUNGS
    world.clock.advance(hours=1)
    assert climb(world) == [case_id]


def test_somebody_deactivated_at_night_is_not_rung(world: World) -> None:
    members = world.chain()
    with world.work() as session:
        session.get_one(StaffMember, members[DutyPosition.ON_CALL]).active = False
    assert world.case(world.flag(world.person(), Level.RED)).owner_id == members[DutyPosition.STAND_IN]


def test_somebody_who_left_the_turn_is_not_rung(world: World) -> None:
    members = world.chain()
    with world.work() as session:
        turn = session.scalars(select(DutyTurn).where(DutyTurn.staff_id == members[DutyPosition.ON_CALL])).one()
        turn.checked_in_at = turn.checked_out_at = world.clock()
    assert world.case(world.flag(world.person(), Level.RED)).owner_id == members[DutyPosition.STAND_IN]


def test_an_acknowledged_case_does_not_climb_before_its_time_for_contact(world: World) -> None:
    members = world.chain()
    case_id = world.flag(world.person(), Level.RED)
    acknowledge(world, case_id, members[DutyPosition.STAND_IN])
    world.clock.advance(minutes=14)
    assert climb(world) == []
    assert world.case(case_id).acknowledged_by_id == members[DutyPosition.STAND_IN]


def test_a_case_taken_but_not_spoken_with_rings_again(world: World) -> None:
    members = world.chain()
    case_id = world.flag(world.person(), Level.RED)
    acknowledge(world, case_id, members[DutyPosition.ON_CALL])
    world.clock.advance(minutes=16)
    assert climb(world) == [case_id]
    assert world.case(case_id).acknowledged_at is None
    assert rungs(world, case_id) == ["on_call", "stand_in"]


def test_contact_lets_the_alarm_rest_until_new_words_of_danger(world: World) -> None:
    members = world.chain()
    number = world.person()
    case_id = world.flag(number, Level.RED)
    with world.work() as session:
        crises.note_contact(
            session=session,
            beneficiary_id=world.case(case_id).beneficiary_id,
            actor=world.actor(session, members[DutyPosition.ON_CALL]),
            now=world.clock(),
        )
    world.clock.advance(hours=30)
    assert climb(world) == []
    world.flag(number, Level.RED)
    world.clock.advance(seconds=clock(Level.RED).after_acknowledging.total_seconds())
    assert climb(world) == [case_id]


def test_of_two_officers_in_the_same_second_exactly_one_takes_the_case(any_world: World) -> None:
    members = list(any_world.chain().values())
    case_id = any_world.flag(any_world.person(), Level.RED)
    results = at_once(*[lambda who=who: acknowledge(any_world, case_id, who) for who in members])
    refusals = [result for result in results if isinstance(result, Refused)]
    assert len(refusals) == len(members) - 1
    assert {refused.refusal for refused in refusals} == {Refusal.ALREADY_ACKNOWLEDGED}
    assert any_world.case(case_id).acknowledged_by_id in members


def test_pressing_twice_is_not_a_mistake(world: World) -> None:
    officer = world.chain()[DutyPosition.ON_CALL]
    case_id = world.flag(world.person(), Level.RED)
    acknowledge(world, case_id, officer)
    acknowledge(world, case_id, officer)


def test_a_higher_level_rings_again_although_the_case_was_taken(world: World) -> None:
    officer = world.chain()[DutyPosition.ON_CALL]
    number = world.person()
    case_id = world.flag(number, Level.ORANGE)
    acknowledge(world, case_id, officer)
    world.flag(number, Level.EMERGENCY)
    case = world.case(case_id)
    assert case.acknowledged_at is None
    assert case.climbs_at == world.clock() + clock(Level.EMERGENCY).climb


def test_a_clock_set_back_silences_no_alarm(world: World) -> None:
    world.chain()
    case_id = world.flag(world.person(), Level.RED)
    world.clock.advance(days=-2)
    assert climb(world) == [case_id]
    assert world.case(case_id).escalations[-1].seconds == 0
    assert climb(world) == []


def test_a_case_that_was_answered_meanwhile_does_not_climb(world: World) -> None:
    officer = world.chain()[DutyPosition.ON_CALL]
    case_id = world.flag(world.person(), Level.RED)
    world.clock.advance(minutes=4)
    acknowledge(world, case_id, officer)
    with world.work() as session:
        assert not crises.climb_if_due(session=session, case_id=case_id, now=world.clock())


def test_closing_needs_a_reason(world: World) -> None:
    officer = world.colleague("officer")
    case_id = world.flag(world.person(), Level.ORANGE)
    for reason in ("", "  \n"):
        with pytest.raises(Refused) as refused:
            close(world, case_id, officer, reason)
        assert refused.value.refusal is Refusal.REASON_MISSING
    close(world, case_id, officer)
    assert world.case(case_id).closed_at == world.clock()


@pytest.mark.parametrize("level", [Level.EMERGENCY, Level.RED])
def test_the_top_two_levels_are_closed_by_two_people(world: World, level: Level) -> None:
    first, second = world.colleague("first"), world.colleague("second")
    case_id = world.flag(world.person(), level)
    close(world, case_id, first)
    assert world.case(case_id).closed_at is None
    close(world, case_id, first, "still me")  # the same person again only rewrites the reason
    assert world.case(case_id).closed_at is None
    close(world, case_id, second, "")
    case = world.case(case_id)
    assert (case.closed_by_id, case.second_reader_id, case.closing_reason) == (first, second, "still me")


def test_a_flag_that_arrives_while_the_case_is_being_closed_opens_a_new_one(any_world: World) -> None:
    officer = any_world.colleague("officer")
    number = any_world.person()
    case_id = any_world.flag(number, Level.ORANGE)
    at_once(lambda: close(any_world, case_id, officer), lambda: any_world.flag(number, Level.RED))
    with any_world.look() as session:
        open_cases = session.scalars(select(CrisisCase).where(CrisisCase.closed_at.is_(None))).all()
        flags = sum(len(case.flags) for case in session.scalars(select(CrisisCase)))
    assert flags == 2
    # Either the flag came first and the raised case now waits for a second reader, or it opened a case of its own.
    assert [case.risk for case in open_cases] == [Level.RED]


def test_a_closed_case_cannot_be_taken_or_closed_again(world: World) -> None:
    officer = world.colleague("officer")
    case_id = world.flag(world.person(), Level.ORANGE)
    close(world, case_id, officer)
    for deed in (acknowledge, close):
        with pytest.raises(Refused) as refused:
            deed(world, case_id, officer)
        assert refused.value.refusal is Refusal.CASE_CLOSED


def test_the_queue_shows_the_highest_level_first_and_the_unanswered_before_the_answered(world: World) -> None:
    officer = world.chain()[DutyPosition.ON_CALL]
    low = world.flag(world.person(), Level.BLUE)
    taken = world.flag(world.person(), Level.RED)
    acknowledge(world, taken, officer)
    world.clock.advance(seconds=5)
    waiting = world.flag(world.person(), Level.RED)
    top = world.flag(world.person(), Level.EMERGENCY)
    with world.look() as session:
        assert [case.id for case in case_queue.queue_of_open_cases(session=session)] == [top, waiting, taken, low]


def test_every_step_leaves_an_audit_entry_without_anybodys_words(world: World) -> None:
    world.chain()
    officer = world.colleague("officer")
    case_id = world.flag(world.person(), Level.ORANGE)
    acknowledge(world, case_id, officer)
    close(world, case_id, officer, "她说她没事了")
    with world.look() as session:
        entries = session.scalars(select(AuditEntry).where(AuditEntry.subject_type == "crisis_case")).all()
    assert [entry.verb for entry in entries] == ["crisis.open", "crisis.acknowledge", "crisis.close"]
    assert "没事" not in str([entry.details for entry in entries])


def test_the_chain_of_duty_is_the_order_in_which_an_alarm_climbs() -> None:
    assert [position.value for position in duty.CHAIN] == ["on_call", "stand_in", "supervisor", "base_leader"]


def test_on_everybody_s_day_stands_what_nobody_took_and_on_one_s_own_what_one_took(world: World) -> None:
    chain = world.chain()
    officer, other = chain[DutyPosition.ON_CALL], chain[DutyPosition.SUPERVISOR]
    # Rung for the officer, and taken by nobody: it is everybody's until somebody takes it by name.
    rings, taken = (world.flag(world.person(), level) for level in (Level.RED, Level.ORANGE))
    with world.work() as session:
        crises.acknowledge(session=session, case_id=taken, actor=world.actor(session, other), now=world.clock())

    def day_of(staff_id: int) -> list[tuple[int, bool]]:
        with world.look() as session:
            lines = case_queue.on_the_day_of(session=session, member=world.actor(session, staff_id))
            return [(line.case_id, line.taken) for line in lines]

    assert day_of(officer) == [(rings, False)]
    assert day_of(other) == [(rings, False), (taken, True)]


def test_a_doubt_that_has_days_left_is_not_urgent_on_anybody_s_day(world: World) -> None:
    chain = world.chain()
    doubt, rings = (world.flag(world.person(), level) for level in (Level.YELLOW, Level.ORANGE))
    with world.look() as session:
        lines = case_queue.on_the_day_of(session=session, member=world.actor(session, chain[DutyPosition.ON_CALL]))
    assert {line.case_id: line.urgent for line in lines} == {rings: True, doubt: False}
