"""The place in line is the order in which people are seen; a waiting time is measured, or it is not said."""

from __future__ import annotations

from typing import Any

from care import desk, places_in_line
from models.conversations import Conversation
from models.staff import RoleName
from tests.fixtures.world import World
from triage.levels import Level


def asks(world: World) -> int:
    number = world.person()
    with world.work() as session:
        session.get_one(Conversation, number).human_requested_at = world.clock()
    return number


def take(world: World, who: int, number: int) -> None:
    with world.work() as session:
        desk.take_over(session=session, conversation_id=number, actor=world.actor(session, who), now=world.clock())


def place(world: World, number: int) -> Any:
    with world.look() as session:
        conversation = session.get_one(Conversation, number)
        return places_in_line.place_of(session=session, conversation=conversation, now=world.clock())


def waited(world: World, officer: int, *minutes: float) -> None:
    """Let so many people wait so long, one after the other, and be helped."""
    for wait in minutes:
        number = asks(world)
        world.clock.advance(minutes=wait)
        take(world, officer, number)
        with world.work() as session:
            desk.hand_back(
                session=session, conversation_id=number, actor=world.actor(session, officer), now=world.clock()
            )


def present(world: World) -> int:
    officer = world.colleague("officer", RoleName.DUTY_OFFICER)
    world.turn(officer, hours=300, here=True)
    return officer


def test_people_stand_in_the_order_in_which_they_asked_and_danger_goes_first(world: World) -> None:
    present(world)
    first = asks(world)
    world.clock.advance(minutes=1)
    second = asks(world)
    world.clock.advance(minutes=1)
    third = asks(world)
    assert [place(world, one).number for one in (first, second, third)] == [1, 2, 3]
    world.flag(third, Level.ORANGE)
    assert [place(world, one).number for one in (first, second, third)] == [2, 3, 1]
    with world.look() as session:
        assert [one.id for one in desk.waiting(session=session)] == [third, first, second]


def test_somebody_moves_up_when_one_before_them_is_taken(world: World) -> None:
    officer = present(world)
    first = asks(world)
    world.clock.advance(minutes=1)
    second = asks(world)
    take(world, officer, first)
    assert place(world, first) is None
    assert place(world, second).number == 1


def test_no_place_is_named_while_nobody_is_there(world: World) -> None:
    world.turn(world.colleague("officer", RoleName.DUTY_OFFICER), here=False)
    assert place(world, asks(world)) is None
    assert place(world, world.person()) is None


def test_with_too_few_waits_nothing_is_said_and_with_enough_most_of_them(world: World) -> None:
    officer = present(world)
    waited(world, officer, 2, 3, 4, 5)
    number = asks(world)
    assert place(world, number).usual is None
    waited(world, officer, 20)
    usual = place(world, number).usual
    assert (usual.low, usual.high, usual.counted) == (3, 20, 5)


def test_waits_of_people_in_danger_of_drills_and_of_long_ago_do_not_count(world: World) -> None:
    officer = present(world)
    waited(world, officer, *[2] * 5)
    world.clock.advance(days=15)
    world.turn(officer, hours=300, here=True, starts=1000)
    waited(world, officer, *[3] * 4)
    quick = asks(world)
    world.flag(quick, Level.RED)
    take(world, officer, quick)
    drill = asks(world)
    with world.work() as session:
        session.get_one(Conversation, drill).beneficiary.synthetic = True
    take(world, officer, drill)
    with world.look() as session:
        assert places_in_line.measured(session=session, now=world.clock()) is None
    waited(world, officer, 3)
    with world.look() as session:
        found = places_in_line.measured(session=session, now=world.clock())
    assert found is not None
    assert (found.low, found.high, found.counted) == (3, 4, 5)


def test_who_waits_longer_than_most_is_told_so(world: World) -> None:
    officer = present(world)
    waited(world, officer, *[2] * 5)
    number = asks(world)
    assert not place(world, number).longer_than_usual
    world.clock.advance(minutes=4)
    assert place(world, number).longer_than_usual
