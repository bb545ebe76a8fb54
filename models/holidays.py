"""Public holidays and make-up working days, one row for each day that is not what its weekday says."""

from __future__ import annotations

from datetime import date, datetime
from enum import StrEnum

from sqlalchemy import CheckConstraint, Date, ForeignKey, String
from sqlalchemy.orm import Mapped, mapped_column

from models.base import Base
from models.types import UTCDateTime, enum_column


class DayKind(StrEnum):
    """What the day is."""

    HOLIDAY = "holiday"
    MAKE_UP = "make_up"  # 调休上班: a day of the weekend that is worked.


class DaySource(StrEnum):
    """Who says so. A decree of the base stands above what a library knew."""

    PUBLISHED = "published"  # The State Council's notice, as the library of that year has it.
    PROVISIONAL = "provisional"  # Computed for a year whose notice has not come out.
    DECREE = "decree"  # Entered by a manager.


class SpecialDay(Base):
    """One holiday or make-up working day."""

    __tablename__ = "special_days"
    __table_args__ = (
        CheckConstraint("plan_weekday IS NULL OR plan_weekday BETWEEN 0 AND 6", "plan_weekday_is_one_of_seven"),
        CheckConstraint("(kind = 'make_up') = (plan_weekday IS NOT NULL)", "make_up_day_has_a_plan"),
        CheckConstraint("source <> 'decree' OR changed_by_id IS NOT NULL", "decree_has_a_name"),
    )

    day: Mapped[date] = mapped_column(Date, primary_key=True)
    # A decree may also say that a published day is an ordinary one after all.
    kind: Mapped[DayKind | None] = mapped_column(enum_column(DayKind, "day_kind"))
    name_zh: Mapped[str] = mapped_column(String(60))
    name_en: Mapped[str] = mapped_column(String(60))
    source: Mapped[DaySource] = mapped_column(enum_column(DaySource, "day_source"))
    # Of a make-up working day: whose weekday's plan is worked (Monday is 0).
    plan_weekday: Mapped[int | None]
    changed_at: Mapped[datetime] = mapped_column(UTCDateTime)
    changed_by_id: Mapped[int | None] = mapped_column(ForeignKey("staff_members.id", ondelete="RESTRICT"))

    def name(self, language: str) -> str:
        """Return the day's name in the language."""
        return self.name_en if language == "en" else self.name_zh
