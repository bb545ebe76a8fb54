"""A shift that serves the chat opens it only with somebody who may take a chat and whose desk is awake."""

from __future__ import annotations

from datetime import datetime, timedelta

import pytest

from care import chat_shift, duty, opening
from models.shifts import ShiftRole, SignUp, SignUpState
from models.staff import RoleName
from tests.fixtures.shifts import ShiftWorld
from tests.fixtures.world import World


@pytest.fixture
def world_of_shifts(world: World) -> ShiftWorld:
    return ShiftWorld(world)


def arrive(
    base: ShiftWorld,
    staff_id: int,
    *,
    role: str = "chat",
    state: SignUpState = SignUpState.ARRIVED,
    starts: float = -1,
) -> None:
    role_id = base.role(starts=starts, hours=4, role=role, places=3)
    with base.world.work() as session:
        found = session.get_one(ShiftRole, role_id)
        session.add(
            SignUp(
                shift_role_id=found.id,
                shift_id=found.shift_id,
                places=found.places,
                place_no=1,
                staff_id=staff_id,
                state=state,
                signed_up_at=base.world.clock(),
                arrived_at=base.world.clock() if state is SignUpState.ARRIVED else None,
            )
        )


def sign(base: ShiftWorld, staff_id: int) -> bool:
    with base.world.work() as session:
        if not chat_shift.wants_a_sign(session=session, staff_id=staff_id, now=base.world.clock()):
            return False
        return chat_shift.note_seen(session=session, staff_id=staff_id, now=base.world.clock())


def is_open(base: ShiftWorld) -> bool:
    with base.world.look() as session:
        return duty.is_open(session=session, at=base.world.clock())


def test_somebody_on_a_chat_shift_opens_the_chat_while_their_desk_is_awake(world_of_shifts: ShiftWorld) -> None:
    member = world_of_shifts.world.colleague("counselor", RoleName.COUNSELOR, RoleName.VOLUNTEER)
    arrive(world_of_shifts, member)
    assert not is_open(world_of_shifts)
    assert sign(world_of_shifts, member)
    assert is_open(world_of_shifts)
    world_of_shifts.world.clock.advance(minutes=2)
    assert not sign(world_of_shifts, member)  # they were here all the time
    world_of_shifts.world.clock.advance(minutes=2.9)
    assert is_open(world_of_shifts)
    world_of_shifts.world.clock.advance(minutes=0.2)
    assert not is_open(world_of_shifts)
    assert sign(world_of_shifts, member)


def test_a_volunteer_alone_is_nobodys_promise_of_a_person(world_of_shifts: ShiftWorld) -> None:
    member = world_of_shifts.volunteer()
    arrive(world_of_shifts, member)
    assert not sign(world_of_shifts, member)
    assert not is_open(world_of_shifts)


@pytest.mark.parametrize(("role", "state"), [("front_desk", SignUpState.ARRIVED), ("chat", SignUpState.SIGNED_UP)])
def test_another_shift_or_one_without_a_check_in_opens_nothing(
    world_of_shifts: ShiftWorld, role: str, state: SignUpState
) -> None:
    member = world_of_shifts.world.colleague("counselor", RoleName.COUNSELOR)
    arrive(world_of_shifts, member, role=role, state=state)
    assert not sign(world_of_shifts, member)
    assert not is_open(world_of_shifts)


def next_at(base: ShiftWorld) -> datetime | None:
    with base.world.look() as session:
        return opening.at(session=session, now=base.world.clock()).next_at


def test_the_next_staffed_time_is_a_chat_shift_that_somebody_who_takes_chats_has_signed_up_for(
    world_of_shifts: ShiftWorld,
) -> None:
    base = world_of_shifts
    coming = SignUpState.SIGNED_UP
    arrive(base, base.volunteer(), state=coming, starts=5)
    base.role(starts=10, role="chat")
    member = base.world.colleague("counselor", RoleName.COUNSELOR, RoleName.VOLUNTEER)
    arrive(base, member, role="front_desk", state=coming, starts=20)
    assert next_at(base) is None
    arrive(base, member, state=coming, starts=60)
    assert next_at(base) == base.world.clock() + timedelta(hours=60)
