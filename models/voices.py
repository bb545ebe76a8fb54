"""The voice of the person (民声): complaint, praise and suggestion to the base, with an answer promised by a date."""

from __future__ import annotations

from datetime import date, datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import JSON, CheckConstraint, ForeignKey, Index, String, text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from models.base import Base
from models.beneficiaries import Beneficiary
from models.crises import LevelName
from models.staff import StaffMember
from models.types import EncryptedText, UTCDateTime, enum_column


class VoiceKind(StrEnum):
    """What somebody wants to tell the base."""

    COMPLAINT = "complaint"
    PRAISE = "praise"
    SUGGESTION = "suggestion"


class Part(StrEnum):
    """What a colleague is to a voice: whoever answers it, or whom it is about."""

    OWNER = "owner"
    SUBJECT = "subject"


_OWNER = text("part = 'owner'")


class Voice(Base):
    """One word of somebody to the base. Whoever sent it may stay unknown; the answer waits under a code."""

    __tablename__ = "voices"
    __table_args__ = (
        CheckConstraint("(answer IS NULL) = (answered_at IS NULL)", "answer_has_a_time"),
        CheckConstraint("(answered_at IS NULL) = (answered_by_id IS NULL)", "answered_by_name"),
        CheckConstraint("seen_at IS NULL OR answered_at IS NOT NULL", "seen_after_the_answer"),
        Index("ix_voices_waiting", "answered_at", "due_on"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    # The mark of one sent form: the same form sent twice is one voice.
    form_key_hash: Mapped[str] = mapped_column(String(64), unique=True)
    # The code under which the answer is read; only its keyed hash is kept.
    code_hash: Mapped[str] = mapped_column(String(64), unique=True)
    kind: Mapped[VoiceKind] = mapped_column(enum_column(VoiceKind, "voice_kind"))
    words: Mapped[str] = mapped_column(EncryptedText)
    # Whom it is about, as the person calls them; colleagues found by it are SUBJECT below.
    about: Mapped[str | None] = mapped_column(EncryptedText)
    phone: Mapped[str | None] = mapped_column(EncryptedText)
    language: Mapped[str] = mapped_column(String(8), default="zh-CN")
    # Only when the person wanted the answer in their chat.
    beneficiary_id: Mapped[int | None] = mapped_column(ForeignKey("beneficiaries.id", ondelete="SET NULL"), index=True)
    # What triage made of the words, as of every message.
    level: Mapped[LevelName] = mapped_column(enum_column(LevelName, "level"))
    reasons: Mapped[list[Any]] = mapped_column(JSON, default=list)
    received_at: Mapped[datetime] = mapped_column(UTCDateTime)
    # The last day on which an answer is in time, in the base's own calendar.
    due_on: Mapped[date]
    # When a late one went up to the base leader.
    climbed_at: Mapped[datetime | None] = mapped_column(UTCDateTime)
    answer: Mapped[str | None] = mapped_column(EncryptedText)
    answered_at: Mapped[datetime | None] = mapped_column(UTCDateTime)
    answered_by_id: Mapped[int | None] = mapped_column(ForeignKey("staff_members.id", ondelete="RESTRICT"))
    # When the person first read the answer.
    seen_at: Mapped[datetime | None] = mapped_column(UTCDateTime)

    beneficiary: Mapped[Beneficiary | None] = relationship()
    answered_by: Mapped[StaffMember | None] = relationship()
    parts: Mapped[list[VoicePart]] = relationship(back_populates="voice", order_by="VoicePart.staff_id")

    @property
    def owner(self) -> StaffMember | None:
        """Return the colleague who owes the answer."""
        return next((one.staff for one in self.parts if one.part is Part.OWNER), None)

    @property
    def subjects(self) -> list[StaffMember]:
        """Return the colleagues whom it is about."""
        return [one.staff for one in self.parts if one.part is Part.SUBJECT]


class VoicePart(Base):
    """What one colleague is to one voice. The key allows one part only: nobody owns a voice that is about them."""

    __tablename__ = "voice_parts"
    __table_args__ = (
        Index("uq_voice_parts_owner", "voice_id", unique=True, sqlite_where=_OWNER, postgresql_where=_OWNER),
    )

    voice_id: Mapped[int] = mapped_column(ForeignKey("voices.id", ondelete="CASCADE"), primary_key=True)
    staff_id: Mapped[int] = mapped_column(ForeignKey("staff_members.id", ondelete="RESTRICT"), primary_key=True)
    part: Mapped[Part] = mapped_column(enum_column(Part, "part"))
    since: Mapped[datetime] = mapped_column(UTCDateTime)

    voice: Mapped[Voice] = relationship(back_populates="parts")
    staff: Mapped[StaffMember] = relationship()
