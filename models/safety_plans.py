"""The safety plan: six steps made together with the person. Each change is a new version, old ones stay readable."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import CheckConstraint, ForeignKey, UniqueConstraint, event
from sqlalchemy.orm import Mapped, mapped_column, relationship

from models.base import Base
from models.beneficiaries import Beneficiary
from models.staff import StaffMember
from models.types import EncryptedText, UTCDateTime


class SafetyPlan(Base):
    """One version of a person's plan, in the person's own words. Rows are only ever added.

    The six steps are those of the safety planning intervention (Stanley and Brown); the wording is our own.
    """

    __tablename__ = "safety_plans"
    __table_args__ = (
        # Of two colleagues who write the next version in the same moment, one comes second and is told so.
        UniqueConstraint("beneficiary_id", "version_no"),
        CheckConstraint("version_no >= 1", "version_is_a_count"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    beneficiary_id: Mapped[int] = mapped_column(ForeignKey("beneficiaries.id", ondelete="RESTRICT"))
    version_no: Mapped[int]
    author_id: Mapped[int] = mapped_column(ForeignKey("staff_members.id", ondelete="RESTRICT"))
    warning_signs: Mapped[str | None] = mapped_column(EncryptedText)
    own_ways: Mapped[str | None] = mapped_column(EncryptedText)
    people_and_places: Mapped[str | None] = mapped_column(EncryptedText)
    people_to_ask: Mapped[str | None] = mapped_column(EncryptedText)
    professionals: Mapped[str | None] = mapped_column(EncryptedText)
    surroundings: Mapped[str | None] = mapped_column(EncryptedText)
    made_at: Mapped[datetime] = mapped_column(UTCDateTime)

    beneficiary: Mapped[Beneficiary] = relationship()
    author: Mapped[StaffMember] = relationship()


def _refuse_change(_mapper: Any, _connection: Any, target: SafetyPlan) -> None:
    raise RuntimeError("a version of a safety plan is never changed: write the next one")


event.listen(SafetyPlan, "before_update", _refuse_change)
