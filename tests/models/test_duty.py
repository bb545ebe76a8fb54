"""What the database itself refuses about turns, lines of the week, hand-overs and addresses."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import text
from sqlalchemy.exc import IntegrityError

from models.contacts import Channel, ContactPoint
from models.duty import DutyPatternSlot, DutyPosition, DutySwap, DutyTurn, OpeningState, SwapState
from tests.fixtures.world import World, at_once


def _refuses(world: World, row: Any) -> None:
    with pytest.raises(IntegrityError), world.work() as session:
        session.add(row)


def _change(world: World, turn: int, values: dict[str, Any]) -> None:
    with world.work() as session:
        for name, value in values.items():
            setattr(session.get_one(DutyTurn, turn), name, value)


@pytest.mark.parametrize(
    ("starts", "hours", "meets"),
    [(3, 2, True), (0, 4, True), (-1, 9, True), (1, 1, True), (4, 2, False), (-2, 2, False)],
)
def test_nobody_is_on_two_turns_at_once(any_world: World, starts: float, hours: float, meets: bool) -> None:
    member, decoy = any_world.colleague("one"), any_world.colleague("two")
    any_world.turn(member, starts=0, hours=4)
    any_world.turn(decoy, starts=starts, hours=hours)
    if meets:
        with pytest.raises(IntegrityError):
            any_world.turn(member, DutyPosition.STAND_IN, starts=starts, hours=hours)
    else:
        assert any_world.turn(member, DutyPosition.STAND_IN, starts=starts, hours=hours)


def test_a_turn_is_moved_onto_no_other_turn_of_the_person(any_world: World) -> None:
    member, other = any_world.colleague("one"), any_world.colleague("two")
    any_world.turn(member, starts=0, hours=4)
    late, theirs = any_world.turn(member, starts=10, hours=4), any_world.turn(other, starts=1, hours=1)
    for number, values in ((late, {"starts_at": any_world.clock()}), (theirs, {"staff_id": member})):
        with pytest.raises(IntegrityError):
            _change(any_world, number, values)
    with any_world.work() as session:
        # Its own old place is no obstacle.
        session.get_one(DutyTurn, late).starts_at = any_world.clock() + timedelta(hours=9)


def test_of_many_turns_of_one_person_at_the_same_moment_one_stands(any_world: World) -> None:
    member = any_world.colleague("one")
    results = at_once(*[lambda n=n: any_world.turn(member, starts=n / 10, hours=4) for n in range(8)])
    assert sum(isinstance(one, int) for one in results) == 1
    assert all(isinstance(one, int | IntegrityError) for one in results)


def test_the_migrated_sqlite_file_has_the_triggers_that_the_models_describe(world: World) -> None:
    # A later migration that copies the table would lose them without a word.
    with world.engine.connect() as connection:
        names = connection.execute(text("SELECT name FROM sqlite_master WHERE type = 'trigger'")).scalars().all()
    assert {"duty_turns_one_at_a_time_insert", "duty_turns_one_at_a_time_update"} <= set(names)


@pytest.mark.parametrize(
    "wrong",
    [{"weekday": 7}, {"weekday": -1}, {"starts_minute": 1440}, {"ends_minute": 480}, {"ends_minute": 480 + 1441}],
)
def test_a_line_of_the_week_is_a_day_at_most_on_one_of_seven_days(any_world: World, wrong: dict[str, int]) -> None:
    plain: dict[str, Any] = {"weekday": 0, "starts_minute": 480, "ends_minute": 1200}
    member = any_world.colleague("one")
    _refuses(any_world, DutyPatternSlot(staff_id=member, position=DutyPosition.ON_CALL, **plain | wrong))


def test_a_turn_is_offered_once_at_a_time_between_two_people_and_decided_by_name(any_world: World) -> None:
    one, two = any_world.colleague("one"), any_world.colleague("two")
    turn = any_world.turn(one, starts=5)
    plain: dict[str, Any] = {
        "turn_id": turn,
        "from_staff_id": one,
        "to_staff_id": two,
        "offered_at": any_world.clock(),
    }
    _refuses(any_world, DutySwap(**plain | {"to_staff_id": one}))
    _refuses(any_world, DutySwap(**plain, state=SwapState.APPROVED))
    _refuses(any_world, DutySwap(**plain, decided_by_id=two))
    with any_world.work() as session:
        session.add(DutySwap(**plain, state=SwapState.DECLINED))
        session.add(DutySwap(**plain))
    _refuses(any_world, DutySwap(**plain, state=SwapState.ACCEPTED))


def test_an_address_has_one_owner_and_is_listed_once(any_world: World) -> None:
    member = any_world.colleague("one")
    plain: dict[str, Any] = {
        "channel": Channel.EMAIL,
        "address": "a@mail.example",
        "address_hash": "h",
        "created_at": any_world.clock(),
    }
    _refuses(any_world, ContactPoint(**plain))
    with any_world.work() as session:
        session.add(ContactPoint(staff_id=member, **plain))
    _refuses(any_world, ContactPoint(staff_id=member, **plain))


def test_there_is_one_door(any_world: World) -> None:
    _refuses(any_world, OpeningState(id=2, staffed=True, known="", at=any_world.clock()))
