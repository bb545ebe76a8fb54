"""How a conversation was for the person: asked once, after it has ended, and never in a crisis."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import CheckConstraint, ForeignKey
from sqlalchemy.orm import Mapped, mapped_column, relationship

from models.base import Base
from models.conversations import Conversation
from models.types import EncryptedText, UTCDateTime


class Rating(Base):
    """One to five, with words if the person wants; one for a conversation, and it stays as it was given."""

    __tablename__ = "ratings"
    __table_args__ = (CheckConstraint("stars BETWEEN 1 AND 5", "one_to_five"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    conversation_id: Mapped[int] = mapped_column(ForeignKey("conversations.id", ondelete="CASCADE"), unique=True)
    stars: Mapped[int]
    words: Mapped[str | None] = mapped_column(EncryptedText)
    at: Mapped[datetime] = mapped_column(UTCDateTime, index=True)

    conversation: Mapped[Conversation] = relationship()
