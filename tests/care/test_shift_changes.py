"""Places that move on: waiting lists, hand-overs and swaps, cover calls; each exactly once, whoever is faster."""

from __future__ import annotations

from datetime import timedelta

import pytest
from sqlalchemy import select

from care import cover_calls, sign_ups, swaps, waiting_lists
from care.refusals import Refusal, Refused
from models.contacts import Channel, ContactPoint
from models.outbox import OutboxRow
from models.shift_changes import CoverAnswer, CoverAsk, CoverCall, CoverState, Swap, SwapState
from models.shifts import SignUp, SignUpState, WaitingEntry, WaitingState
from tests.fixtures.shifts import ShiftWorld
from tests.fixtures.world import MONDAY_MORNING, ZONE, at_once


def _wait(base: ShiftWorld, person: int, role: int) -> int:
    number: int = base.do(waiting_lists.join, person, shift_role_id=role, timezone=ZONE)
    return number


def _offers(base: ShiftWorld) -> dict[int, int]:
    with base.world.look() as session:
        rows = session.scalars(select(SignUp).where(SignUp.state == SignUpState.OFFERED)).all()
        return {row.staff_id: row.id for row in rows}


def _refusal(base: ShiftWorld, verb: object, actor: int, **more: object) -> Refusal | None:
    try:
        base.do(verb, actor, **more)  # type: ignore[arg-type]
    except Refused as refused:
        return refused.refusal
    return None


def test_a_freed_place_is_kept_for_the_first_who_waits(shift_world: ShiftWorld) -> None:
    base, role = shift_world, shift_world.role()
    holder, first, second, stranger = (base.volunteer() for _ in range(4))
    number = base.sign_up(holder, role)
    for person in (first, second):
        _wait(base, person, role)
        base.world.clock.advance(minutes=1)
    base.do(sign_ups.withdraw, holder, sign_up_id=number, timezone=ZONE)
    assert list(_offers(base)) == [first]
    with pytest.raises(Refused) as refused:
        base.sign_up(stranger, role)
    assert refused.value.refusal is Refusal.FULL
    base.do(waiting_lists.accept, first, sign_up_id=_offers(base)[first], timezone=ZONE)
    assert base.holders(role) == [(first, 1)]


def test_an_offer_that_runs_out_or_is_declined_passes_on(shift_world: ShiftWorld) -> None:
    base, role = shift_world, shift_world.role()
    people = [base.volunteer() for _ in range(4)]
    number = base.sign_up(people[0], role)
    for person in people[1:]:
        _wait(base, person, role)
        base.world.clock.advance(minutes=1)
    base.do(sign_ups.withdraw, people[0], sign_up_id=number, timezone=ZONE)
    offer = _offers(base)[people[1]]
    base.world.clock.advance(minutes=179)
    with base.world.look() as session:
        assert waiting_lists.lapsed(session=session, now=base.world.clock()) == []
    base.world.clock.advance(minutes=1)
    assert _refusal(base, waiting_lists.accept, people[1], sign_up_id=offer, timezone=ZONE) is Refusal.OFFER_OVER
    for changed in (True, False):
        with base.world.work() as session:
            assert changed is waiting_lists.lapse(
                session=session, sign_up_id=offer, now=base.world.clock(), timezone=ZONE
            )
    assert list(_offers(base)) == [people[2]]
    base.do(waiting_lists.decline, people[2], sign_up_id=_offers(base)[people[2]], timezone=ZONE)
    assert list(_offers(base)) == [people[3]]


def test_waiting_is_for_full_shifts_and_for_those_who_fit(shift_world: ShiftWorld) -> None:
    base, me = shift_world, shift_world.volunteer()
    free, full = base.role(starts=48), base.role(starts=49)
    base.sign_up(base.volunteer(), full)
    assert _refusal(base, waiting_lists.join, me, shift_role_id=free, timezone=ZONE) is Refusal.PLACE_FREE
    entry = _wait(base, me, full)
    assert _refusal(base, waiting_lists.join, me, shift_role_id=full, timezone=ZONE) is Refusal.ALREADY_WAITING
    assert _refusal(base, waiting_lists.leave, base.volunteer(), entry_id=entry) is Refusal.NOT_FOUND
    base.do(waiting_lists.leave, me, entry_id=entry)
    base.sign_up(me, free)
    assert _refusal(base, waiting_lists.join, me, shift_role_id=full, timezone=ZONE) is Refusal.COLLIDES


def test_an_offer_at_night_waits_for_the_morning() -> None:
    night = MONDAY_MORNING + timedelta(hours=13)  # 23:00 at the base
    until = waiting_lists.offer_end(night + timedelta(days=2), night, ZONE)
    assert until == MONDAY_MORNING + timedelta(hours=22 + 3)
    assert waiting_lists.offer_end(night + timedelta(minutes=30), night, ZONE) is None


