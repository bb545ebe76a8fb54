"""Every closed red case is read again by a colleague who had no part in it."""

from __future__ import annotations

from datetime import datetime
from enum import StrEnum

from sqlalchemy import CheckConstraint, ForeignKey, Index, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from models.base import Base
from models.crises import CrisisCase
from models.staff import StaffMember
from models.types import EncryptedText, UTCDateTime, enum_column


class ReviewPart(StrEnum):
    """What a colleague has to do with a review: they had a hand in the case, or they read it."""

    HANDLER = "handler"
    REVIEWER = "reviewer"


class Delay(StrEnum):
    """What cost the person time, if anything did."""

    NOTHING = "nothing"
    NOBODY_ON_ROSTER = "nobody_on_roster"
    ALARM_NOT_HEARD = "alarm_not_heard"
    HANDED_OVER_LATE = "handed_over_late"
    TECHNICAL = "technical"
    PERSON_AWAY = "person_away"
    OTHER = "other"


class CaseReview(Base):
    """The reading of one closed case: owed by a named colleague by a day, then written and never changed."""

    __tablename__ = "case_reviews"
    __table_args__ = (
        UniqueConstraint("case_id"),
        CheckConstraint("(done_at IS NULL) = (done_by_id IS NULL)", "done_by_name"),
        CheckConstraint(
            "done_at IS NULL OR (went_well IS NOT NULL AND delay IS NOT NULL)", "done_says_what_went_well_and_what_not"
        ),
        CheckConstraint("delay = 'nothing' OR done_at IS NULL OR delay_words IS NOT NULL", "a_delay_has_words"),
        CheckConstraint("hops >= 0", "hops_are_counted"),
        Index(
            "ix_case_reviews_waiting",
            "due_at",
            sqlite_where=text("done_at IS NULL"),
            postgresql_where=text("done_at IS NULL"),
        ),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    case_id: Mapped[int] = mapped_column(ForeignKey("crisis_cases.id", ondelete="RESTRICT"))
    created_at: Mapped[datetime] = mapped_column(UTCDateTime)
    due_at: Mapped[datetime] = mapped_column(UTCDateTime)
    reminded_at: Mapped[datetime | None] = mapped_column(UTCDateTime)
    # When the leads are told next, because nobody has read it, or nobody is left who could.
    climbs_at: Mapped[datetime | None] = mapped_column(UTCDateTime)
    hops: Mapped[int] = mapped_column(default=0)
    went_well: Mapped[str | None] = mapped_column(EncryptedText)
    delay: Mapped[Delay | None] = mapped_column(enum_column(Delay, "delay"))
    delay_words: Mapped[str | None] = mapped_column(EncryptedText)
    # What should be done differently from now on.
    change_words: Mapped[str | None] = mapped_column(EncryptedText)
    done_at: Mapped[datetime | None] = mapped_column(UTCDateTime)
    done_by_id: Mapped[int | None] = mapped_column(ForeignKey("staff_members.id", ondelete="RESTRICT"))

    case: Mapped[CrisisCase] = relationship()
    done_by: Mapped[StaffMember | None] = relationship()
    parts: Mapped[list[CaseReviewPart]] = relationship(back_populates="review")

    @property
    def reviewer(self) -> StaffMember | None:
        """Return who owes the review; nobody where all had a hand in the case."""
        return next((part.staff for part in self.parts if part.part is ReviewPart.REVIEWER), None)


class CaseReviewPart(Base):
    """One colleague's part in a review. The key allows one part each: whoever handled a case cannot review it."""

    __tablename__ = "case_review_parts"
    __table_args__ = (
        Index(
            "uq_case_review_parts_reviewer",
            "review_id",
            unique=True,
            sqlite_where=text("part = 'reviewer'"),
            postgresql_where=text("part = 'reviewer'"),
        ),
    )

    review_id: Mapped[int] = mapped_column(ForeignKey("case_reviews.id", ondelete="CASCADE"), primary_key=True)
    staff_id: Mapped[int] = mapped_column(
        ForeignKey("staff_members.id", ondelete="RESTRICT"), primary_key=True, index=True
    )
    part: Mapped[ReviewPart] = mapped_column(enum_column(ReviewPart, "part"))
    since: Mapped[datetime] = mapped_column(UTCDateTime)

    review: Mapped[CaseReview] = relationship(back_populates="parts")
    staff: Mapped[StaffMember] = relationship()
