"""Fire drills: an invented person writes, and it is measured how long it takes until a colleague is there."""

from __future__ import annotations

from datetime import datetime
from enum import StrEnum

from sqlalchemy import DDL, CheckConstraint, ForeignKey, Index, String, UniqueConstraint, event, text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from models.base import Base
from models.crises import CrisisCase
from models.staff import StaffMember
from models.types import UTCDateTime, enum_column


class DrillEnd(StrEnum):
    """How a drill ended."""

    TAKEN = "taken"
    NOBODY_CAME = "nobody_came"
    # A real person was waiting: the drill left the desk at once.
    GAVE_WAY = "gave_way"


class DrillHour(Base):
    """An hour of the week in which a drill may begin, at a minute that nobody knows; set by a named lead."""

    __tablename__ = "drill_hours"
    __table_args__ = (
        CheckConstraint("weekday BETWEEN 0 AND 6", "weekday_is_one_of_seven"),
        CheckConstraint("hour BETWEEN 0 AND 23", "hour_is_one_of_the_day"),
    )

    # Monday is 0; hours are the base's own time.
    weekday: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    hour: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    set_by_id: Mapped[int] = mapped_column(ForeignKey("staff_members.id", ondelete="RESTRICT"))
    set_at: Mapped[datetime] = mapped_column(UTCDateTime)

    set_by: Mapped[StaffMember] = relationship()


class Drill(Base):
    """One drill: whose order, which case, when it was taken and by whom."""

    __tablename__ = "drills"
    __table_args__ = (
        UniqueConstraint("case_id"),
        # A planned hour begins one drill a week, however many schedulers look at it.
        UniqueConstraint("hour_key"),
        CheckConstraint("place = 1", "there_is_one_place"),
        CheckConstraint("weekday BETWEEN 0 AND 6 AND hour BETWEEN 0 AND 23", "hour_of_the_week"),
        CheckConstraint("(taken_at IS NULL) = (taken_by_id IS NULL)", "taken_by_name"),
        CheckConstraint("(taken_at IS NULL) = (seconds IS NULL)", "taken_after_seconds"),
        CheckConstraint("(ended_at IS NULL) = (ending IS NULL)", "ended_somehow"),
        CheckConstraint("ending <> 'taken' OR taken_at IS NOT NULL", "taken_by_somebody"),
        Index(
            "uq_drills_running",
            "place",
            unique=True,
            sqlite_where=text("ended_at IS NULL"),
            postgresql_where=text("ended_at IS NULL"),
        ),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    place: Mapped[int] = mapped_column(default=1)
    # Of a planned drill: "2026-W10-0-14", the week and the hour of the week; null where a lead began it by hand.
    hour_key: Mapped[str | None] = mapped_column(String(16))
    weekday: Mapped[int]
    hour: Mapped[int]
    # Whoever set the hour or pressed the button has signed for it: nobody can be in danger in this case.
    ordered_by_id: Mapped[int] = mapped_column(ForeignKey("staff_members.id", ondelete="RESTRICT"))
    case_id: Mapped[int] = mapped_column(ForeignKey("crisis_cases.id", ondelete="RESTRICT"))
    started_at: Mapped[datetime] = mapped_column(UTCDateTime)
    taken_at: Mapped[datetime | None] = mapped_column(UTCDateTime)
    taken_by_id: Mapped[int | None] = mapped_column(ForeignKey("staff_members.id", ondelete="RESTRICT"))
    # From the first alarm until somebody took it.
    seconds: Mapped[int | None]
    ended_at: Mapped[datetime | None] = mapped_column(UTCDateTime)
    ending: Mapped[DrillEnd | None] = mapped_column(enum_column(DrillEnd, "ending"))

    case: Mapped[CrisisCase] = relationship()
    ordered_by: Mapped[StaffMember] = relationship(foreign_keys=[ordered_by_id])
    taken_by: Mapped[StaffMember | None] = relationship(foreign_keys=[taken_by_id])


# Nobody's case closes without a name beside it; only a drill, in which there is no person, is closed by the site.
_NAMELESS = """NEW.closed_at IS NOT NULL AND OLD.closed_at IS NULL AND NEW.closed_by_id IS NULL
    AND NOT EXISTS (SELECT 1 FROM drills WHERE drills.case_id = NEW.id)"""
CLOSING_GUARDS = (
    (
        "sqlite",
        f"""CREATE TRIGGER crisis_cases_close_by_name BEFORE UPDATE OF closed_at ON crisis_cases
WHEN {_NAMELESS} BEGIN SELECT RAISE(ABORT, 'a case is closed by name'); END""",
    ),
    (
        "postgresql",
        f"""CREATE OR REPLACE FUNCTION close_by_name() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN
IF ({_NAMELESS}) THEN RAISE EXCEPTION 'a case is closed by name' USING ERRCODE = 'check_violation'; END IF;
RETURN NEW; END $$""",
    ),
    (
        "postgresql",
        """CREATE TRIGGER crisis_cases_close_by_name BEFORE UPDATE OF closed_at ON crisis_cases
FOR EACH ROW EXECUTE FUNCTION close_by_name()""",
    ),
)
for _dialect, _statement in CLOSING_GUARDS:
    event.listen(
        Drill.__table__,
        "after_create",
        DDL(_statement.replace("%", "%%")).execute_if(dialect=_dialect),  # type: ignore[no-untyped-call]
    )
