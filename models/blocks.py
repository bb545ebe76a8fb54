"""A pause of the chat after abuse: by name, with a reason and an end. It never stands before the crisis path."""

from __future__ import annotations

from datetime import datetime, timedelta
from enum import StrEnum

from sqlalchemy import CheckConstraint, ForeignKey, Index, String, text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from models.base import Base
from models.beneficiaries import Beneficiary
from models.staff import StaffMember
from models.types import EncryptedText, UTCDateTime, enum_column

# The database knows the same number; a longer pause is a new decision by a named person.
LONGEST_DAYS = 14


class BlockReason(StrEnum):
    """What was done to colleagues."""

    THREATS = "threats"
    INSULTS = "insults"
    SEXUAL = "sexual"
    FLOOD = "flood"
    OTHER = "other"


_OPEN = text("ended_at IS NULL")


class Block(Base):
    """One pause of the ordinary chat of one person. Days and beginning are stored, so the end cannot be forgotten."""

    __tablename__ = "blocks"
    __table_args__ = (
        Index("uq_blocks_open_person", "beneficiary_id", unique=True, sqlite_where=_OPEN, postgresql_where=_OPEN),
        CheckConstraint(f"days BETWEEN 1 AND {LONGEST_DAYS}", "has_an_end"),
        CheckConstraint("ended_by_id IS NULL OR (ended_at IS NOT NULL AND end_words IS NOT NULL)", "lifted_with_words"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    # Comes with the form, so that a form that is sent twice blocks once.
    key: Mapped[str] = mapped_column(String(32), unique=True)
    beneficiary_id: Mapped[int] = mapped_column(ForeignKey("beneficiaries.id", ondelete="CASCADE"))
    reason: Mapped[BlockReason] = mapped_column(enum_column(BlockReason, "reason"))
    words: Mapped[str] = mapped_column(EncryptedText)
    starts_at: Mapped[datetime] = mapped_column(UTCDateTime)
    days: Mapped[int]
    blocked_by_id: Mapped[int] = mapped_column(ForeignKey("staff_members.id", ondelete="RESTRICT"))
    # When the person was last told, so that the same sentence does not answer each line.
    told_at: Mapped[datetime | None] = mapped_column(UTCDateTime)
    # Set when a lead lifts it early, or when a later one takes its place.
    ended_at: Mapped[datetime | None] = mapped_column(UTCDateTime)
    ended_by_id: Mapped[int | None] = mapped_column(ForeignKey("staff_members.id", ondelete="RESTRICT"))
    end_words: Mapped[str | None] = mapped_column(EncryptedText)

    beneficiary: Mapped[Beneficiary] = relationship()
    blocked_by: Mapped[StaffMember] = relationship(foreign_keys=[blocked_by_id])
    ended_by: Mapped[StaffMember | None] = relationship(foreign_keys=[ended_by_id])

    @property
    def until(self) -> datetime:
        """Return when it ends by itself."""
        return self.starts_at + timedelta(days=self.days)

    def holds(self, now: datetime) -> bool:
        """Tell whether it stands at this moment."""
        return self.ended_at is None and now < self.until
