"""Leave of a colleague, with somebody who stands in."""

from __future__ import annotations

from datetime import datetime
from enum import StrEnum

from sqlalchemy import CheckConstraint, ForeignKey, Index
from sqlalchemy.orm import Mapped, mapped_column, relationship

from models.base import Base
from models.staff import StaffMember
from models.types import EncryptedText, UTCDateTime, enum_column


class LeaveState(StrEnum):
    """Where a wish for leave stands."""

    ASKED = "asked"
    APPROVED = "approved"
    DECLINED = "declined"
    CANCELLED = "cancelled"


class Leave(Base):
    """One stretch in which a colleague is away."""

    __tablename__ = "leaves"
    __table_args__ = (
        CheckConstraint("starts_at < ends_at", "leave_ends_after_it_starts"),
        CheckConstraint("stand_in_id IS NULL OR stand_in_id <> staff_id", "nobody_stands_in_for_themselves"),
        CheckConstraint("(state = 'asked') = (decided_at IS NULL)", "open_until_decided"),
        CheckConstraint("(decided_at IS NULL) = (decided_by_id IS NULL)", "decided_by_name"),
        CheckConstraint("state <> 'declined' OR reason IS NOT NULL", "declined_with_a_reason"),
        Index("ix_leaves_span", "starts_at", "ends_at"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    staff_id: Mapped[int] = mapped_column(ForeignKey("staff_members.id", ondelete="RESTRICT"), index=True)
    stand_in_id: Mapped[int | None] = mapped_column(ForeignKey("staff_members.id", ondelete="RESTRICT"), index=True)
    starts_at: Mapped[datetime] = mapped_column(UTCDateTime)
    ends_at: Mapped[datetime] = mapped_column(UTCDateTime)
    state: Mapped[LeaveState] = mapped_column(enum_column(LeaveState, "leave_state"), default=LeaveState.ASKED)
    # What the person wrote to whoever decides.
    note: Mapped[str | None] = mapped_column(EncryptedText)
    asked_at: Mapped[datetime] = mapped_column(UTCDateTime)
    decided_at: Mapped[datetime | None] = mapped_column(UTCDateTime)
    decided_by_id: Mapped[int | None] = mapped_column(ForeignKey("staff_members.id", ondelete="RESTRICT"))
    reason: Mapped[str | None] = mapped_column(EncryptedText)

    staff: Mapped[StaffMember] = relationship(foreign_keys=[staff_id])
    stand_in: Mapped[StaffMember | None] = relationship(foreign_keys=[stand_in_id])
    decided_by: Mapped[StaffMember | None] = relationship(foreign_keys=[decided_by_id])


class LeaveCell(Base):
    """Half an hour of a leave that is asked for or approved. Its key is why no two leaves of one person overlap."""

    __tablename__ = "leave_cells"

    staff_id: Mapped[int] = mapped_column(ForeignKey("staff_members.id", ondelete="RESTRICT"), primary_key=True)
    # The number of whole half hours since 1970 in UTC.
    cell: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    leave_id: Mapped[int] = mapped_column(ForeignKey("leaves.id", ondelete="CASCADE"), index=True)
