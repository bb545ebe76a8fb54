"""Session notes. A signed note is written once and never changed: what was wrong in it is said in an amendment."""

from __future__ import annotations

from datetime import datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import CheckConstraint, ForeignKey, ForeignKeyConstraint, Index, String, UniqueConstraint, event, text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from models.base import Base
from models.beneficiaries import Beneficiary
from models.staff import StaffMember
from models.types import EncryptedText, UTCDateTime, enum_column


class Contact(StrEnum):
    """What the note is about."""

    APPOINTMENT = "appointment"
    GROUP = "group"
    CHAT = "chat"
    PHONE = "phone"
    VISIT = "visit"
    OTHER = "other"


class RiskLook(StrEnum):
    """What was found when the colleague asked about danger; not to have asked is an answer too."""

    NOT_ASKED = "not_asked"
    NOTHING_HEARD = "nothing_heard"
    THOUGHTS = "thoughts"
    PLAN = "plan"


class NoteDraft(Base):
    """What a colleague has typed so far. It lies on the server, so a closed laptop loses nothing."""

    __tablename__ = "note_drafts"
    __table_args__ = (
        UniqueConstraint("author_id", "appointment_id"),
        UniqueConstraint("author_id", "amends_id"),
        Index(
            "uq_note_drafts_free",
            "author_id",
            "beneficiary_id",
            unique=True,
            sqlite_where=text("appointment_id IS NULL AND amends_id IS NULL"),
            postgresql_where=text("appointment_id IS NULL AND amends_id IS NULL"),
        ),
        CheckConstraint("version >= 1", "version_is_a_count"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    # Becomes the key of the signed note, so that a form that is sent twice signs once.
    key: Mapped[str] = mapped_column(String(32), unique=True)
    author_id: Mapped[int] = mapped_column(ForeignKey("staff_members.id", ondelete="RESTRICT"))
    beneficiary_id: Mapped[int] = mapped_column(ForeignKey("beneficiaries.id", ondelete="CASCADE"), index=True)
    appointment_id: Mapped[int | None] = mapped_column(ForeignKey("appointments.id", ondelete="CASCADE"))
    amends_id: Mapped[int | None] = mapped_column(ForeignKey("session_notes.id", ondelete="CASCADE"))
    contact: Mapped[Contact] = mapped_column(enum_column(Contact, "draft_contact"))
    held_at: Mapped[datetime] = mapped_column(UTCDateTime)
    presenting: Mapped[str | None] = mapped_column(EncryptedText)
    done: Mapped[str | None] = mapped_column(EncryptedText)
    risk: Mapped[RiskLook | None] = mapped_column(enum_column(RiskLook, "draft_risk"))
    risk_words: Mapped[str | None] = mapped_column(EncryptedText)
    next_step: Mapped[str | None] = mapped_column(EncryptedText)
    reason: Mapped[str | None] = mapped_column(EncryptedText)
    # Counts the saves: an older window may not write over a newer one.
    version: Mapped[int] = mapped_column(default=1)
    changed_at: Mapped[datetime] = mapped_column(UTCDateTime)

    beneficiary: Mapped[Beneficiary] = relationship()


class SessionNote(Base):
    """One signed note, or the amendment of one. Rows are only ever added."""

    __tablename__ = "session_notes"
    __table_args__ = (
        # A note is amended by one successor, so its history is a line and two amendments cannot race.
        UniqueConstraint("amends_id"),
        # What a countersignature refers to: the note together with its author.
        UniqueConstraint("id", "author_id"),
        CheckConstraint("(amends_id IS NULL) = (reason IS NULL)", "amended_with_a_reason"),
        CheckConstraint("amends_id IS NULL OR amends_id < id", "amends_an_older_note"),
        Index(
            "uq_session_notes_first",
            "author_id",
            "appointment_id",
            unique=True,
            sqlite_where=text("amends_id IS NULL"),
            postgresql_where=text("amends_id IS NULL"),
        ),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    key: Mapped[str] = mapped_column(String(32), unique=True)
    author_id: Mapped[int] = mapped_column(ForeignKey("staff_members.id", ondelete="RESTRICT"))
    beneficiary_id: Mapped[int] = mapped_column(ForeignKey("beneficiaries.id", ondelete="RESTRICT"), index=True)
    appointment_id: Mapped[int | None] = mapped_column(ForeignKey("appointments.id", ondelete="RESTRICT"), index=True)
    amends_id: Mapped[int | None] = mapped_column(ForeignKey("session_notes.id", ondelete="RESTRICT"))
    contact: Mapped[Contact] = mapped_column(enum_column(Contact, "contact"))
    held_at: Mapped[datetime] = mapped_column(UTCDateTime)
    presenting: Mapped[str] = mapped_column(EncryptedText)
    done: Mapped[str] = mapped_column(EncryptedText)
    risk: Mapped[RiskLook] = mapped_column(enum_column(RiskLook, "risk"))
    risk_words: Mapped[str | None] = mapped_column(EncryptedText)
    next_step: Mapped[str] = mapped_column(EncryptedText)
    reason: Mapped[str | None] = mapped_column(EncryptedText)
    # The author held no confirmed licence when signing, so a supervisor reads and signs too.
    needs_countersign: Mapped[bool] = mapped_column(default=False)
    signed_at: Mapped[datetime] = mapped_column(UTCDateTime)

    author: Mapped[StaffMember] = relationship(foreign_keys=[author_id])
    beneficiary: Mapped[Beneficiary] = relationship()
    countersignature: Mapped[Countersignature | None] = relationship(
        primaryjoin="SessionNote.id == Countersignature.note_id", viewonly=True
    )


class Countersignature(Base):
    """A supervisor has read the note of a colleague in training. Nobody signs their own twice."""

    __tablename__ = "countersignatures"
    __table_args__ = (
        ForeignKeyConstraint(
            ["note_id", "author_id"], ["session_notes.id", "session_notes.author_id"], ondelete="RESTRICT"
        ),
        CheckConstraint("staff_id <> author_id", "nobody_countersigns_their_own"),
    )

    note_id: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    author_id: Mapped[int]
    staff_id: Mapped[int] = mapped_column(ForeignKey("staff_members.id", ondelete="RESTRICT"))
    at: Mapped[datetime] = mapped_column(UTCDateTime)
    remark: Mapped[str | None] = mapped_column(EncryptedText)

    staff: Mapped[StaffMember] = relationship()


def _refuse_change(_mapper: Any, _connection: Any, target: Any) -> None:
    raise RuntimeError(f"{type(target).__name__} is never changed: write an amendment")


# Code that tries to edit the record fails before the database is asked; adding is all that is left.
for _kept in (SessionNote, Countersignature):
    event.listen(_kept, "before_update", _refuse_change)
    event.listen(_kept, "before_delete", _refuse_change)
