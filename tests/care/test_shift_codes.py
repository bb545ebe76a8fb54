"""The code of a volunteer for the chat: used once, soon over, theirs alone."""

from __future__ import annotations

import pytest
from sqlalchemy import select

from care import shift_codes
from care.refusals import Refusal, Refused
from models.audit import AuditEntry
from models.shift_codes import ShiftCode
from models.staff import RoleName, StaffMember
from tests.fixtures.world import SECRET, World, at_once


def _make(world: World, staff_id: int) -> str:
    with world.work() as session:
        actor = session.get_one(StaffMember, staff_id)
        return shift_codes.make(session=session, actor=actor, secret=SECRET, now=world.clock())


def _redeem(world: World, typed: str) -> int:
    with world.work() as session:
        return shift_codes.redeem(session=session, secret=SECRET, typed=typed, now=world.clock()).id


def _is_refused(world: World, typed: str) -> bool:
    with pytest.raises(Refused) as refused:
        _redeem(world, typed)
    return refused.value.refusal is Refusal.UNKNOWN_CODE


@pytest.fixture
def lin(any_world: World) -> int:
    return any_world.colleague("lin", RoleName.VOLUNTEER)


def test_a_code_tells_whose_it_is_and_not_the_neighbours(any_world: World, lin: int) -> None:
    other = any_world.colleague("wei", RoleName.VOLUNTEER)
    mine, theirs = _make(any_world, lin), _make(any_world, other)
    assert (_redeem(any_world, mine), _redeem(any_world, theirs)) == (lin, other)


def test_a_code_is_read_whatever_a_hand_makes_of_it(any_world: World, lin: int) -> None:
    code = _make(any_world, lin)
    assert _redeem(any_world, f" {code.lower().replace('-', ' ')} ") == lin


def test_a_code_works_once(any_world: World, lin: int) -> None:
    code = _make(any_world, lin)
    _redeem(any_world, code)
    assert _is_refused(any_world, code)


def test_a_code_works_for_fifteen_minutes(any_world: World, lin: int) -> None:
    code = _make(any_world, lin)
    any_world.clock.advance(minutes=15)
    assert _is_refused(any_world, code)


def test_a_new_code_ends_the_old_one(any_world: World, lin: int) -> None:
    old, new = _make(any_world, lin), _make(any_world, lin)
    assert _is_refused(any_world, old)
    assert _redeem(any_world, new) == lin


@pytest.mark.parametrize("typed", ["", "-", "AAAA-AAAA-AAAA", "\u0000", "长" * 5000, "' OR 1=1 --"])
def test_a_made_up_code_opens_nothing(any_world: World, lin: int, typed: str) -> None:
    _make(any_world, lin)
    assert _is_refused(any_world, typed)


def test_whoever_was_deactivated_is_told_nothing(any_world: World, lin: int) -> None:
    code = _make(any_world, lin)
    with any_world.work() as session:
        session.get_one(StaffMember, lin).active = False
    assert _is_refused(any_world, code)


def test_the_code_itself_is_not_stored_and_both_uses_leave_a_trace(any_world: World, lin: int) -> None:
    code = _make(any_world, lin)
    with any_world.look() as session:
        assert code.replace("-", "") not in session.scalars(select(ShiftCode.code_hash)).one()
    _redeem(any_world, code)
    with any_world.look() as session:
        assert list(session.scalars(select(AuditEntry.verb).where(AuditEntry.verb.like("shift_code.%")))) == [
            "shift_code.make",
            "shift_code.use",
        ]


def test_of_two_who_bring_the_same_code_at_once_one_is_told(any_world: World, lin: int) -> None:
    code = _make(any_world, lin)

    told = at_once(*[lambda: _redeem(any_world, code)] * 6)
    assert [one for one in told if not isinstance(one, Refused)] == [lin]
