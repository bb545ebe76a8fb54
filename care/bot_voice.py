"""The bot as one of several voices: it may raise an alarm that the site did not hear, and nothing else."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from care import crises, safety_replies, transcript
from models.conversations import Conversation, Message, Owner
from models.crises import CrisisCase, FlagSource
from triage.levels import Level


def raise_flag(
    *,
    session: Session,
    conversation: Conversation,
    level: Level,
    reasons: tuple[str, ...],
    message_number: int | None,
    now: datetime,
    timezone: str,
) -> CrisisCase:
    """Raise what the bot heard; the person gets the fixed reply if the site had given none to these words."""
    message = _own_message(session=session, conversation=conversation, number=message_number)
    case = crises.raise_flag(
        session=session,
        beneficiary=conversation.beneficiary,
        conversation=conversation,
        signal=crises.Signal(
            source=FlagSource.BOT, level=level, reasons=reasons, message_id=message.id if message else None
        ),
        now=now,
    )
    answered = message is not None and transcript.replies_to(session=session, message=message)
    if level.is_at_least(Level.ORANGE) and conversation.owner is Owner.BOT and not answered:
        safety_replies.give(
            session=session,
            conversation=conversation,
            level=level,
            tiers=(),
            now=now,
            timezone=timezone,
            reply_to=message,
        )
    return case


def _own_message(*, session: Session, conversation: Conversation, number: int | None) -> Message | None:
    """Return the message only if it belongs to this conversation: a mistake must not hide a flag."""
    if number is None:
        return None
    return session.scalars(
        select(Message).where(Message.id == number, Message.conversation_id == conversation.id)
    ).first()
