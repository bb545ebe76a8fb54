"""Conversations and messages: who owns the channel, and every word in its order."""

from __future__ import annotations

from datetime import datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import CheckConstraint, ForeignKey, Index, String, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from models.base import Base
from models.beneficiaries import Beneficiary
from models.staff import StaffMember
from models.types import EncryptedJSON, EncryptedText, UTCDateTime, enum_column


class Owner(StrEnum):
    """Who answers in this conversation now. The bot is silent while a person owns it."""

    BOT = "bot"
    STAFF = "staff"


class Sender(StrEnum):
    """Who said a message; "system" is fixed, reviewed wording."""

    PERSON = "person"
    BOT = "bot"
    STAFF = "staff"
    SYSTEM = "system"


class MessageKind(StrEnum):
    """How a message is shown."""

    TEXT = "text"
    ITEM = "item"
    ASK = "ask"
    EXERCISE = "exercise"
    CARD = "card"
    CRISIS = "crisis"
    NOTICE = "notice"
    CALL_BACK = "callback"


class Conversation(Base):
    """One chat of one person, open until somebody or long silence closes it."""

    __tablename__ = "conversations"
    __table_args__ = (
        # Ownership and its holder can never disagree, whoever writes the row.
        CheckConstraint("(owner = 'staff') = (owner_staff_id IS NOT NULL)", "staff_owner_is_named"),
        Index(
            "uq_conversations_open_beneficiary",
            "beneficiary_id",
            unique=True,
            sqlite_where=text("closed_at IS NULL"),
            postgresql_where=text("closed_at IS NULL"),
        ),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    # What the bot and addresses know; it opens nothing by itself.
    public_id: Mapped[str] = mapped_column(String(32), unique=True)
    beneficiary_id: Mapped[int] = mapped_column(ForeignKey("beneficiaries.id", ondelete="CASCADE"), index=True)
    language: Mapped[str] = mapped_column(String(8), default="zh-CN")
    owner: Mapped[Owner] = mapped_column(enum_column(Owner, "owner"), default=Owner.BOT)
    owner_staff_id: Mapped[int | None] = mapped_column(ForeignKey("staff_members.id", ondelete="RESTRICT"))
    human_requested_at: Mapped[datetime | None] = mapped_column(UTCDateTime)
    created_at: Mapped[datetime] = mapped_column(UTCDateTime)
    last_message_at: Mapped[datetime] = mapped_column(UTCDateTime)
    closed_at: Mapped[datetime | None] = mapped_column(UTCDateTime)
    # The last number given to a message; raised in the same transaction as the message it numbers.
    last_seq: Mapped[int] = mapped_column(default=0)
    # False while the bot could not be reached, so that the page can say so.
    bot_reachable: Mapped[bool] = mapped_column(default=True)

    beneficiary: Mapped[Beneficiary] = relationship()
    owner_staff: Mapped[StaffMember | None] = relationship()


class ChatKey(Base):
    """The right of one browser to one conversation; only the hash of its cookie is kept."""

    __tablename__ = "chat_keys"

    id: Mapped[int] = mapped_column(primary_key=True)
    key_hash: Mapped[str] = mapped_column(String(64), unique=True)
    beneficiary_id: Mapped[int] = mapped_column(ForeignKey("beneficiaries.id", ondelete="CASCADE"), index=True)
    created_at: Mapped[datetime] = mapped_column(UTCDateTime)
    expires_at: Mapped[datetime] = mapped_column(UTCDateTime)


class Message(Base):
    """One utterance; the original words are kept exactly as typed."""

    __tablename__ = "messages"
    __table_args__ = (
        UniqueConstraint("conversation_id", "seq"),
        # A double tap, a retry after a lost answer and a second tab all carry the same key.
        UniqueConstraint("conversation_id", "client_key"),
        CheckConstraint("(sender = 'staff') = (staff_id IS NOT NULL)", "staff_message_is_signed"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    conversation_id: Mapped[int] = mapped_column(ForeignKey("conversations.id", ondelete="CASCADE"))
    seq: Mapped[int]
    sender: Mapped[Sender] = mapped_column(enum_column(Sender, "sender"))
    kind: Mapped[MessageKind] = mapped_column(enum_column(MessageKind, "kind"), default=MessageKind.TEXT)
    staff_id: Mapped[int | None] = mapped_column(ForeignKey("staff_members.id", ondelete="RESTRICT"))
    text: Mapped[str] = mapped_column(EncryptedText)
    # [{"title": ..., "payload": ...}]; the browser sees titles and sends back a position, never a payload.
    buttons: Mapped[list[Any]] = mapped_column(EncryptedJSON, default=list)
    extra: Mapped[dict[str, Any]] = mapped_column(EncryptedJSON, default=dict)
    client_key: Mapped[str | None] = mapped_column(String(64))
    # The person's message that this one answers, so that a repeated delivery adds nothing.
    reply_to_id: Mapped[int | None] = mapped_column(ForeignKey("messages.id", ondelete="CASCADE"))
    at: Mapped[datetime] = mapped_column(UTCDateTime)

    conversation: Mapped[Conversation] = relationship()
    staff: Mapped[StaffMember | None] = relationship()


class TakeOver(Base):
    """A spell in which a person owned the channel; a conversation can have many."""

    __tablename__ = "take_overs"
    __table_args__ = (
        CheckConstraint("place_no >= 1", "place_is_a_count"),
        # The cap on parallel chats holds for two taps in the same second too: a place is taken once.
        Index(
            "uq_take_overs_open_place",
            "staff_id",
            "place_no",
            unique=True,
            sqlite_where=text("returned_at IS NULL"),
            postgresql_where=text("returned_at IS NULL"),
        ),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    conversation_id: Mapped[int] = mapped_column(ForeignKey("conversations.id", ondelete="CASCADE"), index=True)
    staff_id: Mapped[int] = mapped_column(ForeignKey("staff_members.id", ondelete="RESTRICT"))
    taken_at: Mapped[datetime] = mapped_column(UTCDateTime)
    returned_at: Mapped[datetime | None] = mapped_column(UTCDateTime)
    # Which of the colleague's places it fills; none where a person at risk came on top of a full desk.
    place_no: Mapped[int | None]
    # Since when the person had been waiting; what others are told of waiting times is counted from these.
    asked_at: Mapped[datetime | None] = mapped_column(UTCDateTime)
