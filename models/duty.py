"""The on-call roster: who is reached first, second, third and last, hour by hour."""

from __future__ import annotations

from datetime import datetime
from enum import StrEnum

from sqlalchemy import DDL, CheckConstraint, ForeignKey, Index, Text, event, text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from models.base import Base
from models.staff import StaffMember
from models.types import UTCDateTime, enum_column


class DutyPosition(StrEnum):
    """The four rungs of the crisis chain, in the order in which an alarm climbs them."""

    ON_CALL = "on_call"
    STAND_IN = "stand_in"
    SUPERVISOR = "supervisor"
    BASE_LEADER = "base_leader"


class DutyTurn(Base):
    """One person's turn at one position. Being listed is not being there: that takes a check-in."""

    __tablename__ = "duty_turns"
    __table_args__ = (
        CheckConstraint("starts_at < ends_at", "turn_ends_after_it_starts"),
        CheckConstraint("checked_out_at IS NULL OR checked_in_at IS NOT NULL", "left_only_after_arriving"),
        Index("ix_duty_turns_span", "starts_at", "ends_at"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    staff_id: Mapped[int] = mapped_column(ForeignKey("staff_members.id", ondelete="RESTRICT"), index=True)
    position: Mapped[DutyPosition] = mapped_column(enum_column(DutyPosition, "position"))
    starts_at: Mapped[datetime] = mapped_column(UTCDateTime)
    ends_at: Mapped[datetime] = mapped_column(UTCDateTime)
    checked_in_at: Mapped[datetime | None] = mapped_column(UTCDateTime)
    checked_out_at: Mapped[datetime | None] = mapped_column(UTCDateTime)
    # When a page of the desk was last open in this colleague's hands; written once a minute at most.
    seen_at: Mapped[datetime | None] = mapped_column(UTCDateTime)

    staff: Mapped[StaffMember] = relationship(lazy="joined")


# Nobody is on two turns at once, whoever writes the row. PostgreSQL has a constraint for it that needs no extension
# when the person's number is written as a range of one; SQLite has triggers, which its single writer cannot race past.
_POSTGRES = """
ALTER TABLE duty_turns ADD CONSTRAINT ex_duty_turns_one_at_a_time EXCLUDE USING gist (
  int4range(staff_id, staff_id, '[]') WITH &&, tsrange(starts_at, ends_at) WITH &&
)"""
_SQLITE_TRIGGER = """
CREATE TRIGGER {name} BEFORE {moment} ON duty_turns
WHEN EXISTS (
  SELECT 1 FROM duty_turns
  WHERE staff_id = NEW.staff_id AND starts_at < NEW.ends_at AND ends_at > NEW.starts_at AND id IS NOT NEW.id
)
BEGIN SELECT RAISE(ABORT, 'ex_duty_turns_one_at_a_time'); END"""
ONE_AT_A_TIME: dict[str, tuple[str, ...]] = {
    "postgresql": (_POSTGRES,),
    "sqlite": (
        _SQLITE_TRIGGER.format(name="duty_turns_one_at_a_time_insert", moment="INSERT"),
        _SQLITE_TRIGGER.format(name="duty_turns_one_at_a_time_update", moment="UPDATE OF staff_id, starts_at, ends_at"),
    ),
}


def _install_one_at_a_time() -> None:
    for dialect, statements in ONE_AT_A_TIME.items():
        for statement in statements:
            event.listen(DutyTurn.__table__, "after_create", DDL(statement).execute_if(dialect=dialect))  # type: ignore[no-untyped-call]


_install_one_at_a_time()


class DutyPatternSlot(Base):
    """One line of the ordinary week: this person, at this position, on this weekday."""

    __tablename__ = "duty_pattern_slots"
    __table_args__ = (
        CheckConstraint("weekday BETWEEN 0 AND 6", "weekday_is_one_of_seven"),
        CheckConstraint("starts_minute BETWEEN 0 AND 1439", "slot_starts_within_its_day"),
        # A night turn ends on the next day: it is written as more than 1440 minutes.
        CheckConstraint("ends_minute > starts_minute AND ends_minute <= starts_minute + 1440", "slot_is_a_day_at_most"),
        Index("uq_duty_pattern_slots_line", "staff_id", "position", "weekday", "starts_minute", unique=True),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    staff_id: Mapped[int] = mapped_column(ForeignKey("staff_members.id", ondelete="CASCADE"))
    position: Mapped[DutyPosition] = mapped_column(enum_column(DutyPosition, "position"))
    # Monday is 0; minutes are counted from midnight in the base's own time.
    weekday: Mapped[int]
    starts_minute: Mapped[int]
    ends_minute: Mapped[int]

    staff: Mapped[StaffMember] = relationship(lazy="joined")


class SwapState(StrEnum):
    """How far a hand-over has come."""

    OFFERED = "offered"
    ACCEPTED = "accepted"
    APPROVED = "approved"
    DECLINED = "declined"
    REFUSED = "refused"
    WITHDRAWN = "withdrawn"

    @property
    def is_open(self) -> bool:
        """Tell whether somebody has still to answer."""
        return self in (SwapState.OFFERED, SwapState.ACCEPTED)


_OPEN_SWAP = text("state IN ('offered', 'accepted')")


class DutySwap(Base):
    """A turn that one colleague offers, another accepts, and a lead approves; until then nothing has changed."""

    __tablename__ = "duty_swaps"
    __table_args__ = (
        CheckConstraint("from_staff_id <> to_staff_id", "swap_is_between_two"),
        CheckConstraint("(state IN ('approved', 'refused')) = (decided_by_id IS NOT NULL)", "decision_has_a_name"),
        Index("uq_duty_swaps_open_turn", "turn_id", unique=True, sqlite_where=_OPEN_SWAP, postgresql_where=_OPEN_SWAP),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    turn_id: Mapped[int] = mapped_column(ForeignKey("duty_turns.id", ondelete="CASCADE"), index=True)
    from_staff_id: Mapped[int] = mapped_column(ForeignKey("staff_members.id", ondelete="RESTRICT"))
    to_staff_id: Mapped[int] = mapped_column(ForeignKey("staff_members.id", ondelete="RESTRICT"), index=True)
    state: Mapped[SwapState] = mapped_column(enum_column(SwapState, "state"), default=SwapState.OFFERED)
    offered_at: Mapped[datetime] = mapped_column(UTCDateTime)
    answered_at: Mapped[datetime | None] = mapped_column(UTCDateTime)
    decided_at: Mapped[datetime | None] = mapped_column(UTCDateTime)
    decided_by_id: Mapped[int | None] = mapped_column(ForeignKey("staff_members.id", ondelete="RESTRICT"))

    turn: Mapped[DutyTurn] = relationship(lazy="joined")
    from_staff: Mapped[StaffMember] = relationship(foreign_keys=[from_staff_id], lazy="joined")
    to_staff: Mapped[StaffMember] = relationship(foreign_keys=[to_staff_id], lazy="joined")


class OpeningState(Base):
    """What the open chats were last told about the desk: one row, so that a change is noticed and told once."""

    __tablename__ = "opening_state"
    __table_args__ = (CheckConstraint("id = 1", "there_is_one_door"),)

    id: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    staffed: Mapped[bool]
    # Ids of those who are there, and the start of the next turn.
    known: Mapped[str] = mapped_column(Text, default="")
    at: Mapped[datetime] = mapped_column(UTCDateTime)
