"""Where a person can be reached outside the site: addresses that were confirmed by a code, and nothing else."""

from __future__ import annotations

from datetime import datetime
from enum import StrEnum

from sqlalchemy import CheckConstraint, ForeignKey, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from models.base import Base
from models.beneficiaries import Beneficiary
from models.staff import StaffMember
from models.types import EncryptedText, UTCDateTime, enum_column


class Channel(StrEnum):
    """The ways out of the site."""

    EMAIL = "email"
    SMS = "sms"
    WECOM = "wecom"
    DINGTALK = "dingtalk"


class ContactPoint(Base):
    """One address of one person. Only a confirmed one is ever told anything; a paused one is spared for a while."""

    __tablename__ = "contact_points"
    __table_args__ = (
        CheckConstraint("(staff_id IS NULL) <> (beneficiary_id IS NULL)", "contact_has_one_owner"),
        CheckConstraint("code_tries >= 0", "tries_are_counted"),
        # The same address is not listed twice, so that nobody is told everything twice.
        UniqueConstraint("staff_id", "channel", "address_hash", name="uq_contact_points_staff_address"),
        UniqueConstraint("beneficiary_id", "channel", "address_hash", name="uq_contact_points_beneficiary_address"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    staff_id: Mapped[int | None] = mapped_column(ForeignKey("staff_members.id", ondelete="CASCADE"))
    beneficiary_id: Mapped[int | None] = mapped_column(ForeignKey("beneficiaries.id", ondelete="CASCADE"))
    channel: Mapped[Channel] = mapped_column(enum_column(Channel, "channel"))
    address: Mapped[str] = mapped_column(EncryptedText)
    # Keyed, so that a copy of the database does not give the numbers away to somebody who tries all of them.
    address_hash: Mapped[str] = mapped_column(String(64))
    created_at: Mapped[datetime] = mapped_column(UTCDateTime)
    confirmed_at: Mapped[datetime | None] = mapped_column(UTCDateTime)
    paused: Mapped[bool] = mapped_column(default=False)
    # The code that was sent to this address, as a keyed hash, and how often somebody guessed.
    code_hash: Mapped[str | None] = mapped_column(String(64))
    code_sent_at: Mapped[datetime | None] = mapped_column(UTCDateTime)
    code_tries: Mapped[int] = mapped_column(default=0)
    # When a notice to this address was last given up; cleared by the next one that goes through.
    failed_at: Mapped[datetime | None] = mapped_column(UTCDateTime)

    staff: Mapped[StaffMember | None] = relationship()
    beneficiary: Mapped[Beneficiary | None] = relationship()

    @property
    def is_in_use(self) -> bool:
        """Tell whether notices go to this address."""
        return self.confirmed_at is not None and not self.paused
