"""What the detector decided about each message, and what a reviewer thought of it afterwards."""

from __future__ import annotations

from datetime import datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import JSON, CheckConstraint, ForeignKey, String
from sqlalchemy.orm import Mapped, mapped_column, relationship

from models.base import Base
from models.conversations import Message
from models.crises import LevelName
from models.staff import StaffMember
from models.types import EncryptedText, UTCDateTime, enum_column


class TriageDecision(Base):
    """The detector's view of one typed message, calm ones too: stored with the message itself."""

    __tablename__ = "triage_decisions"

    message_id: Mapped[int] = mapped_column(ForeignKey("messages.id", ondelete="CASCADE"), primary_key=True)
    level: Mapped[LevelName] = mapped_column(enum_column(LevelName, "level"))
    tiers: Mapped[list[Any]] = mapped_column(JSON, default=list)
    reasons: Mapped[list[Any]] = mapped_column(JSON, default=list)
    pattern_ids: Mapped[list[Any]] = mapped_column(JSON, default=list)
    score: Mapped[float]
    # Null while the lexicon speaks alone.
    model_hash: Mapped[str | None] = mapped_column(String(64))
    lexicon_version: Mapped[str] = mapped_column(String(16))
    at: Mapped[datetime] = mapped_column(UTCDateTime)


class ReviewVerdict(StrEnum):
    """What a reviewer found when they read a decision again."""

    MISSED = "missed"
    FALSE_ALARM = "false_alarm"
    WRONG_LEVEL = "wrong_level"


class TriageReview(Base):
    """A missed or a false alarm that a reviewer marked; its sentence, freed of names, later guards the detector."""

    __tablename__ = "triage_reviews"
    __table_args__ = (
        CheckConstraint("sentence IS NULL OR cleared_by_id IS NOT NULL", "a_named_person_cleared_the_sentence"),
        CheckConstraint("cleared_by_id IS NULL OR cleared_by_id <> marked_by_id", "four_eyes_clear_a_sentence"),
        CheckConstraint("exported_at IS NULL OR sentence IS NOT NULL", "only_a_cleared_sentence_leaves"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    message_id: Mapped[int] = mapped_column(ForeignKey("messages.id", ondelete="CASCADE"), unique=True)
    verdict: Mapped[ReviewVerdict] = mapped_column(enum_column(ReviewVerdict, "verdict"))
    # What the reviewer thinks the level should have been.
    level: Mapped[LevelName] = mapped_column(enum_column(LevelName, "level"))
    note: Mapped[str | None] = mapped_column(EncryptedText)
    marked_by_id: Mapped[int] = mapped_column(ForeignKey("staff_members.id", ondelete="RESTRICT"))
    marked_at: Mapped[datetime] = mapped_column(UTCDateTime)
    # The sentence without anything that tells who wrote it, once a colleague has read and cleared it.
    sentence: Mapped[str | None] = mapped_column(EncryptedText)
    cleared_by_id: Mapped[int | None] = mapped_column(ForeignKey("staff_members.id", ondelete="RESTRICT"))
    exported_at: Mapped[datetime | None] = mapped_column(UTCDateTime)

    message: Mapped[Message] = relationship()
    marked_by: Mapped[StaffMember] = relationship(foreign_keys=[marked_by_id])
    cleared_by: Mapped[StaffMember | None] = relationship(foreign_keys=[cleared_by_id])
