"""What a person is offered: plans, breaks, exceptions, holidays, leave, notice, horizon, load, rooms."""

from __future__ import annotations

from datetime import date, timedelta

import pytest

from care import availability, calendar, holidays
from care.availability import Hours
from care.matching import Wish
from models.calendar import HolderKind, HoldKind
from models.holidays import DayKind
from models.leave import Leave, LeaveState
from models.services import Mode
from models.staff import StaffMember
from tests.fixtures.bookings import Bookings, at
from tests.fixtures.world import World


def test_slots_follow_the_length_and_the_pause(bookings: Bookings) -> None:
    bookings.plan(bookings.counselor())
    service = bookings.service()
    assert bookings.times(service, "2026-03-03 00:00", "2026-03-04 00:00") == [
        "03-03 09:00",
        "03-03 10:00",
        "03-03 11:00",
    ]


def test_the_pause_after_the_last_meeting_may_lie_outside_the_plan(bookings: Bookings) -> None:
    bookings.plan(bookings.counselor(), starts=9, ends=11)
    service = bookings.service(minutes=60, buffer_minutes=30)
    assert bookings.times(service, "2026-03-03 00:00", "2026-03-04 00:00") == ["03-03 09:00"]
    longer = bookings.service("hour", minutes=120, buffer_minutes=30)
    assert bookings.times(longer, "2026-03-03 00:00", "2026-03-04 00:00") == ["03-03 09:00"]


def test_a_break_is_never_bridged(bookings: Bookings) -> None:
    lunch = [Hours(day, 10 * 60, 10 * 60 + 30) for day in range(5)]
    bookings.plan(bookings.counselor(), starts=9, ends=12, breaks=lunch)
    service = bookings.service(minutes=50, buffer_minutes=40)
    assert bookings.times(service, "2026-03-03 00:00", "2026-03-04 00:00") == ["03-03 09:00", "03-03 10:30"]


def test_notice_and_horizon_bound_what_is_offered(bookings: Bookings) -> None:
    bookings.plan(bookings.counselor(), starts=9, ends=18)
    service = bookings.service(notice_minutes=180, horizon_days=1)
    # Monday, 10:00: three hours of notice, one day of horizon.
    assert bookings.times(service, "2026-03-01 00:00", "2026-03-09 00:00") == [
        *(f"03-02 {hour}:00" for hour in (13, 14, 15, 16, 17)),
        "03-03 09:00",
    ]
    assert "03-02 10:00" in bookings.times(service, "2026-03-01 00:00", "2026-03-09 00:00", by_staff=True)


def test_what_is_taken_is_not_offered_and_the_colleague_beside_is_free(bookings: Bookings) -> None:
    busy, decoy = bookings.counselor(), bookings.counselor("decoy")
    for member in (busy, decoy):
        bookings.plan(member)
    service, person = bookings.service(), bookings.person()
    bookings.book(person, service, "2026-03-03 10:00", staff_id=busy)
    span = ("2026-03-03 00:00", "2026-03-04 00:00")
    assert bookings.times(service, *span, staff_id=busy) == ["03-03 09:00", "03-03 11:00"]
    assert bookings.times(service, *span, staff_id=decoy) == ["03-03 09:00", "03-03 10:00", "03-03 11:00"]
    # The person has no second body either.
    assert "03-03 10:00" not in bookings.times(service, *span, staff_id=decoy, beneficiary_id=person)


def test_extra_and_blocked_time(bookings: Bookings) -> None:
    member = bookings.counselor()
    bookings.plan(member)
    service = bookings.service()
    with bookings.world.work() as session:
        actor = session.get_one(StaffMember, member)
        common = {"session": session, "actor": actor, "staff_id": member, "now": bookings.world.clock()}
        availability.block(starts_at=at("2026-03-03 10:00"), ends_at=at("2026-03-03 11:00"), **common)
        availability.open_extra(starts_at=at("2026-03-03 19:00"), ends_at=at("2026-03-03 20:00"), **common)
    assert bookings.times(service, "2026-03-03 00:00", "2026-03-04 00:00") == [
        "03-03 09:00",
        "03-03 11:00",
        "03-03 19:00",
    ]


def test_approved_leave_closes_time_and_leave_that_is_only_asked_for_does_not(bookings: Bookings) -> None:
    away, asking = bookings.counselor(), bookings.counselor("asking")
    service = bookings.service()
    with bookings.world.work() as session:
        for member, state in ((away, LeaveState.APPROVED), (asking, LeaveState.ASKED)):
            decided = state is LeaveState.APPROVED
            session.add(
                Leave(
                    staff_id=member,
                    starts_at=at("2026-03-03 00:00"),
                    ends_at=at("2026-03-03 10:30"),
                    state=state,
                    asked_at=bookings.world.clock(),
                    decided_at=bookings.world.clock() if decided else None,
                    decided_by_id=asking if decided else None,
                )
            )
    for member in (away, asking):
        bookings.plan(member)
    span = ("2026-03-03 00:00", "2026-03-04 00:00")
    assert bookings.times(service, *span, staff_id=away) == ["03-03 10:30"]
    assert bookings.times(service, *span, staff_id=asking) == ["03-03 09:00", "03-03 10:00", "03-03 11:00"]


