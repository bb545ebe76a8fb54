"""Follow-ups by the clock: placed, reminded of and climbed with once, and one bad row stops no other."""

from __future__ import annotations

import pytest
from sqlalchemy import select
from sqlalchemy.exc import OperationalError

from care import follow_up_alarms
from models.follow_ups import FollowUp, FollowUpState
from models.outbox import OutboxRow
from models.staff import RoleName
from schedules.jobs import follow_ups as jobs
from schedules.timetable import TIMETABLE
from tests.fixtures.follow_ups import closed, planned, rows, works
from tests.fixtures.world import World
from tests.schedules.test_sweeps import tools_of


def test_sweeps_do_what_is_due_and_a_second_run_nothing(world: World) -> None:
    officer = world.colleague("officer", RoleName.DUTY_OFFICER)
    number = closed(world, officer)
    works(world, officer, days=0.75, hours=14)
    tools = tools_of(world)
    assert (jobs.place_follow_ups(tools), jobs.place_follow_ups(tools)) == (1, 0)
    assert (jobs.remind_and_climb(tools), jobs.remind_and_climb(tools)) == (0, 0)
    world.clock.advance(hours=17)
    assert (jobs.remind_and_climb(tools), jobs.remind_and_climb(tools)) == (1, 0)
    world.clock.advance(hours=16)
    assert (jobs.remind_and_climb(tools), jobs.remind_and_climb(tools)) == (1, 0)
    assert planned(world, number)[0].hops == 1


def test_after_a_month_without_scheduler_everything_missed_is_told_at_once(world: World) -> None:
    officer = next(iter(world.chain().values()))
    number = closed(world, officer)
    world.clock.advance(days=30)
    jobs.remind_and_climb(tools_of(world))
    assert [row.hops for row in planned(world, number)] == [1, 1, 1, 1, 0, 0, 0, 0, 0, 0]
    assert len(rows(world, number, FollowUpState.PLANNED)) == 10


def test_one_row_that_cannot_climb_stops_no_other(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    officer = next(iter(world.chain().values()))
    broken, good = (planned(world, closed(world, officer))[0].id for _ in range(2))
    world.clock.advance(hours=33)
    climb = follow_up_alarms.climb

    def fails_for_one(**given: object) -> bool:
        if given["follow_up_id"] == broken:
            raise OperationalError("x", {}, Exception())
        return climb(**given)  # type: ignore[arg-type]

    monkeypatch.setattr(follow_up_alarms, "climb", fails_for_one)
    jobs.remind_and_climb(tools_of(world))
    with world.look() as session:
        assert (session.get_one(FollowUp, broken).hops, session.get_one(FollowUp, good).hops) == (0, 1)


def test_no_notice_tells_what_it_is_about(world: World) -> None:
    officer = next(iter(world.chain().values()))
    closed(world, officer)
    world.clock.advance(hours=33)
    jobs.remind_and_climb(tools_of(world))
    with world.look() as session:
        words = {row.payload.get("words") for row in session.scalars(select(OutboxRow)) if "words" in row.payload}
    assert words <= {"notice.desk", "notice.desk_by", "notice.urgent"}


def test_sweeps_are_on_the_timetable() -> None:
    sweeps = [entry.sweep for entry in TIMETABLE]
    assert jobs.place_follow_ups in sweeps
    assert jobs.remind_and_climb in sweeps
