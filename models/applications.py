"""Somebody who would like to help: what they told us, what was checked, and what was decided."""

from __future__ import annotations

from datetime import datetime
from enum import StrEnum

from sqlalchemy import JSON, CheckConstraint, ForeignKey, Index, String, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from models.base import Base
from models.staff import StaffMember
from models.stations import Station
from models.types import EncryptedText, UTCDateTime, enum_column

_OPEN = text("state = 'received'")


class ApplicationState(StrEnum):
    """Where an application stands."""

    RECEIVED = "received"
    APPROVED = "approved"
    DECLINED = "declined"
    WITHDRAWN = "withdrawn"


class Application(Base):
    """One wish to become a volunteer. What identifies the person is erased when it is no longer needed."""

    __tablename__ = "applications"
    __table_args__ = (
        CheckConstraint("(state = 'received') = (decided_at IS NULL)", "open_until_decided"),
        CheckConstraint("(state = 'approved') = (staff_id IS NOT NULL)", "approved_has_an_account"),
        CheckConstraint("state <> 'declined' OR reason IS NOT NULL", "declined_with_a_reason"),
        CheckConstraint(
            "state NOT IN ('approved', 'declined') OR decided_by_id IS NOT NULL",
            "decided_by_name",
        ),
        CheckConstraint("state <> 'received' OR erased_at IS NULL", "open_ones_are_readable"),
        # A second application of the same telephone while the first is open changes nothing.
        Index(
            "uq_applications_open_phone",
            "phone_hash",
            unique=True,
            sqlite_where=_OPEN,
            postgresql_where=_OPEN,
        ),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    # The mark of one sent form: the same form sent twice is one application.
    form_key_hash: Mapped[str] = mapped_column(String(64), unique=True)
    phone_hash: Mapped[str | None] = mapped_column(String(64))
    name: Mapped[str | None] = mapped_column(EncryptedText)
    phone: Mapped[str | None] = mapped_column(EncryptedText)
    about: Mapped[str | None] = mapped_column(EncryptedText)
    station_id: Mapped[int | None] = mapped_column(ForeignKey("stations.id", ondelete="RESTRICT"))
    languages: Mapped[list[str]] = mapped_column(JSON, default=list)
    # Keys of what the person would like to do and when: "visit", "chat"; "weekday", "evening", "weekend".
    wishes: Mapped[list[str]] = mapped_column(JSON, default=list)
    times: Mapped[list[str]] = mapped_column(JSON, default=list)
    language: Mapped[str] = mapped_column(String(8), default="zh-CN")
    state: Mapped[ApplicationState] = mapped_column(
        enum_column(ApplicationState, "application_state"), default=ApplicationState.RECEIVED
    )
    received_at: Mapped[datetime] = mapped_column(UTCDateTime)
    # When the same telephone last applied again while this one was open.
    repeated_at: Mapped[datetime | None] = mapped_column(UTCDateTime)
    decided_at: Mapped[datetime | None] = mapped_column(UTCDateTime)
    decided_by_id: Mapped[int | None] = mapped_column(ForeignKey("staff_members.id", ondelete="RESTRICT"))
    reason: Mapped[str | None] = mapped_column(EncryptedText)
    staff_id: Mapped[int | None] = mapped_column(ForeignKey("staff_members.id", ondelete="RESTRICT"), unique=True)
    erased_at: Mapped[datetime | None] = mapped_column(UTCDateTime)

    station: Mapped[Station | None] = relationship()
    decided_by: Mapped[StaffMember | None] = relationship(foreign_keys=[decided_by_id])
    checks: Mapped[list[ApplicationCheck]] = relationship(back_populates="application", order_by="ApplicationCheck.id")


class ApplicationCheck(Base):
    """One step of the check that a named colleague has done."""

    __tablename__ = "application_checks"
    __table_args__ = (UniqueConstraint("application_id", "item"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    application_id: Mapped[int] = mapped_column(ForeignKey("applications.id", ondelete="CASCADE"))
    # A key of care/applications.py CHECKS.
    item: Mapped[str] = mapped_column(String(32))
    note: Mapped[str] = mapped_column(EncryptedText)
    checked_at: Mapped[datetime] = mapped_column(UTCDateTime)
    checked_by_id: Mapped[int] = mapped_column(ForeignKey("staff_members.id", ondelete="RESTRICT"))

    application: Mapped[Application] = relationship(back_populates="checks")
    checked_by: Mapped[StaffMember] = relationship()
