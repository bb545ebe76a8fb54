"""The live desk by the clock: an offer ends, a forgotten line rings, and one bad row stops no other."""

from __future__ import annotations

import pytest

from care import desk, reply_alarms, transfers
from models.staff import RoleName
from schedules.jobs import desk as jobs
from schedules.timetable import TIMETABLE
from tests.fixtures.world import World
from tests.schedules.test_sweeps import tools_of


def _talk(world: World, officer: int) -> int:
    number = world.person()
    with world.work() as session:
        desk.take_over(session=session, conversation_id=number, actor=world.actor(session, officer), now=world.clock())
    world.says(number, "您在吗")
    return number


def test_offers_end_and_lines_ring_once(world: World) -> None:
    officer, other = world.colleague("officer", RoleName.COUNSELOR), world.colleague("other", RoleName.COUNSELOR)
    number = _talk(world, officer)
    with world.work() as session:
        transfers.offer(
            session=session,
            conversation_id=number,
            actor=world.actor(session, officer),
            receiver_id=other,
            reason="有事",
            now=world.clock(),
        )
    tools = tools_of(world)
    assert (jobs.end_unanswered_offers(tools), jobs.ring_for_unanswered_lines(tools)) == (0, 0)
    world.clock.advance(minutes=3)
    assert (jobs.end_unanswered_offers(tools), jobs.end_unanswered_offers(tools)) == (1, 0)
    assert (jobs.ring_for_unanswered_lines(tools), jobs.ring_for_unanswered_lines(tools)) == (1, 0)
    assert world.conversation(number).owner_staff_id == officer


def test_one_conversation_that_cannot_ring_stops_no_other(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    officer = world.colleague("officer", RoleName.COUNSELOR)
    broken, _good = _talk(world, officer), _talk(world, officer)
    world.clock.advance(minutes=3)
    ring = reply_alarms.ring

    def fails_for_one(**given: object) -> int:
        if given["conversation_id"] == broken:
            raise RuntimeError("this row cannot be read")
        return ring(**given)  # type: ignore[arg-type]

    monkeypatch.setattr(reply_alarms, "ring", fails_for_one)
    assert jobs.ring_for_unanswered_lines(tools_of(world)) == 1


def test_both_sweeps_are_in_the_timetable() -> None:
    assert {"end-unanswered-offers", "ring-for-unanswered-lines"} <= {entry.name for entry in TIMETABLE}
