"""Behind the glass lie names, numbers and addresses. Opening it is possible at once, for minutes, under a name."""

from __future__ import annotations

from datetime import datetime, timedelta
from enum import StrEnum

from sqlalchemy import CheckConstraint, ForeignKey, Index, text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from models.base import Base
from models.beneficiaries import Beneficiary
from models.crises import CrisisCase
from models.staff import StaffMember
from models.types import EncryptedText, UTCDateTime, enum_column


class GlassPart(StrEnum):
    """How much is shown: the name alone, or everything that leads to the person's door."""

    NAME = "name"
    ALL = "all"


class GlassReason(StrEnum):
    """Why it is opened, in one tap."""

    SPEAKING = "speaking"
    RIGHT_PERSON = "right_person"
    DANGER = "danger"
    SENDING_HELP = "sending_help"
    RELATIVE = "relative"
    OTHER = "other"


class GlassReview(StrEnum):
    """What a lead thinks of it afterwards."""

    FITTING = "fitting"
    TO_TALK_ABOUT = "to_talk_about"


_OPEN = text("ended_at IS NULL")


class GlassOpening(Base):
    """One opening by one colleague about one person. Minutes are stored, so it closes by itself."""

    __tablename__ = "glass_openings"
    __table_args__ = (
        Index(
            "uq_glass_openings_open",
            "staff_id",
            "beneficiary_id",
            "part",
            unique=True,
            sqlite_where=_OPEN,
            postgresql_where=_OPEN,
        ),
        CheckConstraint("minutes BETWEEN 1 AND 30", "closes_by_itself"),
        CheckConstraint("reason <> 'other' OR words IS NOT NULL", "other_reason_has_words"),
        CheckConstraint("(reviewed_at IS NULL) = (reviewed_by_id IS NULL)", "reviewed_by_name"),
        CheckConstraint("(reviewed_at IS NULL) = (review IS NULL)", "reviewed_with_a_word"),
        CheckConstraint("reviewed_by_id IS NULL OR reviewed_by_id <> staff_id", "nobody_reviews_their_own"),
        CheckConstraint(
            "review IS NULL OR review <> 'to_talk_about' OR review_words IS NOT NULL", "a_doubt_is_said_in_words"
        ),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    staff_id: Mapped[int] = mapped_column(ForeignKey("staff_members.id", ondelete="RESTRICT"))
    beneficiary_id: Mapped[int] = mapped_column(ForeignKey("beneficiaries.id", ondelete="CASCADE"), index=True)
    # The case that was open then, if any.
    case_id: Mapped[int | None] = mapped_column(ForeignKey("crisis_cases.id", ondelete="SET NULL"))
    part: Mapped[GlassPart] = mapped_column(enum_column(GlassPart, "part"))
    reason: Mapped[GlassReason] = mapped_column(enum_column(GlassReason, "reason"))
    words: Mapped[str | None] = mapped_column(EncryptedText)
    opened_at: Mapped[datetime] = mapped_column(UTCDateTime, index=True)
    minutes: Mapped[int]
    # Set when it is closed by hand, or when a later opening takes its place.
    ended_at: Mapped[datetime | None] = mapped_column(UTCDateTime)
    reviewed_at: Mapped[datetime | None] = mapped_column(UTCDateTime)
    reviewed_by_id: Mapped[int | None] = mapped_column(ForeignKey("staff_members.id", ondelete="RESTRICT"))
    review: Mapped[GlassReview | None] = mapped_column(enum_column(GlassReview, "review"))
    review_words: Mapped[str | None] = mapped_column(EncryptedText)

    staff: Mapped[StaffMember] = relationship(foreign_keys=[staff_id])
    beneficiary: Mapped[Beneficiary] = relationship()
    case: Mapped[CrisisCase | None] = relationship()
    reviewed_by: Mapped[StaffMember | None] = relationship(foreign_keys=[reviewed_by_id])

    @property
    def until(self) -> datetime:
        """Return when it closes by itself."""
        return self.opened_at + timedelta(minutes=self.minutes)

    def holds(self, now: datetime) -> bool:
        """Tell whether it is open at this moment; a clock that was set back closes it."""
        return self.ended_at is None and self.opened_at <= now < self.until
