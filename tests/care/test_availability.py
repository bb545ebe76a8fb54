"""Weekly plans and exceptions: what cannot be meant is refused, and two plans never contradict each other."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

import pytest
from sqlalchemy import func, select
from sqlalchemy.exc import IntegrityError

from care import availability
from care.availability import Hours
from care.refusals import Refusal, Refused
from models.audit import AuditEntry
from models.availability import DateException, ExceptionKind, WeeklyBreak, WeeklyHours, WeeklyPlan
from models.staff import StaffMember
from tests.fixtures.bookings import Bookings, at
from tests.fixtures.world import at_once

MORNING = [Hours(0, 9 * 60, 12 * 60)]


def add(bookings: Bookings, member: int, hours: list[Hours] = MORNING, **more: Any) -> int:
    with bookings.world.work() as session:
        return availability.add_plan(
            **{
                "session": session,
                "actor": session.get_one(StaffMember, member),
                "staff_id": member,
                "hours": hours,
                "valid_from": date(2026, 3, 1),
                "now": bookings.world.clock(),
            }
            | more
        ).id


def count(bookings: Bookings, table: Any) -> int:
    with bookings.world.look() as session:
        return session.scalar(select(func.count()).select_from(table)) or 0


@pytest.mark.parametrize(
    ("hours", "valid_from", "overlaps"),
    [
        ([Hours(0, 11 * 60, 13 * 60)], date(2026, 3, 1), True),
        ([Hours(0, 0, 24 * 60)], date(2026, 3, 31), True),
        ([Hours(0, 12 * 60, 13 * 60)], date(2026, 3, 1), False),
        ([Hours(1, 9 * 60, 12 * 60)], date(2026, 3, 1), False),
        ([Hours(0, 9 * 60, 12 * 60)], date(2026, 4, 1), False),
    ],
)
def test_plans_that_overlap_are_refused_whole(
    any_bookings: Bookings, hours: list[Hours], valid_from: date, overlaps: bool
) -> None:
    member, decoy = any_bookings.counselor(), any_bookings.counselor("decoy")
    add(any_bookings, member, valid_until=date(2026, 3, 31))
    add(any_bookings, decoy, [Hours(0, 0, 24 * 60)])
    before = count(any_bookings, WeeklyPlan)
    if overlaps:
        with pytest.raises(Refused) as refused:
            add(any_bookings, member, [Hours(6, 60, 120), *hours], valid_from=valid_from)
        assert (refused.value.refusal, refused.value.field) == (Refusal.PLANS_OVERLAP, "hours")
        assert (count(any_bookings, WeeklyPlan), count(any_bookings, WeeklyHours)) == (before, 2)
    else:
        add(any_bookings, member, hours, valid_from=valid_from)


def test_the_same_plan_sent_twice_at_once_is_one(any_bookings: Bookings) -> None:
    member = any_bookings.counselor()
    results = at_once(*[lambda: add(any_bookings, member)] * 3)
    assert sum(isinstance(result, int) for result in results) == 1
    losers = [result for result in results if not isinstance(result, int)]
    assert all(isinstance(one, Refused) and one.refusal is Refusal.PLANS_OVERLAP for one in losers), losers


def test_the_database_itself_refuses_hours_that_overlap(any_bookings: Bookings) -> None:
    member = any_bookings.counselor()
    plan = add(any_bookings, member)
    with any_bookings.world.sessions() as session:
        row = session.get_one(WeeklyPlan, plan)
        session.add(
            WeeklyHours(
                plan_id=plan,
                staff_id=member,
                valid_from=row.valid_from,
                valid_until=row.valid_until,
                starts_minute=600,
                ends_minute=660,
            )
        )
        with pytest.raises(IntegrityError, match="one_plan"):
            session.flush()


@pytest.mark.parametrize(
    ("change", "refusal", "field"),
    [
        ({"hours": []}, Refusal.EMPTY, "hours"),
        ({"hours": [Hours(0, 600, 600)]}, Refusal.ENDS_BEFORE_IT_STARTS, "hours"),
        ({"hours": [Hours(0, 600, 540)]}, Refusal.ENDS_BEFORE_IT_STARTS, "hours"),
        ({"hours": [Hours(0, 601, 660)]}, Refusal.WRONG_VALUE, "hours"),
        ({"hours": [Hours(7, 600, 660)]}, Refusal.WRONG_VALUE, "hours"),
        ({"hours": [Hours(0, 600, 1500)]}, Refusal.WRONG_VALUE, "hours"),
        ({"hours": [Hours(0, 540, 660), Hours(0, 600, 720)]}, Refusal.PLANS_OVERLAP, "hours"),
        ({"breaks": [Hours(0, 700, 690)]}, Refusal.ENDS_BEFORE_IT_STARTS, "breaks"),
        ({"valid_until": date(2026, 2, 28)}, Refusal.ENDS_BEFORE_IT_STARTS, "valid_until"),
        ({"timezone": "Mars/Olympus"}, Refusal.WRONG_VALUE, "timezone"),
        ({"timezone": "../etc/passwd"}, Refusal.WRONG_VALUE, "timezone"),
        ({"station_id": 99}, Refusal.NOT_FOUND, "station_id"),
    ],
)
def test_plans_that_cannot_be_meant(bookings: Bookings, change: dict[str, Any], refusal: Refusal, field: str) -> None:
    member = bookings.counselor()
    with pytest.raises(Refused) as refused:
        add(bookings, member, **change)
    assert (refused.value.refusal, refused.value.field) == (refusal, field)
    assert count(bookings, WeeklyPlan) == 0


def test_a_plan_from_leap_day_to_leap_day(bookings: Bookings) -> None:
    member = bookings.counselor()
    add(bookings, member, valid_from=date(2028, 2, 29), valid_until=date(2028, 2, 29), hours=[Hours(1, 540, 600)])
    bookings.world.clock.moment = at("2028-02-28 08:00")
    assert bookings.times(bookings.service(), "2028-02-27 00:00", "2028-03-10 00:00") == ["02-29 09:00"]


def test_somebody_who_has_left_cannot_be_planned(bookings: Bookings) -> None:
    lead, gone = bookings.lead(), bookings.counselor("gone", active=False)
    with pytest.raises(Refused) as refused:
        add(bookings, gone, actor=None)
    assert refused.value.refusal is Refusal.NOT_ACTIVE
    assert lead


def test_ending_a_plan_names_the_appointments_after_it(any_bookings: Bookings) -> None:
    member = any_bookings.counselor()
    plan = any_bookings.plan(member)
    service = any_bookings.service()
    any_bookings.book(any_bookings.person(), service, "2026-03-03 09:00")
    after = any_bookings.book(any_bookings.person(), service, "2026-03-05 09:00")
    with any_bookings.world.work() as session:
        left = availability.end_plan(
            session=session,
            actor=session.get_one(StaffMember, member),
            plan_id=plan,
            last_day=date(2026, 3, 4),
            now=any_bookings.world.clock(),
        )
        assert [row.id for row in left] == [after]
    with any_bookings.world.look() as session:
        # The database has carried the new end to every hour of the plan.
        assert set(session.scalars(select(WeeklyHours.valid_until))) == {date(2026, 3, 4)}
    add(any_bookings, member, valid_from=date(2026, 3, 5))


def test_a_plan_that_has_begun_is_ended_and_not_removed(bookings: Bookings) -> None:
    member = bookings.counselor()
    begun, future = add(bookings, member), add(bookings, member, [Hours(1, 540, 600)], valid_from=date(2026, 3, 3))

    def remove(plan: int) -> None:
        with bookings.world.work() as session:
            availability.remove_plan(
                session=session,
                actor=session.get_one(StaffMember, member),
                plan_id=plan,
                now=bookings.world.clock(),
            )

    with pytest.raises(Refused) as refused:
        remove(begun)
    assert refused.value.refusal is Refusal.TURN_HAS_BEGUN
    remove(future)
    assert (count(bookings, WeeklyPlan), count(bookings, WeeklyHours), count(bookings, WeeklyBreak)) == (1, 1, 0)


@pytest.mark.parametrize(
    ("start", "hours", "refusal"),
    [
        ("2026-03-03 10:00", 0, Refusal.ENDS_BEFORE_IT_STARTS),
        ("2026-03-03 10:00", 17, Refusal.WRONG_VALUE),
        ("2026-03-03 10:02", 1, Refusal.WRONG_VALUE),
    ],
)
def test_exceptions_that_cannot_be_meant(bookings: Bookings, start: str, hours: int, refusal: Refusal) -> None:
    member = bookings.counselor()
    with pytest.raises(Refused) as refused, bookings.world.work() as session:
        availability.open_extra(
            session=session,
            actor=session.get_one(StaffMember, member),
            staff_id=member,
            starts_at=at(start),
            ends_at=at(start) + timedelta(hours=hours),
            now=bookings.world.clock(),
        )
    assert refused.value.refusal is refusal
    assert count(bookings, DateException) == 0


def test_the_same_exception_twice_is_one_and_can_be_taken_back(any_bookings: Bookings) -> None:
    member = any_bookings.counselor()

    def block() -> int:
        with any_bookings.world.work() as session:
            return availability.block(
                session=session,
                actor=session.get_one(StaffMember, member),
                staff_id=member,
                starts_at=at("2026-03-03 09:00"),
                ends_at=at("2026-03-03 10:00"),
                now=any_bookings.world.clock(),
            ).exception.id

    results = at_once(block, block)
    (number,) = [result for result in results if isinstance(result, int)]
    (loser,) = [result for result in results if not isinstance(result, int)]
    assert isinstance(loser, Refused)
    assert loser.refusal is Refusal.ALREADY_THERE
    with any_bookings.world.work() as session:
        rows = availability.exceptions_of(
            session=session, staff_id=member, start=at("2026-03-03 00:00"), end=at("2026-03-04 00:00")
        )
        assert [row.kind for row in rows] == [ExceptionKind.BLOCKED]
        availability.remove_exception(
            session=session,
            actor=session.get_one(StaffMember, member),
            exception_id=number,
            now=any_bookings.world.clock(),
        )
    with any_bookings.world.look() as session:
        verbs = session.scalars(select(AuditEntry.verb).where(AuditEntry.subject_type == "date_exception")).all()
        assert list(verbs) == ["exception.blocked", "exception.remove"]
