"""What must happen outside the database, written beside the change that asks for it."""

from __future__ import annotations

from datetime import datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import JSON, ForeignKey, Index, String
from sqlalchemy.orm import Mapped, mapped_column, relationship

from models.base import Base
from models.contacts import ContactPoint
from models.types import EncryptedJSON, UTCDateTime, enum_column


class OutboxKind(StrEnum):
    """The errands we run outside our own database."""

    BOT_TURN = "bot_turn"
    # An alarm that has just rung somebody: the scheduler turns it into one notice for each of their addresses.
    CRISIS_NOTICE = "crisis_notice"
    # A few neutral words to one address.
    NOTICE = "notice"


class DeliveryWay(StrEnum):
    """How an errand ended that was done."""

    CHANNEL = "channel"
    # No gateway is connected for the channel: the words are kept here and no phone has rung.
    DEVELOPMENT_OUTBOX = "development_outbox"
    # There was no confirmed address to turn to.
    NO_ADDRESS = "no_address"


class OutboxRow(Base):
    """One errand; delivered after the commit, retried until it is done or given up with a reason."""

    __tablename__ = "outbox"
    __table_args__ = (
        Index("ix_outbox_due", "delivered_at", "given_up_at", "not_before"),
        Index("ix_outbox_conversation", "conversation_id", "id"),
        Index("ix_outbox_kind", "kind", "id"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    kind: Mapped[OutboxKind] = mapped_column(enum_column(OutboxKind, "kind"))
    # The same errand is never queued twice.
    dedupe_key: Mapped[str] = mapped_column(String(120), unique=True)
    # Of a bot's turn: whose, so that the turns of one conversation are found without reading all of them.
    conversation_id: Mapped[int | None] = mapped_column(ForeignKey("conversations.id", ondelete="CASCADE"))
    # Of a notice: where it goes.
    contact_id: Mapped[int | None] = mapped_column(ForeignKey("contact_points.id", ondelete="SET NULL"), index=True)
    # Of a notice: a life may hang on it, so it knows no quiet hours and goes before the others.
    urgent: Mapped[bool] = mapped_column(default=False)
    # Ids only; the words are read from their own table at delivery.
    payload: Mapped[dict[str, Any]] = mapped_column(JSON)
    # Of a notice: what fills its fixed sentence, and the secret link. Forgotten once the notice has left.
    sealed: Mapped[dict[str, Any] | None] = mapped_column(EncryptedJSON)
    created_at: Mapped[datetime] = mapped_column(UTCDateTime)
    not_before: Mapped[datetime] = mapped_column(UTCDateTime)
    # Until when somebody is working on it; a worker that dies simply lets this pass.
    claimed_until: Mapped[datetime | None] = mapped_column(UTCDateTime)
    attempts: Mapped[int] = mapped_column(default=0)
    delivered_at: Mapped[datetime | None] = mapped_column(UTCDateTime)
    delivered_by: Mapped[DeliveryWay | None] = mapped_column(enum_column(DeliveryWay, "delivered_by"))
    given_up_at: Mapped[datetime | None] = mapped_column(UTCDateTime)
    last_error: Mapped[str | None] = mapped_column(String(64))

    contact: Mapped[ContactPoint | None] = relationship()
