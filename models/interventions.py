"""What is done around a person in danger: the smallest step that helps first, each with consent or a reason."""

from __future__ import annotations

from datetime import datetime
from enum import StrEnum

from sqlalchemy import CheckConstraint, ForeignKey, Index, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from models.base import Base
from models.crises import CrisisCase
from models.staff import StaffMember
from models.types import EncryptedText, UTCDateTime, enum_column


class StepKind(StrEnum):
    """What can be done, the least invasive first."""

    ASK = "ask"
    PLAN = "plan"
    RELATIVE = "relative"
    GUARDIAN = "guardian"
    LOCAL_WORKER = "local_worker"
    POLICE = "police"
    AMBULANCE = "ambulance"


class Basis(StrEnum):
    """What allows the step."""

    CONSENT = "consent"
    GUARDIAN_CONSENT = "guardian_consent"
    LIFE_IN_DANGER = "life_in_danger"
    LAW = "law"


class Verdict(StrEnum):
    """What the second reader says."""

    AGREED = "agreed"
    NOT_AGREED = "not_agreed"


class StepEnd(StrEnum):
    """How a step ended."""

    DONE = "done"
    ARRIVED = "arrived"
    NOT_NEEDED = "not_needed"
    FAILED = "failed"
    NOT_AGREED = "not_agreed"


class DutyKind(StrEnum):
    """What a case must not be closed without."""

    GUARDIAN = "guardian"
    REPORT = "report"


class DutyOutcome(StrEnum):
    """What became of it."""

    DONE = "done"
    REFUSED = "refused"


class ReportedTo(StrEnum):
    """Whom a report of harm to a minor went to (Minors Law, article 11)."""

    POLICE = "police"
    CIVIL_AFFAIRS = "civil_affairs"
    EDUCATION = "education"


