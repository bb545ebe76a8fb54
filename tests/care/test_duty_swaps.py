"""A turn changes hands in one transaction, after a colleague and a lead have said yes, and never twice."""

from __future__ import annotations

from datetime import timedelta

import pytest
from sqlalchemy import select

from care import duty, duty_swaps
from care.refusals import Refusal, Refused
from models.audit import AuditEntry
from models.duty import DutyPosition, DutySwap, DutyTurn, SwapState
from models.outbox import OutboxRow
from models.staff import RoleName, StaffMember
from tests.care.test_notices import address
from tests.fixtures.world import World, at_once


class Base:
    """Two officers, a lead, and a turn of the first that begins tomorrow."""

    def __init__(self, world: World) -> None:
        self.world = world
        self.giver = world.colleague("giver", RoleName.DUTY_OFFICER)
        self.taker = world.colleague("taker", RoleName.COUNSELOR)
        self.lead = world.colleague("lead", RoleName.SUPERVISOR)
        self.turn = world.turn(self.giver, starts=24)
        self.decoy = world.turn(self.giver, starts=48)

    def offer(self, *, by: int | None = None, to: int | None = None, turn: int | None = None) -> int:
        with self.world.work() as session:
            return duty_swaps.offer(
                session=session,
                actor=self.world.actor(session, by or self.giver),
                turn_id=turn or self.turn,
                to_staff_id=to or self.taker,
                now=self.world.clock(),
            ).id

    def answer(self, swap: int, *, accept: bool = True, by: int | None = None) -> None:
        with self.world.work() as session:
            actor = self.world.actor(session, by or self.taker)
            duty_swaps.answer(session=session, actor=actor, swap_id=swap, accept=accept, now=self.world.clock())

    def decide(self, swap: int, *, approve: bool = True, by: int | None = None) -> None:
        with self.world.work() as session:
            actor = self.world.actor(session, by or self.lead)
            duty_swaps.decide(session=session, actor=actor, swap_id=swap, approve=approve, now=self.world.clock())

    def withdraw(self, swap: int, *, by: int | None = None) -> None:
        with self.world.work() as session:
            actor = self.world.actor(session, by or self.giver)
            duty_swaps.withdraw(session=session, actor=actor, swap_id=swap, now=self.world.clock())

    def holder(self, turn: int | None = None) -> int:
        with self.world.look() as session:
            return session.get_one(DutyTurn, turn or self.turn).staff_id

    def state(self, swap: int) -> SwapState:
        with self.world.look() as session:
            return session.get_one(DutySwap, swap).state


@pytest.fixture
def base(world: World) -> Base:
    return Base(world)


@pytest.fixture
def any_base(any_world: World) -> Base:
    return Base(any_world)


def test_a_turn_changes_hands_when_all_three_have_said_yes(base: Base) -> None:
    swap = base.offer()
    assert base.holder() == base.giver
    base.answer(swap)
    assert base.holder() == base.giver
    base.decide(swap)
    assert (base.holder(), base.state(swap)) == (base.taker, SwapState.APPROVED)
    assert base.holder(base.decoy) == base.giver
    with base.world.look() as session:
        at = base.world.clock() + timedelta(hours=25)
        on_call = duty.holder(session=session, position=DutyPosition.ON_CALL, at=at)
        assert on_call is not None
        assert on_call.id == base.taker
        verbs = session.scalars(select(AuditEntry.verb).where(AuditEntry.subject_type == "duty_swap")).all()
        assert verbs == ["duty_swap.offer", "duty_swap.accept", "duty_swap.approve"]


@pytest.mark.parametrize("end", ["declined", "withdrawn", "refused"])
def test_a_no_at_any_step_leaves_the_turn_where_it_is(base: Base, end: str) -> None:
    swap = base.offer()
    if end == "declined":
        base.answer(swap, accept=False)
    elif end == "withdrawn":
        base.withdraw(swap)
    else:
        base.answer(swap)
        base.decide(swap, approve=False)
    assert (base.holder(), base.state(swap).value) == (base.giver, end)
    # It may be offered again.
    assert base.offer() != swap


def _refused(deed: object, *args: object, **more: object) -> Refusal:
    with pytest.raises(Refused) as refused:
        deed(*args, **more)  # type: ignore[operator]
    return refused.value.refusal


def test_offers_that_cannot_be(base: Base) -> None:
    world = base.world
    volunteer = world.colleague("v", RoleName.VOLUNTEER)
    gone = world.colleague("gone", RoleName.COUNSELOR, active=False)
    busy = world.colleague("busy", RoleName.COUNSELOR)
    world.turn(busy, DutyPosition.STAND_IN, starts=30)
    begun = world.turn(base.giver, starts=-1, hours=2)
    assert _refused(base.offer, by=base.taker) is Refusal.NOT_FOUND
    assert _refused(base.offer, turn=begun) is Refusal.TURN_HAS_BEGUN
    assert _refused(base.offer, turn=4711) is Refusal.NOT_FOUND
    assert _refused(base.offer, to=base.giver) is Refusal.SAME_PERSON
    assert _refused(base.offer, to=volunteer) is Refusal.NOT_ACTIVE
    assert _refused(base.offer, to=gone) is Refusal.NOT_ACTIVE
    assert _refused(base.offer, to=busy) is Refusal.COLLIDES
    with world.look() as session:
        turn = session.get_one(DutyTurn, base.turn)
        names = [one.id for one in duty_swaps.who_may_take(session=session, turn=turn)]
        assert names == [base.lead, base.taker]


