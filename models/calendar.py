"""Who and what is taken when: one calendar for counselors, volunteers, rooms and the people who come."""

from __future__ import annotations

from datetime import datetime
from enum import StrEnum

from sqlalchemy import CheckConstraint, ForeignKey, Index
from sqlalchemy.orm import Mapped, mapped_column, relationship

from models.base import Base
from models.types import UTCDateTime, enum_column


class HolderKind(StrEnum):
    """Whose time it is."""

    STAFF = "staff"
    ROOM = "room"
    BENEFICIARY = "beneficiary"


class HoldKind(StrEnum):
    """What the time is taken for."""

    APPOINTMENT = "appointment"
    GROUP_SESSION = "group_session"
    SHIFT = "shift"
    FOLLOW_UP = "follow_up"
    OFFER = "offer"


class CalendarHold(Base):
    """A stretch of time that is taken, by every holder in it at once."""

    __tablename__ = "calendar_holds"
    __table_args__ = (
        CheckConstraint("starts_at < ends_at", "hold_ends_after_it_starts"),
        Index("ix_calendar_holds_span", "starts_at", "ends_at"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    kind: Mapped[HoldKind] = mapped_column(enum_column(HoldKind, "hold_kind"))
    starts_at: Mapped[datetime] = mapped_column(UTCDateTime)
    ends_at: Mapped[datetime] = mapped_column(UTCDateTime)

    holders: Mapped[list[CalendarHolder]] = relationship(
        lazy="selectin", cascade="all, delete-orphan", passive_deletes=True
    )


class CalendarHolder(Base):
    """One person or room that a hold takes."""

    __tablename__ = "calendar_holders"
    __table_args__ = (Index("ix_calendar_holders_holder", "holder_kind", "holder_id", "hold_id"),)

    hold_id: Mapped[int] = mapped_column(ForeignKey("calendar_holds.id", ondelete="CASCADE"), primary_key=True)
    holder_kind: Mapped[HolderKind] = mapped_column(enum_column(HolderKind, "holder_kind"), primary_key=True)
    holder_id: Mapped[int] = mapped_column(primary_key=True)


class CalendarCell(Base):
    """Five minutes of one person or room. Its key is why nobody is ever in two places: both databases refuse it."""

    __tablename__ = "calendar_cells"
    __table_args__ = (Index("ix_calendar_cells_hold_id", "hold_id"),)

    holder_kind: Mapped[HolderKind] = mapped_column(enum_column(HolderKind, "holder_kind"), primary_key=True)
    holder_id: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    # The number of whole five-minute steps since 1970 in UTC.
    cell: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    hold_id: Mapped[int] = mapped_column(ForeignKey("calendar_holds.id", ondelete="CASCADE"))
