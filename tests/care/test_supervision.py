"""Who supervises whom: one line each, no circles, nothing forgotten."""

from __future__ import annotations

import pytest

from care import supervision
from care.refusals import Refusal, Refused
from models.staff import RoleName
from tests.fixtures.world import World, at_once


def _set(world: World, staff_id: int, supervisor_id: int | None) -> None:
    with world.work() as session:
        supervision.set_supervisor(
            session=session,
            actor=world.actor(session, staff_id),
            staff_id=staff_id,
            supervisor_id=supervisor_id,
            now=world.clock(),
        )


def _above(world: World, staff_id: int) -> int | None:
    with world.look() as session:
        found = supervision.supervisor_of(session=session, staff_id=staff_id)
        return found.id if found else None


def test_supervisor_sees_their_people_and_nobody_elses(world: World) -> None:
    first, second = (world.colleague(name, RoleName.SUPERVISOR) for name in ("first", "second"))
    own, other = (world.colleague(name, RoleName.COUNSELOR) for name in ("own", "other"))
    gone = world.colleague("gone", RoleName.COUNSELOR, active=False)
    _set(world, own, first)
    _set(world, gone, first)
    _set(world, other, second)
    with world.look() as session:
        assert [one.id for one in supervision.people_of(session=session, supervisor_id=first)] == [own]
        assert supervision.supervises(session=session, supervisor_id=first, staff_id=own)
        assert not supervision.supervises(session=session, supervisor_id=second, staff_id=own)


def test_change_keeps_the_line_of_before_with_its_end(world: World) -> None:
    first, second = (world.colleague(name, RoleName.SUPERVISOR) for name in ("first", "second"))
    own = world.colleague("own", RoleName.COUNSELOR)
    _set(world, own, first)
    changed = world.clock.advance(days=30)
    _set(world, own, second)
    _set(world, own, second)
    with world.look() as session:
        lines = [(line.supervisor_id, line.until) for line in supervision.lines_of(session=session, staff_id=own)]
    assert lines == [(second, None), (first, changed)]


def test_line_can_be_ended(world: World) -> None:
    lead, own = world.colleague("lead", RoleName.SUPERVISOR), world.colleague("own", RoleName.COUNSELOR)
    _set(world, own, lead)
    _set(world, own, None)
    assert _above(world, own) is None


def test_circle_of_any_length_is_refused(world: World) -> None:
    one, two, three = (world.colleague(name, RoleName.SUPERVISOR) for name in ("one", "two", "three"))
    _set(world, one, two)
    _set(world, two, three)
    for above in (one, two, three):
        if above == three:
            with pytest.raises(Refused) as refused:
                _set(world, three, three)
        else:
            with pytest.raises(Refused) as refused:
                _set(world, three, above)
        assert refused.value.refusal is Refusal.IN_A_CIRCLE


def test_only_active_supervisors_supervise(world: World) -> None:
    own = world.colleague("own", RoleName.COUNSELOR)
    gone = world.colleague("gone", RoleName.SUPERVISOR, active=False)
    for above, refusal in (
        (gone, Refusal.NOT_ACTIVE),
        (4711, Refusal.NOT_ACTIVE),
        (world.colleague("peer", RoleName.COUNSELOR), Refusal.WRONG_VALUE),
    ):
        with pytest.raises(Refused) as refused:
            _set(world, own, above)
        assert refused.value.refusal is refusal


def test_two_who_set_a_supervisor_at_once_leave_one_line(any_world: World) -> None:
    leads = [any_world.colleague(f"lead{number}", RoleName.SUPERVISOR) for number in range(6)]
    own = any_world.colleague("own", RoleName.COUNSELOR)
    results = at_once(*[lambda lead=lead: _set(any_world, own, lead) for lead in leads])
    refused = [one for one in results if one is not None]
    assert all(isinstance(one, Refused) and one.refusal is Refusal.CHANGED_MEANWHILE for one in refused)
    with any_world.look() as session:
        running = [line for line in supervision.lines_of(session=session, staff_id=own) if line.until is None]
    assert len(running) == 1
