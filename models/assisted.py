"""Filling in together: a worker reads the questions out and taps what the person says, with the person present."""

from __future__ import annotations

from datetime import datetime
from enum import StrEnum

from sqlalchemy import CheckConstraint, ForeignKey, Index, String, text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from models.base import Base
from models.beneficiaries import Beneficiary
from models.staff import StaffMember
from models.types import UTCDateTime, enum_column


class Present(StrEnum):
    """Who else is in the room: some questions are answered differently before a daughter-in-law."""

    NOBODY_ELSE = "nobody_else"
    FAMILY = "family"
    CARER = "carer"
    OTHERS = "others"


_RUNNING = text("ended_at IS NULL")


class AssistedSession(Base):
    """One sitting of one worker with one person, which says who was there and that the person agreed."""

    __tablename__ = "assisted_sessions"
    __table_args__ = (
        CheckConstraint("agreed", "the_person_agreed"),
        CheckConstraint("person_there", "the_person_is_there"),
        Index(
            "uq_assisted_sessions_running",
            "beneficiary_id",
            unique=True,
            sqlite_where=_RUNNING,
            postgresql_where=_RUNNING,
        ),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    # Comes with the form, so that a form that is sent twice begins once.
    key: Mapped[str] = mapped_column(String(64), unique=True)
    beneficiary_id: Mapped[int] = mapped_column(ForeignKey("beneficiaries.id", ondelete="CASCADE"))
    staff_id: Mapped[int] = mapped_column(ForeignKey("staff_members.id", ondelete="RESTRICT"), index=True)
    present: Mapped[Present] = mapped_column(enum_column(Present, "present"))
    person_there: Mapped[bool]
    agreed: Mapped[bool]
    began_at: Mapped[datetime] = mapped_column(UTCDateTime)
    ended_at: Mapped[datetime | None] = mapped_column(UTCDateTime)

    beneficiary: Mapped[Beneficiary] = relationship()
    staff: Mapped[StaffMember] = relationship()
