"""Whether the emergency contact may be rung at all: whom a person fears is sometimes whom they have named."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import CheckConstraint, ForeignKey, Index, text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from models.base import Base
from models.beneficiaries import EmergencyContact
from models.staff import StaffMember
from models.types import EncryptedText, UTCDateTime

_STANDING = text("ended_at IS NULL")


class ContactCheck(Base):
    """One word of a colleague on one contact: not the one who does harm, or not safe; it stands until the next."""

    __tablename__ = "contact_checks"
    __table_args__ = (
        Index(
            "uq_contact_checks_standing", "contact_id", unique=True, sqlite_where=_STANDING, postgresql_where=_STANDING
        ),
        # That somebody is not safe to ring is said with a reason; so is that they are after all.
        CheckConstraint("safe OR words IS NOT NULL", "not_safe_in_words"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    contact_id: Mapped[int] = mapped_column(ForeignKey("emergency_contacts.id", ondelete="CASCADE"), index=True)
    safe: Mapped[bool]
    words: Mapped[str | None] = mapped_column(EncryptedText)
    at: Mapped[datetime] = mapped_column(UTCDateTime)
    by_id: Mapped[int] = mapped_column(ForeignKey("staff_members.id", ondelete="RESTRICT"))
    ended_at: Mapped[datetime | None] = mapped_column(UTCDateTime)

    contact: Mapped[EmergencyContact] = relationship()
    by: Mapped[StaffMember] = relationship()
