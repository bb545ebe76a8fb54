"""Which worker looks after which beneficiary, and how many one worker can carry."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import CheckConstraint, ForeignKey, Index, text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from models.base import Base
from models.beneficiaries import Beneficiary
from models.staff import StaffMember, Team
from models.types import EncryptedText, UTCDateTime, enum_column

_OPEN = text("ended_at IS NULL")


class CaseAssignment(Base):
    """One beneficiary with one worker, from when until when. Each team has at most one worker for a person."""

    __tablename__ = "case_assignments"
    __table_args__ = (
        CheckConstraint("team IN ('counselor', 'social_worker')", "volunteers_carry_no_cases"),
        CheckConstraint("place_no >= 1", "place_is_a_count"),
        CheckConstraint("(ended_at IS NULL) = (ended_by_id IS NULL)", "ended_by_name"),
        Index(
            "uq_case_assignments_open_person",
            "beneficiary_id",
            "team",
            unique=True,
            sqlite_where=_OPEN,
            postgresql_where=_OPEN,
        ),
        # A numbered place instead of a count: two people cannot both fill the last place under the cap.
        Index(
            "uq_case_assignments_open_place",
            "worker_id",
            "place_no",
            unique=True,
            sqlite_where=_OPEN,
            postgresql_where=_OPEN,
        ),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    beneficiary_id: Mapped[int] = mapped_column(ForeignKey("beneficiaries.id", ondelete="RESTRICT"), index=True)
    worker_id: Mapped[int] = mapped_column(ForeignKey("staff_members.id", ondelete="RESTRICT"), index=True)
    team: Mapped[Team] = mapped_column(enum_column(Team, "team"))
    place_no: Mapped[int]
    assigned_at: Mapped[datetime] = mapped_column(UTCDateTime)
    assigned_by_id: Mapped[int | None] = mapped_column(ForeignKey("staff_members.id", ondelete="RESTRICT"))
    # Why a supervisor gave one more than the cap allows.
    over_cap_reason: Mapped[str | None] = mapped_column(EncryptedText)
    ended_at: Mapped[datetime | None] = mapped_column(UTCDateTime)
    ended_by_id: Mapped[int | None] = mapped_column(ForeignKey("staff_members.id", ondelete="RESTRICT"))

    beneficiary: Mapped[Beneficiary] = relationship()
    worker: Mapped[StaffMember] = relationship(foreign_keys=[worker_id])