def test_a_holiday_closes_plans_unless_they_run_on_holidays(bookings: Bookings) -> None:
    ordinary, faithful = bookings.counselor(), bookings.counselor("faithful")
    bookings.plan(ordinary)
    bookings.plan(faithful, runs_on_holidays=True)
    service = bookings.service()
    with bookings.world.work() as session:
        holidays.seed(session=session, years=[2026], now=bookings.world.clock())
    qingming = ("2026-04-06 00:00", "2026-04-07 00:00")
    assert {slot.staff_id for slot in bookings.find(service, *qingming)} == {faithful}


def test_a_make_up_saturday_works_the_plan_of_the_day_it_makes_up_for(bookings: Bookings) -> None:
    bookings.plan(bookings.counselor(), starts=9, ends=10, weekdays=[1])
    bookings.plan(bookings.counselor("monday"), starts=9, ends=10, weekdays=[0])
    bookings.plan(bookings.counselor("not-then"), starts=9, ends=10, weekdays=[1], runs_on_make_up_days=False)
    service = bookings.service(horizon_days=90)
    # Saturday 9 May 2026 makes up for Tuesday 5 May.
    saturday = ("2026-05-09 00:00", "2026-05-10 00:00")
    assert bookings.times(service, *saturday) == []
    with bookings.world.work() as session:
        holidays.seed(session=session, years=[2026], now=bookings.world.clock())
    assert bookings.times(service, *saturday) == ["05-09 09:00"]


def test_a_holiday_moved_by_decree_moves_the_slots(bookings: Bookings) -> None:
    lead = bookings.lead()
    bookings.plan(bookings.counselor())
    service = bookings.service()
    with bookings.world.work() as session:
        now = bookings.world.clock()
        holidays.seed(session=session, years=[2026], now=now)
        actor = session.get_one(StaffMember, lead)
        holidays.move(session=session, actor=actor, day=date(2026, 4, 6), to_day=date(2026, 4, 7), now=now)
        assert holidays.seed(session=session, years=[2026], now=now) == 0, "a decree stands above the library"
        assert holidays.holiday_on(session=session, day=date(2026, 4, 7)) is not None
        assert holidays.holiday_on(session=session, day=date(2026, 4, 6)) is None
    assert bookings.times(service, "2026-04-06 00:00", "2026-04-08 00:00") == [
        "04-06 09:00",
        "04-06 10:00",
        "04-06 11:00",
    ]


def test_the_lightest_week_comes_first_then_whoever_waited_longest(bookings: Bookings) -> None:
    first, second, third = (bookings.counselor(name) for name in ("first", "second", "third"))
    for member in (first, second, third):
        bookings.plan(member)
    service = bookings.service()
    bookings.book(bookings.person(), service, "2026-03-04 09:00", staff_id=first)
    bookings.book(bookings.person(), service, "2026-03-04 09:00", staff_id=second)
    bookings.book(bookings.person(), service, "2026-03-04 11:00", staff_id=second)
    tuesday = ("2026-03-03 00:00", "2026-03-03 09:30")
    assert [slot.staff_id for slot in bookings.find(service, *tuesday)] == [third, first, second]
    assert [slot.staff_id for slot in bookings.find(service, *tuesday, one_each=True)] == [third]
    # In the week after that nobody has given an hour yet.
    following = ("2026-03-10 00:00", "2026-03-10 09:30")
    assert [slot.staff_id for slot in bookings.find(service, *following)] == [first, second, third]
    assert len(bookings.find(service, "2026-03-03 00:00", "2026-04-20 00:00", limit=7)) == 7


def test_language_specialty_and_wish_choose_the_colleague(bookings: Bookings) -> None:
    chinese = bookings.counselor("chinese")
    both = bookings.counselor("both", languages=["zh-CN", "en"], specialties=["grief"])
    other_team = bookings.counselor("volunteer", team="volunteer", languages=["en"])
    for member in (chinese, both, other_team):
        bookings.plan(member)
    service, person = bookings.service(), bookings.person()
    bookings.book(person, service, "2026-03-03 09:00", staff_id=chinese)
    span = ("2026-03-05 00:00", "2026-03-06 00:00")

    def who(**more: object) -> set[int]:
        return {slot.staff_id for slot in bookings.find(service, *span, **more)}

    assert who() == {chinese, both}
    assert who(language="en") == who(specialty="grief") == {both}
    assert who(beneficiary_id=person, wish=Wish.SAME) == {chinese}
    assert who(beneficiary_id=person, wish=Wish.FRESH) == {both}


