"""A supervisor reads along: written down, seen by the colleague who speaks, silent towards the person."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from care import audit, live, transcript
from care.refusals import Refusal, Refused
from models.desk_notes import DeskWatch
from models.staff import RoleName, StaffMember

# Those who answer for the work of others.
MAY_WATCH = (RoleName.SUPERVISOR, RoleName.BASE_MANAGER)


def begin(*, session: Session, conversation_id: int, actor: StaffMember, now: datetime) -> DeskWatch:
    """Read along; a second press changes nothing. One's own conversation needs no watcher."""
    if not actor.has_any(*MAY_WATCH):
        raise Refused(Refusal.NOT_YOURS)
    conversation = transcript.locked(session=session, conversation_id=conversation_id)
    if conversation.closed_at is not None:
        raise Refused(Refusal.CLOSED)
    if conversation.owner_staff_id == actor.id:
        raise Refused(Refusal.NOBODY_SPEAKS)
    running = _running(session, conversation_id, actor.id)
    if running is not None:
        return running
    row = DeskWatch(conversation_id=conversation_id, staff_id=actor.id, began_at=now)
    try:
        with session.begin_nested():
            session.add(row)
    except IntegrityError:
        # The other window of the same supervisor was a moment earlier.
        found = _running(session, conversation_id, actor.id)
        assert found is not None
        return found
    _trace(session, conversation_id, actor, "conversation.watch", now)
    return row


def end(
    *,
    session: Session,
    conversation_id: int,
    now: datetime,
    staff_id: int | None = None,
    actor: StaffMember | None = None,
) -> int:
    """End the watches of a conversation, of everybody or of one colleague; return how many ended."""
    rows = select(DeskWatch).where(DeskWatch.conversation_id == conversation_id, DeskWatch.ended_at.is_(None))
    if staff_id is not None:
        rows = rows.where(DeskWatch.staff_id == staff_id)
    found = session.scalars(rows).all()
    for row in found:
        # A clock that was set back must not make a watch end before it began.
        row.ended_at = max(now, row.began_at)
    if found:
        session.flush()
        _trace(session, conversation_id, actor, "conversation.unwatch", now)
    return len(found)


def watching(*, session: Session, conversation_id: int) -> Sequence[StaffMember]:
    """Return who reads along now."""
    return session.scalars(
        select(StaffMember)
        .join(DeskWatch, DeskWatch.staff_id == StaffMember.id)
        .where(DeskWatch.conversation_id == conversation_id, DeskWatch.ended_at.is_(None), StaffMember.active)
        .order_by(DeskWatch.began_at, DeskWatch.id)
    ).all()


def _running(session: Session, conversation_id: int, staff_id: int) -> DeskWatch | None:
    return session.scalars(
        select(DeskWatch).where(
            DeskWatch.conversation_id == conversation_id,
            DeskWatch.staff_id == staff_id,
            DeskWatch.ended_at.is_(None),
        )
    ).first()


def _trace(session: Session, conversation_id: int, actor: StaffMember | None, verb: str, now: datetime) -> None:
    audit.record(
        session=session,
        actor=actor,
        verb=verb,
        subject_type="conversation",
        subject_id=conversation_id,
        now=now,
    )
    live.publish(session=session, channel=live.side_channel(conversation_id), kind="watch", now=now)
