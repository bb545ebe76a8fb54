"""Appointments: one person with one colleague at one time, what became of it, and every time it was moved."""

from __future__ import annotations

from datetime import datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import JSON, CheckConstraint, ForeignKey, Index, String, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from models.base import Base
from models.beneficiaries import Beneficiary
from models.calendar import CalendarHold
from models.services import Mode, Service
from models.staff import StaffMember
from models.stations import Room
from models.types import EncryptedText, UTCDateTime, enum_column


class AppointmentState(StrEnum):
    """What became of it. A moved appointment stays booked: the times it had before are its history."""

    BOOKED = "booked"
    CANCELLED_BY_PERSON = "cancelled_by_person"
    CANCELLED_BY_STAFF = "cancelled_by_staff"
    COMPLETED = "completed"
    NO_SHOW = "no_show"


CANCELLED = (AppointmentState.CANCELLED_BY_PERSON, AppointmentState.CANCELLED_BY_STAFF)


class AppointmentSeries(Base):
    """Several weekly meetings that were asked for at once; each of them moves and is cancelled alone."""

    __tablename__ = "appointment_series"
    __table_args__ = (
        CheckConstraint("wanted BETWEEN 2 AND 26", "series_is_half_a_year_at_most"),
        CheckConstraint("every_days BETWEEN 1 AND 35", "series_has_a_pace"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    service_id: Mapped[int] = mapped_column(ForeignKey("services.id", ondelete="RESTRICT"))
    beneficiary_id: Mapped[int] = mapped_column(ForeignKey("beneficiaries.id", ondelete="RESTRICT"), index=True)
    staff_id: Mapped[int] = mapped_column(ForeignKey("staff_members.id", ondelete="RESTRICT"))
    first_starts_at: Mapped[datetime] = mapped_column(UTCDateTime)
    wanted: Mapped[int]
    every_days: Mapped[int] = mapped_column(default=7)
    # The dates that could not be booked, each with the name of the refusal: [{"at": ..., "why": ...}].
    skipped: Mapped[list[Any]] = mapped_column(JSON, default=list)
    form_key_hash: Mapped[str | None] = mapped_column(String(64), unique=True)
    created_at: Mapped[datetime] = mapped_column(UTCDateTime)
    created_by_id: Mapped[int | None] = mapped_column(ForeignKey("staff_members.id", ondelete="RESTRICT"))

    service: Mapped[Service] = relationship()
    beneficiary: Mapped[Beneficiary] = relationship()
    staff: Mapped[StaffMember] = relationship(foreign_keys=[staff_id])
    appointments: Mapped[list[Appointment]] = relationship(back_populates="series", order_by="Appointment.series_no")


class Appointment(Base):
    """One person with one colleague at one time. Its hold in the calendar is why neither is booked twice."""

    __tablename__ = "appointments"
    __table_args__ = (
        CheckConstraint("starts_at < ends_at", "appointment_ends_after_it_starts"),
        CheckConstraint("state <> 'booked' OR hold_id IS NOT NULL", "booked_holds_its_time"),
        CheckConstraint(
            "state NOT IN ('cancelled_by_person', 'cancelled_by_staff') OR hold_id IS NULL", "cancelled_frees_its_time"
        ),
        CheckConstraint("(state = 'booked') = (ended_at IS NULL)", "open_until_it_ended"),
        CheckConstraint("state <> 'cancelled_by_staff' OR reason IS NOT NULL", "staff_cancel_with_a_reason"),
        CheckConstraint(
            "(behalf_who IS NULL) = (behalf_relation IS NULL) AND (behalf_who IS NULL) = (behalf_consent IS NULL)",
            "on_behalf_says_who_and_why",
        ),
        CheckConstraint("(series_id IS NULL) = (series_no IS NULL)", "series_has_a_number"),
        CheckConstraint("room_id IS NULL OR mode = 'offline'", "room_is_for_meeting_in_person"),
        UniqueConstraint("series_id", "series_no", name="uq_appointments_series_no"),
        UniqueConstraint("hold_id", name="uq_appointments_hold_id"),
        Index("ix_appointments_staff", "staff_id", "starts_at"),
        Index("ix_appointments_beneficiary", "beneficiary_id", "starts_at"),
        Index("ix_appointments_state", "state", "starts_at"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    service_id: Mapped[int] = mapped_column(ForeignKey("services.id", ondelete="RESTRICT"))
    beneficiary_id: Mapped[int] = mapped_column(ForeignKey("beneficiaries.id", ondelete="RESTRICT"))
    staff_id: Mapped[int] = mapped_column(ForeignKey("staff_members.id", ondelete="RESTRICT"))
    room_id: Mapped[int | None] = mapped_column(ForeignKey("rooms.id", ondelete="RESTRICT"), index=True)
    mode: Mapped[Mode] = mapped_column(enum_column(Mode, "appointment_mode"))
    # The meeting itself; the hold is longer by the service's buffer.
    starts_at: Mapped[datetime] = mapped_column(UTCDateTime)
    ends_at: Mapped[datetime] = mapped_column(UTCDateTime)
    state: Mapped[AppointmentState] = mapped_column(
        enum_column(AppointmentState, "appointment_state"), default=AppointmentState.BOOKED
    )
    hold_id: Mapped[int | None] = mapped_column(ForeignKey("calendar_holds.id", ondelete="RESTRICT"))
    series_id: Mapped[int | None] = mapped_column(ForeignKey("appointment_series.id", ondelete="RESTRICT"))
    series_no: Mapped[int | None]
    booked_at: Mapped[datetime] = mapped_column(UTCDateTime)
    # None: the person did it alone.
    booked_by_id: Mapped[int | None] = mapped_column(ForeignKey("staff_members.id", ondelete="RESTRICT"))
    # Who asked for somebody else, what they are to the person, and how the person agreed.
    behalf_who: Mapped[str | None] = mapped_column(EncryptedText)
    behalf_relation: Mapped[str | None] = mapped_column(String(32))
    behalf_consent: Mapped[str | None] = mapped_column(EncryptedText)
    # The same form sent twice finds the appointment that it made the first time.
    form_key_hash: Mapped[str | None] = mapped_column(String(64), unique=True)
    ended_at: Mapped[datetime | None] = mapped_column(UTCDateTime)
    ended_by_id: Mapped[int | None] = mapped_column(ForeignKey("staff_members.id", ondelete="RESTRICT"))
    reason: Mapped[str | None] = mapped_column(EncryptedText)
    # When the sweep found that it is over and nobody has said what became of it.
    outcome_asked_at: Mapped[datetime | None] = mapped_column(UTCDateTime)

    service: Mapped[Service] = relationship(lazy="joined")
    beneficiary: Mapped[Beneficiary] = relationship()
    staff: Mapped[StaffMember] = relationship(foreign_keys=[staff_id])
    room: Mapped[Room | None] = relationship()
    hold: Mapped[CalendarHold | None] = relationship()
    booked_by: Mapped[StaffMember | None] = relationship(foreign_keys=[booked_by_id])
    ended_by: Mapped[StaffMember | None] = relationship(foreign_keys=[ended_by_id])
    series: Mapped[AppointmentSeries | None] = relationship(back_populates="appointments")
    moves: Mapped[list[AppointmentMove]] = relationship(
        back_populates="appointment", order_by="AppointmentMove.id", passive_deletes=True
    )

    @property
    def is_open(self) -> bool:
        """Tell whether it is still to take place, or waits for somebody to say what became of it."""
        return self.state is AppointmentState.BOOKED

    @property
    def is_cancelled(self) -> bool:
        """Tell whether it was called off."""
        return self.state in CANCELLED

    def move_to(self, starts_at: datetime, ends_at: datetime, staff_id: int, room_id: int | None) -> AppointmentMove:
        """Take another time, colleague or room, and return what it was before. Raise ValueError when it is over."""
        self._must_be_open()
        before = AppointmentMove(
            appointment_id=self.id,
            from_starts_at=self.starts_at,
            from_staff_id=self.staff_id,
            from_room_id=self.room_id,
            to_starts_at=starts_at,
            to_staff_id=staff_id,
            to_room_id=room_id,
        )
        self.starts_at, self.ends_at, self.staff_id, self.room_id = starts_at, ends_at, staff_id, room_id
        return before

    def end(self, state: AppointmentState, at: datetime, by: StaffMember | None, reason: str | None = None) -> None:
        """Say what became of it; it can be said once. Raise ValueError when it was said before."""
        self._must_be_open()
        if state is AppointmentState.BOOKED:
            raise ValueError("an appointment does not end as booked")
        self.state, self.ended_at, self.ended_by_id, self.reason = state, at, by.id if by else None, reason
        if self.is_cancelled:
            self.hold_id = None

    def _must_be_open(self) -> None:
        if not self.is_open:
            raise ValueError("the appointment is over")


class AppointmentMove(Base):
    """One change of time, colleague or room; nothing that was promised disappears."""

    __tablename__ = "appointment_moves"

    id: Mapped[int] = mapped_column(primary_key=True)
    appointment_id: Mapped[int] = mapped_column(ForeignKey("appointments.id", ondelete="CASCADE"), index=True)
    from_starts_at: Mapped[datetime] = mapped_column(UTCDateTime)
    from_staff_id: Mapped[int] = mapped_column(ForeignKey("staff_members.id", ondelete="RESTRICT"))
    from_room_id: Mapped[int | None] = mapped_column(ForeignKey("rooms.id", ondelete="RESTRICT"))
    to_starts_at: Mapped[datetime] = mapped_column(UTCDateTime)
    to_staff_id: Mapped[int] = mapped_column(ForeignKey("staff_members.id", ondelete="RESTRICT"))
    to_room_id: Mapped[int | None] = mapped_column(ForeignKey("rooms.id", ondelete="RESTRICT"))
    moved_at: Mapped[datetime] = mapped_column(UTCDateTime)
    # None: the person did it alone.
    moved_by_id: Mapped[int | None] = mapped_column(ForeignKey("staff_members.id", ondelete="RESTRICT"))
    reason: Mapped[str | None] = mapped_column(EncryptedText)

    appointment: Mapped[Appointment] = relationship(back_populates="moves")


class AppointmentLink(Base):
    """One secret address with which a person changes or cancels without an account; only its hash is kept."""

    __tablename__ = "appointment_links"

    token_hash: Mapped[str] = mapped_column(String(64), primary_key=True)
    appointment_id: Mapped[int] = mapped_column(ForeignKey("appointments.id", ondelete="CASCADE"), index=True)
    created_at: Mapped[datetime] = mapped_column(UTCDateTime)

    appointment: Mapped[Appointment] = relationship()


class AppointmentReminder(Base):
    """One reminder that is due at a moment; written when the time is agreed, so a missed sweep loses none."""

    __tablename__ = "appointment_reminders"
    __table_args__ = (
        CheckConstraint("hours_before BETWEEN 1 AND 168", "reminder_comes_in_the_week_before"),
        Index(
            "ix_appointment_reminders_due",
            "due_at",
            sqlite_where=text("queued_at IS NULL"),
            postgresql_where=text("queued_at IS NULL"),
        ),
    )

    appointment_id: Mapped[int] = mapped_column(ForeignKey("appointments.id", ondelete="CASCADE"), primary_key=True)
    hours_before: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    # For which start: after a move the reminders are new ones.
    starts_at: Mapped[datetime] = mapped_column(UTCDateTime, primary_key=True)
    due_at: Mapped[datetime] = mapped_column(UTCDateTime)
    queued_at: Mapped[datetime | None] = mapped_column(UTCDateTime)

    appointment: Mapped[Appointment] = relationship()


class CalendarFeed(Base):
    """One secret address under which a colleague's own phone reads their calendar; can be taken back."""

    __tablename__ = "calendar_feeds"
    __table_args__ = (
        Index(
            "uq_calendar_feeds_standing",
            "staff_id",
            unique=True,
            sqlite_where=text("revoked_at IS NULL"),
            postgresql_where=text("revoked_at IS NULL"),
        ),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    staff_id: Mapped[int] = mapped_column(ForeignKey("staff_members.id", ondelete="CASCADE"))
    token_hash: Mapped[str] = mapped_column(String(64), unique=True)
    created_at: Mapped[datetime] = mapped_column(UTCDateTime)
    revoked_at: Mapped[datetime | None] = mapped_column(UTCDateTime)

    staff: Mapped[StaffMember] = relationship()
