"""Group sessions: numbered seats, one for each person, none twice."""

from __future__ import annotations

from typing import Any

import pytest
from sqlalchemy import select

from care import groups
from care.refusals import Refusal, Refused
from models.beneficiaries import Beneficiary
from models.calendar import CalendarHold
from models.groups import GroupSeat, GroupSession, GroupState, SeatState
from models.services import Service
from models.staff import StaffMember
from tests.fixtures.bookings import Bookings, at
from tests.fixtures.world import at_once

TUESDAY = "2026-03-03 09:00"


def plan(bookings: Bookings, member: int, service: int, start: str = TUESDAY, **more: Any) -> int:
    with bookings.world.work() as session:
        return groups.plan(
            session=session,
            actor=session.get_one(StaffMember, member),
            service=session.get_one(Service, service),
            title_zh="睡眠小组",
            title_en="Sleep group",
            staff_id=member,
            starts_at=at(start),
            now=bookings.world.clock(),
            **more,
        ).id


def sit(bookings: Bookings, group: int, person: int) -> int:
    with bookings.world.work() as session:
        return groups.take_seat(
            session=session,
            actor=None,
            group=session.get_one(GroupSession, group),
            beneficiary=session.get_one(Beneficiary, person),
            now=bookings.world.clock(),
        ).id


def seats(bookings: Bookings, group: int) -> list[tuple[int | None, SeatState]]:
    with bookings.world.look() as session:
        rows = session.scalars(select(GroupSeat).where(GroupSeat.session_id == group).order_by(GroupSeat.id))
        return [(row.seat_no, row.state) for row in rows]


def refusal_of(deed: Any, *args: Any, **more: Any) -> Refusal:
    with pytest.raises(Refused) as refused:
        deed(*args, **more)
    return refused.value.refusal


@pytest.fixture
def leader(any_bookings: Bookings) -> int:
    number = any_bookings.counselor()
    any_bookings.plan(number)
    return number


def test_seats_are_given_until_they_are_gone(any_bookings: Bookings, leader: int) -> None:
    group = plan(any_bookings, leader, any_bookings.service(seats=3))
    people = [any_bookings.person() for _number in range(8)]

    def deed(person: int) -> Any:
        return lambda: sit(any_bookings, group, person)

    results = at_once(*(deed(person) for person in people))
    assert sum(isinstance(result, int) for result in results) == 3
    losers = [result for result in results if not isinstance(result, int)]
    assert all(isinstance(one, Refused) and one.refusal is Refusal.SEATS_TAKEN for one in losers), losers
    assert sorted(seats(any_bookings, group)) == [(number, SeatState.TAKEN) for number in (1, 2, 3)]


def test_one_person_has_one_seat_however_often_they_press(any_bookings: Bookings, leader: int) -> None:
    group = plan(any_bookings, leader, any_bookings.service(seats=3))
    person = any_bookings.person()
    results = at_once(*[lambda: sit(any_bookings, group, person)] * 4)
    assert len(set(results)) == 1, results
    assert seats(any_bookings, group) == [(1, SeatState.TAKEN)]


def test_a_seat_given_up_is_free_for_the_next(bookings: Bookings) -> None:
    leader = bookings.counselor()
    bookings.plan(leader)
    group = plan(bookings, leader, bookings.service(seats=2))
    first, second, third = (bookings.person() for _number in range(3))
    number = sit(bookings, group, first)
    sit(bookings, group, second)
    assert refusal_of(sit, bookings, group, third) is Refusal.SEATS_TAKEN
    for _tap in range(2):
        with bookings.world.work() as session:
            groups.give_up(
                session=session, actor=None, seat=session.get_one(GroupSeat, number), now=bookings.world.clock()
            )
    sit(bookings, group, third)
    assert seats(bookings, group) == [(None, SeatState.GIVEN_UP), (2, SeatState.TAKEN), (1, SeatState.TAKEN)]
    assert refusal_of(sit, bookings, group, first) is Refusal.SEATS_TAKEN


def test_the_leader_and_the_person_are_in_one_place(bookings: Bookings) -> None:
    leader, other = bookings.counselor(), bookings.counselor("other")
    for member in (leader, other):
        bookings.plan(member)
    talk, service = bookings.service(), bookings.service("group", seats=5)
    person = bookings.person()
    bookings.book(person, talk, TUESDAY, staff_id=other)
    group = plan(bookings, leader, service)
    assert refusal_of(sit, bookings, group, person) is Refusal.ALREADY_BOOKED
    assert plan(bookings, leader, service) == group
    assert refusal_of(plan, bookings, leader, service, seats=4) is Refusal.OCCUPIED
    assert refusal_of(bookings.book, bookings.person(), talk, TUESDAY, staff_id=leader) is Refusal.OCCUPIED
    assert refusal_of(plan, bookings, leader, service, "2026-03-03 13:00") is Refusal.NOT_WORKING
    assert refusal_of(plan, bookings, leader, talk, "2026-03-04 09:00") is Refusal.NOT_THIS_WAY
    assert refusal_of(bookings.book, person, service, "2026-03-04 09:00") is Refusal.NOT_THIS_WAY


def test_a_cancelled_session_frees_everybody(bookings: Bookings) -> None:
    leader = bookings.counselor()
    bookings.plan(leader)
    group = plan(bookings, leader, bookings.service(seats=2))
    decoy = plan(bookings, leader, bookings.service("decoy", seats=2), "2026-03-04 09:00")
    for number in (group, decoy):
        sit(bookings, number, bookings.person())

    def cancel(reason: str) -> int:
        with bookings.world.work() as session:
            return len(
                groups.cancel(
                    session=session,
                    actor=session.get_one(StaffMember, leader),
                    group=session.get_one(GroupSession, group),
                    reason=reason,
                    now=bookings.world.clock(),
                )
            )

    assert refusal_of(cancel, " ") is Refusal.REASON_MISSING
    assert cancel("带领者生病") == 1
    assert refusal_of(cancel, "again") is Refusal.APPOINTMENT_OVER
    assert seats(bookings, group) == [(None, SeatState.CANCELLED)]
    with bookings.world.look() as session:
        assert len(session.scalars(select(CalendarHold)).all()) == 2  # the decoy's leader and guest
    assert refusal_of(sit, bookings, group, bookings.person()) is Refusal.APPOINTMENT_OVER


def test_who_came_is_noted_when_it_has_begun(bookings: Bookings) -> None:
    leader = bookings.counselor()
    bookings.plan(leader)
    group = plan(bookings, leader, bookings.service(seats=4))
    came, stayed_away = sit(bookings, group, bookings.person()), sit(bookings, group, bookings.person())

    def close(*numbers: int) -> None:
        with bookings.world.work() as session:
            groups.close(
                session=session,
                actor=session.get_one(StaffMember, leader),
                group=session.get_one(GroupSession, group),
                came=numbers,
                now=bookings.world.clock(),
            )

    assert refusal_of(close, came) is Refusal.NOT_BEGUN
    bookings.world.clock.moment = at("2026-03-03 09:30")
    assert refusal_of(close, came, 999) is Refusal.WRONG_VALUE
    close(came)
    assert stayed_away != came
    assert seats(bookings, group) == [(1, SeatState.ATTENDED), (2, SeatState.NO_SHOW)]
    with bookings.world.look() as session:
        assert session.get_one(GroupSession, group).state is GroupState.COMPLETED