def test_answers_of_the_wrong_person_or_out_of_order_change_nothing(base: Base) -> None:
    swap = base.offer()
    assert _refused(base.answer, swap, by=base.lead) is Refusal.NOT_FOUND
    assert _refused(base.withdraw, swap, by=base.taker) is Refusal.NOT_FOUND
    assert _refused(base.decide, swap) is Refusal.SWAP_IS_OVER  # not accepted yet
    base.answer(swap)
    assert _refused(base.answer, swap) is Refusal.SWAP_IS_OVER
    assert _refused(base.decide, swap, by=base.giver) is Refusal.NOT_THE_DECIDER
    assert _refused(base.decide, swap, by=base.taker) is Refusal.NOT_THE_DECIDER
    base.decide(swap)
    assert _refused(base.decide, swap) is Refusal.SWAP_IS_OVER
    assert _refused(base.withdraw, swap) is Refusal.SWAP_IS_OVER
    assert base.holder() == base.taker


def test_a_turn_that_has_begun_changes_no_hands_any_more(base: Base) -> None:
    swap = base.offer()
    base.answer(swap)
    base.world.clock.advance(hours=25)
    assert _refused(base.decide, swap) is Refusal.TURN_HAS_BEGUN
    assert base.holder() == base.giver


def test_a_taker_who_got_another_turn_meanwhile_is_refused_by_the_database(any_base: Base) -> None:
    swap = any_base.offer()
    any_base.answer(swap)
    any_base.world.turn(any_base.taker, DutyPosition.SUPERVISOR, starts=30)
    assert _refused(any_base.decide, swap) is Refusal.COLLIDES
    assert (any_base.holder(), any_base.state(swap)) == (any_base.giver, SwapState.ACCEPTED)


def test_a_taker_who_was_deactivated_meanwhile_gets_no_turn(base: Base) -> None:
    swap = base.offer()
    base.answer(swap)
    with base.world.work() as session:
        session.get_one(StaffMember, base.taker).active = False
    assert _refused(base.decide, swap) is Refusal.NOT_ACTIVE
    assert base.holder() == base.giver


def test_a_turn_that_was_given_to_somebody_else_meanwhile_stays_with_them(base: Base) -> None:
    swap = base.offer()
    base.answer(swap)
    third = base.world.colleague("third", RoleName.COUNSELOR)
    with base.world.work() as session:
        session.get_one(DutyTurn, base.turn).staff_id = third
    assert _refused(base.decide, swap) is Refusal.SWAP_IS_OVER
    assert base.holder() == third


def test_of_many_offers_of_one_turn_at_once_one_stands(any_base: Base) -> None:
    others = [any_base.world.colleague(f"o{n}", RoleName.COUNSELOR) for n in range(5)]
    results = at_once(*[lambda to=to: any_base.offer(to=to) for to in others])
    assert sum(isinstance(one, int) for one in results) == 1
    assert {one.refusal for one in results if isinstance(one, Refused)} == {Refusal.ALREADY_OFFERED}


def test_of_approval_refusal_and_withdrawal_in_the_same_second_one_counts(any_base: Base) -> None:
    swap = any_base.offer()
    any_base.answer(swap)
    second = any_base.world.colleague("second", RoleName.BASE_MANAGER)
    results = at_once(
        lambda: any_base.decide(swap),
        lambda: any_base.decide(swap, approve=False, by=second),
        lambda: any_base.withdraw(swap),
    )
    assert sum(one is None for one in results) == 1
    assert all(one is None or (isinstance(one, Refused) and one.refusal is Refusal.SWAP_IS_OVER) for one in results)
    assert (any_base.holder() == any_base.taker) is (any_base.state(swap) is SwapState.APPROVED)


def test_each_step_is_told_to_whom_it_concerns(base: Base) -> None:
    contacts = {address(base.world, one): one for one in (base.giver, base.taker, base.lead)}

    def told() -> list[int]:
        with base.world.look() as session:
            rows = session.scalars(select(OutboxRow).order_by(OutboxRow.id)).all()
            return [contacts[row.contact_id] for row in rows if row.contact_id]

    swap = base.offer()
    assert told() == [base.taker]
    base.answer(swap)
    assert told()[1:] == [base.lead]
    base.decide(swap)
    assert sorted(told()[2:]) == sorted([base.giver, base.taker])


def test_lists_show_each_colleague_their_own(base: Base) -> None:
    swap = base.offer()
    with base.world.look() as session:
        now = base.world.clock()

        def mine(staff_id: int) -> list[int]:
            staff = base.world.actor(session, staff_id)
            return [one.id for one in duty_swaps.open_for(session=session, staff=staff, now=now)]

        assert (mine(base.giver), mine(base.taker), mine(base.lead)) == ([swap], [swap], [])
        assert duty_swaps.to_decide(session=session, now=now) == []
    base.answer(swap)
    with base.world.look() as session:
        assert [one.id for one in duty_swaps.to_decide(session=session, now=base.world.clock())] == [swap]
        assert duty_swaps.to_decide(session=session, now=base.world.clock() + timedelta(days=2)) == []
