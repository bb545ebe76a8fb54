"""Somebody is worried about somebody: a colleague, a neighbour, a friend; the person may be known by a code or not."""

from __future__ import annotations

from datetime import datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import JSON, CheckConstraint, ForeignKey, Index, String
from sqlalchemy.orm import Mapped, mapped_column, relationship

from models.base import Base
from models.beneficiaries import Beneficiary
from models.crises import CrisisCase, LevelName
from models.staff import StaffMember
from models.types import EncryptedText, UTCDateTime, enum_column


class ReportDoor(StrEnum):
    """The way in which a worry reached us."""

    STAFF = "staff"
    PAGE = "page"
    CHAT = "chat"


class Sight(StrEnum):
    """What the one who is worried has seen or heard; it sets the lowest level, the words may raise it."""

    NOW = "now"
    SOON = "soon"
    WISH = "wish"
    CHANGED = "changed"


class WorriedReport(Base):
    """One report about one person. It has opened or raised the case that it names; nothing here lowers it."""

    __tablename__ = "worried_reports"
    __table_args__ = (
        CheckConstraint("(door = 'staff') = (staff_id IS NOT NULL)", "staff_report_is_signed"),
        CheckConstraint("known OR about IS NOT NULL", "an_unknown_person_is_described"),
        CheckConstraint("(owner_id IS NULL) = (due_at IS NULL)", "a_promise_has_a_name_and_a_time"),
        CheckConstraint("due_at IS NULL OR reporter_phone IS NOT NULL", "a_call_needs_a_number"),
        CheckConstraint("(called_at IS NULL) = (called_by_id IS NULL)", "called_by_name"),
        CheckConstraint("(identified_at IS NULL) = (identified_by_id IS NULL)", "identified_by_name"),
        Index("ix_worried_reports_open_calls", "called_at", "due_at"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    # The mark of one sent form: the same form sent twice is one report.
    form_key_hash: Mapped[str] = mapped_column(String(64), unique=True)
    door: Mapped[ReportDoor] = mapped_column(enum_column(ReportDoor, "door"))
    staff_id: Mapped[int | None] = mapped_column(ForeignKey("staff_members.id", ondelete="RESTRICT"))
    # The chat of the one who is worried, where they came from it.
    conversation_id: Mapped[int | None] = mapped_column(ForeignKey("conversations.id", ondelete="SET NULL"))
    beneficiary_id: Mapped[int] = mapped_column(ForeignKey("beneficiaries.id", ondelete="RESTRICT"), index=True)
    case_id: Mapped[int] = mapped_column(ForeignKey("crisis_cases.id", ondelete="RESTRICT"), index=True)
    # False while the person is only described: the record was made for this report.
    known: Mapped[bool]
    sight: Mapped[Sight] = mapped_column(enum_column(Sight, "sight"))
    words: Mapped[str] = mapped_column(EncryptedText)
    about: Mapped[str | None] = mapped_column(EncryptedText)
    person_phone: Mapped[str | None] = mapped_column(EncryptedText)
    person_place: Mapped[str | None] = mapped_column(EncryptedText)
    person_times: Mapped[str | None] = mapped_column(EncryptedText)
    reporter_called: Mapped[str | None] = mapped_column(EncryptedText)
    reporter_relation: Mapped[str | None] = mapped_column(EncryptedText)
    reporter_phone: Mapped[str | None] = mapped_column(EncryptedText)
    reporter_times: Mapped[str | None] = mapped_column(EncryptedText)
    # What the answers and the words came to.
    level: Mapped[LevelName] = mapped_column(enum_column(LevelName, "level"))
    reasons: Mapped[list[Any]] = mapped_column(JSON, default=list)
    language: Mapped[str] = mapped_column(String(8), default="zh-CN")
    received_at: Mapped[datetime] = mapped_column(UTCDateTime)
    # Who calls the one who is worried, and by when; none where they left no number or the roster knows nobody.
    owner_id: Mapped[int | None] = mapped_column(ForeignKey("staff_members.id", ondelete="RESTRICT"))
    due_at: Mapped[datetime | None] = mapped_column(UTCDateTime)
    called_at: Mapped[datetime | None] = mapped_column(UTCDateTime)
    called_by_id: Mapped[int | None] = mapped_column(ForeignKey("staff_members.id", ondelete="RESTRICT"))
    # When a colleague found out which person of ours it is.
    identified_at: Mapped[datetime | None] = mapped_column(UTCDateTime)
    identified_by_id: Mapped[int | None] = mapped_column(ForeignKey("staff_members.id", ondelete="RESTRICT"))

    staff: Mapped[StaffMember | None] = relationship(foreign_keys=[staff_id])
    beneficiary: Mapped[Beneficiary] = relationship()
    case: Mapped[CrisisCase] = relationship()
    owner: Mapped[StaffMember | None] = relationship(foreign_keys=[owner_id])
    called_by: Mapped[StaffMember | None] = relationship(foreign_keys=[called_by_id])
