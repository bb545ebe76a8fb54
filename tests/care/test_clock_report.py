"""The report of clocks counts what happened: taken in time, climbed, breached, and never an exercise."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from care import case_changes, clock_report, crises, people, seen_flags
from care.clock_report import Alarm, Line, Span
from models.conversations import Conversation
from models.duty import DutyPosition
from models.staff import StaffMember
from tests.fixtures.world import SECRET, ZONE, World
from triage.levels import Level


def _alarms(world: World) -> list[Alarm]:
    start = world.clock() - timedelta(days=400)
    with world.look() as session:
        return clock_report.alarms(
            session=session, start=start, end=world.clock() + timedelta(seconds=1), now=world.clock()
        )


def _line(world: World, level: Level) -> Line:
    rows = clock_report.lines(found=_alarms(world), span=Span.MONTH, timezone=ZONE)
    (line,) = [one for one in rows if one.level is level]
    return line


def _take(world: World, case_id: int, staff_id: int) -> None:
    with world.work() as session:
        actor = session.get_one(StaffMember, staff_id)
        crises.acknowledge(session=session, case_id=case_id, actor=actor, now=world.clock())


def _speak(world: World, case_id: int, staff_id: int) -> None:
    person = world.case(case_id).beneficiary_id
    with world.work() as session:
        actor = session.get_one(StaffMember, staff_id)
        crises.note_contact(session=session, beneficiary_id=person, actor=actor, now=world.clock())


def _climb(world: World, case_id: int) -> None:
    with world.work() as session:
        crises.climb_if_due(session=session, case_id=case_id, now=world.clock())


def test_an_alarm_that_is_taken_and_answered_in_time_keeps_its_clock(world: World) -> None:
    officer = world.chain()[DutyPosition.ON_CALL]
    case_id = world.flag(world.person(), Level.RED)
    # The decoy: another level has a line of its own.
    world.flag(world.person(), Level.ORANGE)
    world.clock.advance(seconds=40)
    _take(world, case_id, officer)
    world.clock.advance(seconds=80)
    _speak(world, case_id, officer)
    world.clock.advance(hours=2)
    line = _line(world, Level.RED)
    assert (line.alarms, line.in_time, line.climbed, line.breaches, line.waiting) == (1, 1, 0, 0, 0)
    assert (line.median_to_human, line.p90_to_human, line.median_to_contact) == (40, 40, 120)
    assert _line(world, Level.ORANGE).waiting == 1


def test_an_alarm_that_climbed_was_not_taken_in_time(world: World) -> None:
    chain = world.chain()
    case_id = world.flag(world.person(), Level.EMERGENCY)
    world.clock.advance(seconds=60)
    _climb(world, case_id)
    world.clock.advance(seconds=10)
    _take(world, case_id, chain[DutyPosition.STAND_IN])
    line = _line(world, Level.EMERGENCY)
    assert (line.in_time, line.climbed, line.hops, line.silent) == (0, 1, 1, 0)
    # The minute for speaking with the person has passed too.
    assert line.breaches == 1


def test_a_clock_that_ran_out_is_a_breach_also_when_somebody_spoke_later(world: World) -> None:
    officer = world.chain()[DutyPosition.ON_CALL]
    late, never = world.flag(world.person(), Level.RED), world.flag(world.person(), Level.RED)
    for case_id in (late, never):
        _take(world, case_id, officer)
    world.clock.advance(minutes=15)
    assert not any(one.is_breach for one in _alarms(world))
    world.clock.advance(seconds=1)
    _speak(world, late, officer)
    assert {one.case_id for one in _alarms(world) if one.is_breach} == {late, never}
    assert _line(world, Level.RED).waiting == 1


def test_a_level_that_rose_in_time_breaks_no_clock_and_starts_another(world: World) -> None:
    world.chain()
    person = world.person()
    world.flag(person, Level.ORANGE)
    world.clock.advance(minutes=1)
    case_id = world.flag(person, Level.RED)
    # A second red flag starts no clock.
    world.clock.advance(minutes=1)
    world.flag(person, Level.RED)
    world.clock.advance(days=3)
    found = {one.level: one for one in _alarms(world)}
    assert set(found) == {Level.ORANGE, Level.RED}
    assert not found[Level.ORANGE].is_breach
    assert (found[Level.RED].case_id, found[Level.RED].is_breach) == (case_id, True)


@pytest.mark.parametrize(("wait", "silent"), [(180 + 60, 0), (180 + 61, 1)])
def test_an_alarm_that_stood_still_is_told_of(world: World, wait: int, silent: int) -> None:
    world.chain()
    world.flag(world.person(), Level.RED)
    world.clock.advance(seconds=wait)
    assert _line(world, Level.RED).silent == silent


def test_who_was_in_the_chat_already_is_counted_as_there_at_once(world: World) -> None:
    officer = world.chain()[DutyPosition.ON_CALL]
    person = world.person()
    with world.work() as session:
        conversation = session.get_one(Conversation, person)
        conversation.owner, conversation.owner_staff_id = "staff", officer
    world.flag(person, Level.RED)
    world.clock.advance(minutes=2)
    line = _line(world, Level.RED)
    assert (line.in_time, line.median_to_human, line.silent) == (1, 0, 0)


def test_a_lower_level_starts_a_clock_of_its_own_and_keeps_who_was_there(world: World) -> None:
    officer = world.chain()[DutyPosition.ON_CALL]
    case_id = world.flag(world.person(), Level.ORANGE)
    world.clock.advance(minutes=1)
    _take(world, case_id, officer)
    _speak(world, case_id, officer)
    world.clock.advance(minutes=1)
    with world.work() as session:
        actor = session.get_one(StaffMember, officer)
        case_changes.propose_lowering(
            session=session,
            case_id=case_id,
            seen_flag_id=seen_flags.newest(session=session, case_id=case_id),
            actor=actor,
            to_level=Level.BLUE,
            reason="calm",
            now=world.clock(),
        )
    world.clock.advance(days=30)
    found = {one.level: one for one in _alarms(world)}
    assert set(found) == {Level.ORANGE, Level.BLUE}
    assert (found[Level.BLUE].seconds_to_human, found[Level.BLUE].seconds_to_contact) == (0, 0)
    assert not any(one.is_breach or one.is_silent for one in found.values())


def test_an_exercise_is_not_counted(world: World) -> None:
    world.chain()
    with world.work() as session:
        door = people.open_door(session=session, secret=SECRET, language="zh-CN", now=world.clock(), synthetic=True)
        invented = door.conversation.id
    world.flag(invented, Level.RED)
    real = world.flag(world.person(), Level.RED)
    assert [one.case_id for one in _alarms(world)] == [real]


def test_a_month_and_a_week_are_those_of_the_base(world: World) -> None:
    world.chain()
    # 31 December, 17:00 in Greenwich is the first hour of the new year at the base; its week belongs to the old one.
    world.clock.moment = datetime(2026, 12, 31, 17, 0, tzinfo=UTC)
    world.flag(world.person(), Level.RED)
    found = _alarms(world)
    assert clock_report.lines(found=found, span=Span.MONTH, timezone=ZONE)[0].span == "2027-01"
    assert clock_report.lines(found=found, span=Span.WEEK, timezone=ZONE)[0].span == "2026-W53"


def test_lines_stand_by_time_and_then_by_level(world: World) -> None:
    world.chain()
    world.flag(world.person(), Level.YELLOW)
    world.clock.advance(days=31)
    for level in (Level.ORANGE, Level.EMERGENCY):
        world.flag(world.person(), level)
    rows = clock_report.lines(found=_alarms(world), span=Span.MONTH, timezone=ZONE)
    assert [(row.span, row.level) for row in rows] == [
        ("2026-04", Level.EMERGENCY),
        ("2026-04", Level.ORANGE),
        ("2026-03", Level.YELLOW),
    ]


@pytest.mark.parametrize(("count", "rank"), [(1, 1), (9, 9), (10, 9), (20, 18)])
def test_the_ninetieth_percentile_is_a_value_that_occurred(count: int, rank: int) -> None:
    assert clock_report.percentile([float(one) for one in range(count, 0, -1)], 90) == rank
    assert clock_report.percentile([], 90) is None
