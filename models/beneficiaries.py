"""The person being helped, what they agreed to, and whom to call if it becomes dangerous."""

from __future__ import annotations

from datetime import datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import JSON, ForeignKey, String, UniqueConstraint, false
from sqlalchemy.orm import Mapped, mapped_column, relationship

from models.base import Base
from models.stations import Station
from models.types import EncryptedText, UTCDateTime, enum_column


class AgeBand(StrEnum):
    """Age as coarse as care allows; "unknown" is treated as an adult for safety questions."""

    UNDER_14 = "under-14"
    FROM_14_TO_17 = "14-17"
    ADULT = "18-59"
    OLDER = "60-plus"
    UNKNOWN = "unknown"

    @property
    def is_minor(self) -> bool:
        """Tell whether the minors' path applies."""
        return self in (AgeBand.UNDER_14, AgeBand.FROM_14_TO_17)


class Urgency(StrEnum):
    """How soon the person says they need someone."""

    NOW = "now"
    TODAY = "today"
    WEEK = "week"
    TALK = "talk"


class ConsentPurpose(StrEnum):
    """What a person can agree to, one by one, and take back."""

    CARE = "care"
    CONTACT = "contact"
    SHARE = "share"
    FOLLOW_UP = "follow_up"


class Beneficiary(Base):
    """A person on social assistance who wrote to us; known by a code, the name only if they gave one."""

    __tablename__ = "beneficiaries"

    id: Mapped[int] = mapped_column(primary_key=True)
    # What staff see in lists instead of a name, for example "NY-7K2M".
    code: Mapped[str] = mapped_column(String(16), unique=True)
    called: Mapped[str | None] = mapped_column(EncryptedText)
    age_band: Mapped[AgeBand] = mapped_column(enum_column(AgeBand, "age_band"), default=AgeBand.UNKNOWN)
    guardian_consent: Mapped[bool | None]
    language: Mapped[str] = mapped_column(String(8), default="zh-CN")
    station_id: Mapped[int | None] = mapped_column(ForeignKey("stations.id", ondelete="RESTRICT"))
    # Only a keyed hash is kept: the code itself is shown to the person once.
    return_code_hash: Mapped[str | None] = mapped_column(String(64), unique=True)
    # A fire drill or a demonstration; never counted and never somebody's life.
    synthetic: Mapped[bool] = mapped_column(default=False)
    # A fire drill looks like anybody else until a colleague has taken it; only then the desk says what it was.
    is_drill: Mapped[bool] = mapped_column(default=False, server_default=false())
    unveiled_at: Mapped[datetime | None] = mapped_column(UTCDateTime)
    created_at: Mapped[datetime] = mapped_column(UTCDateTime)

    station: Mapped[Station | None] = relationship()
    consents: Mapped[list[Consent]] = relationship(back_populates="beneficiary")
    intake: Mapped[Intake | None] = relationship(back_populates="beneficiary")
    emergency_contact: Mapped[EmergencyContact | None] = relationship(back_populates="beneficiary")

    @property
    def shown_as_exercise(self) -> bool:
        """Tell whether the desk may say that nobody is behind this code."""
        return self.synthetic and (not self.is_drill or self.unveiled_at is not None)


class Intake(Base):
    """What the person told the bot at the start; grows answer by answer."""

    __tablename__ = "intakes"

    id: Mapped[int] = mapped_column(primary_key=True)
    beneficiary_id: Mapped[int] = mapped_column(ForeignKey("beneficiaries.id", ondelete="CASCADE"), unique=True)
    worries: Mapped[list[Any]] = mapped_column(JSON, default=list)
    story: Mapped[str | None] = mapped_column(EncryptedText)
    # Since when it has been like this, in the person's words.
    since_when: Mapped[str | None] = mapped_column(EncryptedText)
    urgency: Mapped[Urgency | None] = mapped_column(enum_column(Urgency, "urgency"))
    emergency_contact_declined: Mapped[bool] = mapped_column(default=False)
    started_at: Mapped[datetime] = mapped_column(UTCDateTime)
    completed_at: Mapped[datetime | None] = mapped_column(UTCDateTime)
    # When the person read what is noted and said that it is right; a change of it takes the word back.
    approved_at: Mapped[datetime | None] = mapped_column(UTCDateTime)

    beneficiary: Mapped[Beneficiary] = relationship(back_populates="intake")


class Consent(Base):
    """One purpose the person agreed to or refused; a change of mind is a new row."""

    __tablename__ = "consents"

    id: Mapped[int] = mapped_column(primary_key=True)
    beneficiary_id: Mapped[int] = mapped_column(ForeignKey("beneficiaries.id", ondelete="CASCADE"), index=True)
    purpose: Mapped[ConsentPurpose] = mapped_column(enum_column(ConsentPurpose, "purpose"))
    given: Mapped[bool]
    at: Mapped[datetime] = mapped_column(UTCDateTime)

    beneficiary: Mapped[Beneficiary] = relationship(back_populates="consents")


class EmergencyContact(Base):
    """Somebody the person names for the worst moment; asked for, never demanded."""

    __tablename__ = "emergency_contacts"
    __table_args__ = (UniqueConstraint("beneficiary_id"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    beneficiary_id: Mapped[int] = mapped_column(ForeignKey("beneficiaries.id", ondelete="CASCADE"))
    name: Mapped[str] = mapped_column(EncryptedText)
    phone: Mapped[str] = mapped_column(EncryptedText)
    relation: Mapped[str] = mapped_column(EncryptedText, default="")
    at: Mapped[datetime] = mapped_column(UTCDateTime)

    beneficiary: Mapped[Beneficiary] = relationship(back_populates="emergency_contact")
