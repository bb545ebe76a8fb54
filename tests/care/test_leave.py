"""Leave: asked, decided, taken back; two never overlap, and somebody stands in."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import func, select

from care import leave
from care.refusals import Refusal, Refused
from models.leave import Leave, LeaveCell, LeaveState
from models.staff import RoleName, StaffMember
from tests.fixtures.world import World, at_once

DAY = timedelta(days=1)
MIDNIGHT = datetime(2026, 3, 9, 16, 0, tzinfo=UTC)  # 10 March at the base


def _ask(world: World, staff_id: int, *, starts: float = 0, days: float = 1, **more: object) -> int:
    plain = {"stand_in_id": None, "note": ""}
    with world.work() as session:
        row = leave.ask(
            session=session,
            actor=world.actor(session, int(str(more.pop("actor", staff_id)))),
            staff_id=staff_id,
            starts_at=MIDNIGHT + starts * DAY,
            ends_at=MIDNIGHT + (starts + days) * DAY,
            now=world.clock(),
            **plain | more,
        )
        return row.id


def _do(world: World, verb: str, leave_id: int, actor: int, **more: object) -> None:
    with world.work() as session:
        getattr(leave, verb)(
            session=session, actor=world.actor(session, actor), leave_id=leave_id, now=world.clock(), **more
        )


def _spans(world: World, *staff_ids: int) -> dict[int, int]:
    with world.look() as session:
        found = leave.spans(session=session, staff_ids=staff_ids, start=MIDNIGHT, end=MIDNIGHT + 30 * DAY)
        return {staff_id: len(spans) for staff_id, spans in found.items()}


@pytest.fixture
def lead(world: World) -> int:
    return world.colleague("lead", RoleName.SUPERVISOR)


@pytest.fixture
def own(world: World) -> int:
    return world.colleague("chen", RoleName.COUNSELOR)


@pytest.fixture
def other(world: World) -> int:
    return world.colleague("gao", RoleName.COUNSELOR)


def test_leave_counts_once_it_is_approved(world: World, lead: int, own: int, other: int) -> None:
    leave_id = _ask(world, own)
    assert _spans(world, own, other) == {own: 0, other: 0}
    _do(world, "approve", leave_id, lead)
    assert _spans(world, own, other) == {own: 1, other: 0}


def test_span_that_only_touches_the_leave_does_not_meet_it(world: World, lead: int, own: int) -> None:
    _do(world, "approve", _ask(world, own), lead)
    with world.look() as session:
        for start, end, met in (
            (MIDNIGHT - DAY, MIDNIGHT, 0),
            (MIDNIGHT + DAY, MIDNIGHT + 2 * DAY, 0),
            (MIDNIGHT, MIDNIGHT + timedelta(minutes=1), 1),
        ):
            found = leave.spans(session=session, staff_ids=[own], start=start, end=end)
            assert len(found[own]) == met


def test_overlapping_leave_is_refused_and_the_next_day_is_free(world: World, own: int) -> None:
    _ask(world, own, days=3)
    for starts, days in ((0, 3), (2.5, 1), (-1, 1.5), (1, 0.5)):
        with pytest.raises(Refused) as refused:
            _ask(world, own, starts=starts, days=days)
        assert refused.value.refusal is Refusal.LEAVE_OVERLAPS
    _ask(world, own, starts=3)


def test_same_wish_of_ten_hands_at_once_is_one_leave(any_world: World) -> None:
    own = any_world.colleague("chen", RoleName.COUNSELOR)
    results = at_once(*[lambda: _ask(any_world, own, days=7)] * 10)
    assert sum(isinstance(one, int) for one in results) == 1
    assert all(isinstance(one, int) or one.refusal is Refusal.LEAVE_OVERLAPS for one in results)  # type: ignore[union-attr]
    with any_world.look() as session:
        assert session.scalar(select(func.count()).select_from(LeaveCell)) == 7 * 48


@pytest.mark.parametrize("verb", ["decline", "cancel"])
def test_days_of_a_declined_or_cancelled_leave_are_free_again(world: World, lead: int, own: int, verb: str) -> None:
    leave_id = _ask(world, own)
    _do(world, verb, leave_id, lead, **({"reason": "那天人手不够"} if verb == "decline" else {}))
    again = _ask(world, own)
    with world.look() as session:
        assert session.get_one(Leave, leave_id).state is not LeaveState.ASKED
        assert session.get_one(Leave, again).state is LeaveState.ASKED


@pytest.mark.parametrize(
    ("starts", "days", "refusal"),
    [
        (0, 0, Refusal.ENDS_BEFORE_IT_STARTS),
        (1, -1, Refusal.ENDS_BEFORE_IT_STARTS),
        (0, 367, Refusal.LEAVE_TOO_LONG),
        (0.001, 1, Refusal.WRONG_VALUE),
    ],
)
def test_impossible_span_is_refused_by_name(
    world: World, own: int, starts: float, days: float, refusal: Refusal
) -> None:
    with pytest.raises(Refused) as refused:
        _ask(world, own, starts=starts, days=days)
    assert refused.value.refusal is refusal


def test_leap_day_and_the_turn_of_the_year_are_days_like_others(world: World, own: int) -> None:
    with world.work() as session:
        for day in (datetime(2028, 2, 28, 16, tzinfo=UTC), datetime(2026, 12, 30, 16, tzinfo=UTC)):
            leave.ask(
                session=session,
                actor=world.actor(session, own),
                staff_id=own,
                starts_at=day,
                ends_at=day + DAY,
                stand_in_id=None,
                note="",
                now=world.clock(),
            )


def test_nobody_decides_their_own_leave(world: World, lead: int) -> None:
    leave_id = _ask(world, lead)
    for verb, more in (("approve", {}), ("decline", {"reason": "x"})):
        with pytest.raises(Refused) as refused:
            _do(world, verb, leave_id, lead, **more)
        assert refused.value.refusal is Refusal.NOT_ONES_OWN


def test_decided_leave_is_not_decided_again(world: World, lead: int, own: int) -> None:
    leave_id = _ask(world, own)
    _do(world, "approve", leave_id, lead)
    with pytest.raises(Refused) as refused:
        _do(world, "decline", leave_id, lead, reason="太晚了")
    assert refused.value.refusal is Refusal.ALREADY_DECIDED


def test_declining_needs_a_reason(world: World, lead: int, own: int) -> None:
    with pytest.raises(Refused) as refused:
        _do(world, "decline", _ask(world, own), lead, reason=" ")
    assert refused.value.refusal is Refusal.REASON_MISSING


def test_leave_of_a_colleague_is_not_mine_to_take_back(world: World, own: int, other: int) -> None:
    leave_id = _ask(world, own)
    with pytest.raises(Refused) as refused:
        _do(world, "cancel", leave_id, other)
    assert refused.value.refusal is Refusal.NOT_FOUND


def test_leave_that_is_over_is_history(world: World, lead: int, own: int) -> None:
    leave_id = _ask(world, own)
    _do(world, "approve", leave_id, lead)
    world.clock.moment = MIDNIGHT + DAY
    with pytest.raises(Refused) as refused:
        _do(world, "cancel", leave_id, own)
    assert refused.value.refusal is Refusal.ALREADY_DECIDED


def test_stand_in_who_is_away_or_gone_or_oneself_is_refused(world: World, own: int, other: int) -> None:
    gone = world.colleague("gone", RoleName.COUNSELOR, active=False)
    _ask(world, other, days=2)
    for stand_in in (other, gone, own, 4711):
        with pytest.raises(Refused) as refused:
            _ask(world, own, starts=1, stand_in_id=stand_in)
        assert (refused.value.refusal, refused.value.field) == (Refusal.STAND_IN_AWAY, "stand_in_id")
    _ask(world, own, starts=2, stand_in_id=other)


def test_whoever_promised_to_stand_in_cannot_be_away_then(world: World, own: int, other: int) -> None:
    _ask(world, own, stand_in_id=other)
    with pytest.raises(Refused) as refused:
        _ask(world, other, starts=0.5)
    assert refused.value.refusal is Refusal.STANDS_IN
    _ask(world, other, starts=1)


def test_stand_in_answers_only_while_the_colleague_is_away(world: World, lead: int, own: int, other: int) -> None:
    _do(world, "approve", _ask(world, own, stand_in_id=other), lead)
    with world.look() as session:
        for at, who in ((MIDNIGHT - timedelta(seconds=1), None), (MIDNIGHT, other), (MIDNIGHT + DAY, None)):
            found = leave.stand_in(session=session, staff_id=own, at=at)
            assert (found.id if found else None) == who


def test_stand_in_who_falls_ill_is_followed_by_the_next(world: World, lead: int, own: int, other: int) -> None:
    third = world.colleague("he", RoleName.COUNSELOR)
    _do(world, "approve", _ask(world, own, stand_in_id=other), lead)
    with world.work() as session:
        # Illness asks nobody: the lead writes it down although a promise stands in the way.
        promised = session.scalars(select(Leave).where(Leave.stand_in_id == other)).one()
        promised.stand_in_id = None
    _do(world, "approve", _ask(world, other, stand_in_id=third), lead)
    with world.work() as session:
        session.scalars(select(Leave).where(Leave.staff_id == own)).one().stand_in_id = other
    with world.look() as session:
        found = leave.stand_in(session=session, staff_id=own, at=MIDNIGHT)
        assert found is not None
        assert found.id == third


def test_stand_in_who_was_deactivated_stands_in_for_nobody(world: World, lead: int, own: int, other: int) -> None:
    _do(world, "approve", _ask(world, own, stand_in_id=other), lead)
    with world.work() as session:
        session.get_one(StaffMember, other).active = False
    with world.look() as session:
        assert leave.stand_in(session=session, staff_id=own, at=MIDNIGHT) is None
