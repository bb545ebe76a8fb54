"""A colleague who leaves with bookings ahead: nobody who was promised a time is forgotten."""

from __future__ import annotations

from datetime import timedelta

import pytest
from sqlalchemy import select

from care import succession, waiting_lists
from care.refusals import Refusal, Refused
from models.appointments import AppointmentState
from models.shifts import SignUpState
from models.staff import StaffMember
from models.waiting_list import FreedTime, WaitingWish
from tests.fixtures.bookings import Bookings, at
from tests.fixtures.shifts import ShiftWorld
from tests.fixtures.world import ZONE


def test_bookings_go_to_a_colleague_or_to_the_waiting_list(any_bookings: Bookings) -> None:
    lead = any_bookings.lead()
    leaving, staying = any_bookings.counselor("leaving"), any_bookings.counselor("staying")
    any_bookings.plan(leaving)
    any_bookings.plan(staying, ends=10)
    service = any_bookings.service()
    first, second, decoy = (any_bookings.person() for _number in range(3))
    moves = any_bookings.book(first, service, "2026-03-03 09:00", staff_id=leaving)
    waits = [any_bookings.book(second, service, f"2026-03-0{day} 10:00", staff_id=leaving) for day in (3, 4)]
    untouched = any_bookings.book(decoy, service, "2026-03-04 09:00", staff_id=staying)
    with any_bookings.world.work() as session:
        session.get_one(StaffMember, leaving).active = False
        now = any_bookings.world.clock()
        assert len(succession.bookings_ahead(session=session, staff_id=leaving, now=now)) == 3
        done = succession.hand_over(
            session=session,
            actor=session.get_one(StaffMember, lead),
            staff_id=leaving,
            reason="离职",
            now=now,
            timezone=ZONE,
        )
        assert ([row.id for row in done.moved], [row.id for row in done.to_waiting_list]) == ([moves], waits)
    moved = any_bookings.appointment(moves)
    assert (moved.staff_id, moved.starts_at, len(moved.moves)) == (staying, at("2026-03-03 09:00"), 1)
    states = [any_bookings.appointment(number).state for number in (*waits, untouched)]
    assert states == [AppointmentState.CANCELLED_BY_STAFF] * 2 + [AppointmentState.BOOKED]
    with any_bookings.world.look() as session:
        assert session.scalars(select(WaitingWish.beneficiary_id)).all() == [second]
        assert session.scalars(select(FreedTime.id)).all() == [], "nobody is offered the time of somebody who left"


def test_what_has_begun_stays_with_whoever_held_it(bookings: Bookings) -> None:
    lead, leaving = bookings.lead(), bookings.counselor("leaving")
    bookings.plan(leaving)
    number = bookings.book(bookings.person(), bookings.service(), "2026-03-03 09:00")
    bookings.world.clock.moment = at("2026-03-03 09:00") + timedelta(minutes=1)
    with bookings.world.work() as session:
        actor, now = session.get_one(StaffMember, lead), bookings.world.clock()
        with pytest.raises(Refused) as refused:
            succession.hand_over(session=session, actor=actor, staff_id=leaving, reason="", now=now, timezone=ZONE)
        assert refused.value.refusal is Refusal.REASON_MISSING
        done = succession.hand_over(
            session=session, actor=actor, staff_id=leaving, reason="离职", now=now, timezone=ZONE
        )
        assert (done.moved, done.to_waiting_list) == ([], [])
    assert bookings.appointment(number).is_open


def test_places_in_shifts_go_to_whoever_waits_and_those_that_have_begun_stay(shift_world: ShiftWorld) -> None:
    base, leaving, other = shift_world, shift_world.volunteer(), shift_world.volunteer()
    awaited, empty, running = base.role(starts=48), base.role(starts=96), base.role(starts=24)
    numbers = [base.sign_up(leaving, role) for role in (awaited, empty, running)]
    beside = base.sign_up(other, base.role(starts=144))
    base.do(waiting_lists.join, other, shift_role_id=awaited, timezone=ZONE)
    base.world.clock.advance(hours=25)
    lead = base.coordinator()
    for found in (2, 0):
        done = base.do(succession.hand_over, lead, staff_id=leaving, reason="离职", timezone=ZONE)
        assert len(done.places) == found
    states = [base.state(number) for number in (*numbers, beside)]
    assert states == [SignUpState.WITHDREW, SignUpState.WITHDREW, SignUpState.SIGNED_UP, SignUpState.SIGNED_UP]
    assert base.holders(awaited) == [(other, 1)]
    assert base.holders(empty) == []
