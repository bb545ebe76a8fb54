"""Notices to staff outside the site. Neutral words only: nothing on a lock screen may tell what this is about."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy.orm import Session

from care import audit, outbox
from models.crises import CrisisCase
from models.outbox import OutboxRow


def send(*, session: Session, row: OutboxRow, now: datetime) -> None:
    """Hand over one notice.

    No mail or message gateway is connected in this release: the hop is on the duty screen, and the
    notice is noted as kept in the development outbox so that nobody believes a phone has rung.
    """
    case = session.get(CrisisCase, row.payload["case_id"])
    if case is None or case.closed_at is not None or case.acknowledged_at is not None:
        outbox.give_up(row=row, reason="no_longer_needed", now=now)
        return
    audit.record(
        session=session,
        actor=None,
        verb="notice.kept_in_outbox",
        subject_type="crisis_case",
        subject_id=case.id,
        now=now,
        hop=row.payload["hop_no"],
    )
    outbox.delivered(row=row, now=now)
