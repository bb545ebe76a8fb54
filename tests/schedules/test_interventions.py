"""Whoever was sent is asked after by the clock, and one case that cannot ring stops no other."""

from __future__ import annotations

import pytest
from sqlalchemy.exc import OperationalError

from care import intervention_alarms
from models.staff import RoleName
from schedules.jobs import interventions as jobs
from schedules.timetable import TIMETABLE
from tests.care.test_interventions import POLICE, stored, take
from tests.fixtures.world import World
from tests.schedules.test_sweeps import tools_of
from triage.levels import Level


def test_sweep_rings_what_is_due_once_and_again_after_the_rest(world: World) -> None:
    world.chain()
    officer = world.colleague("o", RoleName.DUTY_OFFICER)
    case_id, decoy = world.flag(world.person(), Level.ORANGE), world.flag(world.person(), Level.ORANGE)
    step_id, tools = take(world, case_id, officer, POLICE), tools_of(world)
    assert jobs.ring_for_answers(tools) == 0
    world.clock.advance(minutes=15)
    assert (jobs.ring_for_answers(tools), jobs.ring_for_answers(tools)) == (1, 0)
    world.clock.advance(minutes=5)
    assert jobs.ring_for_answers(tools) == 1
    assert stored(world, step_id).alarms == 2
    assert (world.case(case_id).hops, world.case(decoy).hops) == (3, 1)


def test_after_a_night_without_scheduler_an_unanswered_arrival_rings_at_once(world: World) -> None:
    officer = next(iter(world.chain().values()))
    step_id = take(world, world.flag(world.person(), Level.RED), officer, POLICE)
    world.clock.advance(hours=9)
    assert jobs.ring_for_answers(tools_of(world)) == 1
    assert stored(world, step_id).alarms == 1


def test_one_case_that_cannot_ring_stops_no_other(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    officer = next(iter(world.chain().values()))
    broken, good = world.flag(world.person(), Level.RED), world.flag(world.person(), Level.RED)
    steps = [take(world, case_id, officer, POLICE) for case_id in (broken, good)]
    ring = intervention_alarms.ring

    def fails_for_one(**given: object) -> bool:
        if given["case_id"] == broken:
            raise OperationalError("x", {}, Exception())
        return ring(**given)  # type: ignore[arg-type]

    monkeypatch.setattr(intervention_alarms, "ring", fails_for_one)
    world.clock.advance(minutes=16)
    assert jobs.ring_for_answers(tools_of(world)) == 1
    assert [stored(world, step_id).alarms for step_id in steps] == [0, 1]


def test_sweep_is_on_the_timetable() -> None:
    assert jobs.ring_for_answers in [entry.sweep for entry in TIMETABLE]
