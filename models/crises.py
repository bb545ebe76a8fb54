"""Crisis flags, cases, the hops of an alarm, and call-backs: the chain that must not break."""

from __future__ import annotations

from datetime import datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import JSON, CheckConstraint, ForeignKey, Index, String, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from models.base import Base
from models.beneficiaries import Beneficiary
from models.conversations import Conversation
from models.duty import DutyPosition
from models.staff import StaffMember
from models.types import EncryptedText, UTCDateTime, enum_column
from triage.levels import Level


class LevelName(StrEnum):
    """The levels as the database stores them; the order between them is triage's."""

    EMERGENCY = "emergency"
    RED = "red"
    ORANGE = "orange"
    YELLOW = "yellow"
    BLUE = "blue"
    GREEN = "green"


class FlagSource(StrEnum):
    """The independent ways in which a risk becomes known."""

    MESSAGE = "message"
    SCREENING = "screening"
    BOT = "bot"
    STAFF = "staff"
    INFORMANT = "informant"
    REQUEST = "request"


class UncheckedReason(StrEnum):
    """Why a case is closed although nobody could go through the risk check with the person."""

    NOT_REACHED = "not_reached"
    WRONG_PERSON = "wrong_person"
    DECLINED = "declined"
    OTHERS_TOOK_OVER = "others_took_over"
    FALSE_ALARM = "false_alarm"
    EXERCISE = "exercise"
    OTHER = "other"
    # Only the migration writes this one, for cases that were closed before the rule was there.
    BEFORE_THE_RULE = "before_the_rule"


