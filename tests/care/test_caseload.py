"""Who looks after whom: one worker of a team each, never more than the cap unless a supervisor says why."""

from __future__ import annotations

import pytest
from sqlalchemy import func, select

from care import caseload
from care.refusals import Refusal, Refused
from models.caseload import CaseAssignment
from models.staff import RoleName, StaffMember, Team
from tests.fixtures.people import beneficiary, nothing_is_needed, teammate
from tests.fixtures.world import World, at_once


def _assign(world: World, actor: int, person: int, worker: int, reason: str = "") -> int:
    with world.work() as session:
        row = caseload.assign(
            session=session,
            actor=world.actor(session, actor),
            beneficiary_id=person,
            worker_id=worker,
            over_cap_reason=reason,
            now=world.clock(),
        )
        return row.id


def _count(world: World, worker: int) -> int:
    with world.look() as session:
        return caseload.count(session=session, staff_id=worker)


@pytest.fixture
def lead(world: World) -> int:
    nothing_is_needed(world)
    return world.colleague("lead", RoleName.SUPERVISOR)


def test_person_is_given_to_a_worker_and_others_carry_nobody(world: World, lead: int) -> None:
    worker, decoy = (teammate(world, name, Team.COUNSELOR) for name in ("chen", "gao"))
    person = beneficiary(world, "NY-AAAA2")
    _assign(world, lead, person, worker)
    assert (_count(world, worker), _count(world, decoy)) == (1, 0)
    with world.look() as session:
        found = caseload.worker_of(session=session, beneficiary_id=person, team=Team.COUNSELOR)
        assert found is not None
        assert found.id == worker


def test_one_over_the_cap_is_refused_by_name(world: World, lead: int) -> None:
    worker = teammate(world, "chen", Team.COUNSELOR, caseload_cap=1)
    _assign(world, lead, beneficiary(world, "NY-AAAA2"), worker)
    with pytest.raises(Refused) as refused:
        _assign(world, lead, beneficiary(world, "NY-AAAA3"), worker)
    assert (refused.value.refusal, refused.value.field) == (Refusal.OVER_CAP, "worker_id")
    assert _count(world, worker) == 1


def test_supervisor_may_go_over_the_cap_with_a_reason_that_is_kept(world: World, lead: int) -> None:
    worker = teammate(world, "chen", Team.COUNSELOR, caseload_cap=0)
    row_id = _assign(world, lead, beneficiary(world, "NY-AAAA2"), worker, "只有她会手语")
    with world.look() as session:
        assert session.get_one(CaseAssignment, row_id).over_cap_reason == "只有她会手语"


def test_worker_cannot_go_over_the_cap_even_with_a_reason(world: World, lead: int) -> None:
    worker = teammate(world, "chen", Team.COUNSELOR, caseload_cap=0)
    with pytest.raises(Refused) as refused:
        _assign(world, worker, beneficiary(world, "NY-AAAA2"), worker, "我还能行")
    assert refused.value.refusal is Refusal.OVER_CAP


def test_reason_is_not_kept_where_there_was_room(world: World, lead: int) -> None:
    worker = teammate(world, "chen", Team.COUNSELOR)
    row_id = _assign(world, lead, beneficiary(world, "NY-AAAA2"), worker, "以防万一")
    with world.look() as session:
        assert session.get_one(CaseAssignment, row_id).over_cap_reason is None


def test_each_team_has_its_own_worker_but_only_one(world: World, lead: int) -> None:
    person = beneficiary(world, "NY-AAAA2")
    counselor, second = (teammate(world, name, Team.COUNSELOR) for name in ("chen", "gao"))
    _assign(world, lead, person, counselor)
    _assign(world, lead, person, teammate(world, "sun", Team.SOCIAL_WORKER))
    with pytest.raises(Refused) as refused:
        _assign(world, lead, person, second)
    assert refused.value.refusal is Refusal.ALREADY_ASSIGNED


def test_volunteer_or_somebody_gone_or_untrained_is_given_nobody(world: World) -> None:
    lead = world.colleague("lead", RoleName.SUPERVISOR)
    gone = teammate(world, "gone", Team.COUNSELOR, active=False)
    person = beneficiary(world, "NY-AAAA2")
    for worker, refusal in (
        (teammate(world, "lin", Team.VOLUNTEER), Refusal.NO_CASELOAD),
        (gone, Refusal.NOT_ACTIVE),
        (teammate(world, "chen", Team.COUNSELOR), Refusal.NOT_TRAINED),
        (4711, Refusal.NOT_ACTIVE),
    ):
        with pytest.raises(Refused) as refused:
            _assign(world, lead, person, worker)
        assert refused.value.refusal is refusal


def test_unknown_person_is_refused(world: World, lead: int) -> None:
    with pytest.raises(Refused) as refused:
        _assign(world, lead, 4711, teammate(world, "chen", Team.COUNSELOR))
    assert refused.value.refusal is Refusal.NOT_FOUND


