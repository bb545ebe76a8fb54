"""The end of a shift: what is open, risks first, a note from the one who leaves, and a name that it was read."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from care import audit, callbacks, case_queue, desk, live
from care.refusals import Refusal, Refused
from models.conversations import Conversation, Owner
from models.crises import CallBack, CrisisCase
from models.desk_handovers import DeskHandover
from models.follow_ups import FollowUp, FollowUpLadder, FollowUpState
from models.staff import StaffMember

LONGEST_NOTE = 4_000
LONGEST_KEY = 64
# A follow-up that falls into the next shift is the next colleague's to know.
LOOKS_AHEAD = timedelta(hours=24)


@dataclass(frozen=True)
class OpenThings:
    """What the next colleague takes over, in the order in which it matters."""

    cases: Sequence[CrisisCase] = field(default=())
    waiting: Sequence[Conversation] = field(default=())
    conversations: Sequence[Conversation] = field(default=())
    call_backs: Sequence[CallBack] = field(default=())
    follow_ups: Sequence[FollowUp] = field(default=())

    def __len__(self) -> int:
        """Return how many things are open."""
        return sum(len(part) for part in vars(self).values())


def open_things(*, session: Session, now: datetime) -> OpenThings:
    """Return everything that is open at the desk now: cases by risk, who waits, who talks, promises, follow-ups."""
    return OpenThings(
        cases=case_queue.queue_of_open_cases(session=session),
        waiting=desk.waiting(session=session),
        conversations=session.scalars(
            select(Conversation)
            .where(Conversation.closed_at.is_(None), Conversation.owner == Owner.STAFF)
            .order_by(Conversation.last_message_at)
        ).all(),
        call_backs=callbacks.standing(session=session),
        follow_ups=session.scalars(
            select(FollowUp)
            .join(FollowUpLadder, FollowUpLadder.id == FollowUp.ladder_id)
            .where(
                FollowUp.state == FollowUpState.PLANNED,
                FollowUp.due_at <= now + LOOKS_AHEAD,
                FollowUpLadder.ended_at.is_(None),
                FollowUpLadder.paused_at.is_(None),
            )
            .order_by(FollowUp.due_at)
        ).all(),
    )


def write(*, session: Session, actor: StaffMember, note: str, key: str, now: datetime) -> DeskHandover:
    """Write the note of the one who leaves, with what is open; the same form sent twice writes once."""
    earlier = _by_key(session, key)
    if earlier is not None:
        return _own(earlier, actor)
    if not note.strip():
        raise Refused(Refusal.EMPTY, "note")
    if len(note) > LONGEST_NOTE:
        raise Refused(Refusal.TOO_LONG, "note")
    if not 1 <= len(key) <= LONGEST_KEY:
        raise Refused(Refusal.WRONG_VALUE, "key")
    things = open_things(session=session, now=now)
    row = DeskHandover(key=key, author_id=actor.id, note=note.strip(), open_things=_kept(things), written_at=now)
    try:
        with session.begin_nested():
            session.add(row)
    except IntegrityError:
        found = _by_key(session, key)
        assert found is not None
        return _own(found, actor)
    _trace(session, actor, "handover.write", row, now, open=len(things), cases=len(things.cases))
    return row


def _kept(things: OpenThings) -> dict[str, Any]:
    """Return codes, levels and times: enough to understand the note later, and no person's words."""
    return {
        "cases": [[one.beneficiary.code, one.level.value, one.due_at.isoformat()] for one in things.cases],
        "waiting": [one.beneficiary.code for one in things.waiting],
        "conversations": [one.beneficiary.code for one in things.conversations],
        "call_backs": [[one.conversation.beneficiary.code, one.due_at.isoformat()] for one in things.call_backs],
        "follow_ups": [[one.ladder.beneficiary.code, one.due_at.isoformat()] for one in things.follow_ups],
    }


def _by_key(session: Session, key: str) -> DeskHandover | None:
    return session.scalars(select(DeskHandover).where(DeskHandover.key == key)).first()


def _own(row: DeskHandover, actor: StaffMember) -> DeskHandover:
    if row.author_id != actor.id:
        raise Refused(Refusal.KEY_USED, "note")
    return row


def acknowledge(*, session: Session, actor: StaffMember, handover_id: int, now: datetime) -> DeskHandover:
    """Say that the note was read and the open things are known; the first name stays, the author's own never counts."""
    row = session.scalars(
        select(DeskHandover)
        .where(DeskHandover.id == handover_id)
        .with_for_update()
        .execution_options(populate_existing=True)
    ).first()
    if row is None:
        raise Refused(Refusal.NOT_FOUND)
    if row.author_id == actor.id:
        raise Refused(Refusal.NOT_ONES_OWN)
    if row.taken_by_id is not None:
        if row.taken_by_id != actor.id:
            raise Refused(Refusal.ALREADY_DECIDED)
        return row
    row.taken_by_id, row.taken_at = actor.id, now
    session.flush()
    waited = max(0, round((now - row.written_at).total_seconds()))
    _trace(session, actor, "handover.acknowledge", row, now, seconds=waited)
    return row


def _trace(session: Session, actor: StaffMember, verb: str, row: DeskHandover, now: datetime, **details: int) -> None:
    audit.record(
        session=session,
        actor=actor,
        verb=verb,
        subject_type="desk_handover",
        subject_id=row.id,
        now=now,
        **details,
    )
    live.publish(session=session, channel=live.DESK, kind="handover", now=now, handover_id=row.id)


def unread(*, session: Session) -> Sequence[DeskHandover]:
    """Return the notes nobody has taken yet, the oldest first."""
    return session.scalars(
        select(DeskHandover).where(DeskHandover.taken_at.is_(None)).order_by(DeskHandover.written_at, DeskHandover.id)
    ).all()


def latest(*, session: Session, limit: int = 10) -> Sequence[DeskHandover]:
    """Return the newest notes that were taken."""
    return session.scalars(
        select(DeskHandover)
        .where(DeskHandover.taken_at.is_not(None))
        .order_by(DeskHandover.written_at.desc(), DeskHandover.id.desc())
        .limit(limit)
    ).all()
