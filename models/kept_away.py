"""Colleagues whom a report or a complaint may mean: the alarm of that case does not ring them."""

from __future__ import annotations

from datetime import datetime
from enum import StrEnum

from sqlalchemy import CheckConstraint, ForeignKey
from sqlalchemy.orm import Mapped, mapped_column, relationship

from models.base import Base
from models.crises import CrisisCase
from models.staff import StaffMember
from models.types import EncryptedText, UTCDateTime, enum_column


class KeptWhy(StrEnum):
    """How it became known that the words may mean this colleague."""

    REPORT = "named_in_report"
    VOICE = "named_in_voice"
    LEAD = "said_by_a_lead"


class KeptFromCase(Base):
    """One colleague who is not rung by one case and does not decide about it, until somebody else lets them back."""

    __tablename__ = "kept_from_cases"
    __table_args__ = (
        CheckConstraint("why <> 'said_by_a_lead' OR by_id IS NOT NULL", "kept_by_name"),
        CheckConstraint("why <> 'said_by_a_lead' OR words IS NOT NULL", "kept_in_words"),
        CheckConstraint("(let_back_at IS NULL) = (let_back_by_id IS NULL)", "let_back_by_name"),
        CheckConstraint("let_back_by_id IS NULL OR let_back_by_id <> staff_id", "nobody_lets_themselves_back"),
    )

    case_id: Mapped[int] = mapped_column(ForeignKey("crisis_cases.id", ondelete="CASCADE"), primary_key=True)
    staff_id: Mapped[int] = mapped_column(
        ForeignKey("staff_members.id", ondelete="RESTRICT"), primary_key=True, index=True
    )
    why: Mapped[KeptWhy] = mapped_column(enum_column(KeptWhy, "why"))
    since: Mapped[datetime] = mapped_column(UTCDateTime)
    by_id: Mapped[int | None] = mapped_column(ForeignKey("staff_members.id", ondelete="RESTRICT"))
    # Of a lead who decides by hand: why.
    words: Mapped[str | None] = mapped_column(EncryptedText)
    let_back_at: Mapped[datetime | None] = mapped_column(UTCDateTime)
    let_back_by_id: Mapped[int | None] = mapped_column(ForeignKey("staff_members.id", ondelete="RESTRICT"))
    let_back_words: Mapped[str | None] = mapped_column(EncryptedText)

    case: Mapped[CrisisCase] = relationship()
    staff: Mapped[StaffMember] = relationship(foreign_keys=[staff_id])
    by: Mapped[StaffMember | None] = relationship(foreign_keys=[by_id])
