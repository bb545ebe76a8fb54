"""The agreed plan for a person who needs us often: who, how often, what helps, what does not."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

from sqlalchemy import CheckConstraint, Date, ForeignKey, UniqueConstraint, event
from sqlalchemy.orm import Mapped, mapped_column, relationship

from models.base import Base
from models.beneficiaries import Beneficiary
from models.staff import StaffMember
from models.types import EncryptedText, UTCDateTime


class ContactPlan(Base):
    """One version of the plan. It is never changed; the next version follows it and the older ones stay readable."""

    __tablename__ = "contact_plans"
    __table_args__ = (
        UniqueConstraint("beneficiary_id", "version_no"),
        CheckConstraint("version_no >= 1", "version_is_a_count"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    beneficiary_id: Mapped[int] = mapped_column(ForeignKey("beneficiaries.id", ondelete="CASCADE"))
    version_no: Mapped[int]
    who: Mapped[str] = mapped_column(EncryptedText)
    how_often: Mapped[str] = mapped_column(EncryptedText)
    helps: Mapped[str | None] = mapped_column(EncryptedText)
    helps_not: Mapped[str | None] = mapped_column(EncryptedText)
    # Whether the person has agreed to it; a plan of colleagues among themselves says so.
    with_person: Mapped[bool]
    # The day on which somebody looks at it again, in the base's own calendar.
    review_on: Mapped[date] = mapped_column(Date, index=True)
    author_id: Mapped[int] = mapped_column(ForeignKey("staff_members.id", ondelete="RESTRICT"))
    made_at: Mapped[datetime] = mapped_column(UTCDateTime)

    beneficiary: Mapped[Beneficiary] = relationship()
    author: Mapped[StaffMember] = relationship()


def _refuse_change(_mapper: Any, _connection: Any, target: ContactPlan) -> None:
    raise RuntimeError("a version of a contact plan is never changed: write the next one")


event.listen(ContactPlan, "before_update", _refuse_change)
