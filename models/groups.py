"""Group sessions with numbered seats: two people racing for the last seat cannot both have it."""

from __future__ import annotations

from datetime import datetime
from enum import StrEnum

from sqlalchemy import CheckConstraint, ForeignKey, ForeignKeyConstraint, Index, String, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from models.base import Base
from models.beneficiaries import Beneficiary
from models.calendar import CalendarHold
from models.services import MOST_SEATS, Mode, Service
from models.staff import StaffMember
from models.stations import Room
from models.types import EncryptedText, UTCDateTime, enum_column


class GroupState(StrEnum):
    """Where a group session stands."""

    PLANNED = "planned"
    CANCELLED = "cancelled"
    COMPLETED = "completed"


class SeatState(StrEnum):
    """What became of one seat."""

    TAKEN = "taken"
    GIVEN_UP = "given_up"
    CANCELLED = "cancelled"  # With the whole session.
    ATTENDED = "attended"
    NO_SHOW = "no_show"


class GroupSession(Base):
    """One meeting of a group, led by one colleague."""

    __tablename__ = "group_sessions"
    __table_args__ = (
        CheckConstraint("starts_at < ends_at", "session_ends_after_it_starts"),
        CheckConstraint(f"seats BETWEEN 1 AND {MOST_SEATS}", "session_has_seats"),
        CheckConstraint("state <> 'planned' OR hold_id IS NOT NULL", "planned_holds_its_time"),
        CheckConstraint("state <> 'cancelled' OR reason IS NOT NULL", "cancelled_with_a_reason"),
        # What a seat refers to, so that a seat outside the number cannot be stored.
        UniqueConstraint("id", "seats", name="uq_group_sessions_number"),
        Index("ix_group_sessions_span", "starts_at", "ends_at"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    service_id: Mapped[int] = mapped_column(ForeignKey("services.id", ondelete="RESTRICT"))
    title_zh: Mapped[str] = mapped_column(String(60))
    title_en: Mapped[str] = mapped_column(String(60))
    staff_id: Mapped[int] = mapped_column(ForeignKey("staff_members.id", ondelete="RESTRICT"), index=True)
    room_id: Mapped[int | None] = mapped_column(ForeignKey("rooms.id", ondelete="RESTRICT"))
    mode: Mapped[Mode] = mapped_column(enum_column(Mode, "session_mode"))
    starts_at: Mapped[datetime] = mapped_column(UTCDateTime)
    ends_at: Mapped[datetime] = mapped_column(UTCDateTime)
    seats: Mapped[int]
    state: Mapped[GroupState] = mapped_column(enum_column(GroupState, "group_state"), default=GroupState.PLANNED)
    reason: Mapped[str | None] = mapped_column(EncryptedText)
    hold_id: Mapped[int | None] = mapped_column(ForeignKey("calendar_holds.id", ondelete="RESTRICT"), unique=True)
    created_at: Mapped[datetime] = mapped_column(UTCDateTime)
    created_by_id: Mapped[int] = mapped_column(ForeignKey("staff_members.id", ondelete="RESTRICT"))

    service: Mapped[Service] = relationship(lazy="joined")
    staff: Mapped[StaffMember] = relationship(foreign_keys=[staff_id])
    room: Mapped[Room | None] = relationship()
    hold: Mapped[CalendarHold | None] = relationship()
    places: Mapped[list[GroupSeat]] = relationship(back_populates="session", order_by="GroupSeat.id")

    def title(self, language: str) -> str:
        """Return the session's title in the language."""
        return self.title_en if language == "en" else self.title_zh


class GroupSeat(Base):
    """One person on one numbered seat; a seat that was given up keeps its row and loses its number."""

    __tablename__ = "group_seats"
    __table_args__ = (
        ForeignKeyConstraint(
            ["session_id", "seats"],
            ["group_sessions.id", "group_sessions.seats"],
            name="fk_group_seats_session",
            onupdate="CASCADE",
            ondelete="RESTRICT",
        ),
        # The guard against two people on one seat, on SQLite and on PostgreSQL alike.
        UniqueConstraint("session_id", "seat_no", name="uq_group_seats_seat"),
        CheckConstraint("seat_no BETWEEN 1 AND seats", "seat_is_one_of_the_number"),
        CheckConstraint("(state IN ('given_up', 'cancelled')) = (seat_no IS NULL)", "seat_given_up_is_free"),
        CheckConstraint("state <> 'taken' OR hold_id IS NOT NULL", "taken_seat_holds_the_time"),
        Index(
            "uq_group_seats_once_a_session",
            "session_id",
            "beneficiary_id",
            unique=True,
            sqlite_where=text("seat_no IS NOT NULL"),
            postgresql_where=text("seat_no IS NOT NULL"),
        ),
        Index("ix_group_seats_beneficiary", "beneficiary_id"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    session_id: Mapped[int]
    # The number of seats of the session, kept equal by the database.
    seats: Mapped[int]
    seat_no: Mapped[int | None]
    beneficiary_id: Mapped[int] = mapped_column(ForeignKey("beneficiaries.id", ondelete="RESTRICT"))
    state: Mapped[SeatState] = mapped_column(enum_column(SeatState, "seat_state"), default=SeatState.TAKEN)
    # The person's own time.
    hold_id: Mapped[int | None] = mapped_column(ForeignKey("calendar_holds.id", ondelete="RESTRICT"), unique=True)
    taken_at: Mapped[datetime] = mapped_column(UTCDateTime)
    taken_by_id: Mapped[int | None] = mapped_column(ForeignKey("staff_members.id", ondelete="RESTRICT"))
    ended_at: Mapped[datetime | None] = mapped_column(UTCDateTime)

    session: Mapped[GroupSession] = relationship(back_populates="places")
    beneficiary: Mapped[Beneficiary] = relationship()
    hold: Mapped[CalendarHold | None] = relationship()
