"""The ledger of volunteers' hours: added to, never changed; and the certificates drawn from it."""

from __future__ import annotations

from datetime import date, datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import CheckConstraint, ForeignKey, Index, String, event, text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from models.base import Base
from models.shifts import SignUp
from models.staff import StaffMember
from models.types import EncryptedJSON, EncryptedText, UTCDateTime, enum_column


class HoursKind(StrEnum):
    """Why a line is in the ledger."""

    SERVED = "served"
    CORRECTION = "correction"


class HoursEntry(Base):
    """One line: minutes of service that a named colleague has approved. Wrong lines are mended by further lines."""

    __tablename__ = "hours_entries"
    __table_args__ = (
        CheckConstraint("approved_by_id != staff_id", "nobody_approves_their_own_hours"),
        CheckConstraint("kind != 'served' OR minutes BETWEEN 0 AND 1440", "served_minutes_fit_a_day"),
        CheckConstraint("kind != 'correction' OR minutes BETWEEN -1440 AND 1440", "a_correction_fits_a_day"),
        Index(
            "uq_hours_entries_served_once",
            "sign_up_id",
            unique=True,
            sqlite_where=text("kind = 'served'"),
            postgresql_where=text("kind = 'served'"),
        ),
        Index("ix_hours_entries_staff", "staff_id", "served_on"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    staff_id: Mapped[int] = mapped_column(ForeignKey("staff_members.id", ondelete="RESTRICT"))
    sign_up_id: Mapped[int] = mapped_column(ForeignKey("sign_ups.id", ondelete="RESTRICT"))
    kind: Mapped[HoursKind] = mapped_column(enum_column(HoursKind, "hours_kind"))
    minutes: Mapped[int]
    # The day of service in the base's own time.
    served_on: Mapped[date]
    approved_by_id: Mapped[int] = mapped_column(ForeignKey("staff_members.id", ondelete="RESTRICT"))
    approved_at: Mapped[datetime] = mapped_column(UTCDateTime)

    sign_up: Mapped[SignUp] = relationship(lazy="select")
    approved_by: Mapped[StaffMember] = relationship(foreign_keys=[approved_by_id], lazy="select")


@event.listens_for(HoursEntry, "before_update")
@event.listens_for(HoursEntry, "before_delete")
def _ledger_is_only_added_to(_mapper: Any, _connection: Any, entry: HoursEntry) -> None:
    raise ValueError(f"line {entry.id} of the hours ledger cannot be changed: add a correction")


class CorrectionState(StrEnum):
    """Where a wish to mend the ledger stands."""

    OPEN = "open"
    GRANTED = "granted"
    REFUSED = "refused"


class HoursCorrection(Base):
    """A volunteer says that the minutes of one shift are wrong; a named colleague answers."""

    __tablename__ = "hours_corrections"
    __table_args__ = (
        CheckConstraint("minutes BETWEEN 0 AND 1440", "wished_minutes_fit_a_day"),
        CheckConstraint("(state = 'open') = (decided_by_id IS NULL)", "decided_by_name"),
        CheckConstraint("decided_by_id != staff_id", "nobody_decides_their_own_correction"),
        Index(
            "uq_hours_corrections_open",
            "sign_up_id",
            unique=True,
            sqlite_where=text("state = 'open'"),
            postgresql_where=text("state = 'open'"),
        ),
        Index("ix_hours_corrections_state", "state"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    staff_id: Mapped[int] = mapped_column(ForeignKey("staff_members.id", ondelete="RESTRICT"), index=True)
    sign_up_id: Mapped[int] = mapped_column(ForeignKey("sign_ups.id", ondelete="RESTRICT"))
    # What the volunteer holds to be right for the whole shift, not the difference.
    minutes: Mapped[int]
    reason: Mapped[str] = mapped_column(EncryptedText)
    asked_at: Mapped[datetime] = mapped_column(UTCDateTime)
    state: Mapped[CorrectionState] = mapped_column(enum_column(CorrectionState, "correction_state"))
    decided_by_id: Mapped[int | None] = mapped_column(ForeignKey("staff_members.id", ondelete="RESTRICT"))
    decided_at: Mapped[datetime | None] = mapped_column(UTCDateTime)
    answer: Mapped[str | None] = mapped_column(EncryptedText)

    staff: Mapped[StaffMember] = relationship(foreign_keys=[staff_id], lazy="select")
    sign_up: Mapped[SignUp] = relationship(lazy="select")


class CertificateState(StrEnum):
    """Where a certificate stands."""

    ASKED = "asked"
    ISSUED = "issued"
    WITHDRAWN = "withdrawn"


class Certificate(Base):
    """A statement of service for a period, signed by name; what it says is kept as it was when it was signed."""

    __tablename__ = "hours_certificates"
    __table_args__ = (
        CheckConstraint("first_day <= last_day", "period_runs_forward"),
        CheckConstraint("(state = 'asked') = (issued_by_id IS NULL)", "issued_by_name"),
        CheckConstraint("state = 'asked' OR number IS NOT NULL", "issued_has_a_number"),
        CheckConstraint("issued_by_id != staff_id", "nobody_certifies_themselves"),
        Index("ix_hours_certificates_staff", "staff_id", "state"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    staff_id: Mapped[int] = mapped_column(ForeignKey("staff_members.id", ondelete="RESTRICT"))
    state: Mapped[CertificateState] = mapped_column(enum_column(CertificateState, "certificate_state"))
    first_day: Mapped[date]
    last_day: Mapped[date]
    asked_at: Mapped[datetime] = mapped_column(UTCDateTime)
    number: Mapped[str | None] = mapped_column(String(32), unique=True)
    # The lines and the sum as they were signed, with the name as it was then.
    content: Mapped[dict[str, Any] | None] = mapped_column(EncryptedJSON)
    issued_by_id: Mapped[int | None] = mapped_column(ForeignKey("staff_members.id", ondelete="RESTRICT"))
    issued_at: Mapped[datetime | None] = mapped_column(UTCDateTime)
    withdrawn_at: Mapped[datetime | None] = mapped_column(UTCDateTime)

    staff: Mapped[StaffMember] = relationship(foreign_keys=[staff_id], lazy="select")
    issued_by: Mapped[StaffMember | None] = relationship(foreign_keys=[issued_by_id], lazy="select")