def test_meeting_in_person_takes_a_room_of_the_station(bookings: Bookings) -> None:
    station, (room,) = bookings.station()
    one, two = bookings.counselor("one"), bookings.counselor("two")
    at_home = bookings.counselor("at-home")
    for member in (one, two):
        bookings.plan(member, station_id=station)
    bookings.plan(at_home)
    service = bookings.service(offline=True)
    found = bookings.find(service, "2026-03-03 00:00", "2026-03-03 09:30", mode=Mode.OFFLINE)
    assert {(slot.staff_id, slot.room_id) for slot in found} == {(one, room), (two, room)}
    bookings.book(bookings.person(), service, "2026-03-03 09:00", mode=Mode.OFFLINE, staff_id=one)
    assert bookings.find(service, "2026-03-03 00:00", "2026-03-03 09:30", mode=Mode.OFFLINE) == []


def test_the_wall_of_a_visitor_changes_nothing(bookings: Bookings) -> None:
    bookings.plan(bookings.counselor())
    service = bookings.service()
    # Tuesday 9:00 at the base is still Monday, 15:00, in Honolulu, on the other side of the date line.
    in_honolulu = at("2026-03-02 15:00", "Pacific/Honolulu")
    assert in_honolulu == at("2026-03-03 09:00")
    booked = bookings.appointment(bookings.book(bookings.person(), service, in_honolulu))
    assert booked.starts_at == at("2026-03-03 09:00")


@pytest.mark.parametrize(
    ("day", "utc"), [("2026-03-06", "15:00"), ("2026-03-09", "14:00"), ("2026-10-30", "14:00"), ("2026-11-02", "15:00")]
)
def test_a_plan_on_a_wall_with_summer_time_keeps_its_wall(bookings: Bookings, day: str, utc: str) -> None:
    member = bookings.counselor()
    bookings.plan(member, starts=10, ends=11, timezone="America/New_York")
    service = bookings.service(horizon_days=300)
    (slot,) = bookings.find(service, f"{day} 12:00", f"{day} 23:59")
    assert slot.starts_at.strftime("%H:%M") == utc


def test_leap_day_has_slots(bookings: Bookings) -> None:
    bookings.world.clock.moment = at("2028-02-01 09:00")
    bookings.plan(bookings.counselor(), starts=9, ends=10)
    service = bookings.service()
    assert bookings.times(service, "2028-02-28 00:00", "2028-03-02 00:00") == [
        "02-28 09:00",
        "02-29 09:00",
        "03-01 09:00",
    ]


def test_a_shift_or_any_other_hold_closes_time(bookings: Bookings) -> None:
    member = bookings.counselor()
    bookings.plan(member)
    service = bookings.service()
    with bookings.world.work() as session:
        calendar.hold(
            session=session,
            kind=HoldKind.SHIFT,
            holders=[(HolderKind.STAFF, member)],
            starts_at=at("2026-03-03 09:30"),
            ends_at=at("2026-03-03 10:30"),
        )
    assert bookings.times(service, "2026-03-03 00:00", "2026-03-04 00:00") == ["03-03 10:30"]


def test_a_licence_that_runs_out_ends_the_slots(bookings: Bookings) -> None:
    bookings.lead()
    licensed, without = bookings.counselor("licensed"), bookings.counselor("without")
    for member in (licensed, without):
        bookings.plan(member, starts=9, ends=10)
    bookings.licence(licensed, "training.minors", until=at("2026-03-05 00:00"))
    service = bookings.service(qualification="training.minors")
    found = bookings.find(service, "2026-03-03 00:00", "2026-03-12 00:00")
    assert [slot.staff_id for slot in found] == [licensed, licensed]


def test_a_plan_that_ran_out_and_one_that_begins_meet_without_a_gap(bookings: Bookings) -> None:
    member = bookings.counselor()
    bookings.plan(member, starts=9, ends=10, valid_until=date(2026, 3, 3))
    bookings.plan(member, starts=14, ends=15, valid_from=date(2026, 3, 4))
    service = bookings.service()
    assert bookings.times(service, "2026-03-03 00:00", "2026-03-05 00:00") == ["03-03 09:00", "03-04 14:00"]


def test_the_grid_of_a_day_is_the_same_whenever_one_looks(bookings: Bookings) -> None:
    bookings.plan(bookings.counselor(), starts=9, ends=18)
    service = bookings.service(notice_minutes=0)
    expected = ["03-02 11:00", "03-02 12:00"]
    for minutes in (7, 31):
        bookings.world.clock.moment = at("2026-03-02 10:00") + timedelta(minutes=minutes)
        assert bookings.times(service, "2026-03-02 00:00", "2026-03-02 12:30") == expected


def test_make_up_days_are_known_by_kind(world: World) -> None:
    with world.work() as session:
        holidays.seed(session=session, years=[2026], now=world.clock())
        kinds = [day.kind for day in holidays.of_year(session=session, year=2026)]
    assert (kinds.count(DayKind.HOLIDAY), kinds.count(DayKind.MAKE_UP)) == (33, 6)
