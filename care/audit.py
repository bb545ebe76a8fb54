"""Leaves the trace of an act in the same transaction as the act."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy.orm import Session

from models.audit import AuditEntry
from models.staff import StaffMember


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
