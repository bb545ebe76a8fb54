"""Asking again after 2, 4 and 12 weeks, for as long as the person agrees."""

from __future__ import annotations

from datetime import datetime
from enum import StrEnum

from sqlalchemy import CheckConstraint, ForeignKey, Index, String, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from models.base import Base
from models.beneficiaries import Beneficiary
from models.screenings import Screening
from models.types import UTCDateTime, enum_column


class PlanEnd(StrEnum):
    """Why somebody is no longer asked."""

    WITHDRAWN = "withdrawn"
    ALL_DONE = "all_done"


class CheckInState(StrEnum):
    """Where one invitation stands."""

    PLANNED = "planned"
    INVITED = "invited"
    ANSWERED = "answered"
    # The person said "not this time".
    SKIPPED = "skipped"
    # Nobody answered, or the person was in a crisis for so long that the time went by.
    LAPSED = "lapsed"
    WITHDRAWN = "withdrawn"


_STANDING = text("ended_at IS NULL")


class CheckInPlan(Base):
    """That a person agreed to be asked again; withdrawn with one tap, agreed to again at any time."""

    __tablename__ = "check_in_plans"
    __table_args__ = (
        CheckConstraint("(ended_at IS NULL) = (ended_how IS NULL)", "ended_somehow"),
        Index(
            "uq_check_in_plans_standing",
            "beneficiary_id",
            unique=True,
            sqlite_where=_STANDING,
            postgresql_where=_STANDING,
        ),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    beneficiary_id: Mapped[int] = mapped_column(ForeignKey("beneficiaries.id", ondelete="CASCADE"))
    agreed_at: Mapped[datetime] = mapped_column(UTCDateTime)
    ended_at: Mapped[datetime | None] = mapped_column(UTCDateTime)
    ended_how: Mapped[PlanEnd | None] = mapped_column(enum_column(PlanEnd, "plan_end"))

    beneficiary: Mapped[Beneficiary] = relationship()
    check_ins: Mapped[list[CheckIn]] = relationship(back_populates="plan", order_by="CheckIn.week")


class CheckIn(Base):
    """One time of asking."""

    __tablename__ = "check_ins"
    __table_args__ = (
        UniqueConstraint("plan_id", "week"),
        CheckConstraint("week IN (2, 4, 12)", "week_is_one_of_three"),
        CheckConstraint("distress BETWEEN 0 AND 10", "distress_is_a_rating"),
        CheckConstraint("(state IN ('planned', 'invited')) = (ended_at IS NULL)", "over_has_a_time"),
        CheckConstraint("state <> 'invited' OR token_hash IS NOT NULL", "invited_with_a_link"),
        Index("ix_check_ins_due", "state", "due_at"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    plan_id: Mapped[int] = mapped_column(ForeignKey("check_in_plans.id", ondelete="CASCADE"))
    week: Mapped[int]
    due_at: Mapped[datetime] = mapped_column(UTCDateTime)
    state: Mapped[CheckInState] = mapped_column(
        enum_column(CheckInState, "check_in_state"), default=CheckInState.PLANNED
    )
    # Only the keyed hash of the link is kept.
    token_hash: Mapped[str | None] = mapped_column(String(64), unique=True)
    invited_at: Mapped[datetime | None] = mapped_column(UTCDateTime)
    # How heavy it was when the person began, 0 to 10.
    distress: Mapped[int | None]
    screening_id: Mapped[int | None] = mapped_column(ForeignKey("screenings.id", ondelete="SET NULL"))
    ended_at: Mapped[datetime | None] = mapped_column(UTCDateTime)

    plan: Mapped[CheckInPlan] = relationship(back_populates="check_ins")
    screening: Mapped[Screening | None] = relationship()
