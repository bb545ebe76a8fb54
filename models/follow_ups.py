"""What follows a crisis: one ladder of contacts for a person, one row for each attempt to keep a contact."""

from __future__ import annotations

from datetime import datetime
from enum import StrEnum

from sqlalchemy import CheckConstraint, ForeignKey, Index, String, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from models.base import Base
from models.beneficiaries import Beneficiary
from models.calendar import CalendarHold
from models.crises import CrisisCase
from models.staff import StaffMember
from models.types import EncryptedText, UTCDateTime, enum_column

_RUNNING = text("ended_at IS NULL")
_PLANNED = text("state = 'planned'")


class LadderEnd(StrEnum):
    """Why no further contact follows."""

    DONE = "done"
    DECLINED = "declined"
    NEW_CASE = "new_case"
    STOPPED = "stopped"


class FollowUpState(StrEnum):
    """What became of an attempt."""

    PLANNED = "planned"
    REACHED = "reached"
    NOT_REACHED = "not_reached"
    MOVED = "moved"
    WAIVED = "waived"


class Way(StrEnum):
    """How the contact was kept, or tried."""

    PHONE = "phone"
    CHAT = "chat"
    IN_PERSON = "in_person"
    VISIT = "visit"


class Worry(StrEnum):
    """How worried the colleague is after the contact."""

    NONE = "none"
    SOME = "some"
    MUCH = "much"
    DANGER = "danger"


class WaiveReason(StrEnum):
    """Why a contact is left out."""

    IN_CARE = "in_care"
    MOVED_AWAY = "moved_away"
    DIED = "died"
    OTHER = "other"
    # Only the programme writes these two: the person said no, or a newer case speaks for itself.
    DECLINED = "declined"
    NEW_CASE = "new_case"


class Rung(StrEnum):
    """Who is told of a contact that was missed, in order."""

    OWNER = "owner"
    SUPERVISOR = "supervisor"
    BASE_LEADER = "base_leader"


