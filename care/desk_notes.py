"""Notes and whispers beside a conversation: read by colleagues, never by the person."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import or_, select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from care import audit, live, transcript, watches
from care.refusals import Refusal, Refused
from models.desk_notes import DeskNote, DeskNoteKind
from models.staff import StaffMember

LONGEST_NOTE = 2_000
LONGEST_KEY = 64


def note(*, session: Session, conversation_id: int, actor: StaffMember, text: str, key: str, now: datetime) -> DeskNote:
    """Keep a note with the conversation for every colleague who reads it; the same form sent twice writes once."""
    transcript.locked(session=session, conversation_id=conversation_id)
    return _write(session, conversation_id, actor, DeskNoteKind.NOTE, None, text, key, now)


def whisper(
    *, session: Session, conversation_id: int, actor: StaffMember, text: str, key: str, now: datetime
) -> DeskNote:
    """Say something that only the colleague who is speaking with the person sees; refuse NOBODY_SPEAKS without one."""
    if not actor.has_any(*watches.MAY_WATCH):
        raise Refused(Refusal.NOT_YOURS)
    conversation = transcript.locked(session=session, conversation_id=conversation_id)
    listener = conversation.owner_staff_id
    if listener is None or listener == actor.id:
        raise Refused(Refusal.NOBODY_SPEAKS, "text")
    return _write(session, conversation_id, actor, DeskNoteKind.WHISPER, listener, text, key, now)


def _write(
    session: Session,
    conversation_id: int,
    actor: StaffMember,
    kind: DeskNoteKind,
    to_id: int | None,
    text: str,
    key: str,
    now: datetime,
) -> DeskNote:
    earlier = _by_key(session, conversation_id, key)
    if earlier is not None:
        return _own(earlier, actor)
    if not text.strip():
        raise Refused(Refusal.EMPTY, "text")
    if len(text) > LONGEST_NOTE:
        raise Refused(Refusal.TOO_LONG, "text")
    if not 1 <= len(key) <= LONGEST_KEY:
        raise Refused(Refusal.WRONG_VALUE, "key")
    row = DeskNote(
        conversation_id=conversation_id,
        key=key,
        kind=kind,
        author_id=actor.id,
        to_id=to_id,
        text=text.strip(),
        at=now,
    )
    try:
        with session.begin_nested():
            session.add(row)
    except IntegrityError:
        found = _by_key(session, conversation_id, key)
        assert found is not None
        return _own(found, actor)
    audit.record(
        session=session,
        actor=actor,
        verb=f"conversation.{kind.value}",
        subject_type="conversation",
        subject_id=conversation_id,
        now=now,
        note_id=row.id,
    )
    # A channel of its own: the person's browser listens to the one of the chat.
    live.publish(session=session, channel=live.side_channel(conversation_id), kind="note", now=now)
    return row


def _by_key(session: Session, conversation_id: int, key: str) -> DeskNote | None:
    return session.scalars(
        select(DeskNote).where(DeskNote.conversation_id == conversation_id, DeskNote.key == key)
    ).first()


def _own(row: DeskNote, actor: StaffMember) -> DeskNote:
    if row.author_id != actor.id:
        raise Refused(Refusal.KEY_USED, "text")
    return row


def of_conversation(*, session: Session, conversation_id: int, actor: StaffMember) -> Sequence[DeskNote]:
    """Return what this colleague may read, the oldest first: every note, and whispers from or to them."""
    return session.scalars(
        select(DeskNote)
        .where(
            DeskNote.conversation_id == conversation_id,
            or_(
                DeskNote.kind == DeskNoteKind.NOTE,
                DeskNote.author_id == actor.id,
                DeskNote.to_id == actor.id,
            ),
        )
        .order_by(DeskNote.id)
    ).all()
