"""What is still ahead of a colleague who goes: listed before, found again after, and never dropped."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from models.calendar import CalendarHold, CalendarHolder, HolderKind
from models.caseload import CaseAssignment
from models.crises import CallBack, CrisisCase
from models.duty import DutyTurn
from models.leave import Leave, LeaveState
from models.staff import StaffMember
from models.supervision import Supervision


@dataclass(frozen=True)
class Ahead:
    """Everything that waits for one colleague from a moment on."""

    # Appointments, group sessions, shifts, follow-ups and held offers.
    holds: Sequence[CalendarHold] = field(default=())
    turns: Sequence[DutyTurn] = field(default=())
    assignments: Sequence[CaseAssignment] = field(default=())
    crisis_cases: Sequence[CrisisCase] = field(default=())
    call_backs: Sequence[CallBack] = field(default=())
    supervised: Sequence[StaffMember] = field(default=())
    # Leave of others during which this colleague stands in.
    stand_ins: Sequence[Leave] = field(default=())

    def __len__(self) -> int:
        """Return how many things must go to somebody else."""
        return sum(len(part) for part in vars(self).values())


def ahead(*, session: Session, staff_id: int, now: datetime) -> Ahead:
    """Return what must be handed over if the colleague goes now."""
    return Ahead(
        holds=_holds(session, staff_id, now),
        turns=session.scalars(
            select(DutyTurn).where(DutyTurn.staff_id == staff_id, DutyTurn.ends_at > now).order_by(DutyTurn.starts_at)
        ).all(),
        assignments=session.scalars(
            select(CaseAssignment)
            .where(CaseAssignment.worker_id == staff_id, CaseAssignment.ended_at.is_(None))
            .order_by(CaseAssignment.assigned_at)
        ).all(),
        crisis_cases=session.scalars(
            select(CrisisCase)
            .where(
                CrisisCase.closed_at.is_(None),
                (CrisisCase.owner_id == staff_id) | (CrisisCase.acknowledged_by_id == staff_id),
            )
            .order_by(CrisisCase.opened_at)
        ).all(),
        call_backs=session.scalars(
            select(CallBack).where(CallBack.owner_id == staff_id, CallBack.done_at.is_(None)).order_by(CallBack.due_at)
        ).all(),
        supervised=session.scalars(
            select(StaffMember)
            .join(Supervision, Supervision.staff_id == StaffMember.id)
            .where(Supervision.supervisor_id == staff_id, Supervision.until.is_(None), StaffMember.active)
            .order_by(StaffMember.username)
        ).all(),
        stand_ins=session.scalars(
            select(Leave)
            .where(
                Leave.stand_in_id == staff_id,
                Leave.state.in_((LeaveState.ASKED, LeaveState.APPROVED)),
                Leave.ends_at > now,
            )
            .order_by(Leave.starts_at)
        ).all(),
    )


def _holds(session: Session, staff_id: int, now: datetime) -> Sequence[CalendarHold]:
    return session.scalars(
        select(CalendarHold)
        .join(CalendarHolder, CalendarHolder.hold_id == CalendarHold.id)
        .where(
            CalendarHolder.holder_kind == HolderKind.STAFF,
            CalendarHolder.holder_id == staff_id,
            CalendarHold.ends_at > now,
        )
        .order_by(CalendarHold.starts_at)
    ).all()


def promised_between(*, session: Session, staff_id: int, start: datetime, end: datetime) -> int:
    """Return how many appointments, groups, shifts, follow-ups and turns on duty the colleague has in the span."""
    holds = session.scalar(
        select(func.count())
        .select_from(CalendarHold)
        .join(CalendarHolder, CalendarHolder.hold_id == CalendarHold.id)
        .where(
            CalendarHolder.holder_kind == HolderKind.STAFF,
            CalendarHolder.holder_id == staff_id,
            CalendarHold.starts_at < end,
            CalendarHold.ends_at > start,
        )
    )
    turns = session.scalar(
        select(func.count()).where(DutyTurn.staff_id == staff_id, DutyTurn.starts_at < end, DutyTurn.ends_at > start)
    )
    return (holds or 0) + (turns or 0)


def left_behind(*, session: Session, now: datetime) -> list[tuple[StaffMember, Ahead]]:
    """Return the colleagues who are gone and still have something ahead: it waits here until somebody takes it."""
    gone = session.scalars(select(StaffMember).where(StaffMember.active.is_(False)).order_by(StaffMember.username))
    listed = [(member, ahead(session=session, staff_id=member.id, now=now)) for member in gone]
    return [(member, what) for member, what in listed if len(what)]


def count_left_behind(*, session: Session, now: datetime) -> int:
    """Return how many people and times belong to colleagues who are gone: the cheap question for "my day"."""
    cases = session.scalar(
        select(func.count())
        .select_from(CaseAssignment)
        .join(StaffMember, StaffMember.id == CaseAssignment.worker_id)
        .where(CaseAssignment.ended_at.is_(None), StaffMember.active.is_(False))
    )
    times = session.scalar(
        select(func.count())
        .select_from(CalendarHolder)
        .join(CalendarHold, CalendarHold.id == CalendarHolder.hold_id)
        .join(StaffMember, StaffMember.id == CalendarHolder.holder_id)
        .where(
            CalendarHolder.holder_kind == HolderKind.STAFF,
            CalendarHold.ends_at > now,
            StaffMember.active.is_(False),
        )
    )
    return (cases or 0) + (times or 0)
