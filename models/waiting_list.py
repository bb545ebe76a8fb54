"""Who waits for an appointment, and the freed times that were offered to them one after the other."""

from __future__ import annotations

from datetime import date, datetime
from enum import StrEnum

from sqlalchemy import CheckConstraint, Date, ForeignKey, Index, String, text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from models.appointments import Appointment
from models.base import Base
from models.beneficiaries import Beneficiary
from models.calendar import CalendarHold
from models.services import Mode, Service
from models.staff import StaffMember
from models.stations import Room
from models.types import UTCDateTime, enum_column


class WishState(StrEnum):
    """Where one wish on the waiting list stands."""

    WAITING = "waiting"
    OFFERED = "offered"
    TAKEN = "taken"
    LEFT = "left"  # The person, or a colleague for them, took the wish back.
    PASSED = "passed"  # The last day that would have helped is over.


class OfferState(StrEnum):
    """What became of one offer."""

    OPEN = "open"
    TAKEN = "taken"
    DECLINED = "declined"
    LAPSED = "lapsed"
    WITHDRAWN = "withdrawn"


class PartOfDay(StrEnum):
    """When somebody can come, in the base's own time."""

    ANY = "any"
    MORNING = "morning"  # Begins before 12:00.
    AFTERNOON = "afternoon"  # Begins from 12:00 and before 18:00.
    EVENING = "evening"  # Begins from 18:00.


_STANDING = text("state IN ('waiting', 'offered')")


class WaitingWish(Base):
    """One person's wish for an appointment that cannot be had yet."""

    __tablename__ = "waiting_wishes"
    __table_args__ = (
        CheckConstraint("until_day IS NULL OR from_day IS NULL OR from_day <= until_day", "wish_runs_forward"),
        CheckConstraint("(state IN ('waiting', 'offered')) = (ended_at IS NULL)", "stands_until_it_ended"),
        # The same form sent twice, or two windows, make one wish.
        Index(
            "uq_waiting_wishes_standing",
            "beneficiary_id",
            "service_id",
            unique=True,
            sqlite_where=_STANDING,
            postgresql_where=_STANDING,
        ),
        Index("ix_waiting_wishes_order", "service_id", "state", "asked_at"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    beneficiary_id: Mapped[int] = mapped_column(ForeignKey("beneficiaries.id", ondelete="RESTRICT"))
    service_id: Mapped[int] = mapped_column(ForeignKey("services.id", ondelete="RESTRICT"))
    # Only this colleague will do; None: any who fits.
    staff_id: Mapped[int | None] = mapped_column(ForeignKey("staff_members.id", ondelete="RESTRICT"), index=True)
    mode: Mapped[Mode | None] = mapped_column(enum_column(Mode, "wish_mode"))
    language: Mapped[str | None] = mapped_column(String(8))
    specialty: Mapped[str | None] = mapped_column(String(32))
    from_day: Mapped[date | None] = mapped_column(Date)
    until_day: Mapped[date | None] = mapped_column(Date)
    part_of_day: Mapped[PartOfDay] = mapped_column(enum_column(PartOfDay, "part_of_day"), default=PartOfDay.ANY)
    state: Mapped[WishState] = mapped_column(enum_column(WishState, "wish_state"), default=WishState.WAITING)
    asked_at: Mapped[datetime] = mapped_column(UTCDateTime)
    asked_by_id: Mapped[int | None] = mapped_column(ForeignKey("staff_members.id", ondelete="RESTRICT"))
    ended_at: Mapped[datetime | None] = mapped_column(UTCDateTime)

    beneficiary: Mapped[Beneficiary] = relationship()
    service: Mapped[Service] = relationship(lazy="joined")
    staff: Mapped[StaffMember | None] = relationship(foreign_keys=[staff_id])
    offers: Mapped[list[WaitingOffer]] = relationship(back_populates="wish", order_by="WaitingOffer.id")


class WaitingOffer(Base):
    """One freed time that is kept for one person until a moment; then it goes to the next."""

    __tablename__ = "waiting_offers"
    __table_args__ = (
        CheckConstraint("starts_at < ends_at", "offer_ends_after_it_starts"),
        CheckConstraint("until <= starts_at", "offer_is_answered_before_it_starts"),
        CheckConstraint("state <> 'open' OR hold_id IS NOT NULL", "open_offer_holds_its_time"),
        CheckConstraint("(state = 'open') = (ended_at IS NULL)", "offer_is_open_until_answered"),
        CheckConstraint("(state = 'taken') = (appointment_id IS NOT NULL)", "taken_offer_is_an_appointment"),
        # A person weighs one offer at a time.
        Index(
            "uq_waiting_offers_open",
            "wish_id",
            unique=True,
            sqlite_where=text("state = 'open'"),
            postgresql_where=text("state = 'open'"),
        ),
        Index("ix_waiting_offers_until", "state", "until"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    wish_id: Mapped[int] = mapped_column(ForeignKey("waiting_wishes.id", ondelete="RESTRICT"), index=True)
    staff_id: Mapped[int] = mapped_column(ForeignKey("staff_members.id", ondelete="RESTRICT"))
    room_id: Mapped[int | None] = mapped_column(ForeignKey("rooms.id", ondelete="RESTRICT"))
    mode: Mapped[Mode] = mapped_column(enum_column(Mode, "offer_mode"))
    starts_at: Mapped[datetime] = mapped_column(UTCDateTime)
    ends_at: Mapped[datetime] = mapped_column(UTCDateTime)
    hold_id: Mapped[int | None] = mapped_column(ForeignKey("calendar_holds.id", ondelete="RESTRICT"), unique=True)
    # The secret address of the offer; only its hash is kept.
    token_hash: Mapped[str] = mapped_column(String(64), unique=True)
    state: Mapped[OfferState] = mapped_column(enum_column(OfferState, "offer_state"), default=OfferState.OPEN)
    offered_at: Mapped[datetime] = mapped_column(UTCDateTime)
    until: Mapped[datetime] = mapped_column(UTCDateTime)
    ended_at: Mapped[datetime | None] = mapped_column(UTCDateTime)
    appointment_id: Mapped[int | None] = mapped_column(ForeignKey("appointments.id", ondelete="RESTRICT"), unique=True)

    wish: Mapped[WaitingWish] = relationship(back_populates="offers")
    staff: Mapped[StaffMember] = relationship()
    room: Mapped[Room | None] = relationship()
    hold: Mapped[CalendarHold | None] = relationship()
    appointment: Mapped[Appointment | None] = relationship()


class FreedTime(Base):
    """A time that somebody gave back and that has still to be offered to those who wait."""

    __tablename__ = "freed_times"
    __table_args__ = (
        Index(
            "ix_freed_times_due",
            "freed_at",
            sqlite_where=text("handled_at IS NULL"),
            postgresql_where=text("handled_at IS NULL"),
        ),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    service_id: Mapped[int] = mapped_column(ForeignKey("services.id", ondelete="CASCADE"))
    staff_id: Mapped[int] = mapped_column(ForeignKey("staff_members.id", ondelete="RESTRICT"))
    room_id: Mapped[int | None] = mapped_column(ForeignKey("rooms.id", ondelete="SET NULL"))
    mode: Mapped[Mode] = mapped_column(enum_column(Mode, "freed_mode"))
    starts_at: Mapped[datetime] = mapped_column(UTCDateTime)
    freed_at: Mapped[datetime] = mapped_column(UTCDateTime)
    handled_at: Mapped[datetime | None] = mapped_column(UTCDateTime)

    service: Mapped[Service] = relationship()
