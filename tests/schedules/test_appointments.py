"""Reminders, offers, outcomes and holidays: what is due is done once, and the near misses are left alone."""

from __future__ import annotations

from datetime import timedelta

import httpx
import pytest
from sqlalchemy import func, select

from care import appointments, contacts, waiting_list
from care.bot_line import BotLine
from models.appointments import Appointment, AppointmentLink, AppointmentReminder
from models.beneficiaries import Beneficiary
from models.contacts import Channel
from models.holidays import SpecialDay
from models.outbox import OutboxKind, OutboxRow
from models.services import Service
from models.waiting_list import OfferState, WaitingOffer
from schedules.jobs import appointments as jobs
from schedules.runner import Tools
from tests.fixtures.bookings import SECRET, Bookings, at
from tests.fixtures.world import ZONE


@pytest.fixture
def tools(bookings: Bookings) -> Tools:
    line = BotLine(client=httpx.Client(), url="http://127.0.0.1:1", token="t")
    world = bookings.world
    return Tools(sessions=world.sessions, clock=world.clock, line=line, timezone=ZONE, secret=SECRET)


def reachable(bookings: Bookings, person: int) -> int:
    with bookings.world.work() as session:
        point = contacts.add(
            session=session,
            owner=session.get_one(Beneficiary, person),
            channel=Channel.EMAIL,
            address=f"person-{person}@example.org",
            secret=SECRET,
            now=bookings.world.clock(),
        )
        point.confirmed_at = bookings.world.clock()
    return person


def notices(bookings: Bookings, words: str) -> list[OutboxRow]:
    with bookings.world.look() as session:
        rows = session.scalars(select(OutboxRow).where(OutboxRow.kind == OutboxKind.NOTICE)).all()
        found = [row for row in rows if row.payload["words"] == words]
        session.expunge_all()
        return found


def due(bookings: Bookings, number: int) -> list[str]:
    with bookings.world.look() as session:
        rows = session.scalars(
            select(AppointmentReminder.due_at)
            .where(AppointmentReminder.appointment_id == number)
            .order_by(AppointmentReminder.due_at)
        )
        return [moment.astimezone(at("2026-01-01 00:00").tzinfo).strftime("%m-%d %H:%M") for moment in rows]


def test_two_reminders_are_queued_once_each_with_a_link(bookings: Bookings, tools: Tools) -> None:
    bookings.plan(bookings.counselor(), starts=14, ends=15)
    service = bookings.service()
    person = reachable(bookings, bookings.person())
    number = bookings.book(person, service, "2026-03-06 14:00")
    bookings.book(reachable(bookings, bookings.person()), service, "2026-03-20 14:00")
    for moment, count in (("2026-03-04 13:59", 0), ("2026-03-04 14:00", 1), ("2026-03-06 11:00", 2)):
        bookings.world.clock.moment = at(moment)
        for _run in range(2):
            jobs.queue_reminders(tools)
        assert len(notices(bookings, "notice.reminder")) == count, moment
    sealed = notices(bookings, "notice.reminder")[0].sealed
    assert sealed is not None
    token = sealed["link"].removeprefix("/appointments/")
    with bookings.world.look() as session:
        stored = session.scalars(select(AppointmentLink)).all()
        assert {row.appointment_id for row in stored} == {number}
        assert token not in {row.token_hash for row in stored}


def test_no_reminder_falls_into_the_quiet_hours(bookings: Bookings) -> None:
    bookings.plan(bookings.counselor(), starts=9, ends=10)
    service = bookings.service()
    # Three hours before nine is six in the morning: the evening before instead. Times in UTC.
    assert due(bookings, bookings.book(bookings.person(), service, "2026-03-06 09:00")) == [
        "03-04 01:00",
        "03-05 12:30",
    ]


def test_whoever_has_just_booked_is_not_reminded(bookings: Bookings) -> None:
    bookings.plan(bookings.counselor(), starts=9, ends=18)
    service = bookings.service()
    assert due(bookings, bookings.book(bookings.person(), service, "2026-03-02 13:00")) == []
    assert due(bookings, bookings.book(bookings.person(), service, "2026-03-02 16:00")) == ["03-02 05:00"]


