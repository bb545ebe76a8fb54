"""Whoever goes leaves nothing unseen: it is listed before, and waits on a list after."""

from __future__ import annotations

from datetime import timedelta

import pytest

from care import calendar, caseload, handover, staff
from care.staff import Declined, Problem
from models.calendar import HolderKind, HoldKind
from models.leave import Leave
from models.staff import RoleName, StaffMember, Team
from models.supervision import Supervision
from tests.fixtures.people import beneficiary, nothing_is_needed, teammate
from tests.fixtures.world import World

DAY = timedelta(days=1)


def _hold(world: World, staff_id: int, begins: timedelta) -> None:
    with world.work() as session:
        start = world.clock() + begins
        calendar.hold(
            session=session,
            kind=HoldKind.APPOINTMENT,
            holders=[(HolderKind.STAFF, staff_id)],
            starts_at=start,
            ends_at=start + timedelta(hours=1),
        )


def _fill(world: World, staff_id: int, other: int, manager: int) -> None:
    """Give the colleague one thing of each kind ahead, and one of each that is over or somebody else's."""
    for begins in (-DAY, DAY):
        _hold(world, staff_id, begins)
    _hold(world, other, 2 * DAY)
    world.turn(staff_id, starts=24)
    world.turn(staff_id, starts=-48)
    person = beneficiary(world, "NY-AAAA2")
    with world.work() as session:
        caseload.assign(
            session=session,
            actor=world.actor(session, manager),
            beneficiary_id=person,
            worker_id=staff_id,
            now=world.clock(),
        )
        session.add(Supervision(staff_id=other, supervisor_id=staff_id, since=world.clock()))
        for begins in (-3 * DAY, 3 * DAY):
            start = world.clock() + begins
            session.add(
                Leave(
                    staff_id=other, stand_in_id=staff_id, starts_at=start, ends_at=start + DAY, asked_at=world.clock()
                )
            )


@pytest.fixture
def manager(world: World) -> int:
    nothing_is_needed(world)
    return world.colleague("manager", RoleName.BASE_MANAGER)


def _deactivate(world: World, manager: int, staff_id: int, *, seen: bool) -> None:
    with world.work() as session:
        staff.deactivate(
            session=session,
            actor=world.actor(session, manager),
            staff_id=staff_id,
            now=world.clock(),
            seen_ahead=seen,
        )


def test_list_names_what_is_ahead_and_nothing_that_is_over_or_of_others(world: World, manager: int) -> None:
    own, other = (teammate(world, name, Team.COUNSELOR) for name in ("chen", "gao"))
    _fill(world, own, other, manager)
    with world.look() as session:
        found = handover.ahead(session=session, staff_id=own, now=world.clock())
        sizes = {name: len(part) for name, part in vars(found).items()}
        assert sizes == {
            "holds": 1,
            "turns": 1,
            "assignments": 1,
            "crisis_cases": 0,
            "call_backs": 0,
            "supervised": 1,
            "stand_ins": 1,
        }
        assert len(found) == 5


def test_nobody_is_deactivated_before_what_is_ahead_was_seen(world: World, manager: int) -> None:
    own, other = (teammate(world, name, Team.COUNSELOR) for name in ("chen", "gao"))
    _fill(world, own, other, manager)
    with pytest.raises(Declined) as declined:
        _deactivate(world, manager, own, seen=False)
    assert declined.value.problem is Problem.THINGS_AHEAD
    with world.look() as session:
        assert session.get_one(StaffMember, own).active


def test_what_is_left_behind_stays_on_a_list_until_somebody_takes_it(world: World, manager: int) -> None:
    own, other = (teammate(world, name, Team.COUNSELOR) for name in ("chen", "gao"))
    _fill(world, own, other, manager)
    _deactivate(world, manager, own, seen=True)
    with world.look() as session:
        ((member, found),) = handover.left_behind(session=session, now=world.clock())
        assert (member.id, len(found)) == (own, 5)
        assert handover.count_left_behind(session=session, now=world.clock()) == 2
        assignment_id = found.assignments[0].id
    with world.work() as session:
        caseload.hand_over(
            session=session,
            actor=world.actor(session, manager),
            assignment_id=assignment_id,
            worker_id=other,
            now=world.clock(),
        )
    with world.look() as session:
        assert handover.count_left_behind(session=session, now=world.clock()) == 1


def test_colleague_with_nothing_ahead_goes_without_a_question(world: World, manager: int) -> None:
    own = teammate(world, "chen", Team.COUNSELOR)
    _deactivate(world, manager, own, seen=False)
    with world.look() as session:
        assert not session.get_one(StaffMember, own).active
        assert handover.left_behind(session=session, now=world.clock()) == []


def test_new_role_is_refused_while_its_training_is_missing(world: World) -> None:
    manager = world.colleague("manager", RoleName.BASE_MANAGER)
    own = teammate(world, "lin", Team.VOLUNTEER)
    with world.work() as session, pytest.raises(Declined) as declined:
        staff.change_roles(
            session=session,
            actor=world.actor(session, manager),
            staff_id=own,
            roles=[RoleName.VOLUNTEER, RoleName.COUNSELOR],
            now=world.clock(),
        )
    assert declined.value.problem is Problem.NOT_TRAINED


def test_role_is_given_once_its_training_is_there_and_taken_without_a_question(world: World, manager: int) -> None:
    own = teammate(world, "lin", Team.VOLUNTEER)
    for roles in ([RoleName.COUNSELOR, RoleName.VOLUNTEER], [RoleName.COUNSELOR]):
        with world.work() as session:
            staff.change_roles(
                session=session, actor=world.actor(session, manager), staff_id=own, roles=roles, now=world.clock()
            )
    with world.look() as session:
        assert [role.name for role in session.get_one(StaffMember, own).roles] == ["counselor"]


def test_base_manager_makes_no_administrator_through_roles(world: World, manager: int) -> None:
    own = teammate(world, "lin", Team.VOLUNTEER)
    with world.work() as session, pytest.raises(Declined) as declined:
        staff.change_roles(
            session=session,
            actor=world.actor(session, manager),
            staff_id=own,
            roles=[RoleName.ADMIN],
            now=world.clock(),
        )
    assert declined.value.problem is Problem.ONLY_ADMINS