class Intervention(Base):
    """One step on a case. The last two kinds are read by a second person, before or after."""

    __tablename__ = "interventions"
    __table_args__ = (
        CheckConstraint("basis IN ('consent', 'guardian_consent') OR reason IS NOT NULL", "without_consent_a_reason"),
        CheckConstraint("(begun_at IS NULL) = (begun_by_id IS NULL)", "begun_by_name"),
        CheckConstraint("(ended_at IS NULL) = (ending IS NULL)", "ended_with_a_word"),
        CheckConstraint("(ended_at IS NULL) = (ended_by_id IS NULL)", "ended_by_name"),
        CheckConstraint("(verdict IS NULL) = (reader_id IS NULL)", "verdict_has_a_reader"),
        CheckConstraint("reader_id IS NULL OR reader_id <> proposed_by_id", "reader_is_a_second_person"),
        CheckConstraint(
            "verdict IS NULL OR verdict <> 'not_agreed' OR reader_words IS NOT NULL", "no_is_said_in_words"
        ),
        # Whoever is sent is waited for: without a time nobody would ever ask whether they came.
        CheckConstraint(
            "begun_at IS NULL OR expected_at IS NOT NULL OR kind NOT IN ('local_worker', 'police', 'ambulance')",
            "who_is_sent_is_expected",
        ),
        CheckConstraint(
            "(alarm_at IS NOT NULL) = (begun_at IS NOT NULL AND ended_at IS NULL AND expected_at IS NOT NULL)",
            "rings_until_answered",
        ),
        CheckConstraint("alarms >= 0", "alarms_are_counted"),
        Index("ix_interventions_case_id", "case_id"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    # Comes with the form, so that a form that is sent twice sends nobody twice.
    key: Mapped[str] = mapped_column(String(32), unique=True)
    case_id: Mapped[int] = mapped_column(ForeignKey("crisis_cases.id", ondelete="CASCADE"))
    kind: Mapped[StepKind] = mapped_column(enum_column(StepKind, "kind"))
    basis: Mapped[Basis] = mapped_column(enum_column(Basis, "basis"))
    # Why without consent, or why this step before a smaller one was tried.
    reason: Mapped[str | None] = mapped_column(EncryptedText)
    words: Mapped[str | None] = mapped_column(EncryptedText)
    proposed_at: Mapped[datetime] = mapped_column(UTCDateTime)
    proposed_by_id: Mapped[int] = mapped_column(ForeignKey("staff_members.id", ondelete="RESTRICT"))
    begun_at: Mapped[datetime | None] = mapped_column(UTCDateTime)
    begun_by_id: Mapped[int | None] = mapped_column(ForeignKey("staff_members.id", ondelete="RESTRICT"))
    expected_at: Mapped[datetime | None] = mapped_column(UTCDateTime)
    # When somebody is asked (again) whether they have arrived; the case rings until it is answered.
    alarm_at: Mapped[datetime | None] = mapped_column(UTCDateTime, index=True)
    alarms: Mapped[int] = mapped_column(default=0)
    ended_at: Mapped[datetime | None] = mapped_column(UTCDateTime)
    ended_by_id: Mapped[int | None] = mapped_column(ForeignKey("staff_members.id", ondelete="RESTRICT"))
    ending: Mapped[StepEnd | None] = mapped_column(enum_column(StepEnd, "ending"))
    ending_words: Mapped[str | None] = mapped_column(EncryptedText)
    reader_id: Mapped[int | None] = mapped_column(ForeignKey("staff_members.id", ondelete="RESTRICT"))
    read_at: Mapped[datetime | None] = mapped_column(UTCDateTime)
    verdict: Mapped[Verdict | None] = mapped_column(enum_column(Verdict, "verdict"))
    reader_words: Mapped[str | None] = mapped_column(EncryptedText)

    case: Mapped[CrisisCase] = relationship()
    proposed_by: Mapped[StaffMember] = relationship(foreign_keys=[proposed_by_id])
    begun_by: Mapped[StaffMember | None] = relationship(foreign_keys=[begun_by_id])
    ended_by: Mapped[StaffMember | None] = relationship(foreign_keys=[ended_by_id])
    reader: Mapped[StaffMember | None] = relationship(foreign_keys=[reader_id])


class CaseDuty(Base):
    """What the law or the rules ask for on a case: tell the guardian, report harm to a minor. With a clock."""

    __tablename__ = "case_duties"
    __table_args__ = (
        # Every further sign of the same thing joins the one that is there.
        UniqueConstraint("case_id", "kind"),
        CheckConstraint("(outcome IS NULL) = (settled_at IS NULL)", "settled_with_an_outcome"),
        CheckConstraint("(outcome IS NULL) = (settled_by_id IS NULL)", "settled_by_name"),
        CheckConstraint("(outcome IS NULL) = (alarm_at IS NOT NULL)", "rings_until_settled"),
        CheckConstraint("outcome IS NULL OR outcome <> 'refused' OR words IS NOT NULL", "refused_with_a_reason"),
        CheckConstraint(
            "kind <> 'report' OR outcome IS NULL OR outcome <> 'done' OR reported_to IS NOT NULL",
            "reported_to_somebody",
        ),
        CheckConstraint("alarms >= 0", "alarms_are_counted"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    case_id: Mapped[int] = mapped_column(ForeignKey("crisis_cases.id", ondelete="CASCADE"))
    kind: Mapped[DutyKind] = mapped_column(enum_column(DutyKind, "kind"))
    created_at: Mapped[datetime] = mapped_column(UTCDateTime)
    # Null: the programme saw it in the flags or in the age.
    created_by_id: Mapped[int | None] = mapped_column(ForeignKey("staff_members.id", ondelete="RESTRICT"))
    due_at: Mapped[datetime] = mapped_column(UTCDateTime)
    alarm_at: Mapped[datetime | None] = mapped_column(UTCDateTime, index=True)
    alarms: Mapped[int] = mapped_column(default=0)
    outcome: Mapped[DutyOutcome | None] = mapped_column(enum_column(DutyOutcome, "outcome"))
    settled_at: Mapped[datetime | None] = mapped_column(UTCDateTime)
    settled_by_id: Mapped[int | None] = mapped_column(ForeignKey("staff_members.id", ondelete="RESTRICT"))
    reported_to: Mapped[ReportedTo | None] = mapped_column(enum_column(ReportedTo, "reported_to"))
    words: Mapped[str | None] = mapped_column(EncryptedText)

    case: Mapped[CrisisCase] = relationship()
    created_by: Mapped[StaffMember | None] = relationship(foreign_keys=[created_by_id])
    settled_by: Mapped[StaffMember | None] = relationship(foreign_keys=[settled_by_id])
