"""Errands outside the database: queued with the change that asks for them, claimed, delivered, retried."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import or_, select, update
from sqlalchemy.orm import Session

from models.outbox import OutboxKind, OutboxRow

# A worker that is killed with an errand in its hands blocks it only this long.
CLAIM = timedelta(seconds=30)
RETRY_SECONDS = (2, 4, 8, 15, 30, 60)


def queue(
    *,
    session: Session,
    kind: OutboxKind,
    dedupe_key: str,
    now: datetime,
    conversation_id: int | None = None,
    **payload: Any,
) -> OutboxRow | None:
    """Add an errand; return None when the same errand is there already."""
    if session.scalar(select(OutboxRow.id).where(OutboxRow.dedupe_key == dedupe_key)) is not None:
        return None
    row = OutboxRow(
        kind=kind,
        dedupe_key=dedupe_key,
        conversation_id=conversation_id,
        payload=payload,
        created_at=now,
        not_before=now,
    )
    session.add(row)
    session.flush()
    return row


def due(
    *, session: Session, kind: OutboxKind, now: datetime, limit: int = 50, urgent: bool | None = None
) -> Sequence[int]:
    """Return ids of errands that may be tried now, oldest first; only the urgent or the others where that is asked."""
    return session.scalars(
        select(OutboxRow.id)
        .where(
            OutboxRow.kind == kind,
            OutboxRow.delivered_at.is_(None),
            OutboxRow.given_up_at.is_(None),
            OutboxRow.not_before <= now,
            or_(OutboxRow.claimed_until.is_(None), OutboxRow.claimed_until < now),
            *(() if urgent is None else (OutboxRow.urgent.is_(urgent),)),
        )
        .order_by(OutboxRow.id)
        .limit(limit)
    ).all()


def claim(*, session: Session, row_id: int, now: datetime) -> OutboxRow | None:
    """Take an errand in hand; return None when another worker holds it or it is done."""
    taken = session.execute(
        update(OutboxRow)
        .where(
            OutboxRow.id == row_id,
            OutboxRow.delivered_at.is_(None),
            OutboxRow.given_up_at.is_(None),
            or_(OutboxRow.claimed_until.is_(None), OutboxRow.claimed_until < now),
        )
        .values(claimed_until=now + CLAIM, attempts=OutboxRow.attempts + 1)
        .execution_options(synchronize_session=False)
    )
    if getattr(taken, "rowcount", 0) != 1:
        return None
    return session.get(OutboxRow, row_id, populate_existing=True)


def delivered(*, row: OutboxRow, now: datetime) -> None:
    """Note that the errand is done."""
    row.delivered_at = now
    row.claimed_until = None
    row.last_error = None


def failed(*, row: OutboxRow, error: str, now: datetime, waits: Sequence[int] = RETRY_SECONDS) -> None:
    """Put the errand back for later, waiting a little longer (seconds) after each failure."""
    wait = waits[min(max(row.attempts, 1), len(waits)) - 1]
    row.not_before = now + timedelta(seconds=wait)
    row.claimed_until = None
    row.last_error = error[:64]


def give_up(*, row: OutboxRow, reason: str, now: datetime) -> None:
    """End an errand that has lost its sense, and keep the reason."""
    row.given_up_at = now
    row.claimed_until = None
    row.last_error = reason[:64]