def test_two_freed_places_and_two_sweeps_make_two_offers(any_shift_world: ShiftWorld) -> None:
    base, role = any_shift_world, any_shift_world.role(places=2)
    holders = [base.volunteer() for _ in range(2)]
    numbers = [base.sign_up(person, role) for person in holders]
    waiting = [base.volunteer() for _ in range(3)]
    for person in waiting:
        _wait(base, person, role)
        base.world.clock.advance(minutes=1)
    at_once(
        *[
            lambda person=person, number=number: base.do(sign_ups.withdraw, person, sign_up_id=number, timezone=ZONE)
            for person, number in zip(holders, numbers, strict=True)
        ]
    )
    assert set(_offers(base)) == set(waiting[:2])
    with base.world.look() as session:
        states = session.scalars(select(WaitingEntry.state).order_by(WaitingEntry.id)).all()
        assert list(states) == [WaitingState.OFFERED, WaitingState.OFFERED, WaitingState.WAITING]


def _swap(base: ShiftWorld, *, back: bool) -> tuple[int, int, int, int, int]:
    mine, theirs = base.role(starts=48), base.role(starts=24 * 4)
    giver, taker = base.volunteer(), base.volunteer()
    given, returned = base.sign_up(giver, mine), base.sign_up(taker, theirs)
    more = {"to_staff_id": taker, "return_sign_up_id": returned} if back else {}
    swap = base.do(swaps.offer, giver, sign_up_id=given, **more)
    return swap, giver, taker, mine, theirs


@pytest.mark.parametrize("back", [False, True])
def test_places_change_hands_once_a_coordinator_approves(any_shift_world: ShiftWorld, back: bool) -> None:
    base = any_shift_world
    swap, giver, taker, mine, theirs = _swap(base, back=back)
    base.do(swaps.accept, taker, swap_id=swap, timezone=ZONE)
    assert base.holders(mine) == [(giver, 1)]
    base.do(swaps.approve, base.coordinator(), swap_id=swap, timezone=ZONE)
    assert base.holders(mine) == [(taker, 1)]
    assert base.holders(theirs) == [(giver if back else taker, 1)]
    # The giver's time is free again.
    base.sign_up(giver, base.role(starts=48))


def test_whoever_comes_to_a_place_by_a_swap_waits_for_it_no_more(shift_world: ShiftWorld) -> None:
    base, role = shift_world, shift_world.role(places=2)
    giver, taker, third = (base.volunteer() for _ in range(3))
    number = base.sign_up(giver, role)
    base.sign_up(third, role)
    entry = _wait(base, taker, role)
    swap = base.do(swaps.offer, giver, sign_up_id=number, to_staff_id=taker)
    base.do(swaps.accept, taker, swap_id=swap, timezone=ZONE)
    base.do(swaps.approve, base.coordinator(), swap_id=swap, timezone=ZONE)
    assert sorted(base.holders(role)) == sorted([(taker, 1), (third, 2)])
    with base.world.look() as session:
        assert session.get_one(WaitingEntry, entry).state is WaitingState.TAKEN


def test_a_no_is_told_to_whoever_asked_once(shift_world: ShiftWorld) -> None:
    base = shift_world
    giver, asked = base.volunteer(), base.volunteer()
    with base.world.work() as session:
        for person in (giver, asked):
            session.add(
                ContactPoint(
                    staff_id=person,
                    channel=Channel.EMAIL,
                    address=f"{person}@base.test",
                    address_hash=str(person),
                    created_at=base.world.clock(),
                    confirmed_at=base.world.clock(),
                )
            )
    swap = base.do(swaps.offer, giver, sign_up_id=base.sign_up(giver, base.role()), to_staff_id=asked)
    for _tap in range(2):
        base.do(swaps.decline, asked, swap_id=swap)
    with base.world.look() as session:
        keys = session.scalars(select(OutboxRow.dedupe_key).order_by(OutboxRow.id)).all()
    assert [key.partition(":")[0] for key in keys] == [
        f"shift-swap-{swap}-asked-{asked}",
        f"shift-swap-{swap}-declined-{giver}",
    ]


def test_nobody_accepts_or_approves_for_themselves_or_for_others(shift_world: ShiftWorld) -> None:
    base = shift_world
    swap, giver, taker, *_ = _swap(base, back=True)
    stranger = base.volunteer()
    assert _refusal(base, swaps.accept, stranger, swap_id=swap, timezone=ZONE) is Refusal.NOT_FOUND
    assert _refusal(base, swaps.cancel, stranger, swap_id=swap) is Refusal.NOT_FOUND
    assert _refusal(base, swaps.approve, base.coordinator(), swap_id=swap, timezone=ZONE) is Refusal.SWAP_IS_OVER
    base.do(swaps.accept, taker, swap_id=swap, timezone=ZONE)
    for own in (giver, taker):
        assert _refusal(base, swaps.approve, own, swap_id=swap, timezone=ZONE) is Refusal.NOT_ONES_OWN


