"""Call-backs: when nobody is there, the promise is a name and a time."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta

from sqlalchemy import or_, select
from sqlalchemy.orm import Session, joinedload

from care import audit, duty, duty_gaps, live, notices
from models.conversations import Conversation
from models.crises import CallBack
from models.staff import StaffMember

# A colleague on duty, or who comes on duty, has this long to reach the people who were promised a reply.
AFTER_SHIFT_STARTS = timedelta(hours=1)


def open_of(*, session: Session, conversation_id: int) -> CallBack | None:
    """Return the promise that still stands for a conversation."""
    return session.scalars(
        select(CallBack).where(CallBack.conversation_id == conversation_id, CallBack.done_at.is_(None))
    ).first()


def promise(*, session: Session, conversation: Conversation, now: datetime) -> CallBack | None:
    """Promise a reply by the colleague whose turn it is, or comes next; return None when the roster knows none."""
    standing = open_of(session=session, conversation_id=conversation.id)
    if standing is not None:
        return standing
    answers = duty.who_answers(session=session, at=now)
    if answers is None:
        return None
    owner, from_then = answers
    row = CallBack(
        conversation=conversation,
        owner=owner,
        due_at=from_then + AFTER_SHIFT_STARTS,
        created_at=now,
    )
    session.add(row)
    session.flush()
    audit.record(
        session=session, actor=None, verb="call_back.promise", subject_type="call_back", subject_id=row.id, now=now
    )
    live.publish(session=session, channel=live.DESK, kind="call_back", now=now, call_back_id=row.id)
    _tell_owner(session, row, now)
    return row


def _tell_owner(session: Session, row: CallBack, now: datetime) -> None:
    notices.tell(
        session=session,
        to=row.owner,
        words="notice.desk_by",
        now=now,
        dedupe_key=f"call-back-{row.id}-{row.owner_id}",
        not_after=row.due_at,
        link="/staff/",
        when=row.due_at,
    )


def keep(*, session: Session, conversation_id: int, actor: StaffMember, now: datetime) -> None:
    """Note that the promised reply has been given."""
    row = open_of(session=session, conversation_id=conversation_id)
    if row is None:
        return
    row.done_at = now
    audit.record(
        session=session, actor=actor, verb="call_back.keep", subject_type="call_back", subject_id=row.id, now=now
    )


def standing(*, session: Session) -> Sequence[CallBack]:
    """Return the promises not yet kept, the earliest first."""
    return session.scalars(
        select(CallBack)
        .where(CallBack.done_at.is_(None))
        .order_by(CallBack.due_at)
        .options(joinedload(CallBack.conversation))
    ).all()


def needs_somebody(*, session: Session, now: datetime) -> bool:
    """Tell whether a promise is late, or stands in the name of somebody who was deactivated."""
    found = session.scalar(
        select(CallBack.id)
        .join(CallBack.owner)
        .where(CallBack.done_at.is_(None), or_(CallBack.due_at < now, StaffMember.active.is_(False)))
        .limit(1)
    )
    return found is not None


def hand_on(*, session: Session, now: datetime) -> int:
    """Give the promises of colleagues who were deactivated to whose turn it is now or next; return how many."""
    left = session.scalars(
        select(CallBack).join(CallBack.owner).where(CallBack.done_at.is_(None), StaffMember.active.is_(False))
    ).all()
    heir = duty.who_answers(session=session, at=now) if left else None
    next_owner = heir[0] if heir else duty.last_resort(session=session, at=now)
    if not left or next_owner is None:
        return 0
    for row in left:
        row.owner = next_owner
        audit.record(
            session=session,
            actor=None,
            verb="call_back.hand_on",
            subject_type="call_back",
            subject_id=row.id,
            now=now,
            to=next_owner.id,
        )
        live.publish(session=session, channel=live.DESK, kind="call_back", now=now, call_back_id=row.id)
        _tell_owner(session, row, now)
    return len(left)


def tell_of_broken(*, session: Session, now: datetime) -> int:
    """Tell the owner and the leads once of each promise whose time has passed; return how many notices were queued."""
    late = session.scalars(select(CallBack).where(CallBack.done_at.is_(None), CallBack.due_at < now)).all()
    queued = 0
    for row in late:
        people = {one.id: one for one in (row.owner, *duty_gaps.leads(session=session)) if one.active}
        for person in people.values():
            queued += len(
                notices.tell(
                    session=session,
                    to=person,
                    words="notice.desk",
                    now=now,
                    dedupe_key=f"call-back-late-{row.id}",
                    link="/staff/",
                )
            )
    return queued
