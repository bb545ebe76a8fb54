"""When a colleague can be booked: the ordinary week with its breaks, and the dates on which it is different."""

from __future__ import annotations

from datetime import date, datetime
from enum import StrEnum

from sqlalchemy import DDL, CheckConstraint, Date, ForeignKey, ForeignKeyConstraint, Index, String, UniqueConstraint
from sqlalchemy import event as events
from sqlalchemy.orm import Mapped, mapped_column, relationship

from models.base import Base
from models.staff import StaffMember
from models.stations import Station
from models.types import EncryptedText, UTCDateTime, enum_column

# "Until further notice", as a date: a range with a real end can be compared and constrained.
FOREVER = date(9999, 12, 31)


class WeeklyPlan(Base):
    """One colleague's ordinary week, from the first to the last day on which it is true."""

    __tablename__ = "weekly_plans"
    __table_args__ = (
        CheckConstraint("valid_from <= valid_until", "plan_runs_forward"),
        # What its hours refer to, so that their copy of the dates can never differ.
        UniqueConstraint("id", "staff_id", "valid_from", "valid_until", name="uq_weekly_plans_span"),
        Index("ix_weekly_plans_staff", "staff_id", "valid_until"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    staff_id: Mapped[int] = mapped_column(ForeignKey("staff_members.id", ondelete="RESTRICT"))
    # Where the colleague sits then; None: not in person, only online and by phone.
    station_id: Mapped[int | None] = mapped_column(ForeignKey("stations.id", ondelete="RESTRICT"), index=True)
    # The clock on the colleague's wall: the hours below are read from it.
    timezone: Mapped[str] = mapped_column(String(48), default="Asia/Shanghai")
    valid_from: Mapped[date] = mapped_column(Date)
    valid_until: Mapped[date] = mapped_column(Date, default=FOREVER)
    runs_on_holidays: Mapped[bool] = mapped_column(default=False)
    # On a make-up working day the plan of the weekday whose day off it makes up is worked as well.
    runs_on_make_up_days: Mapped[bool] = mapped_column(default=True)
    created_at: Mapped[datetime] = mapped_column(UTCDateTime)

    staff: Mapped[StaffMember] = relationship()
    station: Mapped[Station | None] = relationship()
    hours: Mapped[list[WeeklyHours]] = relationship(
        back_populates="plan",
        lazy="selectin",
        cascade="all, delete-orphan",
        passive_deletes=True,
        order_by="WeeklyHours.starts_minute",
    )
    breaks: Mapped[list[WeeklyBreak]] = relationship(
        lazy="selectin", cascade="all, delete-orphan", passive_deletes=True, order_by="WeeklyBreak.starts_minute"
    )


class WeeklyHours(Base):
    """One stretch of work on one weekday. Minutes of the week are counted from Monday's midnight on the wall."""

    __tablename__ = "weekly_hours"
    __table_args__ = (
        ForeignKeyConstraint(
            ["plan_id", "staff_id", "valid_from", "valid_until"],
            ["weekly_plans.id", "weekly_plans.staff_id", "weekly_plans.valid_from", "weekly_plans.valid_until"],
            name="fk_weekly_hours_plan",
            onupdate="CASCADE",
            ondelete="CASCADE",
        ),
        CheckConstraint(
            "starts_minute >= 0 AND ends_minute <= 10080 AND starts_minute < ends_minute", "hours_run_forward"
        ),
        CheckConstraint("starts_minute % 5 = 0 AND ends_minute % 5 = 0", "hours_are_on_a_step"),
        CheckConstraint("starts_minute / 1440 = (ends_minute - 1) / 1440", "hours_lie_within_one_day"),
        Index("ix_weekly_hours_plan_id", "plan_id"),
        Index("ix_weekly_hours_staff", "staff_id", "starts_minute"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    plan_id: Mapped[int]
    staff_id: Mapped[int]
    valid_from: Mapped[date] = mapped_column(Date)
    valid_until: Mapped[date] = mapped_column(Date)
    starts_minute: Mapped[int]
    ends_minute: Mapped[int]

    plan: Mapped[WeeklyPlan] = relationship(back_populates="hours")


# Two plans of one colleague never say different things about the same minute, whoever writes the rows.
_POSTGRES = """
ALTER TABLE weekly_hours ADD CONSTRAINT ex_weekly_hours_one_plan EXCLUDE USING gist (
  int4range(staff_id, staff_id, '[]') WITH &&,
  daterange(valid_from, valid_until, '[]') WITH &&,
  int4range(starts_minute, ends_minute) WITH &&
)"""
_SQLITE_TRIGGER = """
CREATE TRIGGER {name} BEFORE {moment} ON weekly_hours
WHEN EXISTS (
  SELECT 1 FROM weekly_hours
  WHERE staff_id = NEW.staff_id AND valid_from <= NEW.valid_until AND valid_until >= NEW.valid_from
    AND starts_minute < NEW.ends_minute AND ends_minute > NEW.starts_minute AND id IS NOT NEW.id
)
BEGIN SELECT RAISE(ABORT, 'ex_weekly_hours_one_plan'); END"""
ONE_PLAN: dict[str, tuple[str, ...]] = {
    "postgresql": (_POSTGRES,),
    "sqlite": (
        _SQLITE_TRIGGER.format(name="weekly_hours_one_plan_insert", moment="INSERT"),
        _SQLITE_TRIGGER.format(name="weekly_hours_one_plan_update", moment="UPDATE"),
    ),
}


def _install_one_plan() -> None:
    for dialect, statements in ONE_PLAN.items():
        for statement in statements:
            events.listen(WeeklyHours.__table__, "after_create", DDL(statement).execute_if(dialect=dialect))  # type: ignore[no-untyped-call]


_install_one_plan()


class WeeklyBreak(Base):
    """One pause inside the hours of a plan."""

    __tablename__ = "weekly_breaks"
    __table_args__ = (
        CheckConstraint(
            "starts_minute >= 0 AND ends_minute <= 10080 AND starts_minute < ends_minute", "break_runs_forward"
        ),
        CheckConstraint("starts_minute % 5 = 0 AND ends_minute % 5 = 0", "break_is_on_a_step"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    plan_id: Mapped[int] = mapped_column(ForeignKey("weekly_plans.id", ondelete="CASCADE"), index=True)
    starts_minute: Mapped[int]
    ends_minute: Mapped[int]


class ExceptionKind(StrEnum):
    """How a date differs from the ordinary week."""

    EXTRA = "extra"  # Open although the plan is closed; holidays do not close it.
    BLOCKED = "blocked"  # Closed although the plan is open.


class DateException(Base):
    """One stretch of one date on which the ordinary week does not hold."""

    __tablename__ = "date_exceptions"
    __table_args__ = (
        CheckConstraint("starts_at < ends_at", "exception_runs_forward"),
        # The same form sent twice makes one exception.
        UniqueConstraint("staff_id", "kind", "starts_at", name="uq_date_exceptions_once"),
        Index("ix_date_exceptions_span", "staff_id", "ends_at"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    staff_id: Mapped[int] = mapped_column(ForeignKey("staff_members.id", ondelete="RESTRICT"))
    kind: Mapped[ExceptionKind] = mapped_column(enum_column(ExceptionKind, "exception_kind"))
    starts_at: Mapped[datetime] = mapped_column(UTCDateTime)
    ends_at: Mapped[datetime] = mapped_column(UTCDateTime)
    # Of extra time: where; None: not in person.
    station_id: Mapped[int | None] = mapped_column(ForeignKey("stations.id", ondelete="RESTRICT"))
    note: Mapped[str | None] = mapped_column(EncryptedText)
    created_at: Mapped[datetime] = mapped_column(UTCDateTime)
    created_by_id: Mapped[int] = mapped_column(ForeignKey("staff_members.id", ondelete="RESTRICT"))

    staff: Mapped[StaffMember] = relationship(foreign_keys=[staff_id])
    station: Mapped[Station | None] = relationship()
