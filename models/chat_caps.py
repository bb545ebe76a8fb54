"""How many chats a colleague carries at once, where it is not the usual number."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import CheckConstraint, ForeignKey
from sqlalchemy.orm import Mapped, mapped_column, relationship

from models.base import Base
from models.staff import StaffMember
from models.types import UTCDateTime


class ChatCap(Base):
    """The number for one colleague, and who set it."""

    __tablename__ = "chat_caps"
    __table_args__ = (CheckConstraint("at_most BETWEEN 1 AND 20", "cap_is_a_small_count"),)

    staff_id: Mapped[int] = mapped_column(ForeignKey("staff_members.id", ondelete="CASCADE"), primary_key=True)
    at_most: Mapped[int]
    set_by_id: Mapped[int] = mapped_column(ForeignKey("staff_members.id", ondelete="RESTRICT"))
    set_at: Mapped[datetime] = mapped_column(UTCDateTime)

    staff: Mapped[StaffMember] = relationship(foreign_keys=[staff_id])
    set_by: Mapped[StaffMember] = relationship(foreign_keys=[set_by_id])
