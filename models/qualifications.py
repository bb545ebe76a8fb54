"""What a colleague may do: licences, trainings and checks with their end, and what each role asks for."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import CheckConstraint, ForeignKey, Index, String, text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from models.base import Base
from models.staff import StaffMember
from models.types import EncryptedText, UTCDateTime

_STANDING = text("withdrawn_at IS NULL")


class Qualification(Base):
    """One licence, training or check of one colleague. It counts once somebody else has seen the evidence."""

    __tablename__ = "qualifications"
    __table_args__ = (
        CheckConstraint("expires_at IS NULL OR expires_at > valid_from", "ends_after_it_begins"),
        CheckConstraint("(confirmed_at IS NULL) = (confirmed_by_id IS NULL)", "confirmed_by_name"),
        CheckConstraint("confirmed_by_id IS NULL OR confirmed_by_id <> staff_id", "nobody_confirms_their_own"),
        CheckConstraint(
            "(withdrawn_at IS NULL) = (withdrawn_by_id IS NULL)"
            " AND (withdrawn_at IS NULL) = (withdrawal_reason IS NULL)",
            "withdrawn_by_name_with_a_reason",
        ),
        # One certificate is written down once, however often the form is sent; a withdrawn one may come again.
        Index(
            "uq_qualifications_standing",
            "staff_id",
            "kind",
            "valid_from",
            unique=True,
            sqlite_where=_STANDING,
            postgresql_where=_STANDING,
        ),
        Index("ix_qualifications_expires_at", "expires_at"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    staff_id: Mapped[int] = mapped_column(ForeignKey("staff_members.id", ondelete="RESTRICT"), index=True)
    # A key of care/data/qualifications.json, for example "training.chat".
    kind: Mapped[str] = mapped_column(String(48))
    # What was seen: number of the certificate, who issued it, where the copy lies.
    evidence: Mapped[str] = mapped_column(EncryptedText)
    valid_from: Mapped[datetime] = mapped_column(UTCDateTime)
    # The first moment at which it no longer counts; None for what does not run out.
    expires_at: Mapped[datetime | None] = mapped_column(UTCDateTime)
    recorded_at: Mapped[datetime] = mapped_column(UTCDateTime)
    recorded_by_id: Mapped[int | None] = mapped_column(ForeignKey("staff_members.id", ondelete="RESTRICT"))
    confirmed_at: Mapped[datetime | None] = mapped_column(UTCDateTime)
    confirmed_by_id: Mapped[int | None] = mapped_column(ForeignKey("staff_members.id", ondelete="RESTRICT"))
    withdrawn_at: Mapped[datetime | None] = mapped_column(UTCDateTime)
    withdrawn_by_id: Mapped[int | None] = mapped_column(ForeignKey("staff_members.id", ondelete="RESTRICT"))
    withdrawal_reason: Mapped[str | None] = mapped_column(EncryptedText)

    staff: Mapped[StaffMember] = relationship(foreign_keys=[staff_id])
    confirmed_by: Mapped[StaffMember | None] = relationship(foreign_keys=[confirmed_by_id])

    def counts_at(self, at: datetime) -> bool:
        """Tell whether it may be relied on at the moment: confirmed, begun, not run out, not withdrawn."""
        if self.confirmed_at is None or self.withdrawn_at is not None:
            return False
        return self.valid_from <= at and (self.expires_at is None or at < self.expires_at)


class TrainingNeed(Base):
    """One qualification that must be held before the role, the service or the place in a shift is taken."""

    __tablename__ = "training_needs"

    # "role.counselor", "service.minors", "shift.chat" ...: whoever offers the work chooses the key.
    role: Mapped[str] = mapped_column(String(48), primary_key=True)
    kind: Mapped[str] = mapped_column(String(48), primary_key=True)
