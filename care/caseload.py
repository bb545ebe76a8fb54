"""Which worker looks after whom, and a cap that a supervisor alone may pass, with a reason."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import func, select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from care import audit, live, qualifications
from care.refusals import Refusal, Refused
from models.beneficiaries import Beneficiary
from models.caseload import CaseAssignment
from models.staff import RoleName, StaffMember, Team

# A proposal of the project, to be set by the base: counselors see each person weekly, social workers monthly.
USUAL_CAP = {Team.COUNSELOR: 25, Team.SOCIAL_WORKER: 40}
LONGEST_REASON = 500
_TRIES = 5


def cap(*, worker: StaffMember) -> int:
    """Return how many people the worker may carry: their own number, else the usual one of the team, else none."""
    if worker.team is None or worker.team not in USUAL_CAP:
        return 0
    return USUAL_CAP[worker.team] if worker.caseload_cap is None else worker.caseload_cap


def count(*, session: Session, staff_id: int) -> int:
    """Return how many people the worker carries now."""
    return counts(session=session, staff_ids=[staff_id])[staff_id]


def counts(*, session: Session, staff_ids: Sequence[int]) -> dict[int, int]:
    """Return how many people each of the workers carries now, in one question."""
    found = dict.fromkeys(staff_ids, 0)
    rows = session.execute(
        select(CaseAssignment.worker_id, func.count())
        .where(CaseAssignment.worker_id.in_(staff_ids), CaseAssignment.ended_at.is_(None))
        .group_by(CaseAssignment.worker_id)
    )
    for worker_id, number in rows:
        found[worker_id] = number
    return found


def assign(
    *,
    session: Session,
    actor: StaffMember,
    beneficiary_id: int,
    worker_id: int,
    now: datetime,
    over_cap_reason: str = "",
) -> CaseAssignment:
    """Give a person to a worker; over the cap only a supervisor may, with a reason."""
    worker = _fit_worker(session, worker_id, now)
    if session.get(Beneficiary, beneficiary_id) is None:
        raise Refused(Refusal.NOT_FOUND, "beneficiary_id")
    if worker_of(session=session, beneficiary_id=beneficiary_id, team=_team(worker)) is not None:
        raise Refused(Refusal.ALREADY_ASSIGNED, "beneficiary_id")
    reason = over_cap_reason.strip()[:LONGEST_REASON]
    for _try in range(_TRIES):
        place = _free_place(session, worker_id)
        if _is_over(session, worker, place):
            _check_override(actor, reason)
        row = CaseAssignment(
            beneficiary_id=beneficiary_id,
            worker_id=worker_id,
            team=_team(worker),
            place_no=place,
            assigned_at=now,
            assigned_by_id=actor.id,
            over_cap_reason=reason if _is_over(session, worker, place) else None,
        )
        try:
            with session.begin_nested():
                session.add(row)
        except IntegrityError:
            # Somebody took the place, or the person, in the same moment.
            if worker_of(session=session, beneficiary_id=beneficiary_id, team=_team(worker)) is not None:
                raise Refused(Refusal.ALREADY_ASSIGNED, "beneficiary_id") from None
            continue
        _trace(session, actor, "caseload.assign", row, now)
        return row
    raise Refused(Refusal.CHANGED_MEANWHILE, "worker_id")


def _fit_worker(session: Session, worker_id: int, now: datetime) -> StaffMember:
    worker = session.get(StaffMember, worker_id)
    if worker is None or not worker.active:
        raise Refused(Refusal.NOT_ACTIVE, "worker_id")
    if worker.team not in USUAL_CAP:
        raise Refused(Refusal.NO_CASELOAD, "worker_id")
    if qualifications.missing_for(session=session, staff_id=worker_id, role=f"role.{worker.team.value}", at=now):
        raise Refused(Refusal.NOT_TRAINED, "worker_id")
    return worker


def _team(worker: StaffMember) -> Team:
    assert worker.team is not None
    return worker.team


def _free_place(session: Session, worker_id: int) -> int:
    taken = set(
        session.scalars(
            select(CaseAssignment.place_no).where(
                CaseAssignment.worker_id == worker_id, CaseAssignment.ended_at.is_(None)
            )
        )
    )
    return next(place for place in range(1, len(taken) + 2) if place not in taken)


def _is_over(session: Session, worker: StaffMember, place: int) -> bool:
    # Places have no holes below the count of a moment ago, but a cap that was lowered leaves more taken than allowed.
    return max(place, count(session=session, staff_id=worker.id) + 1) > cap(worker=worker)


def _check_override(actor: StaffMember, reason: str) -> None:
    if not reason or not may_override(actor):
        raise Refused(Refusal.OVER_CAP, "worker_id")


def may_override(actor: StaffMember) -> bool:
    """Tell whether the colleague may give a worker more than the cap."""
    return actor.has_any(RoleName.SUPERVISOR, RoleName.BASE_MANAGER)


def end(*, session: Session, actor: StaffMember, assignment_id: int, now: datetime) -> CaseAssignment:
    """End the assignment; the row stays, and ending twice changes nothing."""
    row = session.get(CaseAssignment, assignment_id, with_for_update=True)
    if row is None:
        raise Refused(Refusal.NOT_FOUND)
    if row.ended_at is None:
        row.ended_at, row.ended_by_id = now, actor.id
        _trace(session, actor, "caseload.end", row, now)
    return row


def hand_over(
    *,
    session: Session,
    actor: StaffMember,
    assignment_id: int,
    worker_id: int,
    now: datetime,
    over_cap_reason: str = "",
) -> CaseAssignment:
    """Give a person from one worker to another of any team that carries cases; refused, nothing has moved."""
    with session.begin_nested():
        old = session.get(CaseAssignment, assignment_id, with_for_update=True)
        if old is None:
            raise Refused(Refusal.NOT_FOUND)
        if old.ended_at is not None:
            raise Refused(Refusal.CHANGED_MEANWHILE, "worker_id")
        end(session=session, actor=actor, assignment_id=assignment_id, now=now)
        return assign(
            session=session,
            actor=actor,
            beneficiary_id=old.beneficiary_id,
            worker_id=worker_id,
            now=now,
            over_cap_reason=over_cap_reason,
        )


def worker_of(*, session: Session, beneficiary_id: int, team: Team) -> StaffMember | None:
    """Return who of the team looks after the person now."""
    row = session.scalars(
        select(CaseAssignment).where(
            CaseAssignment.beneficiary_id == beneficiary_id,
            CaseAssignment.team == team,
            CaseAssignment.ended_at.is_(None),
        )
    ).first()
    return row.worker if row else None


def of(*, session: Session, staff_id: int) -> Sequence[CaseAssignment]:
    """Return the people whom the worker looks after now, the longest first."""
    return session.scalars(
        select(CaseAssignment)
        .where(CaseAssignment.worker_id == staff_id, CaseAssignment.ended_at.is_(None))
        .order_by(CaseAssignment.assigned_at, CaseAssignment.id)
    ).all()


def workers(*, session: Session) -> Sequence[StaffMember]:
    """Return the active colleagues who carry cases."""
    return session.scalars(
        select(StaffMember)
        .where(StaffMember.active, StaffMember.team.in_(list(USUAL_CAP)))
        .order_by(StaffMember.team, StaffMember.username)
    ).all()


def _trace(session: Session, actor: StaffMember, verb: str, row: CaseAssignment, now: datetime) -> None:
    session.flush()
    audit.record(
        session=session,
        actor=actor,
        verb=verb,
        subject_type="case_assignment",
        subject_id=row.id,
        now=now,
        beneficiary_id=row.beneficiary_id,
        worker_id=row.worker_id,
        over_cap=row.over_cap_reason is not None,
    )
    live.publish(session=session, channel=live.DESK, kind="caseload", now=now, staff_id=row.worker_id)
    session.flush()