class CrisisCase(Base):
    """One person at risk, with a level, a clock and an owner; at most one open case a person."""

    __tablename__ = "crisis_cases"
    __table_args__ = (
        Index(
            "uq_crisis_cases_open_beneficiary",
            "beneficiary_id",
            unique=True,
            sqlite_where=text("closed_at IS NULL"),
            postgresql_where=text("closed_at IS NULL"),
        ),
        CheckConstraint("(acknowledged_at IS NULL) = (acknowledged_by_id IS NULL)", "acknowledged_by_name"),
        CheckConstraint("closed_at IS NULL OR closing_reason IS NOT NULL", "closed_with_a_reason"),
        CheckConstraint(
            "closed_at IS NULL OR level NOT IN ('emergency', 'red')"
            " OR (second_reader_id IS NOT NULL AND second_reader_id <> closed_by_id)",
            "second_reader_for_the_top_levels",
        ),
        # Nobody closes a case without having asked the seven questions, or having signed why they were not asked.
        CheckConstraint(
            "closed_at IS NULL OR risk_check_id IS NOT NULL OR unchecked_reason IS NOT NULL",
            "closed_with_a_risk_check",
        ),
        CheckConstraint(
            "unchecked_reason IS NULL OR unchecked_reason = 'before_the_rule' OR unchecked_by_id IS NOT NULL",
            "unchecked_is_signed",
        ),
        CheckConstraint("unchecked_reason <> 'other' OR unchecked_words IS NOT NULL", "other_reason_has_words"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    beneficiary_id: Mapped[int] = mapped_column(ForeignKey("beneficiaries.id", ondelete="RESTRICT"))
    conversation_id: Mapped[int | None] = mapped_column(ForeignKey("conversations.id", ondelete="SET NULL"))
    level: Mapped[LevelName] = mapped_column(enum_column(LevelName, "level"))
    opened_at: Mapped[datetime] = mapped_column(UTCDateTime)
    # When the present level was reached: the clock of that level starts here.
    raised_at: Mapped[datetime] = mapped_column(UTCDateTime)
    # When the alarm climbs unless a named person acknowledges; null once somebody has.
    climbs_at: Mapped[datetime | None] = mapped_column(UTCDateTime, index=True)
    # When the person must have been contacted at this level.
    due_at: Mapped[datetime] = mapped_column(UTCDateTime)
    hops: Mapped[int] = mapped_column(default=0)
    owner_id: Mapped[int | None] = mapped_column(ForeignKey("staff_members.id", ondelete="RESTRICT"))
    acknowledged_at: Mapped[datetime | None] = mapped_column(UTCDateTime)
    acknowledged_by_id: Mapped[int | None] = mapped_column(ForeignKey("staff_members.id", ondelete="RESTRICT"))
    # When a colleague first spoke with the person after the case was raised.
    contacted_at: Mapped[datetime | None] = mapped_column(UTCDateTime)
    closing_reason: Mapped[str | None] = mapped_column(EncryptedText)
    closed_by_id: Mapped[int | None] = mapped_column(ForeignKey("staff_members.id", ondelete="RESTRICT"))
    second_reader_id: Mapped[int | None] = mapped_column(ForeignKey("staff_members.id", ondelete="RESTRICT"))
    closed_at: Mapped[datetime | None] = mapped_column(UTCDateTime)
    # The newest check that was signed since the newest flag; a flag that comes later empties it again.
    risk_check_id: Mapped[int | None] = mapped_column(
        # The two tables point at each other, so this key is made after both.
        ForeignKey("risk_checks.id", name="fk_crisis_cases_risk_check_id_risk_checks", use_alter=True)
    )
    unchecked_reason: Mapped[UncheckedReason | None] = mapped_column(enum_column(UncheckedReason, "unchecked_reason"))
    unchecked_words: Mapped[str | None] = mapped_column(EncryptedText)
    unchecked_by_id: Mapped[int | None] = mapped_column(ForeignKey("staff_members.id"))

    beneficiary: Mapped[Beneficiary] = relationship()
    conversation: Mapped[Conversation | None] = relationship()
    owner: Mapped[StaffMember | None] = relationship(foreign_keys=[owner_id])
    acknowledged_by: Mapped[StaffMember | None] = relationship(foreign_keys=[acknowledged_by_id])
    closed_by: Mapped[StaffMember | None] = relationship(foreign_keys=[closed_by_id])
    unchecked_by: Mapped[StaffMember | None] = relationship(foreign_keys=[unchecked_by_id])
    flags: Mapped[list[CrisisFlag]] = relationship(back_populates="case", order_by="CrisisFlag.id")
    escalations: Mapped[list[Escalation]] = relationship(back_populates="case", order_by="Escalation.hop_no")

    @property
    def risk(self) -> Level:
        """Return the level with its order."""
        return Level(self.level.value)


class CrisisFlag(Base):
    """One reason to worry, stored in the same transaction as the words or answers that raised it."""

    __tablename__ = "crisis_flags"
    __table_args__ = (
        # The same message cannot raise the same voice twice, however often it is delivered.
        UniqueConstraint("message_id", "source"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    case_id: Mapped[int] = mapped_column(ForeignKey("crisis_cases.id", ondelete="CASCADE"), index=True)
    message_id: Mapped[int | None] = mapped_column(ForeignKey("messages.id", ondelete="SET NULL"))
    screening_id: Mapped[int | None] = mapped_column(ForeignKey("screenings.id", ondelete="SET NULL"))
    source: Mapped[FlagSource] = mapped_column(enum_column(FlagSource, "source"))
    level: Mapped[LevelName] = mapped_column(enum_column(LevelName, "level"))
    reasons: Mapped[list[Any]] = mapped_column(JSON, default=list)
    pattern_ids: Mapped[list[Any]] = mapped_column(JSON, default=list)
    score: Mapped[float | None]
    model_hash: Mapped[str | None] = mapped_column(String(64))
    raised_by_id: Mapped[int | None] = mapped_column(ForeignKey("staff_members.id", ondelete="RESTRICT"))
    at: Mapped[datetime] = mapped_column(UTCDateTime)

    case: Mapped[CrisisCase] = relationship(back_populates="flags")


class Escalation(Base):
    """One hop of an alarm: whom it rang, and how many seconds after the case was raised."""

    __tablename__ = "escalations"
    __table_args__ = (UniqueConstraint("case_id", "hop_no"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    case_id: Mapped[int] = mapped_column(ForeignKey("crisis_cases.id", ondelete="CASCADE"))
    hop_no: Mapped[int]
    position: Mapped[DutyPosition] = mapped_column(enum_column(DutyPosition, "position"))
    # Null when the roster had nobody at this position: an empty roster is recorded, never skipped silently.
    staff_id: Mapped[int | None] = mapped_column(ForeignKey("staff_members.id", ondelete="RESTRICT"))
    at: Mapped[datetime] = mapped_column(UTCDateTime)
    seconds: Mapped[int]

    case: Mapped[CrisisCase] = relationship(back_populates="escalations")
    staff: Mapped[StaffMember | None] = relationship()


class CallBack(Base):
    """A promise to call or write back: it always has an owner and a time."""

    __tablename__ = "call_backs"
    __table_args__ = (
        Index(
            "uq_call_backs_open_conversation",
            "conversation_id",
            unique=True,
            sqlite_where=text("done_at IS NULL"),
            postgresql_where=text("done_at IS NULL"),
        ),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    conversation_id: Mapped[int] = mapped_column(ForeignKey("conversations.id", ondelete="CASCADE"))
    owner_id: Mapped[int] = mapped_column(ForeignKey("staff_members.id", ondelete="RESTRICT"))
    due_at: Mapped[datetime] = mapped_column(UTCDateTime)
    created_at: Mapped[datetime] = mapped_column(UTCDateTime)
    done_at: Mapped[datetime | None] = mapped_column(UTCDateTime)

    conversation: Mapped[Conversation] = relationship()
    owner: Mapped[StaffMember] = relationship()
