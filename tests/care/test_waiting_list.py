"""Who waits is offered a freed time by need, then by wait; the time is kept, and goes on when it is not wanted."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

import pytest
from sqlalchemy import func, select

from care import waiting_list, waiting_offers
from care.refusals import Refusal, Refused
from models.beneficiaries import Beneficiary, Intake, Urgency
from models.calendar import CalendarHold, HoldKind
from models.conversations import Conversation
from models.services import Service
from models.waiting_list import OfferState, PartOfDay, WaitingOffer, WaitingWish, WishState
from tests.fixtures.bookings import SECRET, Bookings, at
from tests.fixtures.world import at_once
from triage.levels import Level

TUESDAY = "2026-03-03 14:00"


def wait(bookings: Bookings, service: int, person: int, **more: Any) -> int:
    with bookings.world.work() as session:
        return waiting_list.ask(
            session=session,
            actor=None,
            beneficiary=session.get_one(Beneficiary, person),
            service=session.get_one(Service, service),
            now=bookings.world.clock.advance(seconds=1),
            **more,
        ).id


def give(bookings: Bookings, service: int, member: int, start: str = TUESDAY) -> int | None:
    """Offer a time as if it had just been given back."""
    with bookings.world.work() as session:
        row = session.get_one(Service, service)
        freed = waiting_offers.Freed(row, member, row.modes[0], at(start))
        made = waiting_offers.offer(session=session, freed=freed, secret=SECRET, now=bookings.world.clock())
        return made.id if made else None


def answer(bookings: Bookings, offer: int, verb: Any, **more: Any) -> Any:
    with bookings.world.work() as session:
        return getattr(
            verb(
                session=session,
                actor=None,
                offered=session.get_one(WaitingOffer, offer),
                now=bookings.world.clock(),
                **more,
            ),
            "id",
            None,
        )


def offered_to(bookings: Bookings, offer: int | None) -> int:
    assert offer is not None
    with bookings.world.look() as session:
        return session.get_one(WaitingOffer, offer).wish.beneficiary_id


@pytest.fixture
def member(any_bookings: Bookings) -> int:
    number = any_bookings.counselor()
    any_bookings.plan(number, starts=14, ends=15)
    return number


def test_need_comes_before_wait(bookings: Bookings) -> None:
    member = bookings.counselor()
    bookings.plan(member, starts=14, ends=15)
    service = bookings.service()
    first, urgent, closed_case = (bookings.person() for _number in range(3))
    conversation = bookings.world.person()
    with bookings.world.look() as session:
        at_risk = session.get_one(Conversation, conversation).beneficiary_id
    for person in (first, closed_case, urgent, at_risk):
        wait(bookings, service, person)
    with bookings.world.work() as session:
        session.add(Intake(beneficiary_id=urgent, urgency=Urgency.TODAY, started_at=bookings.world.clock()))
    bookings.world.flag(conversation, Level.ORANGE)
    with bookings.world.look() as session:
        order = [wish.beneficiary_id for wish in waiting_list.standing(session=session, service_id=service)]
    assert order == [at_risk, urgent, first, closed_case]
    assert offered_to(bookings, give(bookings, service, member)) == at_risk


def test_an_offer_holds_the_time_for_one_person(any_bookings: Bookings, member: int) -> None:
    service = any_bookings.service()
    person = any_bookings.person()
    wait(any_bookings, service, person)
    offer = give(any_bookings, service, member)
    assert offered_to(any_bookings, offer) == person
    with pytest.raises(Refused) as refused:
        any_bookings.book(any_bookings.person(), service, TUESDAY)
    assert refused.value.refusal is Refusal.OCCUPIED
    assert any_bookings.times(service, "2026-03-03 00:00", "2026-03-04 00:00") == []


def test_taking_an_offer_twice_is_one_appointment(any_bookings: Bookings, member: int) -> None:
    service, person = any_bookings.service(), any_bookings.person()
    wish = wait(any_bookings, service, person)
    offer = give(any_bookings, service, member)
    results = at_once(*[lambda: answer(any_bookings, offer or 0, waiting_offers.accept)] * 3)
    assert len(set(results)) == 1, results
    row = any_bookings.appointment(results[0])
    assert (row.beneficiary_id, row.staff_id, row.starts_at) == (person, member, at(TUESDAY))
    with any_bookings.world.look() as session:
        assert session.get_one(WaitingWish, wish).state is WishState.TAKEN
        assert session.scalars(select(CalendarHold.kind)).all() == [HoldKind.APPOINTMENT]


def test_a_declined_time_goes_to_the_next_and_never_back(bookings: Bookings) -> None:
    member = bookings.counselor()
    bookings.plan(member, starts=14, ends=15)
    service = bookings.service()
    first, second = bookings.person(), bookings.person()
    for person in (first, second):
        wait(bookings, service, person)
    offer = give(bookings, service, member)
    after = answer(bookings, offer or 0, waiting_offers.decline, secret=SECRET)
    assert offered_to(bookings, after) == second
    assert answer(bookings, after, waiting_offers.decline, secret=SECRET) is None
    with bookings.world.look() as session:
        assert session.scalar(select(func.count()).select_from(CalendarHold)) == 0
        assert {wish.state for wish in session.scalars(select(WaitingWish))} == {WishState.WAITING}
    # Another time is offered to the one who waits longest again.
    assert offered_to(bookings, give(bookings, service, member, "2026-03-04 14:00")) == first


def test_an_offer_that_ran_out_cannot_be_taken(bookings: Bookings) -> None:
    member = bookings.counselor()
    bookings.plan(member, starts=14, ends=15)
    service = bookings.service()
    wait(bookings, service, bookings.person())
    offer = give(bookings, service, member) or 0
    bookings.world.clock.advance(hours=4)
    with pytest.raises(Refused) as refused:
        answer(bookings, offer, waiting_offers.accept)
    assert refused.value.refusal is Refusal.OFFER_OVER
    with bookings.world.work() as session:
        args: dict[str, Any] = {"session": session, "offer_id": offer, "secret": SECRET, "now": bookings.world.clock()}
        assert [waiting_offers.lapse(**args), waiting_offers.lapse(**args)] == [True, False]
    with pytest.raises(Refused) as refused:
        answer(bookings, offer, waiting_offers.decline, secret=SECRET)
    assert refused.value.refusal is Refusal.OFFER_OVER


@pytest.mark.parametrize(
    ("now", "start", "until"),
    [
        ("2026-03-02 10:00", "2026-03-06 14:00", "2026-03-02 14:00"),  # four hours
        ("2026-03-02 22:00", "2026-03-06 14:00", "2026-03-03 12:00"),  # made at night, counted from the morning
        ("2026-03-02 19:00", "2026-03-06 14:00", "2026-03-03 09:00"),  # would end at night
        ("2026-03-06 11:00", "2026-03-06 14:00", "2026-03-06 13:00"),  # an hour before it starts
    ],
)
def test_how_long_a_time_is_kept(bookings: Bookings, now: str, start: str, until: str) -> None:
    bookings.world.clock.moment = at(now) - timedelta(seconds=1)
    member = bookings.counselor()
    bookings.plan(member, starts=14, ends=15)
    service = bookings.service()
    wait(bookings, service, bookings.person())
    offer = give(bookings, service, member, start)
    with bookings.world.look() as session:
        assert session.get_one(WaitingOffer, offer).until == at(until)


def test_nobody_is_offered_a_time_they_cannot_reach(bookings: Bookings) -> None:
    member = bookings.counselor()
    bookings.plan(member, starts=9, ends=18)
    service = bookings.service()
    wait(bookings, service, bookings.person())
    assert give(bookings, service, member, "2026-03-02 11:00") is None
    assert give(bookings, service, member, "2026-03-02 13:00") is not None


@pytest.mark.parametrize(
    ("wish", "suits"),
    [
        ({}, True),
        ({"part_of_day": PartOfDay.AFTERNOON}, True),
        ({"part_of_day": PartOfDay.MORNING}, False),
        ({"from_day": date(2026, 3, 4)}, False),
        ({"until_day": date(2026, 3, 2)}, False),
        ({"until_day": date(2026, 3, 3)}, True),
        ({"language": "en"}, False),
        ({"specialty": "grief"}, False),
    ],
)
def test_a_wish_is_kept_to(bookings: Bookings, wish: dict[str, Any], suits: bool) -> None:
    member = bookings.counselor()
    bookings.plan(member, starts=14, ends=15)
    service = bookings.service()
    wait(bookings, service, bookings.person(), **wish)
    assert (give(bookings, service, member) is not None) is suits


def test_a_wish_for_one_colleague_waits_for_that_colleague(bookings: Bookings) -> None:
    wanted, other = bookings.counselor("wanted"), bookings.counselor("other")
    for member in (wanted, other):
        bookings.plan(member, starts=14, ends=15)
    service = bookings.service()
    wait(bookings, service, bookings.person(), staff_id=wanted)
    assert give(bookings, service, other) is None
    assert give(bookings, service, wanted) is not None


def test_one_wish_a_service_however_often_it_is_sent(any_bookings: Bookings) -> None:
    service, person = any_bookings.service(), any_bookings.person()
    results = at_once(*[lambda: wait(any_bookings, service, person)] * 3)
    assert sum(isinstance(result, int) for result in results) == 1
    losers = [result for result in results if not isinstance(result, int)]
    assert all(isinstance(one, Refused) and one.refusal is Refusal.ALREADY_WAITING for one in losers), losers
    wait(any_bookings, any_bookings.service("other"), person)


def test_a_forged_address_of_an_offer_leads_nowhere(bookings: Bookings) -> None:
    member = bookings.counselor()
    bookings.plan(member, starts=14, ends=15)
    service = bookings.service()
    wait(bookings, service, bookings.person())
    give(bookings, service, member)
    with bookings.world.look() as session:
        for forged in ("", "x", "x" * 3000):
            with pytest.raises(Refused) as refused:
                waiting_offers.follow(session=session, secret=SECRET, token=forged)
            assert refused.value.refusal is Refusal.NOT_FOUND
        assert session.scalars(select(WaitingOffer.state)).all() == [OfferState.OPEN]


def test_a_wish_ends_with_its_last_day_or_when_it_is_taken_back(bookings: Bookings) -> None:
    service = bookings.service()
    passing = wait(bookings, service, bookings.person(), until_day=date(2026, 3, 3))
    staying = wait(bookings, service, bookings.person(), until_day=date(2026, 3, 4))
    leaving = wait(bookings, service, bookings.person())
    with bookings.world.work() as session:
        now = bookings.world.clock()
        waiting_list.leave(session=session, actor=None, wish=session.get_one(WaitingWish, leaving), now=now)
        assert waiting_list.pass_over(session=session, now=now, today=date(2026, 3, 4)) == 1
        states = [session.get_one(WaitingWish, number).state for number in (passing, staying, leaving)]
    assert states == [WishState.PASSED, WishState.WAITING, WishState.LEFT]


def test_whoever_leaves_the_list_gives_the_kept_time_to_the_next(bookings: Bookings) -> None:
    member = bookings.counselor()
    bookings.plan(member, starts=14, ends=15)
    service = bookings.service()
    leaving = wait(bookings, service, bookings.person())
    second = bookings.person()
    wait(bookings, service, second)
    give(bookings, service, member)
    with bookings.world.work() as session:
        wish = session.get_one(WaitingWish, leaving)
        waiting_offers.leave(session=session, actor=None, wish=wish, secret=SECRET, now=bookings.world.clock())
        assert wish.state is WishState.LEFT
    with bookings.world.look() as session:
        (open_one,) = session.scalars(select(WaitingOffer).where(WaitingOffer.state == OfferState.OPEN))
        assert open_one.wish.beneficiary_id == second
