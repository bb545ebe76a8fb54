"""Who supervises whom: one line each, no circles, and the lines of the past are kept."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from care import audit
from care.refusals import Refusal, Refused
from models.staff import RoleName, StaffMember
from models.supervision import Supervision


def set_supervisor(
    *, session: Session, actor: StaffMember, staff_id: int, supervisor_id: int | None, now: datetime
) -> Supervision | None:
    """Let somebody be supervised by another from now on, or by nobody; the line so far is kept with its end."""
    if session.get(StaffMember, staff_id) is None:
        raise Refused(Refusal.NOT_FOUND, "staff_id")
    current = _running(session, staff_id)
    if current is not None and current.supervisor_id == supervisor_id:
        return current
    if supervisor_id is not None:
        _check(session, staff_id, supervisor_id)
    if current is not None:
        current.until = now
    row = None
    try:
        with session.begin_nested():
            session.flush()
            if supervisor_id is not None:
                row = Supervision(staff_id=staff_id, supervisor_id=supervisor_id, since=now)
                session.add(row)
    except IntegrityError as error:
        raise Refused(Refusal.CHANGED_MEANWHILE, "supervisor_id") from error
    audit.record(
        session=session,
        actor=actor,
        verb="supervision.set",
        subject_type="staff_member",
        subject_id=staff_id,
        now=now,
        supervisor_id=supervisor_id,
    )
    session.flush()
    return row


def _check(session: Session, staff_id: int, supervisor_id: int) -> None:
    supervisor = session.get(StaffMember, supervisor_id)
    if supervisor is None or not supervisor.active:
        raise Refused(Refusal.NOT_ACTIVE, "supervisor_id")
    if not supervisor.has_any(RoleName.SUPERVISOR, RoleName.BASE_MANAGER):
        raise Refused(Refusal.WRONG_VALUE, "supervisor_id")
    seen, above = {staff_id}, supervisor_id
    while True:
        if above in seen:
            raise Refused(Refusal.IN_A_CIRCLE, "supervisor_id")
        seen.add(above)
        line = _running(session, above)
        if line is None:
            return
        above = line.supervisor_id


def _running(session: Session, staff_id: int) -> Supervision | None:
    return session.scalars(
        select(Supervision).where(Supervision.staff_id == staff_id, Supervision.until.is_(None))
    ).first()


def supervisor_of(*, session: Session, staff_id: int) -> StaffMember | None:
    """Return who supervises the colleague now."""
    line = _running(session, staff_id)
    return line.supervisor if line else None


def people_of(*, session: Session, supervisor_id: int) -> Sequence[StaffMember]:
    """Return the active colleagues whom this one supervises now, by name."""
    return session.scalars(
        select(StaffMember)
        .join(Supervision, Supervision.staff_id == StaffMember.id)
        .where(Supervision.supervisor_id == supervisor_id, Supervision.until.is_(None), StaffMember.active)
        .order_by(StaffMember.username)
    ).all()


def supervises(*, session: Session, supervisor_id: int, staff_id: int) -> bool:
    """Tell whether the line between the two runs now."""
    line = _running(session, staff_id)
    return line is not None and line.supervisor_id == supervisor_id


def lines_of(*, session: Session, staff_id: int) -> Sequence[Supervision]:
    """Return every line of the colleague, the present one first."""
    return session.scalars(
        select(Supervision).where(Supervision.staff_id == staff_id).order_by(Supervision.since.desc())
    ).all()


def candidates(*, session: Session, staff_id: int) -> Sequence[StaffMember]:
    """Return the active colleagues who may supervise this one."""
    members = session.scalars(select(StaffMember).where(StaffMember.active).order_by(StaffMember.username)).all()
    return [one for one in members if one.id != staff_id and one.has_any(RoleName.SUPERVISOR, RoleName.BASE_MANAGER)]
