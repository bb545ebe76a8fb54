"""Booking, moving, cancelling, outcomes: every no has a name, and nobody is booked twice."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import func, select

from care import appointment_links, appointment_lists, appointments, availability, holidays
from care.behalf import Behalf
from care.refusals import Refusal, Refused
from models.appointments import Appointment, AppointmentState
from models.audit import AuditEntry
from models.beneficiaries import Beneficiary
from models.calendar import CalendarHold
from models.leave import Leave, LeaveState
from models.services import Mode
from models.staff import StaffMember
from tests.fixtures.bookings import SECRET, Bookings, at
from tests.fixtures.world import at_once

TUESDAY = "2026-03-03 09:00"


def refusal_of(bookings: Bookings, *args: Any, **more: Any) -> Refusal:
    with pytest.raises(Refused) as refused:
        bookings.book(*args, **more)
    with bookings.world.look() as session:
        holds = session.scalar(select(func.count()).select_from(CalendarHold))
        rows = session.scalar(select(func.count()).where(Appointment.hold_id.is_not(None)))
    assert holds == rows, "a refused booking leaves no trace in the calendar"
    return refused.value.refusal


def change(bookings: Bookings, number: int, verb: Any, *, actor: int | None = None, **more: Any) -> None:
    with bookings.world.work() as session:
        verb(
            session=session,
            actor=session.get_one(StaffMember, actor) if actor else None,
            appointment=session.get_one(Appointment, number),
            now=bookings.world.clock(),
            **more,
        )


def verbs(bookings: Bookings, number: int) -> list[str]:
    with bookings.world.look() as session:
        query = select(AuditEntry.verb).where(AuditEntry.subject_type == "appointment", AuditEntry.subject_id == number)
        return list(session.scalars(query.order_by(AuditEntry.id)))


def test_a_person_books_alone(any_bookings: Bookings) -> None:
    member = any_bookings.counselor()
    any_bookings.plan(member)
    service, person = any_bookings.service(), any_bookings.person()
    number = any_bookings.book(person, service, TUESDAY)
    row = any_bookings.appointment(number)
    assert (row.staff_id, row.beneficiary_id, row.state) == (member, person, AppointmentState.BOOKED)
    assert (row.starts_at, row.ends_at) == (at(TUESDAY), at(TUESDAY) + timedelta(minutes=50))
    assert row.hold is not None
    # The pause after the meeting is held as well.
    assert row.hold.ends_at == at(TUESDAY) + timedelta(minutes=60)
    assert verbs(any_bookings, number) == ["appointment.book"]


@pytest.mark.parametrize(
    ("when", "refusal"),
    [
        ("2026-03-02 11:00", Refusal.TOO_SOON),
        ("2026-03-01 09:00", Refusal.TOO_SOON),
        ("2026-07-01 09:00", Refusal.TOO_FAR),
        ("2026-03-03 09:03", Refusal.WRONG_VALUE),
        ("2026-03-03 12:00", Refusal.NOT_WORKING),
        ("2026-03-03 11:30", Refusal.NOT_WORKING),
        ("2026-03-07 09:00", Refusal.NOT_WORKING),
        ("2026-04-06 09:00", Refusal.HOLIDAY),
        ("2026-03-04 09:00", Refusal.OCCUPIED),
        ("2026-03-04 09:55", Refusal.OCCUPIED),
    ],
)
def test_times_that_cannot_be_had(bookings: Bookings, when: str, refusal: Refusal) -> None:
    member = bookings.counselor()
    bookings.plan(member)
    service = bookings.service()
    with bookings.world.work() as session:
        holidays.seed(session=session, years=[2026], now=bookings.world.clock())
    bookings.book(bookings.person(), service, "2026-03-04 09:00")
    for staff_id in (member, None):
        assert refusal_of(bookings, bookings.person(), service, when, staff_id=staff_id) is refusal


def test_one_person_is_not_in_two_places(bookings: Bookings) -> None:
    one, two = bookings.counselor("one"), bookings.counselor("two")
    for member in (one, two):
        bookings.plan(member)
    service, person = bookings.service(), bookings.person()
    bookings.book(person, service, TUESDAY, staff_id=one)
    assert refusal_of(bookings, person, service, TUESDAY, staff_id=two) is Refusal.ALREADY_BOOKED
    assert refusal_of(bookings, person, service, TUESDAY) is Refusal.ALREADY_BOOKED
    bookings.book(bookings.person(), service, TUESDAY, staff_id=two)


def test_somebody_who_does_not_fit_is_refused_by_name(bookings: Bookings) -> None:
    bookings.lead()
    member, other, gone = bookings.counselor(), bookings.counselor("social", team="social_worker"), 9999
    left = bookings.counselor("left", active=False)
    bookings.plan(member)
    service = bookings.service(qualification="training.minors")
    english = bookings.service("english", language="en")
    person = bookings.person()
    assert refusal_of(bookings, person, service, TUESDAY, staff_id=member) is Refusal.NOT_QUALIFIED
    assert refusal_of(bookings, person, service, TUESDAY, staff_id=other) is Refusal.DOES_NOT_FIT
    assert refusal_of(bookings, person, english, TUESDAY, staff_id=member) is Refusal.DOES_NOT_FIT
    assert refusal_of(bookings, person, english, TUESDAY, staff_id=left) is Refusal.NOT_ACTIVE
    assert refusal_of(bookings, person, english, TUESDAY, staff_id=gone) is Refusal.NOT_FOUND
    assert refusal_of(bookings, person, english, TUESDAY) is Refusal.NOBODY_FREE
    assert refusal_of(bookings, person, english, TUESDAY, mode=Mode.ONLINE) is Refusal.NOT_THIS_WAY


def test_a_licence_counts_at_the_time_of_the_meeting(bookings: Bookings) -> None:
    bookings.lead()
    member = bookings.counselor()
    bookings.plan(member)
    bookings.licence(member, "training.minors", until=at("2026-03-04 00:00"))
    service = bookings.service(qualification="training.minors")
    bookings.book(bookings.person(), service, TUESDAY)
    late = refusal_of(bookings, bookings.person(), service, "2026-03-04 09:00", staff_id=member)
    assert late is Refusal.NOT_QUALIFIED


def test_any_suitable_counselor_is_the_one_with_the_lightest_week(bookings: Bookings) -> None:
    one, two = bookings.counselor("one"), bookings.counselor("two")
    for member in (one, two):
        bookings.plan(member)
    service = bookings.service()
    booked = [bookings.book(bookings.person(), service, f"2026-03-03 {hour}:00") for hour in ("09", "10", "11")]
    booked.append(bookings.book(bookings.person(), service, "2026-03-04 09:00"))
    given = [bookings.appointment(number).staff_id for number in booked]
    assert sorted(given) == [one, one, two, two]
    assert given[0] != given[1]


def test_the_same_form_twice_is_one_appointment(any_bookings: Bookings) -> None:
    any_bookings.plan(any_bookings.counselor())
    service, person, other = any_bookings.service(), any_bookings.person(), any_bookings.person()
    results = at_once(*[lambda: any_bookings.book(person, service, TUESDAY, form_key="form-1")] * 4)
    assert len(set(results)) == 1, results
    again = any_bookings.book(person, service, TUESDAY, form_key="form-1")
    assert again == results[0]
    # Another person's form may carry the same key by accident.
    assert any_bookings.book(other, service, "2026-03-03 10:00", form_key="form-1") != again
    long = any_bookings.service("long")
    assert refusal_of(any_bookings, person, long, "2026-03-03 11:00", form_key="form-1") is Refusal.KEY_USED


def test_of_ten_people_racing_for_one_time_one_gets_it(any_bookings: Bookings) -> None:
    member, decoy = any_bookings.counselor(), any_bookings.counselor("decoy")
    for number in (member, decoy):
        any_bookings.plan(number)
    service = any_bookings.service()
    people = [any_bookings.person() for _number in range(10)]

    def deed(person: int) -> Any:
        return lambda: any_bookings.book(person, service, TUESDAY, staff_id=member)

    results = at_once(*(deed(person) for person in people))
    assert sum(isinstance(result, int) for result in results) == 1
    losers = [result for result in results if not isinstance(result, int)]
    assert all(isinstance(loser, Refused) and loser.refusal is Refusal.OCCUPIED for loser in losers), losers
    with any_bookings.world.look() as session:
        assert session.scalars(select(Appointment.staff_id)).all() == [member]


def test_people_racing_for_any_counselor_each_get_one_while_there_are_some(any_bookings: Bookings) -> None:
    members = [any_bookings.counselor(name) for name in ("one", "two", "three")]
    for member in members:
        any_bookings.plan(member)
    service = any_bookings.service()
    people = [any_bookings.person() for _number in range(5)]

    def deed(person: int) -> Any:
        return lambda: any_bookings.book(person, service, TUESDAY)

    results = at_once(*(deed(person) for person in people))
    given = [any_bookings.appointment(result).staff_id for result in results if isinstance(result, int)]
    assert sorted(given) == members
    losers = [result for result in results if not isinstance(result, int)]
    assert all(isinstance(loser, Refused) for loser in losers), losers
    assert {loser.refusal for loser in losers} <= {Refusal.OCCUPIED, Refusal.NOBODY_FREE}  # type: ignore[union-attr]


def test_one_room_is_not_given_twice(any_bookings: Bookings) -> None:
    station, (room,) = any_bookings.station()
    one, two = any_bookings.counselor("one"), any_bookings.counselor("two")
    for member in (one, two):
        any_bookings.plan(member, station_id=station)
    service = any_bookings.service(offline=True)

    def deed(person: int, member: int) -> Any:
        return lambda: any_bookings.book(person, service, TUESDAY, mode=Mode.OFFLINE, staff_id=member)

    results = at_once(deed(any_bookings.person(), one), deed(any_bookings.person(), two))
    (winner,) = [result for result in results if isinstance(result, int)]
    (loser,) = [result for result in results if not isinstance(result, int)]
    assert any_bookings.appointment(winner).room_id == room
    assert isinstance(loser, Refused)
    assert loser.refusal is Refusal.NO_ROOM


def test_a_person_cannot_empty_the_calendar(bookings: Bookings) -> None:
    bookings.plan(bookings.counselor(), starts=9, ends=18)
    service, person = bookings.service(), bookings.person()
    hours = range(9, 9 + appointments.MOST_AHEAD)
    for hour in hours:
        bookings.book(person, service, f"2026-03-03 {hour:02}:00")
    assert refusal_of(bookings, person, service, "2026-03-04 09:00") is Refusal.TOO_MANY_BOOKINGS
    bookings.book(bookings.person(), service, "2026-03-04 09:00")
    bookings.book(person, service, "2026-03-04 10:00", actor=bookings.lead())


def test_booking_for_somebody_says_who_and_how_they_agreed(bookings: Bookings) -> None:
    bookings.plan(bookings.counselor())
    lead, service, person = bookings.lead(), bookings.service(), bookings.person()
    full = Behalf("李大姐", "邻居", "本人电话里同意")
    row = bookings.appointment(bookings.book(person, service, TUESDAY, actor=lead, behalf=full))
    assert (row.behalf_who, row.behalf_relation, row.behalf_consent) == ("李大姐", "邻居", "本人电话里同意")
    half = Behalf("李大姐", "邻居", " ")
    assert refusal_of(bookings, person, service, "2026-03-04 09:00", actor=lead, behalf=half) is Refusal.EMPTY


def test_a_colleague_may_agree_to_a_time_outside_the_plan_and_a_person_may_not(bookings: Bookings) -> None:
    member = bookings.counselor()
    bookings.plan(member)
    service, person = bookings.service(), bookings.person()
    evening = "2026-03-03 19:00"
    assert refusal_of(bookings, person, service, evening, outside_plan=True) is Refusal.NOT_WORKING
    assert refusal_of(bookings, person, service, evening, actor=member) is Refusal.NOT_WORKING
    bookings.book(person, service, evening, actor=member, staff_id=member, outside_plan=True)
    busy = refusal_of(bookings, bookings.person(), service, evening, actor=member, staff_id=member, outside_plan=True)
    assert busy is Refusal.OCCUPIED


def test_a_move_keeps_its_history_and_frees_the_old_time(any_bookings: Bookings) -> None:
    member, other = any_bookings.counselor(), any_bookings.counselor("other")
    for number in (member, other):
        any_bookings.plan(number)
    service, person = any_bookings.service(), any_bookings.person()
    number = any_bookings.book(person, service, TUESDAY, staff_id=member)
    change(any_bookings, number, appointments.move, starts_at=at("2026-03-04 10:00"))
    change(any_bookings, number, appointments.move, actor=other, starts_at=at("2026-03-04 10:00"), staff_id=other)
    row = any_bookings.appointment(number)
    assert (row.starts_at, row.staff_id, row.state) == (at("2026-03-04 10:00"), other, AppointmentState.BOOKED)
    assert [move.from_starts_at for move in row.moves] == [at(TUESDAY), at("2026-03-04 10:00")]
    assert [move.from_staff_id for move in row.moves] == [member, member]
    any_bookings.book(any_bookings.person(), service, TUESDAY, staff_id=member)
    assert verbs(any_bookings, number) == ["appointment.book", "appointment.move", "appointment.move"]


def test_a_move_that_is_refused_changes_nothing(any_bookings: Bookings) -> None:
    member = any_bookings.counselor()
    any_bookings.plan(member)
    service = any_bookings.service()
    number = any_bookings.book(any_bookings.person(), service, TUESDAY)
    any_bookings.book(any_bookings.person(), service, "2026-03-03 10:00")
    with pytest.raises(Refused) as refused:
        change(any_bookings, number, appointments.move, starts_at=at("2026-03-03 10:00"))
    assert refused.value.refusal is Refusal.OCCUPIED
    row = any_bookings.appointment(number)
    assert (row.starts_at, row.moves) == (at(TUESDAY), [])
    # Half an hour later meets only its own old time; its neighbour is an hour away.
    with pytest.raises(Refused):
        change(any_bookings, number, appointments.move, starts_at=at("2026-03-03 09:30"))
    change(any_bookings, number, appointments.move, starts_at=at("2026-03-03 11:00"))


def test_two_moves_onto_one_time_race_and_one_stays_where_it_was(any_bookings: Bookings) -> None:
    member = any_bookings.counselor()
    any_bookings.plan(member)
    service = any_bookings.service()
    numbers = [any_bookings.book(any_bookings.person(), service, f"2026-03-03 {hour}:00") for hour in ("09", "10")]

    def deed(number: int) -> Any:
        return lambda: change(any_bookings, number, appointments.move, starts_at=at("2026-03-03 11:00"))

    results = at_once(*(deed(number) for number in numbers))
    assert sum(result is None for result in results) == 1
    (loser,) = [result for result in results if result is not None]
    assert isinstance(loser, Refused)
    assert loser.refusal is Refusal.OCCUPIED
    starts = sorted(any_bookings.appointment(number).starts_at for number in numbers)
    assert starts[1] == at("2026-03-03 11:00")


def test_a_person_changes_and_cancels_until_the_notice_and_is_then_asked_to_call(bookings: Bookings) -> None:
    member = bookings.counselor()
    bookings.plan(member)
    number = bookings.book(bookings.person(), bookings.service(change_hours=12), TUESDAY)
    bookings.world.clock.moment = at(TUESDAY) - timedelta(hours=12) + timedelta(seconds=1)
    for verb, more in ((appointments.cancel, {}), (appointments.move, {"starts_at": at("2026-03-04 09:00")})):
        with pytest.raises(Refused) as refused:
            change(bookings, number, verb, **more)
        assert refused.value.refusal is Refusal.TOO_LATE_TO_CHANGE
    bookings.world.clock.advance(seconds=-1)
    change(bookings, number, appointments.cancel)
    assert bookings.appointment(number).state is AppointmentState.CANCELLED_BY_PERSON


def test_cancelling_frees_the_time_and_a_second_tap_does_nothing(any_bookings: Bookings) -> None:
    member = any_bookings.counselor()
    any_bookings.plan(member)
    service = any_bookings.service()
    number = any_bookings.book(any_bookings.person(), service, TUESDAY)
    results = at_once(*[lambda: change(any_bookings, number, appointments.cancel)] * 3)
    assert results == [None, None, None]
    row = any_bookings.appointment(number)
    assert (row.state, row.hold_id) == (AppointmentState.CANCELLED_BY_PERSON, None)
    assert verbs(any_bookings, number) == ["appointment.book", "appointment.cancel"]
    any_bookings.book(any_bookings.person(), service, TUESDAY)


def test_a_colleague_cancels_with_a_reason(bookings: Bookings) -> None:
    member = bookings.counselor()
    bookings.plan(member)
    number = bookings.book(bookings.person(), bookings.service(), TUESDAY)
    with pytest.raises(Refused) as refused:
        change(bookings, number, appointments.cancel, actor=member, reason="  ")
    assert refused.value.refusal is Refusal.REASON_MISSING
    change(bookings, number, appointments.cancel, actor=member, reason="生病")
    row = bookings.appointment(number)
    assert (row.state, row.reason, row.ended_by_id) == (AppointmentState.CANCELLED_BY_STAFF, "生病", member)


def test_outcomes_are_said_once_and_after_it_began(bookings: Bookings) -> None:
    member = bookings.counselor()
    bookings.plan(member)
    person, service = bookings.person(), bookings.service()
    number = bookings.book(person, service, TUESDAY)
    decoy = bookings.book(bookings.person(), service, "2026-03-03 10:00")
    with pytest.raises(Refused) as refused:
        change(bookings, number, appointments.no_show, actor=member)
    assert refused.value.refusal is Refusal.NOT_BEGUN
    bookings.world.clock.moment = at(TUESDAY) + timedelta(hours=1)
    with bookings.world.look() as session:
        waiting = appointment_lists.to_complete(session=session, now=bookings.world.clock())
        assert [row.id for row in waiting] == [number]
    change(bookings, number, appointments.no_show, actor=member)
    change(bookings, number, appointments.no_show, actor=member)
    for verb in (appointments.complete, appointments.cancel):
        with pytest.raises(Refused) as refused:
            change(bookings, number, verb, actor=member)
        assert refused.value.refusal is Refusal.APPOINTMENT_OVER
    with bookings.world.look() as session:
        assert appointment_lists.no_shows(session=session, beneficiary_id=person) == 1
    assert bookings.appointment(decoy).state is AppointmentState.BOOKED


def test_a_link_leads_to_its_appointment_and_a_forged_one_nowhere(bookings: Bookings) -> None:
    bookings.plan(bookings.counselor())
    service = bookings.service()
    number = bookings.book(bookings.person(), service, TUESDAY)
    bookings.book(bookings.person(), service, "2026-03-03 10:00")
    with bookings.world.work() as session:
        row = session.get_one(Appointment, number)
        token = appointment_links.make(session=session, secret=SECRET, appointment=row, now=bookings.world.clock())
    with bookings.world.look() as session:
        assert appointment_links.follow(session=session, secret=SECRET, token=token).id == number
        for forged in ("", token[:-1], token + "x", "x" * 5000, "'; --"):
            with pytest.raises(Refused) as refused:
                appointment_links.follow(session=session, secret=SECRET, token=forged)
            assert refused.value.refusal is Refusal.NOT_FOUND
        with pytest.raises(Refused):
            appointment_links.follow(session=session, secret="another secret", token=token)


def test_blocking_time_names_the_appointments_that_stand_in_it(bookings: Bookings) -> None:
    member = bookings.counselor()
    bookings.plan(member)
    service = bookings.service()
    number = bookings.book(bookings.person(), service, TUESDAY)
    bookings.book(bookings.person(), service, "2026-03-04 09:00")
    with bookings.world.work() as session:
        blocked = availability.block(
            session=session,
            actor=session.get_one(StaffMember, member),
            staff_id=member,
            starts_at=at("2026-03-03 00:00"),
            ends_at=at("2026-03-04 00:00"),
            now=bookings.world.clock(),
        )
        assert [row.id for row in blocked.in_the_way] == [number]
    assert bookings.appointment(number).is_open


def test_a_closed_service_cannot_be_booked(bookings: Bookings) -> None:
    bookings.plan(bookings.counselor())
    closed, guided = bookings.service("closed", active=False), bookings.service("guided", self_booking=False)
    assert refusal_of(bookings, bookings.person(), closed, TUESDAY) is Refusal.NOT_FOUND
    assert refusal_of(bookings, bookings.person(), guided, TUESDAY) is Refusal.NOT_THIS_WAY
    bookings.book(bookings.person(), guided, TUESDAY, actor=bookings.lead())


def test_leave_is_named(bookings: Bookings) -> None:
    lead, member = bookings.lead(), bookings.counselor()
    bookings.plan(member)
    with bookings.world.work() as session:
        session.add(
            Leave(
                staff_id=member,
                starts_at=at("2026-03-03 00:00"),
                ends_at=at("2026-03-04 00:00"),
                state=LeaveState.APPROVED,
                asked_at=bookings.world.clock(),
                decided_at=bookings.world.clock(),
                decided_by_id=lead,
            )
        )
    assert refusal_of(bookings, bookings.person(), bookings.service(), TUESDAY) is Refusal.ON_LEAVE
    with bookings.world.look() as session:
        assert session.scalar(select(func.count()).select_from(Beneficiary)) == 1
