"""The on-call roster: who is reached first, second, third and last, hour by hour."""

from __future__ import annotations

from datetime import datetime
from enum import StrEnum

from sqlalchemy import CheckConstraint, ForeignKey, Index
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

    staff: Mapped[StaffMember] = relationship(lazy="joined")
