"""Reviews and drills by the clock: one bad row stops no other, and a second run does nothing twice."""

from __future__ import annotations

from datetime import timedelta

import pytest
from sqlalchemy.exc import OperationalError

from care import case_review_keeping
from models.case_reviews import CaseReview
from schedules.jobs import case_reviews as jobs
from tests.fixtures.rows import Rows
from tests.fixtures.world import World
from tests.schedules.test_sweeps import tools_of


def _reviews(world: World, count: int) -> None:
    with world.work() as session:
        rows = Rows(world, session)
        for _ in range(count):
            due = world.clock() + timedelta(days=7)
            rows.add(CaseReview(case_id=rows.case().id, created_at=world.clock(), due_at=due, climbs_at=world.clock()))


def _hops(world: World) -> list[int]:
    with world.look() as session:
        return [one.hops for one in session.query(CaseReview).order_by(CaseReview.id)]


def test_reviews_that_nobody_can_write_are_told_to_the_leads_and_then_every_three_days(world: World) -> None:
    _reviews(world, 2)
    tools = tools_of(world)
    jobs.look_after_reviews(tools)
    assert _hops(world) == [1, 1]
    world.clock.advance(days=3, seconds=-1)
    jobs.look_after_reviews(tools)
    assert _hops(world) == [1, 1]
    world.clock.advance(seconds=1)
    jobs.look_after_reviews(tools)
    assert _hops(world) == [2, 2]


def test_a_review_that_cannot_be_looked_after_stops_no_other(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    _reviews(world, 2)
    look_after = case_review_keeping.look_after

    def fails_for_one(**given: object) -> bool:
        if given["review_id"] == 1:
            raise OperationalError("x", {}, Exception())
        return look_after(**given)  # type: ignore[arg-type]

    monkeypatch.setattr(case_review_keeping, "look_after", fails_for_one)
    jobs.look_after_reviews(tools_of(world))
    assert _hops(world) == [0, 1]
