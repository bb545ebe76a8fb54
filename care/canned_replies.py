"""Replies the desk shares: written in both languages, approved by a second colleague, put into the box, never sent."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from sqlalchemy import select
from sqlalchemy.orm import Session

from care import audit, case_file
from care.refusals import Refusal, Refused
from models.canned_replies import CannedReply, ReplyState
from models.conversations import Conversation
from models.staff import RoleName, StaffMember
from triage.levels import Level

_SUGGESTIONS = Path(__file__).parent / "data" / "canned_replies.json"
MAY_REVIEW = (RoleName.SUPERVISOR, RoleName.BASE_MANAGER)
LONGEST_TITLE = 60
LONGEST_TEXT = 1_000


@dataclass(frozen=True)
class Words:
    """What a reply is called and what it says, in both languages."""

    title_zh: str
    title_en: str
    text_zh: str
    text_en: str

    def tidy(self) -> Words:
        """Return the words without blanks around them; raise Refused for a part that is missing or too long."""
        parts = {name: value.strip() for name, value in vars(self).items()}
        for name, value in parts.items():
            if not value:
                raise Refused(Refusal.EMPTY, name)
            if len(value) > (LONGEST_TITLE if name.startswith("title") else LONGEST_TEXT):
                raise Refused(Refusal.TOO_LONG, name)
        return Words(**parts)


def write(*, session: Session, actor: StaffMember, words: Words, now: datetime) -> CannedReply:
    """Write a new reply as a draft; the same words written twice are one draft."""
    kept = words.tidy()
    known = session.scalars(
        select(CannedReply).where(
            CannedReply.title_zh == kept.title_zh,
            CannedReply.text_zh == kept.text_zh,
            CannedReply.text_en == kept.text_en,
            CannedReply.state != ReplyState.RETIRED,
        )
    ).first()
    if known is not None:
        return known
    row = CannedReply(**vars(kept), written_by_id=actor.id, written_at=now)
    session.add(row)
    session.flush()
    _trace(session, actor, "canned_reply.write", row, now)
    return row


def change(
    *, session: Session, actor: StaffMember, reply_id: int, version: int, words: Words, now: datetime
) -> CannedReply:
    """Change the words: the reply is a draft again until somebody else has read it."""
    row = _locked(session, reply_id)
    kept = words.tidy()
    if row.version != version:
        raise Refused(Refusal.CHANGED_MEANWHILE, "text_zh")
    for name, value in vars(kept).items():
        setattr(row, name, value)
    row.state, row.version = ReplyState.DRAFT, version + 1
    row.written_by_id, row.written_at = actor.id, now
    row.reviewed_by_id = row.reviewed_at = None
    session.flush()
    _trace(session, actor, "canned_reply.change", row, now)
    return row


def approve(*, session: Session, actor: StaffMember, reply_id: int, version: int, now: datetime) -> CannedReply:
    """Let the desk use the words that this colleague has read; nobody approves their own."""
    if not actor.has_any(*MAY_REVIEW):
        raise Refused(Refusal.NOT_YOURS)
    row = _locked(session, reply_id)
    if row.version != version:
        raise Refused(Refusal.CHANGED_MEANWHILE)
    if row.written_by_id == actor.id:
        raise Refused(Refusal.NOT_ONES_OWN)
    if row.state is ReplyState.APPROVED:
        return row
    row.state, row.reviewed_by_id, row.reviewed_at = ReplyState.APPROVED, actor.id, now
    session.flush()
    _trace(session, actor, "canned_reply.approve", row, now)
    return row


def retire(*, session: Session, actor: StaffMember, reply_id: int, now: datetime) -> CannedReply:
    """Take a reply out of use; it stays on record."""
    if not actor.has_any(*MAY_REVIEW):
        raise Refused(Refusal.NOT_YOURS)
    row = _locked(session, reply_id)
    if row.state is not ReplyState.RETIRED:
        row.state = ReplyState.RETIRED
        session.flush()
        _trace(session, actor, "canned_reply.retire", row, now)
    return row


def every(*, session: Session) -> Sequence[CannedReply]:
    """Return all replies that are not retired: drafts first, since they wait for somebody."""
    rows = session.scalars(
        select(CannedReply).where(CannedReply.state != ReplyState.RETIRED).order_by(CannedReply.id)
    ).all()
    return sorted(rows, key=lambda row: row.state is not ReplyState.DRAFT)


def by_id(*, session: Session, reply_id: int) -> CannedReply:
    """Return the reply; refuse an unknown number."""
    row = session.get(CannedReply, reply_id)
    if row is None:
        raise Refused(Refusal.NOT_FOUND)
    return row


def offered_in(*, session: Session, conversation: Conversation) -> Sequence[CannedReply]:
    """Return the approved replies; none while the person is at risk, where a colleague finds words of their own."""
    case = case_file.open_case(session=session, beneficiary_id=conversation.beneficiary_id)
    if case is not None and case.risk.is_at_least(Level.ORANGE):
        return []
    return session.scalars(
        select(CannedReply).where(CannedReply.state == ReplyState.APPROVED).order_by(CannedReply.id)
    ).all()


def suggestions() -> list[Words]:
    """Return the replies that come with the programme; they are drafts like any other until somebody approves them."""
    return [Words(**one) for one in json.loads(_SUGGESTIONS.read_text("utf-8"))["replies"]]


def add_suggestions(*, session: Session, actor: StaffMember, now: datetime) -> int:
    """Write the suggested replies as drafts, those that are not there yet; return how many were added."""
    titles = set(session.scalars(select(CannedReply.title_zh)).all())
    fresh = [one for one in suggestions() if one.title_zh not in titles]
    for one in fresh:
        write(session=session, actor=actor, words=one, now=now)
    return len(fresh)


def _locked(session: Session, reply_id: int) -> CannedReply:
    row = session.scalars(
        select(CannedReply)
        .where(CannedReply.id == reply_id)
        .with_for_update()
        .execution_options(populate_existing=True)
    ).first()
    if row is None or row.state is ReplyState.RETIRED:
        raise Refused(Refusal.NOT_FOUND)
    return row


def _trace(session: Session, actor: StaffMember, verb: str, row: CannedReply, now: datetime) -> None:
    audit.record(
        session=session,
        actor=actor,
        verb=verb,
        subject_type="canned_reply",
        subject_id=row.id,
        now=now,
        version=row.version,
    )
