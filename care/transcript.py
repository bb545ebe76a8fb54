"""The record of a conversation: messages in their order, numbered under a lock."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from care import live
from care.refusals import Refusal, Refused
from models.base import LARGEST_ID
from models.conversations import Conversation, Message, MessageKind, Sender
from models.staff import StaffMember


def locked(*, session: Session, conversation_id: int) -> Conversation:
    """Return the conversation, locked so that its messages are numbered one after the other."""
    return session.scalars(
        select(Conversation)
        .where(Conversation.id == conversation_id)
        .with_for_update(of=Conversation)
        .execution_options(populate_existing=True)
    ).one()


def by_public_id(*, session: Session, public_id: str) -> Conversation:
    """Return the conversation the bot speaks of; refuse an unknown one."""
    found = session.scalars(select(Conversation).where(Conversation.public_id == public_id)).first()
    if found is None:
        raise Refused(Refusal.NOT_FOUND)
    return found


def append(
    *,
    session: Session,
    conversation: Conversation,
    sender: Sender,
    text: str,
    now: datetime,
    kind: MessageKind = MessageKind.TEXT,
    staff: StaffMember | None = None,
    buttons: Sequence[dict[str, str]] = (),
    extra: dict[str, Any] | None = None,
    client_key: str | None = None,
    reply_to: Message | None = None,
) -> Message:
    """Add a message with the next number and tell both sides' screens."""
    conversation.last_seq += 1
    conversation.last_message_at = now
    message = Message(
        conversation_id=conversation.id,
        seq=conversation.last_seq,
        sender=sender,
        kind=kind,
        staff_id=staff.id if staff else None,
        text=text,
        buttons=list(buttons),
        extra=extra or {},
        client_key=client_key,
        reply_to_id=reply_to.id if reply_to else None,
        at=now,
    )
    session.add(message)
    session.flush()
    live.publish(session=session, channel=live.chat_channel(conversation.id), kind="message", now=now, seq=message.seq)
    return message


def replies_to(*, session: Session, message: Message) -> list[Message]:
    """Return what was answered to a message, in order."""
    return list(session.scalars(select(Message).where(Message.reply_to_id == message.id).order_by(Message.seq)).all())


def messages_after(*, session: Session, conversation_id: int, seq: int, limit: int = 200) -> list[Message]:
    """Return messages with a higher number, in order; at most limit, the newest when there are more."""
    rows = session.scalars(
        select(Message)
        .where(Message.conversation_id == conversation_id, Message.seq > min(seq, LARGEST_ID))
        .order_by(Message.seq.desc())
        .limit(limit)
    ).all()
    return list(reversed(rows))
