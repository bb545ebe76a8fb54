"""Everything that happened to a case, in order: who did what, and when. Built from the audit entries, never edited."""

from __future__ import annotations

from collections.abc import Sequence

from sqlalchemy import select
from sqlalchemy.orm import Session

from models.audit import AuditEntry
from models.staff import StaffMember

# Looks are many and change nothing; they stay in the audit entries.
_LOOKS = ("case.see",)
AT_MOST = 500


def of_case(*, session: Session, case_id: int) -> Sequence[tuple[AuditEntry, StaffMember | None]]:
    """Return the events of a case with the colleague who acted, the newest first; nobody where the platform did."""
    found = session.execute(
        select(AuditEntry, StaffMember)
        .outerjoin(StaffMember, StaffMember.id == AuditEntry.staff_id)
        .where(
            AuditEntry.subject_type == "crisis_case",
            AuditEntry.subject_id == case_id,
            AuditEntry.verb.not_in(_LOOKS),
        )
        .order_by(AuditEntry.id.desc())
        .limit(AT_MOST)
    ).unique()
    return [(entry, member) for entry, member in found]