def test_of_several_who_accept_one_wins_and_two_approvals_move_it_once(any_shift_world: ShiftWorld) -> None:
    base = any_shift_world
    swap, _giver, taker, mine, _theirs = _swap(base, back=False)
    people = [taker, base.volunteer(), base.volunteer()]
    taken = at_once(*[lambda me=me: base.do(swaps.accept, me, swap_id=swap, timezone=ZONE) for me in people])
    assert [getattr(one, "refusal", None) for one in taken].count(Refusal.SWAP_IS_OVER) == 2
    leads = [base.coordinator(), base.coordinator()]
    done = at_once(*[lambda me=me: base.do(swaps.approve, me, swap_id=swap, timezone=ZONE) for me in leads])
    assert sum(isinstance(one, Refused) for one in done) == 1
    assert len(base.holders(mine)) == 1
    with base.world.look() as session:
        assert session.get_one(Swap, swap).state is SwapState.APPROVED


def test_cover_asks_one_after_the_other_the_least_asked_first_and_stops_at_yes(shift_world: ShiftWorld) -> None:
    base, role = shift_world, shift_world.role(starts=30)
    lead, clock = base.coordinator(), base.world.clock
    often, never, busy = base.volunteer(), base.volunteer(), base.volunteer()
    base.sign_up(busy, base.role(starts=30))
    with base.world.work() as session:
        old = CoverCall(shift_role_id=role, opened_at=clock(), state=CoverState.STOPPED, closed_at=clock())
        session.add(old)
        session.flush()
        session.add(
            CoverAsk(
                cover_call_id=old.id,
                staff_id=often,
                asked_at=clock() - timedelta(days=3),
                answer_by=clock(),
                answer=CoverAnswer.NO,
                answered_at=clock(),
            )
        )
    call = base.do(cover_calls.start, lead, shift_role_id=role, timezone=ZONE)
    assert _asked(base, call) == [(never, None)]
    clock.advance(minutes=30)
    for changed in (True, False):
        with base.world.work() as session:
            assert changed is cover_calls.go_on(session=session, call_id=call, now=clock(), timezone=ZONE)
    assert _asked(base, call) == [(never, CoverAnswer.SILENCE), (often, None)]
    with base.world.look() as session:
        late = session.scalars(select(CoverAsk.id).where(CoverAsk.staff_id == never)).one()
    base.do(cover_calls.answer, never, ask_id=late, comes=True, timezone=ZONE)
    assert base.holders(role) == [(never, 1)]
    assert _asked(base, call) == [(never, CoverAnswer.YES), (often, CoverAnswer.TOO_LATE)]


def _asked(base: ShiftWorld, call: int) -> list[tuple[int, CoverAnswer | None]]:
    with base.world.look() as session:
        rows = session.scalars(select(CoverAsk).where(CoverAsk.cover_call_id == call).order_by(CoverAsk.id))
        return [(row.staff_id, row.answer) for row in rows]


def test_nobody_is_asked_at_night(shift_world: ShiftWorld) -> None:
    base = shift_world
    base.volunteer()
    base.world.clock.advance(hours=11.5)  # 21:30 at the base
    call = base.do(cover_calls.start, base.coordinator(), shift_role_id=base.role(starts=20), timezone=ZONE)
    assert _asked(base, call) == []
    base.world.clock.advance(hours=11)
    with base.world.work() as session:
        cover_calls.go_on(session=session, call_id=call, now=base.world.clock(), timezone=ZONE)
    assert len(_asked(base, call)) == 1


def test_cover_says_when_nobody_fits_or_when_it_is_not_needed(shift_world: ShiftWorld) -> None:
    base, role, lead = shift_world, shift_world.role(), shift_world.coordinator()
    assert _refusal(base, cover_calls.start, lead, shift_role_id=role, timezone=ZONE) is Refusal.NOBODY_FITS
    first, _second = base.volunteer(), base.volunteer()
    base.sign_up(first, role)
    assert _refusal(base, cover_calls.start, lead, shift_role_id=role, timezone=ZONE) is Refusal.FULL
    other = base.role(starts=80)
    base.do(cover_calls.start, lead, shift_role_id=other, timezone=ZONE)
    assert _refusal(base, cover_calls.start, lead, shift_role_id=other, timezone=ZONE) is Refusal.ALREADY_CALLING
