"""Promised calls by the clock: handed on and told once, and a second run does nothing."""

from __future__ import annotations

from sqlalchemy import select

from models.staff import RoleName, StaffMember
from models.worried_reports import WorriedReport
from schedules.jobs import worried_reports as jobs
from schedules.timetable import TIMETABLE
from tests.care.test_worried_reports import tell
from tests.fixtures.world import World
from tests.schedules.test_sweeps import tools_of


def test_a_call_of_somebody_who_left_is_handed_on_by_the_sweep(world: World) -> None:
    owner, heir = (world.colleague(name, RoleName.DUTY_OFFICER) for name in ("owner", "heir"))
    world.turn(owner, here=True)
    report = tell(world, reporter_phone="13800000000")
    assert jobs.keep_calls(tools_of(world)) == 0
    with world.work() as session:
        session.get_one(StaffMember, owner).active = False
    world.turn(heir)
    assert (jobs.keep_calls(tools_of(world)), jobs.keep_calls(tools_of(world))) == (1, 0)
    with world.look() as session:
        assert session.scalars(select(WorriedReport.owner_id)).one() == heir
    assert report.due_at is not None


def test_the_sweep_is_on_the_timetable() -> None:
    assert [entry.name for entry in TIMETABLE if entry.sweep is jobs.keep_calls] == ["keep-worried-calls"]