class FollowUpLadder(Base):
    """The contacts that follow one closed case; a person has at most one ladder that has not ended."""

    __tablename__ = "follow_up_ladders"
    __table_args__ = (
        UniqueConstraint("case_id"),
        CheckConstraint("(ended_at IS NULL) = (ending IS NULL)", "ended_with_a_reason"),
        CheckConstraint("ending <> 'stopped' OR ended_by_id IS NOT NULL", "stopped_by_name"),
        Index(
            "uq_follow_up_ladders_running_person",
            "beneficiary_id",
            unique=True,
            sqlite_where=_RUNNING,
            postgresql_where=_RUNNING,
        ),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    case_id: Mapped[int] = mapped_column(ForeignKey("crisis_cases.id", ondelete="RESTRICT"))
    beneficiary_id: Mapped[int] = mapped_column(ForeignKey("beneficiaries.id", ondelete="RESTRICT"))
    started_at: Mapped[datetime] = mapped_column(UTCDateTime)
    # While a newer case of the person is open, its clock speaks and the ladder waits.
    paused_at: Mapped[datetime | None] = mapped_column(UTCDateTime)
    ended_at: Mapped[datetime | None] = mapped_column(UTCDateTime)
    ending: Mapped[LadderEnd | None] = mapped_column(enum_column(LadderEnd, "ending"))
    ended_by_id: Mapped[int | None] = mapped_column(ForeignKey("staff_members.id", ondelete="RESTRICT"))

    case: Mapped[CrisisCase] = relationship()
    beneficiary: Mapped[Beneficiary] = relationship()
    ended_by: Mapped[StaffMember | None] = relationship(foreign_keys=[ended_by_id])
    follow_ups: Mapped[list[FollowUp]] = relationship(
        back_populates="ladder", order_by="FollowUp.step_no, FollowUp.attempt_no"
    )


class FollowUp(Base):
    """One attempt at one contact: within a window, owned by somebody, and with an end that is written down."""

    __tablename__ = "follow_ups"
    __table_args__ = (
        UniqueConstraint("ladder_id", "step_no", "attempt_no"),
        CheckConstraint("opens_at < closes_at AND due_at BETWEEN opens_at AND closes_at", "due_lies_in_the_window"),
        CheckConstraint("attempt_no >= 1", "attempt_is_a_count"),
        CheckConstraint("hops >= 0", "hops_are_counted"),
        CheckConstraint("(state = 'planned') = (done_at IS NULL)", "outcome_has_a_time"),
        CheckConstraint(
            "state = 'planned' OR done_by_id IS NOT NULL OR (state = 'waived' AND waive_reason IN"
            " ('declined', 'new_case'))",
            "outcome_has_a_name",
        ),
        CheckConstraint(
            "state <> 'reached' OR (way IS NOT NULL AND worry IS NOT NULL AND words IS NOT NULL)", "reached_says_how"
        ),
        CheckConstraint("(state = 'waived') = (waive_reason IS NOT NULL)", "waived_with_a_reason"),
        CheckConstraint(
            "(state <> 'moved' AND (waive_reason IS NULL OR waive_reason <> 'other')) OR words IS NOT NULL",
            "moved_or_left_out_in_words",
        ),
        # Nobody is called twice for one step because two colleagues planned the next try at the same time.
        Index(
            "uq_follow_ups_planned_step",
            "ladder_id",
            "step_no",
            unique=True,
            sqlite_where=_PLANNED,
            postgresql_where=_PLANNED,
        ),
        Index("ix_follow_ups_planned", "closes_at", sqlite_where=_PLANNED, postgresql_where=_PLANNED),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    ladder_id: Mapped[int] = mapped_column(ForeignKey("follow_up_ladders.id", ondelete="CASCADE"))
    # Which step it is, as a number for the order and as the name in care/data/follow_ups.json.
    step_no: Mapped[int]
    step: Mapped[str] = mapped_column(String(16))
    attempt_no: Mapped[int] = mapped_column(default=1)
    owner_id: Mapped[int] = mapped_column(ForeignKey("staff_members.id", ondelete="RESTRICT"), index=True)
    opens_at: Mapped[datetime] = mapped_column(UTCDateTime)
    due_at: Mapped[datetime] = mapped_column(UTCDateTime)
    closes_at: Mapped[datetime] = mapped_column(UTCDateTime)
    state: Mapped[FollowUpState] = mapped_column(
        enum_column(FollowUpState, "state"), default=FollowUpState.PLANNED, index=True
    )
    # The time that is taken for it in the owner's calendar; none while nobody had time within the window.
    hold_id: Mapped[int | None] = mapped_column(ForeignKey("calendar_holds.id", ondelete="SET NULL"))
    # When a place in a calendar was last looked for, so that a full week is not searched every minute.
    tried_at: Mapped[datetime | None] = mapped_column(UTCDateTime)
    reminded_at: Mapped[datetime | None] = mapped_column(UTCDateTime)
    # How often somebody was told that it was missed, and when the next one is.
    hops: Mapped[int] = mapped_column(default=0)
    climbs_at: Mapped[datetime | None] = mapped_column(UTCDateTime, index=True)
    # Comes with the form, so that a form that is sent twice is recorded once.
    key: Mapped[str | None] = mapped_column(String(32), unique=True)
    done_at: Mapped[datetime | None] = mapped_column(UTCDateTime)
    done_by_id: Mapped[int | None] = mapped_column(ForeignKey("staff_members.id", ondelete="RESTRICT"))
    way: Mapped[Way | None] = mapped_column(enum_column(Way, "way"))
    worry: Mapped[Worry | None] = mapped_column(enum_column(Worry, "worry"))
    waive_reason: Mapped[WaiveReason | None] = mapped_column(enum_column(WaiveReason, "waive_reason"))
    words: Mapped[str | None] = mapped_column(EncryptedText)

    ladder: Mapped[FollowUpLadder] = relationship(back_populates="follow_ups")
    owner: Mapped[StaffMember] = relationship(foreign_keys=[owner_id])
    done_by: Mapped[StaffMember | None] = relationship(foreign_keys=[done_by_id])
    hold: Mapped[CalendarHold | None] = relationship()
    climbs: Mapped[list[FollowUpClimb]] = relationship(back_populates="follow_up", order_by="FollowUpClimb.hop_no")


class FollowUpClimb(Base):
    """One hop of a missed contact: who was told, and when."""

    __tablename__ = "follow_up_climbs"
    __table_args__ = (UniqueConstraint("follow_up_id", "hop_no"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    follow_up_id: Mapped[int] = mapped_column(ForeignKey("follow_ups.id", ondelete="CASCADE"))
    hop_no: Mapped[int]
    rung: Mapped[Rung] = mapped_column(enum_column(Rung, "rung"))
    # Null when nobody holds that rung: written down, never skipped silently.
    staff_id: Mapped[int | None] = mapped_column(ForeignKey("staff_members.id", ondelete="RESTRICT"))
    at: Mapped[datetime] = mapped_column(UTCDateTime)

    follow_up: Mapped[FollowUp] = relationship(back_populates="climbs")
    staff: Mapped[StaffMember | None] = relationship()
