"""Being checked in is not being there: a desk that has been silent for three minutes is not counted."""

from __future__ import annotations

from datetime import datetime, timedelta

import pytest
from sqlalchemy import select

from care import duty, human, opening, presence
from models.conversations import Conversation
from models.duty import DutyPosition, DutyTurn
from models.live import LiveEvent
from tests.fixtures.world import ZONE, World, at_once


def check_in(world: World, staff_id: int) -> int:
    with world.work() as session:
        return duty.check_in(session=session, actor=world.actor(session, staff_id), now=world.clock()).id


def present(world: World) -> list[int]:
    with world.look() as session:
        return [one.id for one in duty.present(session=session, at=world.clock())]


def sign(world: World, staff_id: int) -> bool:
    with world.work() as session:
        return presence.note_seen(session=session, staff_id=staff_id, now=world.clock())


def seen_at(world: World, turn: int) -> datetime | None:
    with world.look() as session:
        return session.get_one(DutyTurn, turn).seen_at


@pytest.mark.parametrize(
    ("minutes", "there"), [(0, True), (3, True), (3.1, False), (60, False), (-0.5, True), (-2, False)]
)
def test_silence_of_the_desk_ends_presence(world: World, minutes: float, there: bool) -> None:
    member = world.colleague("officer")
    world.turn(member)
    check_in(world, member)
    world.clock.advance(minutes=minutes)
    assert (present(world) == [member]) is there
    with world.look() as session:
        assert bool(duty.lost(session=session, at=world.clock())) is not there
        assert duty.is_open(session=session, at=world.clock()) is there


def test_a_sign_of_life_keeps_presence_and_is_written_once_a_minute_at_most(world: World) -> None:
    member, decoy = world.colleague("officer"), world.colleague("decoy")
    world.turn(member)
    other = world.turn(decoy, DutyPosition.STAND_IN)
    turn = check_in(world, member)
    check_in(world, decoy)
    first = seen_at(world, turn)
    world.clock.advance(seconds=59)
    sign(world, member)
    assert seen_at(world, turn) == first
    world.clock.advance(seconds=2)
    sign(world, member)
    assert seen_at(world, turn) == world.clock()
    assert seen_at(world, other) == first


def test_whoever_comes_back_is_noticed_once(world: World) -> None:
    member = world.colleague("officer")
    world.turn(member)
    check_in(world, member)
    world.clock.advance(minutes=10)
    assert present(world) == []
    assert sign(world, member)
    assert not sign(world, member)
    assert present(world) == [member]


def test_an_open_page_checks_nobody_in(world: World) -> None:
    member, left = world.colleague("officer"), world.colleague("left")
    turn, other = world.turn(member), world.turn(left)
    check_in(world, left)
    with world.work() as session:
        duty.check_out(session=session, actor=world.actor(session, left), now=world.clock())
    world.clock.advance(minutes=2)
    before = seen_at(world, other)
    assert not sign(world, member)
    assert not sign(world, left)
    assert (seen_at(world, turn), seen_at(world, other)) == (None, before)
    with world.look() as session:
        assert not presence.wants_a_sign(session=session, staff_id=member, now=world.clock())


def test_many_pages_of_one_colleague_at_once_write_one_sign(any_world: World) -> None:
    member = any_world.colleague("officer")
    any_world.turn(member)
    check_in(any_world, member)
    any_world.clock.advance(minutes=5)
    came_back = at_once(*[lambda: sign(any_world, member) for _ in range(6)])
    assert not [one for one in came_back if isinstance(one, Exception)]
    assert present(any_world) == [member]


def test_checking_in_again_after_silence_brings_presence_back(world: World) -> None:
    member = world.colleague("officer")
    world.turn(member)
    check_in(world, member)
    world.clock.advance(minutes=30)
    check_in(world, member)
    assert present(world) == [member]


def test_nobody_is_offered_whose_desk_is_silent(world: World) -> None:
    member = world.colleague("officer")
    world.turn(member)
    check_in(world, member)
    world.clock.advance(minutes=4)
    number = world.person()
    with world.work() as session:
        asked = human.request(
            session=session, conversation=session.get_one(Conversation, number), now=world.clock(), timezone=ZONE
        )
        assert asked.outcome is human.Outcome.CALL_BACK
        assert asked.call_back is not None
        assert asked.call_back.owner_id == member


def test_coming_and_going_is_told_to_every_open_chat(world: World) -> None:
    member = world.colleague("officer")
    world.turn(member)

    def told() -> int:
        with world.look() as session:
            return len(session.scalars(select(LiveEvent).where(LiveEvent.channel == "hours")).all())

    check_in(world, member)
    assert told() == 1
    check_in(world, member)
    assert told() == 1
    with world.work() as session:
        duty.check_out(session=session, actor=world.actor(session, member), now=world.clock())
    assert told() == 2


def test_the_door_says_now_next_or_nothing(world: World) -> None:
    def door() -> opening.Opening:
        with world.look() as session:
            return opening.at(session=session, now=world.clock())

    assert door() == opening.Opening(False, None)
    member = world.colleague("officer")
    world.turn(member, starts=3)
    assert door() == opening.Opening(False, world.clock() + timedelta(hours=3))
    world.clock.advance(hours=3)
    check_in(world, member)
    assert door() == opening.Opening(True, None)


def test_the_plan_of_the_week_joins_turns_and_leaves_out_who_has_left(world: World) -> None:
    one, two, gone = world.colleague("one"), world.colleague("two"), world.colleague("gone", active=False)
    start = world.clock()
    world.turn(one, starts=0, hours=4)
    world.turn(two, starts=4, hours=4)
    world.turn(one, starts=10, hours=1)
    world.turn(gone, starts=20, hours=1)
    world.turn(two, DutyPosition.SUPERVISOR, starts=30, hours=1)
    with world.look() as session:
        planned = opening.planned(session=session, start=start, end=start + timedelta(days=7))
    hours = [((a - start) / timedelta(hours=1), (b - start) / timedelta(hours=1)) for a, b in planned]
    assert hours == [(0, 8), (10, 11)]
