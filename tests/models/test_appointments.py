"""The tables of appointments refuse what cannot be true, whoever writes the row."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

import pytest
from sqlalchemy import text
from sqlalchemy.exc import IntegrityError

from models.appointments import Appointment, AppointmentState
from models.calendar import CalendarHold, HoldKind
from models.holidays import DayKind, DaySource, SpecialDay
from models.services import Mode, Service
from tests.fixtures.bookings import Bookings, at

TUESDAY = "2026-03-03 09:00"


@pytest.fixture
def booked(any_bookings: Bookings) -> int:
    any_bookings.plan(any_bookings.counselor())
    return any_bookings.book(any_bookings.person(), any_bookings.service(), TUESDAY)


@pytest.mark.parametrize(
    ("change", "broken"),
    [
        ("ends_at = starts_at", "appointment_ends_after_it_starts"),
        ("hold_id = NULL", "booked_holds_its_time"),
        ("ended_at = starts_at", "open_until_it_ended"),
        ("state = 'no_show'", "open_until_it_ended"),
        ("state = 'cancelled_by_person', ended_at = starts_at", "cancelled_frees_its_time"),
        ("state = 'cancelled_by_staff', ended_at = starts_at, hold_id = NULL", "staff_cancel_with_a_reason"),
        ("behalf_relation = 'a'", "on_behalf_says_who_and_why"),
        ("series_no = 1", "series_has_a_number"),
        ("state = 'perhaps', ended_at = starts_at", "appointment_state"),
    ],
)
def test_appointments_that_cannot_be_true(any_bookings: Bookings, booked: int, change: str, broken: str) -> None:
    with any_bookings.world.sessions() as session, pytest.raises(IntegrityError, match=broken):
        session.execute(text(f"UPDATE appointments SET {change} WHERE id = {booked}"))


def test_one_hold_belongs_to_one_appointment(any_bookings: Bookings, booked: int) -> None:
    other = any_bookings.book(any_bookings.person(), any_bookings.service("other"), "2026-03-03 10:00")
    with any_bookings.world.sessions() as session, pytest.raises(IntegrityError):
        session.execute(
            text(
                "UPDATE appointments SET hold_id = "
                f"(SELECT hold_id FROM appointments WHERE id = {booked}) WHERE id = {other}"
            )
        )


def test_a_hold_in_use_cannot_be_deleted(any_bookings: Bookings, booked: int) -> None:
    assert booked
    with any_bookings.world.sessions() as session, pytest.raises(IntegrityError):
        session.execute(text("DELETE FROM calendar_holds"))


def test_an_appointment_ends_once(bookings: Bookings) -> None:
    row = Appointment(state=AppointmentState.BOOKED, hold_id=1)
    row.end(AppointmentState.CANCELLED_BY_PERSON, at(TUESDAY), None)
    assert (row.is_cancelled, row.is_open, row.hold_id) == (True, False, None)
    for deed in (
        lambda: row.end(AppointmentState.COMPLETED, at(TUESDAY), None),
        lambda: row.move_to(at(TUESDAY), at(TUESDAY) + timedelta(hours=1), 1, None),
    ):
        with pytest.raises(ValueError, match="over"):
            deed()
    assert bookings.world is not None


@pytest.mark.parametrize(
    "change", [{"minutes": 52}, {"seats": 0}, {"horizon_days": 0}, {"offline": False, "online": False, "phone": False}]
)
def test_services_that_cannot_be_true(any_bookings: Bookings, change: dict[str, Any]) -> None:
    plain = {"key": "talk", "name_zh": "谈话", "name_en": "Talk", "minutes": 50}
    with any_bookings.world.sessions() as session:
        session.add(Service(**plain | change))
        with pytest.raises(IntegrityError):
            session.flush()


@pytest.mark.parametrize(
    "change",
    [
        {"kind": DayKind.MAKE_UP},
        {"kind": DayKind.HOLIDAY, "plan_weekday": 1},
        {"kind": DayKind.MAKE_UP, "plan_weekday": 7},
        {"kind": DayKind.HOLIDAY, "source": DaySource.DECREE},
    ],
)
def test_special_days_that_cannot_be_true(any_bookings: Bookings, change: dict[str, Any]) -> None:
    plain = {
        "day": date(2026, 3, 3),
        "name_zh": "假",
        "name_en": "Day",
        "source": DaySource.PUBLISHED,
        "changed_at": any_bookings.world.clock(),
    }
    with any_bookings.world.sessions() as session:
        session.add(SpecialDay(**plain | change))
        with pytest.raises(IntegrityError):
            session.flush()


def test_a_seat_outside_the_number_and_a_seat_taken_twice_are_refused(any_bookings: Bookings) -> None:
    member, person, other = any_bookings.counselor(), any_bookings.person(), any_bookings.person()
    service = any_bookings.service(seats=2)
    with any_bookings.world.sessions() as session:
        hold = CalendarHold(
            kind=HoldKind.GROUP_SESSION, starts_at=at(TUESDAY), ends_at=at(TUESDAY) + timedelta(hours=1)
        )
        session.add(hold)
        session.flush()
        session.execute(
            text(
                "INSERT INTO group_sessions (id, service_id, title_zh, title_en, staff_id, mode, starts_at, ends_at,"
                " seats, state, hold_id, created_at, created_by_id) VALUES (1, :service, 'a', 'a', :staff, :mode,"
                " '2026-03-03 01:00:00', '2026-03-03 02:00:00', 2, 'planned', :hold, '2026-03-01 00:00:00', :staff)"
            ),
            {"service": service, "staff": member, "mode": Mode.PHONE.value, "hold": hold.id},
        )
        seat = (
            "INSERT INTO group_seats (session_id, seats, seat_no, beneficiary_id, state, taken_at)"
            " VALUES (1, {seats}, {number}, {person}, 'attended', '2026-03-01 00:00:00')"
        )
        session.execute(text(seat.format(seats=2, number=1, person=person)))
        for seats, number, whose in ((2, 3, other), (3, 3, other), (2, 1, other), (2, 2, person)):
            with pytest.raises(IntegrityError), session.begin_nested():
                session.execute(text(seat.format(seats=seats, number=number, person=whose)))