def test_a_move_plans_new_reminders_and_a_cancellation_drops_them(bookings: Bookings, tools: Tools) -> None:
    bookings.plan(bookings.counselor(), starts=14, ends=15)
    service = bookings.service()
    person = reachable(bookings, bookings.person())
    number = bookings.book(person, service, "2026-03-06 14:00")
    with bookings.world.work() as session:
        row = session.get_one(Appointment, number)
        appointments.move(
            session=session, actor=None, appointment=row, starts_at=at("2026-03-10 14:00"), now=bookings.world.clock()
        )
    assert due(bookings, number) == ["03-08 06:00", "03-10 03:00"]
    with bookings.world.work() as session:
        row = session.get_one(Appointment, number)
        appointments.cancel(session=session, actor=None, appointment=row, now=bookings.world.clock())
    assert due(bookings, number) == []
    bookings.world.clock.moment = at("2026-03-10 12:00")
    assert jobs.queue_reminders(tools) == 0


def test_a_scheduler_that_was_down_reminds_late_but_never_after_the_start(bookings: Bookings, tools: Tools) -> None:
    bookings.plan(bookings.counselor(), starts=14, ends=16)
    service = bookings.service()
    for hour in ("14", "15"):
        bookings.book(reachable(bookings, bookings.person()), service, f"2026-03-06 {hour}:00")
    bookings.world.clock.moment = at("2026-03-06 14:30")
    jobs.queue_reminders(tools)
    assert len(notices(bookings, "notice.reminder")) == 2  # both of the second appointment, none of the first
    assert {row.sealed["parts"]["when"]["at"] for row in notices(bookings, "notice.reminder") if row.sealed} == {
        at("2026-03-06 15:00").isoformat()
    }


def test_a_freed_time_is_offered_kept_and_passed_on(bookings: Bookings, tools: Tools) -> None:
    bookings.plan(bookings.counselor(), starts=14, ends=15)
    service = bookings.service()
    number = bookings.book(bookings.person(), service, "2026-03-06 14:00")
    waiting = [reachable(bookings, bookings.person()) for _number in range(2)]
    for person in waiting:
        with bookings.world.work() as session:
            waiting_list.ask(
                session=session,
                actor=None,
                beneficiary=session.get_one(Beneficiary, person),
                service=session.get_one(Service, service),
                now=bookings.world.clock(),
            )
    assert jobs.pass_offers_on(tools) == 0
    with bookings.world.work() as session:
        row = session.get_one(Appointment, number)
        appointments.cancel(session=session, actor=None, appointment=row, now=bookings.world.clock())
    assert [jobs.pass_offers_on(tools), jobs.pass_offers_on(tools)] == [1, 0]
    bookings.world.clock.advance(hours=4)
    assert [jobs.pass_offers_on(tools), jobs.pass_offers_on(tools)] == [1, 0]
    with bookings.world.look() as session:
        offers = session.scalars(select(WaitingOffer).order_by(WaitingOffer.id)).all()
        assert [(offer.wish.beneficiary_id, offer.state) for offer in offers] == [
            (waiting[0], OfferState.LAPSED),
            (waiting[1], OfferState.OPEN),
        ]
    assert len(notices(bookings, "notice.offer")) == 2


def test_a_missing_outcome_is_asked_for_once(bookings: Bookings, tools: Tools) -> None:
    bookings.plan(bookings.counselor(), starts=14, ends=16)
    service = bookings.service()
    number = bookings.book(bookings.person(), service, "2026-03-03 14:00")
    running = bookings.book(bookings.person(), service, "2026-03-03 15:00")
    bookings.world.clock.moment = at("2026-03-03 15:00")
    assert [jobs.ask_for_outcomes(tools), jobs.ask_for_outcomes(tools)] == [1, 0]
    assert bookings.appointment(number).outcome_asked_at == bookings.world.clock()
    assert bookings.appointment(running).outcome_asked_at is None


def test_the_holidays_of_the_coming_years_are_kept(bookings: Bookings, tools: Tools) -> None:
    assert jobs.keep_the_calendar_true(tools) > 40
    assert jobs.keep_the_calendar_true(tools) == 0
    with bookings.world.look() as session:
        years = session.scalars(
            select(func.count()).where(SpecialDay.day > (at("2028-01-01 12:00") - timedelta(1)).date())
        )
        assert years.one() > 0
