"""A colleague's own calendar: a secret address, neutral words, no names, taken back at will."""

from __future__ import annotations

import pytest
from icalendar import Calendar
from sqlalchemy import select

from care import appointments, calendar, ical
from care.refusals import Refusal, Refused
from models.appointments import Appointment, CalendarFeed
from models.beneficiaries import Beneficiary
from models.calendar import HolderKind, HoldKind
from models.duty import DutyPosition, DutyTurn
from models.staff import StaffMember
from tests.fixtures.bookings import SECRET, Bookings, at


def address(bookings: Bookings, member: int) -> str:
    with bookings.world.work() as session:
        actor = session.get_one(StaffMember, member)
        return ical.make_address(session=session, actor=actor, secret=SECRET, now=bookings.world.clock())


def read(bookings: Bookings, token: str) -> bytes:
    with bookings.world.look() as session:
        return ical.read(session=session, secret=SECRET, token=token, now=bookings.world.clock())


def refused(bookings: Bookings, token: str) -> bool:
    with pytest.raises(Refused) as refusal:
        read(bookings, token)
    return refusal.value.refusal is Refusal.NOT_FOUND


def test_the_calendar_has_ones_own_times_and_nobodys_name(bookings: Bookings) -> None:
    member, other = bookings.counselor(), bookings.counselor("other")
    for number in (member, other):
        bookings.plan(number)
    service, person = bookings.service(), bookings.person()
    with bookings.world.work() as session:
        beneficiary = session.get_one(Beneficiary, person)
        beneficiary.called = "王小明"
        code = beneficiary.code
    booked = bookings.book(person, service, "2026-03-03 09:00", staff_id=member)
    cancelled = bookings.book(person, service, "2026-03-03 10:00", staff_id=member)
    bookings.book(bookings.person(), service, "2026-03-04 09:00", staff_id=other)
    with bookings.world.work() as session:
        row = session.get_one(Appointment, cancelled)
        appointments.cancel(session=session, actor=None, appointment=row, now=bookings.world.clock())
    content = read(bookings, address(bookings, member))
    (event,) = Calendar.from_ical(content).walk("VEVENT")
    assert (event["uid"], event["summary"]) == (f"appointment-{booked}@nuanyang", "安排")
    assert event.decoded("dtstart") == at("2026-03-03 09:00")
    text = content.decode()
    assert "王小明" not in text
    assert code not in text
    assert "谈话" not in text


def test_shifts_and_turns_on_duty_are_there_too_and_a_turn_takes_no_time(bookings: Bookings) -> None:
    member, other = bookings.counselor(), bookings.counselor("other")
    with bookings.world.work() as session:
        for number, hour in ((member, "18"), (other, "19")):
            session.add(
                DutyTurn(
                    staff_id=number,
                    position=DutyPosition.ON_CALL,
                    starts_at=at(f"2026-03-03 {hour}:00"),
                    ends_at=at("2026-03-03 22:00"),
                )
            )
        for kind, hour in ((HoldKind.SHIFT, "09"), (HoldKind.FOLLOW_UP, "10"), (HoldKind.OFFER, "11")):
            calendar.hold(
                session=session,
                kind=kind,
                holders=[(HolderKind.STAFF, member)],
                starts_at=at(f"2026-03-04 {hour}:00"),
                ends_at=at(f"2026-03-04 {hour}:30"),
            )
    events = Calendar.from_ical(read(bookings, address(bookings, member))).walk("VEVENT")
    assert [(event["summary"], event["transp"], event.decoded("dtstart")) for event in events] == [
        ("值班", "TRANSPARENT", at("2026-03-03 18:00")),
        ("班次", "OPAQUE", at("2026-03-04 09:00")),
        ("安排", "OPAQUE", at("2026-03-04 10:00")),
    ]
    assert len({event["uid"] for event in events}) == 3


def test_an_address_is_secret_and_can_be_taken_back(any_bookings: Bookings) -> None:
    member = any_bookings.counselor()
    first = address(any_bookings, member)
    second = address(any_bookings, member)
    assert refused(any_bookings, first), "a new address ends the older one"
    assert read(any_bookings, second)
    assert refused(any_bookings, "")
    assert refused(any_bookings, second[:-1])
    with any_bookings.world.look() as session:
        assert second not in set(session.scalars(select(CalendarFeed.token_hash)))
    with any_bookings.world.work() as session:
        actor = session.get_one(StaffMember, member)
        assert ical.revoke(session=session, actor=actor, now=any_bookings.world.clock())
        assert not ical.revoke(session=session, actor=actor, now=any_bookings.world.clock())
    assert refused(any_bookings, second)


def test_somebody_who_has_left_reads_nothing(bookings: Bookings) -> None:
    member = bookings.counselor()
    token = address(bookings, member)
    with bookings.world.work() as session:
        session.get_one(StaffMember, member).active = False
    assert refused(bookings, token)
