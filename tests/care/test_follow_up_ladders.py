"""A closed case begins ten contacts; a newer case lets them wait, merges them or lets them go on."""

from __future__ import annotations

from datetime import datetime

import pytest
from sqlalchemy import select

from care import case_changes, caseload, crises, follow_ups, leave, seen_flags
from models.caseload import CaseAssignment
from models.crises import CrisisCase, LevelName, UncheckedReason
from models.follow_ups import LadderEnd, WaiveReason, Way, Worry
from models.staff import RoleName, Team
from tests.care.test_risk_checks import sign
from tests.fixtures.follow_ups import (
    CALM,
    DAY,
    close,
    closed,
    do,
    ladders,
    person_of,
    planned,
    rows,
)
from tests.fixtures.world import World, at_once
from triage.levels import Level


def test_closing_makes_ten_contacts_with_an_owner_and_a_window_each(any_world: World) -> None:
    officer = any_world.colleague("officer", RoleName.DUTY_OFFICER)
    number = closed(any_world, officer)
    start = any_world.clock()
    found = planned(any_world, number)
    assert [row.step for row in found] == ["h24", "h72", "w1", "w2", "w4", "w7", "w11", "m4", "m6", "m12"]
    assert [row.due_at - start for row in found[:7]] == [DAY, 3 * DAY, 7 * DAY, 14 * DAY, 28 * DAY, 49 * DAY, 77 * DAY]
    assert [(row.due_at.month, row.due_at.day) for row in found[7:]] == [(7, 2), (9, 2), (3, 2)]
    assert all(row.owner_id == officer and row.opens_at < row.due_at < row.closes_at for row in found)


def test_a_month_that_is_shorter_ends_on_its_last_day(world: World) -> None:
    world.clock.moment = datetime.fromisoformat("2026-10-31T04:00:00+00:00")
    officer = world.colleague("officer", RoleName.DUTY_OFFICER)
    found = {row.step: row.due_at for row in planned(world, closed(world, officer))}
    assert (found["m4"].year, found["m4"].month, found["m4"].day) == (2027, 2, 28)


@pytest.mark.parametrize("level", [Level.YELLOW, Level.BLUE])
def test_a_case_that_was_never_orange_begins_none(world: World, level: Level) -> None:
    officer = world.colleague("officer", RoleName.DUTY_OFFICER)
    assert ladders(world, closed(world, officer, level)) == []
    assert len(ladders(world, closed(world, officer, Level.ORANGE))) == 1


def test_a_case_that_a_person_lowered_is_remembered_by_its_flags(world: World) -> None:
    officer = world.colleague("officer", RoleName.DUTY_OFFICER)
    number = world.person()
    case_id = world.flag(number, Level.ORANGE)
    with world.work() as session:
        case_changes.propose_lowering(
            session=session,
            case_id=case_id,
            seen_flag_id=seen_flags.newest(session=session, case_id=case_id),
            actor=world.actor(session, officer),
            to_level=Level.YELLOW,
            reason="姐姐住在家里，没有念头",
            now=world.clock(),
        )
    assert world.case(case_id).level is LevelName.YELLOW
    sign(world, case_id, officer)
    close(world, case_id, officer)
    assert len(planned(world, number)) == 10


@pytest.mark.parametrize("level", [Level.RED, Level.EMERGENCY])
def test_the_top_levels_begin_one_when_the_second_reader_closes_and_not_before(world: World, level: Level) -> None:
    officer, second = world.colleague("officer", RoleName.DUTY_OFFICER), world.colleague("s", RoleName.SUPERVISOR)
    number = world.person()
    case_id = world.flag(number, level)
    sign(world, case_id, officer)
    close(world, case_id, officer)
    assert ladders(world, number) == []
    close(world, case_id, second)
    assert len(planned(world, number)) == 10


@pytest.mark.parametrize(
    ("reason", "begun"),
    [
        (UncheckedReason.FALSE_ALARM, False),
        (UncheckedReason.WRONG_PERSON, False),
        (UncheckedReason.NOT_REACHED, True),
        (UncheckedReason.DECLINED, True),
        (UncheckedReason.OTHERS_TOOK_OVER, True),
    ],
)
def test_whoever_was_never_in_danger_is_not_called_ten_times(
    world: World, reason: UncheckedReason, begun: bool
) -> None:
    officer = world.colleague("officer", RoleName.DUTY_OFFICER)
    number = world.person()
    close(world, world.flag(number, Level.ORANGE), officer, unchecked=crises.Unchecked(reason))
    assert bool(ladders(world, number)) is begun


