"""A missed contact climbs from rung to rung and never falls silent."""

from __future__ import annotations

from datetime import timedelta

from sqlalchemy import select

from care import follow_up_alarms, follow_up_lists, follow_ups
from models.duty import DutyPosition
from models.follow_ups import FollowUpClimb, FollowUpState, Way
from models.staff import RoleName
from tests.fixtures.follow_ups import (
    climb_all,
    closed,
    do,
    planned,
    rows,
)
from tests.fixtures.world import World


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
