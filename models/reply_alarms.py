"""Rings for a person whose line nobody has answered although a colleague owns the conversation."""

from __future__ import annotations

from datetime import datetime
from enum import StrEnum

from sqlalchemy import CheckConstraint, ForeignKey, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from models.base import Base
from models.conversations import Conversation
from models.staff import StaffMember
from models.types import UTCDateTime, enum_column


class ReplyStep(StrEnum):
    """Whom the clock of an unanswered line rings, in order."""

    OWNER = "owner"
    SUPERVISOR = "supervisor"
    # The last step rings again and again until somebody answers.
    EVERYBODY = "everybody"


class ReplyAlarm(Base):
    """One ring; each hop of a line rings once, however often the sweep runs."""

    __tablename__ = "reply_alarms"
    __table_args__ = (
        UniqueConstraint("message_id", "hop_no"),
        CheckConstraint("hop_no >= 1", "hop_is_a_count"),
        CheckConstraint("seconds >= 0", "seconds_are_counted"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    conversation_id: Mapped[int] = mapped_column(ForeignKey("conversations.id", ondelete="CASCADE"), index=True)
    # The first line of the person that has no answer yet.
    message_id: Mapped[int] = mapped_column(ForeignKey("messages.id", ondelete="CASCADE"))
    hop_no: Mapped[int]
    step: Mapped[ReplyStep] = mapped_column(enum_column(ReplyStep, "step"))
    # Null when the base has nobody at this step: that is recorded too, never skipped silently.
    staff_id: Mapped[int | None] = mapped_column(ForeignKey("staff_members.id", ondelete="RESTRICT"))
    at: Mapped[datetime] = mapped_column(UTCDateTime)
    # How long the person had waited by then.
    seconds: Mapped[int]

    conversation: Mapped[Conversation] = relationship()
    staff: Mapped[StaffMember | None] = relationship()