def test_the_counselor_of_the_person_owns_the_contacts_and_the_one_on_leave_does_not(world: World) -> None:
    officer, counselor = world.colleague("o", RoleName.DUTY_OFFICER), world.colleague("c", RoleName.COUNSELOR)
    stand_in, lead = world.colleague("i", RoleName.COUNSELOR), world.colleague("l", RoleName.SUPERVISOR)
    number = world.person()
    with world.work() as session:
        session.add(
            CaseAssignment(
                beneficiary_id=person_of(world, number),
                worker_id=counselor,
                team=Team.COUNSELOR,
                place_no=1,
                assigned_at=world.clock(),
            )
        )
        away = leave.ask(
            session=session,
            actor=world.actor(session, counselor),
            staff_id=counselor,
            starts_at=world.clock() + 5 * DAY,
            ends_at=world.clock() + 9 * DAY,
            stand_in_id=stand_in,
            note="",
            now=world.clock(),
        )
        leave.approve(session=session, actor=world.actor(session, lead), leave_id=away.id, now=world.clock())
    with world.look() as session:
        assert caseload.worker_of(session=session, beneficiary_id=person_of(world, number), team=Team.COUNSELOR)
    case_id = world.flag(number, Level.ORANGE)
    sign(world, case_id, officer)
    close(world, case_id, officer)
    owners = {row.step: row.owner_id for row in planned(world, number)}
    assert (owners["h24"], owners["w1"], owners["w2"]) == (counselor, officer, counselor)


def test_a_new_case_merges_the_old_ladder_into_its_own(any_world: World) -> None:
    officer = any_world.colleague("o", RoleName.DUTY_OFFICER)
    number, decoy = closed(any_world, officer), closed(any_world, officer)
    any_world.clock.advance(days=2)
    closed(any_world, officer, number=number)
    old, new = ladders(any_world, number)
    assert (old.ending, new.ended_at) == (LadderEnd.NEW_CASE, None)
    assert len(planned(any_world, number)) == 10
    assert {row.ladder_id for row in planned(any_world, number)} == {new.id}
    assert ladders(any_world, decoy)[0].ended_at is None


def test_a_smaller_case_lets_the_ladder_go_on_without_what_fell_into_its_time(world: World) -> None:
    officer = world.colleague("o", RoleName.DUTY_OFFICER)
    number = closed(world, officer)
    world.clock.advance(hours=10)
    case_id = world.flag(number, Level.YELLOW)
    world.clock.advance(hours=26)
    sign(world, case_id, officer, key="n" * 32)
    close(world, case_id, officer)
    (ladder,) = ladders(world, number)
    assert (ladder.paused_at, ladder.ended_at) == (None, None)
    assert planned(world, number)[0].step == "h72"
    assert rows(world, number)[0].waive_reason is WaiveReason.NEW_CASE


def test_after_the_last_contact_the_ladder_is_done(world: World) -> None:
    officer = world.colleague("o", RoleName.DUTY_OFFICER)
    number = closed(world, officer)
    for row in planned(world, number):
        world.clock.moment = max(world.clock.moment, row.due_at)
        do(world, follow_ups.reached, row, officer, contact=CALM)
    assert ladders(world, number)[0].ending is LadderEnd.DONE


def test_a_case_that_opens_while_a_worried_contact_is_recorded_loses_nothing(any_world: World) -> None:
    officer = any_world.colleague("o", RoleName.COUNSELOR)
    number = closed(any_world, officer)
    first = planned(any_world, number)[0]
    danger = follow_ups.Contact(Way.PHONE, Worry.DANGER, "说了再见")
    results = at_once(
        lambda: do(any_world, follow_ups.reached, first, officer, contact=danger),
        lambda: any_world.flag(number, Level.EMERGENCY),
    )
    assert not any(isinstance(one, Exception) for one in results), results
    with any_world.look() as session:
        case = session.scalars(select(CrisisCase).where(CrisisCase.closed_at.is_(None))).one()
        assert (case.level.value, len(case.flags)) == ("emergency", 2)
    assert ladders(any_world, number)[0].paused_at is not None
