"""Leaves the trace of an act in the same transaction as the act."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy.orm import Session

from care.refusals import Refusal, Refused
from models.audit import AuditEntry
from models.staff import StaffMember

# Input that cannot be, or that somebody may be trying out: it changes nothing, and yet somebody may ask for it later.
# A place that was taken a moment earlier is nobody's mistake and is not here.
NOTED = frozenset(
    {
        Refusal.PLANS_OVERLAP,
        Refusal.LEAVE_OVERLAPS,
        Refusal.ENDS_BEFORE_IT_STARTS,
        Refusal.HOLIDAY,
        Refusal.NOT_ACTIVE,
        Refusal.NOT_QUALIFIED,
        Refusal.NOT_TRAINED,
        Refusal.NOT_ONES_OWN,
        Refusal.KEY_USED,
        Refusal.ALREADY_THERE,
        Refusal.ALREADY_RECORDED,
        Refusal.WRONG_SHIFT_CODE,
    }
)


def record(
    *,
    session: Session,
    actor: StaffMember | None,
    verb: str,
    subject_type: str,
    subject_id: int,
    now: datetime,
    **details: Any,
) -> AuditEntry:
    """Write who did what to which record; details are ids, levels and counts, never a person's words."""
    entry = AuditEntry(
        at=now,
        staff_id=actor.id if actor else None,
        verb=verb,
        subject_type=subject_type,
        subject_id=subject_id,
        details=details,
    )
    session.add(entry)
    return entry


def note_refusal(
    *, session: Session, actor: StaffMember | None, refused: Refused, where: str, now: datetime
) -> AuditEntry | None:
    """Write that something was refused, and where; None for a refusal that needs no trace. Nothing typed is kept."""
    if refused.refusal not in NOTED:
        return None
    return record(
        session=session,
        actor=actor,
        verb="refused",
        subject_type="endpoint",
        subject_id=0,
        now=now,
        why=refused.refusal.value,
        field=refused.field,
        where=where,
    )


def note_forged_address(*, session: Session, actor: StaffMember | None, where: str, now: datetime) -> AuditEntry:
    """Write that a secret address was tried that nobody was ever given, or that works no more; not the address."""
    return record(
        session=session,
        actor=actor,
        verb="address.forged",
        subject_type="endpoint",
        subject_id=0,
        now=now,
        where=where,
    )
