"""What colleagues say to each other beside a conversation; none of it ever reaches the person."""

from __future__ import annotations

from datetime import datetime
from enum import StrEnum

from sqlalchemy import CheckConstraint, ForeignKey, Index, String, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from models.base import Base
from models.conversations import Conversation
from models.staff import StaffMember
from models.types import EncryptedText, UTCDateTime, enum_column

_RUNNING = text("ended_at IS NULL")


class DeskNoteKind(StrEnum):
    """A note stays with the conversation for every colleague; a whisper is for the one who is speaking."""

    NOTE = "note"
    WHISPER = "whisper"


class DeskNote(Base):
    """One internal note or whisper. It lives in a table of its own, so that no reader of messages can meet it."""

    __tablename__ = "desk_notes"
    __table_args__ = (
        # A form that is sent twice writes once.
        UniqueConstraint("conversation_id", "key"),
        CheckConstraint("(kind = 'whisper') = (to_id IS NOT NULL)", "whisper_has_a_listener"),
        CheckConstraint("to_id <> author_id", "nobody_whispers_to_themselves"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    conversation_id: Mapped[int] = mapped_column(ForeignKey("conversations.id", ondelete="CASCADE"))
    key: Mapped[str] = mapped_column(String(64))
    kind: Mapped[DeskNoteKind] = mapped_column(enum_column(DeskNoteKind, "kind"))
    author_id: Mapped[int] = mapped_column(ForeignKey("staff_members.id", ondelete="RESTRICT"))
    to_id: Mapped[int | None] = mapped_column(ForeignKey("staff_members.id", ondelete="RESTRICT"))
    text: Mapped[str] = mapped_column(EncryptedText)
    at: Mapped[datetime] = mapped_column(UTCDateTime)

    conversation: Mapped[Conversation] = relationship()
    author: Mapped[StaffMember] = relationship(foreign_keys=[author_id])
    to: Mapped[StaffMember | None] = relationship(foreign_keys=[to_id])


class DeskWatch(Base):
    """A spell in which a supervisor reads along; the colleague who speaks can see that somebody does."""

    __tablename__ = "desk_watches"
    __table_args__ = (
        CheckConstraint("ended_at IS NULL OR ended_at >= began_at", "ends_after_it_began"),
        Index(
            "uq_desk_watches_running",
            "conversation_id",
            "staff_id",
            unique=True,
            sqlite_where=_RUNNING,
            postgresql_where=_RUNNING,
        ),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    conversation_id: Mapped[int] = mapped_column(ForeignKey("conversations.id", ondelete="CASCADE"))
    staff_id: Mapped[int] = mapped_column(ForeignKey("staff_members.id", ondelete="RESTRICT"))
    began_at: Mapped[datetime] = mapped_column(UTCDateTime)
    ended_at: Mapped[datetime | None] = mapped_column(UTCDateTime)

    conversation: Mapped[Conversation] = relationship()
    staff: Mapped[StaffMember] = relationship()
