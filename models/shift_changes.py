"""Places that change hands: hand-overs and swaps between colleagues, and calls for cover."""

from __future__ import annotations

from datetime import datetime
from enum import StrEnum

from sqlalchemy import CheckConstraint, ForeignKey, Index, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from models.base import Base
from models.shifts import ShiftRole, SignUp
from models.staff import StaffMember
from models.types import UTCDateTime, enum_column


class SwapState(StrEnum):
    """Where a hand-over or a swap stands."""

    OPEN = "open"
    ACCEPTED = "accepted"  # A colleague said yes; a coordinator has not looked yet.
    APPROVED = "approved"
    REFUSED = "refused"
    CANCELLED = "cancelled"
    LAPSED = "lapsed"


class Swap(Base):
    """A volunteer offers a place to a named colleague or to all, with or without a place in return."""

    __tablename__ = "shift_swaps"
    __table_args__ = (
        CheckConstraint("state NOT IN ('accepted', 'approved') OR taker_id IS NOT NULL", "somebody_took_it"),
        CheckConstraint("(state IN ('approved', 'refused')) = (decided_by_id IS NOT NULL)", "decided_by_name"),
        CheckConstraint("sign_up_id != return_sign_up_id", "not_against_itself"),
        Index(
            "uq_shift_swaps_open_sign_up",
            "sign_up_id",
            unique=True,
            sqlite_where=text("state IN ('open', 'accepted')"),
            postgresql_where=text("state IN ('open', 'accepted')"),
        ),
        Index("ix_shift_swaps_state", "state", "to_staff_id"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    sign_up_id: Mapped[int] = mapped_column(ForeignKey("sign_ups.id", ondelete="RESTRICT"))
    # Null: offered to everybody who fits.
    to_staff_id: Mapped[int | None] = mapped_column(ForeignKey("staff_members.id", ondelete="RESTRICT"))
    # The place that the taker gives for it; null: nothing in return.
    return_sign_up_id: Mapped[int | None] = mapped_column(ForeignKey("sign_ups.id", ondelete="RESTRICT"), index=True)
    taker_id: Mapped[int | None] = mapped_column(ForeignKey("staff_members.id", ondelete="RESTRICT"))
    state: Mapped[SwapState] = mapped_column(enum_column(SwapState, "swap_state"))
    asked_at: Mapped[datetime] = mapped_column(UTCDateTime)
    accepted_at: Mapped[datetime | None] = mapped_column(UTCDateTime)
    decided_at: Mapped[datetime | None] = mapped_column(UTCDateTime)
    decided_by_id: Mapped[int | None] = mapped_column(ForeignKey("staff_members.id", ondelete="RESTRICT"))

    sign_up: Mapped[SignUp] = relationship(foreign_keys=[sign_up_id], lazy="select")
    return_sign_up: Mapped[SignUp | None] = relationship(foreign_keys=[return_sign_up_id], lazy="select")
    to_staff: Mapped[StaffMember | None] = relationship(foreign_keys=[to_staff_id], lazy="select")
    taker: Mapped[StaffMember | None] = relationship(foreign_keys=[taker_id], lazy="select")


class CoverState(StrEnum):
    """Where a call for cover stands."""

    OPEN = "open"
    FILLED = "filled"
    EXHAUSTED = "exhausted"  # Everybody who fits was asked, and nobody said yes.
    STOPPED = "stopped"


class CoverAnswer(StrEnum):
    """What somebody said who was asked to cover."""

    YES = "yes"
    NO = "no"
    SILENCE = "silence"
    TOO_LATE = "too_late"  # Said yes when the place was already taken.


class CoverCall(Base):
    """One search for somebody to take a free place, one person after the other."""

    __tablename__ = "cover_calls"
    __table_args__ = (
        CheckConstraint("(state = 'open') = (closed_at IS NULL)", "closed_has_a_time"),
        Index(
            "uq_cover_calls_open_role",
            "shift_role_id",
            unique=True,
            sqlite_where=text("state = 'open'"),
            postgresql_where=text("state = 'open'"),
        ),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    shift_role_id: Mapped[int] = mapped_column(ForeignKey("shift_roles.id", ondelete="CASCADE"), index=True)
    opened_by_id: Mapped[int | None] = mapped_column(ForeignKey("staff_members.id", ondelete="RESTRICT"))
    opened_at: Mapped[datetime] = mapped_column(UTCDateTime)
    state: Mapped[CoverState] = mapped_column(enum_column(CoverState, "cover_state"))
    closed_at: Mapped[datetime | None] = mapped_column(UTCDateTime)

    shift_role: Mapped[ShiftRole] = relationship(lazy="select")
    asks: Mapped[list[CoverAsk]] = relationship(lazy="selectin", order_by="CoverAsk.id", back_populates="call")


class CoverAsk(Base):
    """One person asked once in one call."""

    __tablename__ = "cover_asks"
    __table_args__ = (
        UniqueConstraint("cover_call_id", "staff_id", name="uq_cover_asks_once"),
        CheckConstraint("(answer IS NULL) = (answered_at IS NULL)", "an_answer_has_a_time"),
        # One after the other: a second question waits until the first is answered.
        Index(
            "uq_cover_asks_open_call",
            "cover_call_id",
            unique=True,
            sqlite_where=text("answer IS NULL"),
            postgresql_where=text("answer IS NULL"),
        ),
        Index("ix_cover_asks_staff", "staff_id", "asked_at"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    cover_call_id: Mapped[int] = mapped_column(ForeignKey("cover_calls.id", ondelete="CASCADE"))
    staff_id: Mapped[int] = mapped_column(ForeignKey("staff_members.id", ondelete="RESTRICT"))
    asked_at: Mapped[datetime] = mapped_column(UTCDateTime)
    answer_by: Mapped[datetime] = mapped_column(UTCDateTime)
    answer: Mapped[CoverAnswer | None] = mapped_column(enum_column(CoverAnswer, "cover_answer"))
    answered_at: Mapped[datetime | None] = mapped_column(UTCDateTime)

    call: Mapped[CoverCall] = relationship(back_populates="asks", lazy="select")
    staff: Mapped[StaffMember] = relationship(lazy="select")
