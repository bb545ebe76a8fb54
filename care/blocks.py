"""A rest of the ordinary chat after abuse. Words of danger pass through it, and an open case lifts it for its time."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta

from sqlalchemy import select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from care import audit, case_file, live, transcript
from care.refusals import Refusal, Refused
from care.wording import say, when
from models.beneficiaries import Beneficiary
from models.blocks import LONGEST_DAYS, Block, BlockReason
from models.conversations import Conversation, Message, MessageKind, Owner, Sender
from models.staff import StaffMember
from triage.levels import Level

LONGEST_WORDS = 2_000
# The same sentence under every line would be a second insult.
TOLD_AGAIN_AFTER = timedelta(minutes=10)


def standing(*, session: Session, beneficiary_id: int, now: datetime) -> Block | None:
    """Return the rest that holds now, whether or not a case lets the person through."""
    row = _unended(session, beneficiary_id)
    return row if row is not None and row.holds(now) else None


def _unended(session: Session, beneficiary_id: int) -> Block | None:
    return session.scalars(
        select(Block).where(Block.beneficiary_id == beneficiary_id, Block.ended_at.is_(None))
    ).first()


def in_the_way(*, session: Session, conversation: Conversation, now: datetime) -> Block | None:
    """Return the rest that answers instead of bot and desk; None while a case of yellow or more is open.

    Asked after the newest line was weighed and its case raised, so words of danger always pass.
    """
    row = standing(session=session, beneficiary_id=conversation.beneficiary_id, now=now)
    if row is None or conversation.owner is Owner.STAFF:
        return None
    case = case_file.open_case(session=session, beneficiary_id=conversation.beneficiary_id)
    return None if case is not None and case.risk.is_at_least(Level.YELLOW) else row


def answer(
    *,
    session: Session,
    block: Block,
    conversation: Conversation,
    now: datetime,
    timezone: str,
    asked: bool = False,
) -> list[Message]:
    """Tell the person kindly until when the chat rests, and how to be heard in danger; not under every line.

    Whoever has asked for a person is always told. It answers no message, so that the bot's alarm still gets its card.
    """
    if not asked and block.told_at is not None and timedelta(0) <= now - block.told_at < TOLD_AGAIN_AFTER:
        return []
    block.told_at = now
    return [_say(session, conversation, "block.again", block, now, timezone)]


def _say(session: Session, conversation: Conversation, key: str, block: Block, now: datetime, timezone: str) -> Message:
    return transcript.append(
        session=session,
        conversation=conversation,
        sender=Sender.SYSTEM,
        kind=MessageKind.NOTICE,
        text=say(key, conversation.language, when=when(block.until, conversation.language, timezone)),
        now=now,
    )


def block(
    *,
    session: Session,
    beneficiary_id: int,
    actor: StaffMember,
    key: str,
    reason: str,
    words: str,
    days: int,
    now: datetime,
    timezone: str,
) -> Block:
    """Let the ordinary chat of a person rest for some days; the same form sent twice blocks once.

    Raise Refused: NOT_FOUND, WRONG_VALUE, REASON_MISSING, TOO_LONG, TOO_MANY_DAYS, ALREADY_BLOCKED.
    """
    earlier = session.scalars(select(Block).where(Block.key == key, Block.beneficiary_id == beneficiary_id)).first()
    if earlier is not None:
        return earlier
    if session.get(Beneficiary, beneficiary_id) is None:
        raise Refused(Refusal.NOT_FOUND)
    row = _checked(beneficiary_id, actor, key, reason, words, days, now)
    old = _unended(session, beneficiary_id)
    if old is not None and old.holds(now):
        raise Refused(Refusal.ALREADY_BLOCKED, "days")
    if old is not None:
        old.ended_at = old.until
        session.flush()
    try:
        with session.begin_nested():
            session.add(row)
    except IntegrityError:
        raise Refused(Refusal.ALREADY_BLOCKED, "days") from None
    _trace(session, actor, "block.begin", row, now, days=days, reason=row.reason.value)
    conversation = _open_conversation(session, beneficiary_id)
    if conversation is not None:
        row.told_at = now
        if in_the_way(session=session, conversation=conversation, now=now) is not None:
            conversation.human_requested_at = None
        _say(session, conversation, "block.begun", row, now, timezone)
    session.flush()
    return row


def _checked(
    beneficiary_id: int, actor: StaffMember, key: str, reason: str, words: str, days: int, now: datetime
) -> Block:
    try:
        why = BlockReason(reason)
    except ValueError:
        raise Refused(Refusal.WRONG_VALUE, "reason") from None
    said = words.strip()
    if not said:
        raise Refused(Refusal.REASON_MISSING, "words")
    if len(said) > LONGEST_WORDS:
        raise Refused(Refusal.TOO_LONG, "words")
    if not 1 <= days <= LONGEST_DAYS:
        raise Refused(Refusal.TOO_MANY_DAYS, "days")
    return Block(
        key=key,
        beneficiary_id=beneficiary_id,
        reason=why,
        words=said,
        starts_at=now,
        days=days,
        blocked_by_id=actor.id,
    )


def lift(*, session: Session, block_id: int, actor: StaffMember, words: str, now: datetime) -> Block:
    """End a rest before its time, with words, and tell the person; raise Refused(BLOCK_OVER) when it has ended."""
    row = session.scalars(
        select(Block).where(Block.id == block_id).with_for_update().execution_options(populate_existing=True)
    ).first()
    if row is None:
        raise Refused(Refusal.NOT_FOUND)
    if not row.holds(now):
        raise Refused(Refusal.BLOCK_OVER)
    said = words.strip()
    if not said:
        raise Refused(Refusal.REASON_MISSING, "words")
    row.ended_at, row.ended_by_id, row.end_words = now, actor.id, said[:LONGEST_WORDS]
    conversation = _open_conversation(session, row.beneficiary_id)
    if conversation is not None:
        transcript.append(
            session=session,
            conversation=conversation,
            sender=Sender.SYSTEM,
            kind=MessageKind.NOTICE,
            text=say("block.lifted", conversation.language),
            now=now,
        )
    _trace(session, actor, "block.lift", row, now)
    return row


def _open_conversation(session: Session, beneficiary_id: int) -> Conversation | None:
    found = session.scalars(
        select(Conversation.id).where(Conversation.beneficiary_id == beneficiary_id, Conversation.closed_at.is_(None))
    ).first()
    return transcript.locked(session=session, conversation_id=found) if found is not None else None


def of_person(*, session: Session, beneficiary_id: int) -> Sequence[Block]:
    """Return every rest of the person's chat, the newest first."""
    return session.scalars(select(Block).where(Block.beneficiary_id == beneficiary_id).order_by(Block.id.desc())).all()


def listed(*, session: Session, now: datetime) -> list[Block]:
    """Return the rests that hold now, the one that ends first on top."""
    rows = session.scalars(select(Block).where(Block.ended_at.is_(None))).all()
    return sorted((row for row in rows if row.holds(now)), key=lambda row: row.until)


def _trace(session: Session, actor: StaffMember, verb: str, row: Block, now: datetime, **more: str | int) -> None:
    audit.record(
        session=session,
        actor=actor,
        verb=verb,
        subject_type="beneficiary",
        subject_id=row.beneficiary_id,
        now=now,
        block_id=row.id,
        **more,
    )
    live.publish(session=session, channel=live.DESK, kind="block", now=now, beneficiary_id=row.beneficiary_id)
    session.flush()
