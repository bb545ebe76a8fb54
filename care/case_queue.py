"""The open cases as lists: the queue of the desk, and what of it belongs on one colleague's day."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import or_, select
from sqlalchemy.orm import Session

from models.beneficiaries import Beneficiary
from models.crises import CrisisCase
from models.staff import StaffMember
from triage.levels import Level


@dataclass(frozen=True)
class Line:
    """One case on somebody's day: never a name, never a word of the person."""

    case_id: int
    code: str
    due_at: datetime
    # Whether a colleague has taken it by name; who is only being rung has not.
    taken: bool
    # Whether somebody must look today at the latest; a doubt of a few days is not late while its clock runs.
    urgent: bool


def on_the_day_of(*, session: Session, member: StaffMember) -> Sequence[Line]:
    """Return the open cases that nobody has taken, and those that this colleague has, the earliest clock first."""
    rows = session.execute(
        select(CrisisCase, Beneficiary.code)
        .join(Beneficiary, Beneficiary.id == CrisisCase.beneficiary_id)
        .where(
            CrisisCase.closed_at.is_(None),
            or_(CrisisCase.acknowledged_by_id.is_(None), CrisisCase.acknowledged_by_id == member.id),
        )
        .order_by(CrisisCase.due_at, CrisisCase.id)
    )
    return [
        Line(case.id, code, case.due_at, case.acknowledged_by_id is not None, case.risk.is_at_least(Level.ORANGE))
        for case, code in rows
    ]


def queue_of_open_cases(*, session: Session) -> list[CrisisCase]:
    """Return open cases for the duty screen: highest level first, unanswered before answered, then by clock."""
    cases = session.scalars(select(CrisisCase).where(CrisisCase.closed_at.is_(None))).all()
    return sorted(cases, key=lambda case: (-case.risk.rank, case.acknowledged_at is not None, case.due_at, case.id))
