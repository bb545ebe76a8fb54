"""What must happen outside the database, written beside the change that asks for it."""

from __future__ import annotations

from datetime import datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import JSON, ForeignKey, Index, String
from sqlalchemy.orm import Mapped, mapped_column

from models.base import Base
from models.types import UTCDateTime, enum_column


class OutboxKind(StrEnum):
    """The errands we run outside our own database."""

    BOT_TURN = "bot_turn"
    CRISIS_NOTICE = "crisis_notice"


class OutboxRow(Base):
    """One errand; delivered after the commit, retried until it is done or given up with a reason."""

    __tablename__ = "outbox"
    __table_args__ = (
        Index("ix_outbox_due", "delivered_at", "given_up_at", "not_before"),
        Index("ix_outbox_conversation", "conversation_id", "id"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    kind: Mapped[OutboxKind] = mapped_column(enum_column(OutboxKind, "kind"))
    # The same errand is never queued twice.
    dedupe_key: Mapped[str] = mapped_column(String(80), unique=True)
    # Of a bot's turn: whose, so that the turns of one conversation are found without reading all of them.
    conversation_id: Mapped[int | None] = mapped_column(ForeignKey("conversations.id", ondelete="CASCADE"))
    # Ids only; the words are read from their own table at delivery.
    payload: Mapped[dict[str, Any]] = mapped_column(JSON)
    created_at: Mapped[datetime] = mapped_column(UTCDateTime)
    not_before: Mapped[datetime] = mapped_column(UTCDateTime)
    # Until when somebody is working on it; a worker that dies simply lets this pass.
    claimed_until: Mapped[datetime | None] = mapped_column(UTCDateTime)
    attempts: Mapped[int] = mapped_column(default=0)
    delivered_at: Mapped[datetime | None] = mapped_column(UTCDateTime)
    given_up_at: Mapped[datetime | None] = mapped_column(UTCDateTime)
    last_error: Mapped[str | None] = mapped_column(String(64))
