"""What the colleague who leaves the desk tells the one who comes: the open risks first."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import CheckConstraint, ForeignKey, String
from sqlalchemy.orm import Mapped, mapped_column, relationship

from models.base import Base
from models.staff import StaffMember
from models.types import EncryptedJSON, EncryptedText, UTCDateTime


class DeskHandover(Base):
    """One note with the list of what was open when it was written; the next colleague says that it was read."""

    __tablename__ = "desk_handovers"
    __table_args__ = (
        CheckConstraint("(taken_at IS NULL) = (taken_by_id IS NULL)", "taken_by_name"),
        CheckConstraint("taken_by_id <> author_id", "taken_by_somebody_else"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    # Comes with the form, so that a form that is sent twice is written once.
    key: Mapped[str] = mapped_column(String(64), unique=True)
    author_id: Mapped[int] = mapped_column(ForeignKey("staff_members.id", ondelete="RESTRICT"))
    note: Mapped[str] = mapped_column(EncryptedText)
    # Codes, levels and times of what was open, so that the note can be understood a week later.
    open_things: Mapped[dict[str, Any]] = mapped_column(EncryptedJSON, default=dict)
    written_at: Mapped[datetime] = mapped_column(UTCDateTime, index=True)
    taken_by_id: Mapped[int | None] = mapped_column(ForeignKey("staff_members.id", ondelete="RESTRICT"))
    taken_at: Mapped[datetime | None] = mapped_column(UTCDateTime)

    author: Mapped[StaffMember] = relationship(foreign_keys=[author_id])
    taken_by: Mapped[StaffMember | None] = relationship(foreign_keys=[taken_by_id])