def test_twelve_hands_at_once_never_fill_more_places_than_the_cap(any_world: World) -> None:
    nothing_is_needed(any_world)
    lead = any_world.colleague("lead", RoleName.SUPERVISOR)
    worker = teammate(any_world, "chen", Team.COUNSELOR, caseload_cap=5)
    people = [beneficiary(any_world, f"NY-AAA{number:02d}") for number in range(12)]
    results = at_once(*[lambda person=person: _assign(any_world, lead, person, worker) for person in people])
    assert _count(any_world, worker) == 5
    refused = {one.refusal for one in results if isinstance(one, Refused)}
    assert refused <= {Refusal.OVER_CAP, Refusal.CHANGED_MEANWHILE}
    assert all(isinstance(one, (int, Refused)) for one in results)


def test_same_person_given_by_ten_hands_at_once_has_one_worker(any_world: World) -> None:
    nothing_is_needed(any_world)
    lead = any_world.colleague("lead", RoleName.SUPERVISOR)
    workers = [teammate(any_world, f"worker{number}", Team.COUNSELOR) for number in range(10)]
    person = beneficiary(any_world, "NY-AAAA2")
    results = at_once(*[lambda worker=worker: _assign(any_world, lead, person, worker) for worker in workers])
    assert sum(isinstance(one, int) for one in results) == 1
    assert {one.refusal for one in results if isinstance(one, Refused)} == {Refusal.ALREADY_ASSIGNED}


def test_place_that_was_given_back_is_filled_again(world: World, lead: int) -> None:
    worker = teammate(world, "chen", Team.COUNSELOR, caseload_cap=2)
    first = _assign(world, lead, beneficiary(world, "NY-AAAA2"), worker)
    _assign(world, lead, beneficiary(world, "NY-AAAA3"), worker)
    for _twice in range(2):
        with world.work() as session:
            caseload.end(session=session, actor=world.actor(session, lead), assignment_id=first, now=world.clock())
    _assign(world, lead, beneficiary(world, "NY-AAAA4"), worker)
    assert _count(world, worker) == 2


def test_lowered_cap_takes_nobody_away_and_lets_nobody_in(world: World, lead: int) -> None:
    worker = teammate(world, "chen", Team.COUNSELOR, caseload_cap=3)
    rows = [_assign(world, lead, beneficiary(world, f"NY-AAAA{number}"), worker) for number in (2, 3, 4)]
    with world.work() as session:
        session.get_one(StaffMember, worker).caseload_cap = 2
        caseload.end(session=session, actor=world.actor(session, lead), assignment_id=rows[0], now=world.clock())
    assert _count(world, worker) == 2
    with pytest.raises(Refused) as refused:
        _assign(world, lead, beneficiary(world, "NY-AAAA5"), worker)
    assert refused.value.refusal is Refusal.OVER_CAP


def _hand_over(world: World, lead: int, row_id: int, worker: int) -> None:
    with world.work() as session:
        caseload.hand_over(
            session=session,
            actor=world.actor(session, lead),
            assignment_id=row_id,
            worker_id=worker,
            now=world.clock(),
        )


def test_hand_over_moves_the_person_and_keeps_the_history(world: World, lead: int) -> None:
    old, new = (teammate(world, name, Team.COUNSELOR) for name in ("chen", "gao"))
    row_id = _assign(world, lead, beneficiary(world, "NY-AAAA2"), old)
    _hand_over(world, lead, row_id, new)
    assert (_count(world, old), _count(world, new)) == (0, 1)
    with world.look() as session:
        assert session.scalar(select(func.count()).select_from(CaseAssignment)) == 2


def test_hand_over_that_is_refused_has_moved_nothing(world: World, lead: int) -> None:
    old, full = teammate(world, "chen", Team.COUNSELOR), teammate(world, "gao", Team.COUNSELOR, caseload_cap=0)
    row_id = _assign(world, lead, beneficiary(world, "NY-AAAA2"), old)
    with pytest.raises(Refused):
        _hand_over(world, lead, row_id, full)
    assert _count(world, old) == 1


def test_hand_over_pressed_twice_is_done_once(world: World, lead: int) -> None:
    old, new = (teammate(world, name, Team.COUNSELOR) for name in ("chen", "gao"))
    row_id = _assign(world, lead, beneficiary(world, "NY-AAAA2"), old)
    _hand_over(world, lead, row_id, new)
    with pytest.raises(Refused) as refused:
        _hand_over(world, lead, row_id, new)
    assert refused.value.refusal is Refusal.CHANGED_MEANWHILE
    assert _count(world, new) == 1


def test_usual_cap_is_that_of_the_team_and_volunteers_have_none() -> None:
    caps = {team: caseload.cap(worker=StaffMember(team=team)) for team in Team}
    assert caps == {Team.COUNSELOR: 25, Team.SOCIAL_WORKER: 40, Team.VOLUNTEER: 0}
    assert caseload.cap(worker=StaffMember(team=None)) == 0
