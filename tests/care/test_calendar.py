"""The calendar that everybody shares: nobody and no room is ever in two places, on either database."""

from __future__ import annotations

from datetime import datetime, timedelta

import pytest
from sqlalchemy import func, select
from sqlalchemy.exc import IntegrityError

from care import calendar
from care.refusals import Refusal, Refused
from models.calendar import CalendarCell, CalendarHold, CalendarHolder, HolderKind, HoldKind
from tests.fixtures.world import World, at_once

COUNSELOR = (HolderKind.STAFF, 1)
ROOM = (HolderKind.ROOM, 1)
PERSON = (HolderKind.BENEFICIARY, 1)
DECOY = (HolderKind.STAFF, 2)


def hold(world: World, *holders: calendar.Holder, hour: float = 0, hours: float = 1) -> int:
    start = world.clock() + timedelta(hours=hour)
    with world.work() as session:
        return calendar.hold(
            session=session,
            kind=HoldKind.APPOINTMENT,
            holders=holders,
            starts_at=start,
            ends_at=start + timedelta(hours=hours),
        ).id


def cells(world: World) -> int:
    with world.look() as session:
        return session.scalar(select(func.count()).select_from(CalendarCell)) or 0


def spans(world: World, holder: calendar.Holder) -> list[tuple[datetime, datetime]]:
    day = timedelta(days=1)
    with world.look() as session:
        return calendar.busy(session=session, holders=[holder], start=world.clock() - day, end=world.clock() + day)[
            holder
        ]


@pytest.mark.parametrize(("holder", "field"), [(COUNSELOR, "staff_id"), (ROOM, "room_id"), (PERSON, "beneficiary_id")])
def test_whoever_is_taken_is_named(any_world: World, holder: calendar.Holder, field: str) -> None:
    hold(any_world, COUNSELOR, ROOM, PERSON)
    before = cells(any_world)
    with pytest.raises(Refused) as refused:
        hold(any_world, DECOY, holder, hour=0.5)
    assert (refused.value.refusal, refused.value.field) == (Refusal.OCCUPIED, field)
    # The decoy's half of the refused hold is not left behind.
    assert cells(any_world) == before
    assert spans(any_world, DECOY) == []


def test_touching_spans_do_not_clash(any_world: World) -> None:
    for hour in (0, 1, -1):
        hold(any_world, COUNSELOR, hour=hour)
    assert len(spans(any_world, COUNSELOR)) == 3


def test_the_same_time_of_somebody_else_is_free(any_world: World) -> None:
    assert hold(any_world, COUNSELOR) != hold(any_world, DECOY)


def test_the_database_itself_refuses_a_second_cell(any_world: World) -> None:
    number = hold(any_world, COUNSELOR)
    with any_world.look() as session:
        taken = session.scalars(select(CalendarCell)).first()
        assert taken is not None
        cell = taken.cell
    with pytest.raises(IntegrityError), any_world.work() as session:
        session.add(CalendarCell(holder_kind=HolderKind.STAFF, holder_id=1, cell=cell, hold_id=number))


@pytest.mark.parametrize("callers", [8])
def test_of_many_callers_at_once_one_wins_and_the_others_are_told(any_world: World, callers: int) -> None:
    deeds = [lambda: hold(any_world, COUNSELOR, (HolderKind.ROOM, 7)) for _number in range(callers)]
    results = at_once(*deeds)
    assert sum(isinstance(result, int) for result in results) == 1
    losers = [result for result in results if not isinstance(result, int)]
    assert all(isinstance(loser, Refused) and loser.refusal is Refusal.OCCUPIED for loser in losers), losers
    assert cells(any_world) == 2 * 12


def test_a_move_that_is_refused_keeps_the_old_time(any_world: World) -> None:
    number = hold(any_world, COUNSELOR, ROOM)
    hold(any_world, COUNSELOR, hour=3)
    before = cells(any_world)
    start = any_world.clock()
    with any_world.work() as session, pytest.raises(Refused) as refused:
        calendar.move(
            session=session,
            hold=session.get_one(CalendarHold, number),
            starts_at=start + timedelta(hours=2.5),
            ends_at=start + timedelta(hours=3.5),
        )
    assert refused.value.refusal is Refusal.OCCUPIED
    assert cells(any_world) == before
    assert spans(any_world, ROOM) == [(start, start + timedelta(hours=1))]


def test_a_move_over_ones_own_old_time_is_no_clash(any_world: World) -> None:
    number = hold(any_world, COUNSELOR)
    start = any_world.clock() + timedelta(minutes=30)
    with any_world.work() as session:
        calendar.move(
            session=session,
            hold=session.get_one(CalendarHold, number),
            starts_at=start,
            ends_at=start + timedelta(hours=1),
            holders=[DECOY],
        )
    assert spans(any_world, COUNSELOR) == []
    assert spans(any_world, DECOY) == [(start, start + timedelta(hours=1))]


def test_what_is_released_is_free_and_leaves_no_row(any_world: World) -> None:
    number, beside = hold(any_world, COUNSELOR), hold(any_world, COUNSELOR, hour=2)
    with any_world.work() as session:
        calendar.release(session=session, hold=session.get_one(CalendarHold, number))
    with any_world.look() as session:
        assert session.scalars(select(CalendarHolder.hold_id)).all() == [beside]
    assert cells(any_world) == 12
    hold(any_world, COUNSELOR)


@pytest.mark.parametrize(
    ("minutes", "length", "refusal", "field"),
    [
        (0, 0, Refusal.ENDS_BEFORE_IT_STARTS, "ends_at"),
        (0, -60, Refusal.ENDS_BEFORE_IT_STARTS, "ends_at"),
        (3, 57, Refusal.WRONG_VALUE, "starts_at"),
        (0, 58, Refusal.WRONG_VALUE, "ends_at"),
        (0, 3 * 24 * 60, Refusal.WRONG_VALUE, "ends_at"),
    ],
)
def test_a_time_that_cannot_be_meant(world: World, minutes: int, length: int, refusal: Refusal, field: str) -> None:
    with pytest.raises(Refused) as refused:
        hold(world, COUNSELOR, hour=minutes / 60, hours=length / 60)
    assert (refused.value.refusal, refused.value.field) == (refusal, field)
    assert cells(world) == 0
