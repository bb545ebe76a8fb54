"""A missed contact climbs from rung to rung and never falls silent."""

from __future__ import annotations

from datetime import timedelta

from sqlalchemy import select

from care import crises, follow_up_alarms, follow_up_lists, follow_ups
from models.crises import CrisisFlag, LevelName
from models.duty import DutyPosition
from models.follow_ups import FollowUpClimb, FollowUpState, Way
from models.staff import RoleName
from tests.fixtures.follow_ups import CALM, climb_all, closed, do, person_of, planned, rows
from tests.fixtures.world import World, at_once
from triage.levels import Level


def test_a_try_that_reached_nobody_is_followed_by_another_and_then_the_supervisor_is_told(world: World) -> None:
    chain = world.chain()
    officer, number = chain[DutyPosition.ON_CALL], world.person()
    closed(world, officer, number=number)
    world.clock.advance(hours=24)
    for attempt, hours in ((1, 3), (2, 12)):
        row = planned(world, number)[0]
        assert (row.step, row.attempt_no) == ("h24", attempt)
        do(world, follow_ups.not_reached, row, officer, way=Way.PHONE, words="", worried=False)
        assert planned(world, number)[0].due_at - world.clock() == timedelta(hours=hours)
        assert climb_all(world) == 0
    do(
        world,
        follow_ups.not_reached,
        planned(world, number)[0],
        officer,
        way=Way.VISIT,
        words="没人开门",
        worried=False,
    )
    assert climb_all(world) == 1
    assert climb_all(world) == 0
    with world.look() as session:
        told = session.scalars(select(FollowUpClimb)).one()
        assert (told.rung.value, told.staff_id) == ("supervisor", chain[DutyPosition.SUPERVISOR])
    assert len(rows(world, number, FollowUpState.NOT_REACHED)) == 3


def test_a_missed_contact_climbs_from_rung_to_rung_and_never_falls_silent(world: World) -> None:
    chain = world.chain()
    officer = chain[DutyPosition.ON_CALL]
    number = closed(world, officer)
    world.clock.advance(hours=31)
    assert climb_all(world) == 0
    world.clock.advance(hours=1)
    for hours in (0, 4, 4, 24, 24):
        world.clock.advance(hours=hours)
        assert climb_all(world) >= 1
        assert climb_all(world) == 0
    first = planned(world, number)[0]
    assert [climb.rung.value for climb in first.climbs] == ["owner", "supervisor"] + ["base_leader"] * 3
    assert [climb.staff_id for climb in first.climbs][:3] == [
        officer,
        chain[DutyPosition.SUPERVISOR],
        chain[DutyPosition.BASE_LEADER],
    ]
    with world.look() as session:
        assert first.id in [row.id for row in follow_up_lists.late(session=session, now=world.clock())]


def test_a_clock_that_was_set_back_silences_no_missed_contact(world: World) -> None:
    officer = next(iter(world.chain().values()))
    closed(world, officer)
    world.clock.advance(hours=32)
    assert climb_all(world) == 1
    world.clock.advance(days=-3)
    assert climb_all(world) == 1


def test_an_empty_rung_is_a_row_and_the_next_one_is_told(world: World) -> None:
    officer, manager = world.colleague("o", RoleName.DUTY_OFFICER), world.colleague("m", RoleName.BASE_MANAGER)
    number = closed(world, officer)
    world.clock.advance(hours=32)
    climb_all(world)
    world.clock.advance(hours=4)
    climb_all(world)
    climbs = planned(world, number)[0].climbs
    assert [(one.rung.value, one.staff_id) for one in climbs] == [
        ("owner", officer),
        ("supervisor", None),
        ("base_leader", manager),
    ]


def test_the_owner_is_reminded_once_when_the_window_opens(world: World) -> None:
    officer = world.colleague("o", RoleName.DUTY_OFFICER)
    closed(world, officer)

    def remind() -> int:
        with world.work() as session:
            due = follow_up_alarms.due_to_remind(session=session, now=world.clock())
            return sum(follow_up_alarms.remind(session=session, follow_up_id=one, now=world.clock()) for one in due)

    assert remind() == 0
    world.clock.advance(hours=16)
    assert (remind(), remind()) == (1, 0)


def test_a_missed_contact_in_the_first_days_after_a_red_case_opens_a_case_that_climbs_to_the_end(world: World) -> None:
    chain = world.chain()
    officer = chain[DutyPosition.ON_CALL]
    number, orange = closed(world, officer, Level.RED), closed(world, officer)
    world.clock.advance(hours=32)
    with_case, without = person_of(world, number), person_of(world, orange)
    assert climb_all(world) == 2
    assert climb_all(world) == 0
    with world.look() as session:
        assert crises.open_case_of(session=session, beneficiary_id=without) is None
        case = crises.open_case_of(session=session, beneficiary_id=with_case)
        assert case is not None
        assert [(flag.level.value, flag.reasons) for flag in case.flags] == [("orange", ["follow_up_missed"])]
        assert (case.owner_id, case.climbs_at) == (officer, world.clock() + timedelta(minutes=30))
        # The owner of the contact is told too, and the list of what was missed has its row.
        assert [one.rung.value for one in session.scalars(select(FollowUpClimb))] == ["owner", "owner"]
        number_of_case = case.id
    for _ in range(5):
        world.clock.advance(minutes=30)
        with world.work() as session:
            assert crises.climb_if_due(session=session, case_id=number_of_case, now=world.clock())
    assert {hop.staff_id for hop in world.case(number_of_case).escalations} == set(chain.values())
    assert climb_all(world) == 0, "while a case is open its clock speaks, not the ladder's"


def test_three_tries_that_reached_nobody_after_a_red_case_open_a_case(world: World) -> None:
    officer = world.chain()[DutyPosition.ON_CALL]
    number = closed(world, officer, Level.RED)
    world.clock.advance(hours=24)
    for _ in range(3):
        row = planned(world, number)[0]
        with world.look() as session:
            assert crises.open_case_of(session=session, beneficiary_id=person_of(world, number)) is None
        do(world, follow_ups.not_reached, row, officer, way=Way.PHONE, words="", worried=False)
        climb_all(world)
    with world.look() as session:
        assert crises.open_case_of(session=session, beneficiary_id=person_of(world, number)) is not None


def test_a_contact_that_was_kept_in_time_and_a_later_step_open_no_case(world: World) -> None:
    officer = world.chain()[DutyPosition.ON_CALL]
    number = closed(world, officer, Level.RED)
    for hours in (24, 48):
        world.clock.advance(hours=hours)
        row = planned(world, number)[0]
        do(world, follow_ups.reached, row, officer, contact=CALM)
    world.clock.advance(days=6)
    assert climb_all(world) == 1
    with world.look() as session:
        assert crises.open_case_of(session=session, beneficiary_id=person_of(world, number)) is None


def test_two_sweeps_at_once_open_one_case(any_world: World) -> None:
    officer = any_world.chain()[DutyPosition.ON_CALL]
    number = closed(any_world, officer, Level.RED)
    any_world.clock.advance(hours=32)
    row = planned(any_world, number)[0].id

    def climb() -> bool:
        with any_world.work() as session:
            return follow_up_alarms.climb(session=session, follow_up_id=row, now=any_world.clock())

    assert sorted(at_once(climb, climb)) == [False, True]
    with any_world.look() as session:
        assert len(session.scalars(select(FollowUpClimb)).all()) == 1
        assert len(session.scalars(select(CrisisFlag).where(CrisisFlag.level == LevelName.ORANGE)).all()) == 1
