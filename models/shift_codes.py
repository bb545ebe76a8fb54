"""The code with which a volunteer asks the chat for their next shift: one at a time, short-lived, used once."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import CheckConstraint, ForeignKey, String
from sqlalchemy.orm import Mapped, mapped_column, relationship

from models.base import Base
from models.staff import StaffMember
from models.types import UTCDateTime


class ShiftCode(Base):
    """The one code of a volunteer that still opens something; using it or making another one removes it."""

    __tablename__ = "shift_codes"
    __table_args__ = (CheckConstraint("made_at < expires_at", "shift_code_lives_a_while"),)

    staff_id: Mapped[int] = mapped_column(ForeignKey("staff_members.id", ondelete="CASCADE"), primary_key=True)
    # Keyed, so that a copy of the database opens nothing.
    code_hash: Mapped[str] = mapped_column(String(64), unique=True)
    made_at: Mapped[datetime] = mapped_column(UTCDateTime)
    expires_at: Mapped[datetime] = mapped_column(UTCDateTime)

    staff: Mapped[StaffMember] = relationship()
