"""Who supervises whom, and since when; the lines of the past are kept."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import CheckConstraint, ForeignKey, Index, text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from models.base import Base
from models.staff import StaffMember
from models.types import UTCDateTime

_RUNNING = text("until IS NULL")


class Supervision(Base):
    """One line from a colleague to the supervisor; at most one runs at a time."""

    __tablename__ = "supervisions"
    __table_args__ = (
        CheckConstraint("staff_id <> supervisor_id", "nobody_supervises_themselves"),
        CheckConstraint("until IS NULL OR until >= since", "line_ends_after_it_begins"),
        Index(
            "uq_supervisions_running_staff",
            "staff_id",
            unique=True,
            sqlite_where=_RUNNING,
            postgresql_where=_RUNNING,
        ),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    staff_id: Mapped[int] = mapped_column(ForeignKey("staff_members.id", ondelete="RESTRICT"), index=True)
    supervisor_id: Mapped[int] = mapped_column(ForeignKey("staff_members.id", ondelete="RESTRICT"), index=True)
    since: Mapped[datetime] = mapped_column(UTCDateTime)
    until: Mapped[datetime | None] = mapped_column(UTCDateTime)

    staff: Mapped[StaffMember] = relationship(foreign_keys=[staff_id])
    supervisor: Mapped[StaffMember] = relationship(foreign_keys=[supervisor_id])
