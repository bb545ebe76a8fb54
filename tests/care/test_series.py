"""Weekly meetings: each date stands alone, holidays are stepped over, every other gap is named."""

from __future__ import annotations

from typing import Any

import pytest
from sqlalchemy import func, select

from care import appointments, holidays, series
from care.refusals import Refusal, Refused
from models.appointments import Appointment, AppointmentSeries, AppointmentState
from models.beneficiaries import Beneficiary
from models.services import Service
from models.staff import StaffMember
from tests.fixtures.bookings import Bookings, at, local
from tests.fixtures.world import at_once


def ask(
    bookings: Bookings, staff_id: int, service: int, person: int, start: str, verb: Any = series.book, **more: Any
) -> Any:
    with bookings.world.work() as session:
        common = {
            "session": session,
            "beneficiary": session.get_one(Beneficiary, person),
            "service": session.get_one(Service, service),
            "staff_id": staff_id,
            "starts_at": at(start),
            "wanted": 6,
            "now": bookings.world.clock(),
        }
        if verb is series.book:
            common["actor"] = session.get_one(StaffMember, staff_id)
        found = verb(**common | more)
        meetings = found.meetings if verb is series.book else found
        return [(local([one.starts_at])[0], one.refusal) for one in meetings]


def rows(bookings: Bookings) -> list[Appointment]:
    with bookings.world.look() as session:
        found = session.scalars(select(Appointment).order_by(Appointment.starts_at)).all()
        session.expunge_all()
        return list(found)


def test_six_weekly_meetings(bookings: Bookings) -> None:
    member = bookings.counselor()
    bookings.plan(member)
    found = ask(bookings, member, bookings.service(), bookings.person(), "2026-03-03 09:00")
    assert found == [(f"{day} 09:00", None) for day in ("03-03", "03-10", "03-17", "03-24", "03-31", "04-07")]
    assert [row.series_no for row in rows(bookings)] == [1, 2, 3, 4, 5, 6]


def test_a_series_across_the_year_steps_over_the_holiday_and_grows_by_a_week(bookings: Bookings) -> None:
    bookings.world.clock.moment = at("2026-11-20 10:00")
    member = bookings.counselor()
    bookings.plan(member)
    with bookings.world.work() as session:
        holidays.seed(session=session, years=[2026, 2027], now=bookings.world.clock())
    # 31 December 2026 is a Thursday; the Friday after it is New Year's Day.
    found = ask(bookings, member, bookings.service(), bookings.person(), "2026-12-18 09:00")
    assert found == [
        ("12-18 09:00", None),
        ("12-25 09:00", None),
        ("01-01 09:00", Refusal.HOLIDAY),
        ("01-08 09:00", None),
        ("01-15 09:00", None),
        ("01-22 09:00", None),
        ("01-29 09:00", None),
    ]
    thursday = ask(bookings, member, bookings.service("other"), bookings.person(), "2026-12-31 09:00")
    assert [refusal for _at, refusal in thursday] == [None] * 6


def test_a_certificate_that_runs_out_in_the_middle_is_named_for_its_dates(bookings: Bookings) -> None:
    bookings.lead()
    member = bookings.counselor()
    bookings.plan(member)
    bookings.licence(member, "training.minors", until=at("2026-03-20 00:00"))
    service, person = bookings.service(qualification="training.minors"), bookings.person()
    expected = [None, None, None, *[Refusal.NOT_QUALIFIED] * 3]
    looked = ask(bookings, member, service, person, "2026-03-03 09:00", series.preview)
    assert [refusal for _at, refusal in looked] == expected
    assert rows(bookings) == []
    with pytest.raises(Refused) as refused:
        ask(bookings, member, service, person, "2026-03-03 09:00", whole=True)
    assert refused.value.refusal is Refusal.NOT_QUALIFIED
    assert rows(bookings) == []
    booked = ask(bookings, member, service, person, "2026-03-03 09:00")
    assert [refusal for _at, refusal in booked] == expected
    assert len(rows(bookings)) == 3
    with bookings.world.look() as session:
        stored = session.scalars(select(AppointmentSeries)).one()
        assert [one["why"] for one in stored.skipped] == ["not_qualified"] * 3


def test_a_series_of_which_no_date_can_be_had_is_refused(bookings: Bookings) -> None:
    member = bookings.counselor()
    bookings.plan(member)
    with pytest.raises(Refused) as refused:
        ask(bookings, member, bookings.service(), bookings.person(), "2026-03-03 20:00")
    assert refused.value.refusal is Refusal.NOT_WORKING
    with bookings.world.look() as session:
        assert session.scalar(select(func.count()).select_from(AppointmentSeries)) == 0


@pytest.mark.parametrize(("field", "value"), [("wanted", 1), ("wanted", 27), ("every_days", 0), ("every_days", 36)])
def test_a_series_has_a_sensible_size(bookings: Bookings, field: str, value: int) -> None:
    with pytest.raises(Refused) as refused:
        ask(bookings, 1, bookings.service(), bookings.person(), "2026-03-03 09:00", series.preview, **{field: value})
    assert (refused.value.refusal, refused.value.field) == (Refusal.WRONG_VALUE, field)


def test_one_meeting_moves_and_another_ends_alone(bookings: Bookings) -> None:
    member = bookings.counselor()
    bookings.plan(member)
    ask(bookings, member, bookings.service(), bookings.person(), "2026-03-03 09:00")
    numbers = [row.id for row in rows(bookings)]
    with bookings.world.work() as session:
        now = bookings.world.clock()
        second, third = (session.get_one(Appointment, number) for number in numbers[1:3])
        appointments.move(session=session, actor=None, appointment=second, starts_at=at("2026-03-11 10:00"), now=now)
        appointments.cancel(session=session, actor=None, appointment=third, now=now)
    moved = bookings.appointment(numbers[1])
    assert (moved.starts_at, moved.series_no) == (at("2026-03-11 10:00"), 2)
    states = [row.state for row in rows(bookings)]
    assert states.count(AppointmentState.BOOKED) == 5
    bookings.world.clock.moment = at("2026-03-12 10:00")
    with bookings.world.work() as session:
        left = series.cancel_rest(
            session=session,
            actor=session.get_one(StaffMember, member),
            series_id=moved.series_id or 0,
            reason="转介",
            now=bookings.world.clock(),
        )
        assert len(left) == 3
    assert [row.state for row in rows(bookings)].count(AppointmentState.BOOKED) == 2


def test_the_same_series_sent_twice_is_one(any_bookings: Bookings) -> None:
    member = any_bookings.counselor()
    any_bookings.plan(member)
    service, person = any_bookings.service(), any_bookings.person()

    def deed() -> Any:
        return ask(any_bookings, member, service, person, "2026-03-03 09:00", form_key="series-1")

    first, second = at_once(deed, deed)
    assert first == second
    assert len(rows(any_bookings)) == 6


def test_two_series_racing_for_the_same_weeks_share_no_date(any_bookings: Bookings) -> None:
    member = any_bookings.counselor()
    any_bookings.plan(member)
    service = any_bookings.service()
    people = [any_bookings.person(), any_bookings.person()]

    def deed(person: int) -> Any:
        return lambda: ask(any_bookings, member, service, person, "2026-03-03 09:00")

    results = at_once(*(deed(person) for person in people))
    refused = [result for result in results if isinstance(result, Exception)]
    assert all(isinstance(one, Refused) and one.refusal is Refusal.OCCUPIED for one in refused), refused
    starts = [row.starts_at for row in rows(any_bookings)]
    assert len(starts) == len(set(starts)) == 6
