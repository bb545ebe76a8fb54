"""Volunteer shifts: templates, the shifts made from them, numbered places, and who holds each place."""

from __future__ import annotations

from datetime import datetime
from enum import StrEnum

from sqlalchemy import CheckConstraint, ForeignKey, ForeignKeyConstraint, Index, String, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from models.base import Base
from models.calendar import CalendarHold
from models.staff import StaffMember
from models.stations import Station
from models.types import UTCDateTime, enum_column

# More people than this on one role of one shift is a slip of the finger.
MOST_PLACES = 40


class SignUpState(StrEnum):
    """Where one volunteer stands with one place."""

    OFFERED = "offered"  # The place is kept for somebody from the waiting list who has not answered yet.
    SIGNED_UP = "signed_up"
    ARRIVED = "arrived"
    COMPLETED = "completed"
    ABANDONED = "abandoned"  # Came, and left long before the end.
    NO_SHOW = "no_show"
    WITHDREW = "withdrew"
    LAPSED = "lapsed"  # The offer ran out without an answer.
    DECLINED = "declined"  # The offer was answered with no.
    HANDED_OVER = "handed_over"  # A colleague took the place, with approval.


# These hold a place that nobody else can have.
HOLDING = (SignUpState.OFFERED, SignUpState.SIGNED_UP, SignUpState.ARRIVED)
# These have given their place back.
GIVEN_BACK = (SignUpState.WITHDREW, SignUpState.LAPSED, SignUpState.DECLINED, SignUpState.HANDED_OVER)


class NotedBy(StrEnum):
    """Who noted an arrival or a leaving."""

    CODE = "code"  # The volunteer, with the code shown on site.
    COLLEAGUE = "colleague"
    CLOCK = "clock"  # The programme, because nobody checked the volunteer out.


class WaitingState(StrEnum):
    """Where one wish on a waiting list stands."""

    WAITING = "waiting"
    OFFERED = "offered"
    TAKEN = "taken"
    LAPSED = "lapsed"
    LEFT = "left"
    OVER = "over"


class ShiftTemplate(Base):
    """A shift that comes back every week, from which the coming weeks are published."""

    __tablename__ = "shift_templates"
    __table_args__ = (
        CheckConstraint("weekday BETWEEN 0 AND 6", "weekday_is_one_of_seven"),
        CheckConstraint("starts_minute BETWEEN 0 AND 1435 AND starts_minute % 5 = 0", "starts_on_a_step"),
        CheckConstraint("minutes BETWEEN 30 AND 1440 AND minutes % 5 = 0", "lasts_a_sensible_time"),
        CheckConstraint("opens_days BETWEEN 1 AND 90", "opens_before_it_starts"),
        Index("uq_shift_templates_form_key", "form_key_hash", unique=True),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    name_zh: Mapped[str] = mapped_column(String(60))
    name_en: Mapped[str] = mapped_column(String(60))
    station_id: Mapped[int] = mapped_column(ForeignKey("stations.id", ondelete="RESTRICT"))
    # Monday is 0, in the base's own time.
    weekday: Mapped[int]
    starts_minute: Mapped[int]
    minutes: Mapped[int]
    # So many days before its start a shift opens for sign-up.
    opens_days: Mapped[int] = mapped_column(default=21)
    active: Mapped[bool] = mapped_column(default=True)
    created_at: Mapped[datetime] = mapped_column(UTCDateTime)
    # The same form sent twice finds the template that it made the first time.
    form_key_hash: Mapped[str | None] = mapped_column(String(64))

    station: Mapped[Station] = relationship(lazy="joined")
    roles: Mapped[list[ShiftTemplateRole]] = relationship(
        lazy="selectin", cascade="all, delete-orphan", order_by="ShiftTemplateRole.id"
    )


class ShiftTemplateRole(Base):
    """How many of one role the shifts of a template need."""

    __tablename__ = "shift_template_roles"
    __table_args__ = (
        UniqueConstraint("template_id", "role", name="uq_shift_template_roles_role"),
        CheckConstraint(f"places BETWEEN 1 AND {MOST_PLACES}", "template_role_has_places"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    template_id: Mapped[int] = mapped_column(ForeignKey("shift_templates.id", ondelete="CASCADE"))
    # A key of care/data/shift_roles.json.
    role: Mapped[str] = mapped_column(String(32))
    places: Mapped[int]


class Shift(Base):
    """A stretch of time at a station in which volunteers are needed."""

    __tablename__ = "shifts"
    __table_args__ = (
        CheckConstraint("starts_at < ends_at", "shift_ends_after_it_starts"),
        CheckConstraint("opens_at <= starts_at", "shift_opens_before_it_starts"),
        # Publishing the same week twice makes no second shift.
        UniqueConstraint("template_id", "starts_at", name="uq_shifts_template_start"),
        Index("ix_shifts_span", "starts_at", "ends_at"),
        Index("uq_shifts_form_key", "form_key_hash", unique=True),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    template_id: Mapped[int | None] = mapped_column(ForeignKey("shift_templates.id", ondelete="SET NULL"))
    station_id: Mapped[int] = mapped_column(ForeignKey("stations.id", ondelete="RESTRICT"), index=True)
    name_zh: Mapped[str] = mapped_column(String(60))
    name_en: Mapped[str] = mapped_column(String(60))
    starts_at: Mapped[datetime] = mapped_column(UTCDateTime)
    ends_at: Mapped[datetime] = mapped_column(UTCDateTime)
    opens_at: Mapped[datetime] = mapped_column(UTCDateTime)
    cancelled_at: Mapped[datetime | None] = mapped_column(UTCDateTime)
    created_at: Mapped[datetime] = mapped_column(UTCDateTime)
    # The same form sent twice finds the shift that it made the first time.
    form_key_hash: Mapped[str | None] = mapped_column(String(64))

    station: Mapped[Station] = relationship(lazy="joined")
    roles: Mapped[list[ShiftRole]] = relationship(
        lazy="selectin", cascade="all, delete-orphan", order_by="ShiftRole.id", back_populates="shift"
    )

    def name(self, language: str) -> str:
        """Return the shift's name in the language."""
        return self.name_en if language == "en" else self.name_zh


class ShiftRole(Base):
    """One role on one shift, with the number of its places."""

    __tablename__ = "shift_roles"
    __table_args__ = (
        UniqueConstraint("shift_id", "role", name="uq_shift_roles_role"),
        # What a sign-up refers to, so that a place outside the number cannot be stored.
        UniqueConstraint("id", "shift_id", "places", name="uq_shift_roles_number"),
        CheckConstraint(f"places BETWEEN 1 AND {MOST_PLACES}", "shift_role_has_places"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    shift_id: Mapped[int] = mapped_column(ForeignKey("shifts.id", ondelete="CASCADE"))
    role: Mapped[str] = mapped_column(String(32))
    places: Mapped[int]

    shift: Mapped[Shift] = relationship(back_populates="roles")


class SignUp(Base):
    """One volunteer on one numbered place of one role; never deleted, so that the past stays true."""

    __tablename__ = "sign_ups"
    __table_args__ = (
        ForeignKeyConstraint(
            ["shift_role_id", "shift_id", "places"],
            ["shift_roles.id", "shift_roles.shift_id", "shift_roles.places"],
            name="fk_sign_ups_shift_roles",
            onupdate="CASCADE",
            ondelete="RESTRICT",
        ),
        # The guard against two people on one place, on SQLite and on PostgreSQL alike.
        UniqueConstraint("shift_role_id", "place_no", name="uq_sign_ups_place"),
        CheckConstraint("place_no BETWEEN 1 AND places", "place_is_one_of_the_number"),
        CheckConstraint(
            "place_no IS NOT NULL OR state NOT IN ('offered', 'signed_up', 'arrived')", "whoever_comes_has_a_place"
        ),
        CheckConstraint(
            "place_no IS NULL OR state NOT IN ('withdrew', 'lapsed', 'declined', 'handed_over')",
            "a_place_given_back_is_free",
        ),
        CheckConstraint("state != 'offered' OR offer_until IS NOT NULL", "an_offer_has_an_end"),
        CheckConstraint("left_at IS NULL OR arrived_at IS NOT NULL", "left_only_after_arriving"),
        CheckConstraint("left_at IS NULL OR left_at >= arrived_at", "left_not_before_arriving"),
        Index(
            "uq_sign_ups_once_a_shift",
            "shift_id",
            "staff_id",
            unique=True,
            sqlite_where=text("place_no IS NOT NULL"),
            postgresql_where=text("place_no IS NOT NULL"),
        ),
        Index("ix_sign_ups_staff", "staff_id", "state"),
        Index("ix_sign_ups_state", "state", "shift_id"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    shift_role_id: Mapped[int]
    shift_id: Mapped[int]
    # The number of places of the role, kept equal by the database.
    places: Mapped[int]
    place_no: Mapped[int | None]
    staff_id: Mapped[int] = mapped_column(ForeignKey("staff_members.id", ondelete="RESTRICT"))
    state: Mapped[SignUpState] = mapped_column(enum_column(SignUpState, "sign_up_state"))
    # The volunteer's time; an offer does not hold it, because nothing was said yet.
    hold_id: Mapped[int | None] = mapped_column(ForeignKey("calendar_holds.id", ondelete="SET NULL"), index=True)
    signed_up_at: Mapped[datetime] = mapped_column(UTCDateTime)
    offer_until: Mapped[datetime | None] = mapped_column(UTCDateTime)
    reminded_at: Mapped[datetime | None] = mapped_column(UTCDateTime)
    confirmed_at: Mapped[datetime | None] = mapped_column(UTCDateTime)
    arrived_at: Mapped[datetime | None] = mapped_column(UTCDateTime)
    arrival_noted_by: Mapped[NotedBy | None] = mapped_column(enum_column(NotedBy, "arrival_noted_by"))
    left_at: Mapped[datetime | None] = mapped_column(UTCDateTime)
    leaving_noted_by: Mapped[NotedBy | None] = mapped_column(enum_column(NotedBy, "leaving_noted_by"))
    ended_at: Mapped[datetime | None] = mapped_column(UTCDateTime)

    staff: Mapped[StaffMember] = relationship(lazy="select")
    hold: Mapped[CalendarHold | None] = relationship(lazy="select")
    shift: Mapped[Shift] = relationship(
        primaryjoin="foreign(SignUp.shift_id) == Shift.id", viewonly=True, lazy="select"
    )
    shift_role: Mapped[ShiftRole] = relationship(
        primaryjoin="foreign(SignUp.shift_role_id) == ShiftRole.id", viewonly=True, lazy="select"
    )


class WaitingEntry(Base):
    """One volunteer's wish for a place on a role that is full; the order is the order of asking."""

    __tablename__ = "shift_waiting"
    __table_args__ = (
        CheckConstraint("(state = 'offered') = (sign_up_id IS NOT NULL)", "an_offer_names_its_place"),
        Index(
            "uq_shift_waiting_once_a_role",
            "shift_role_id",
            "staff_id",
            unique=True,
            sqlite_where=text("state IN ('waiting', 'offered')"),
            postgresql_where=text("state IN ('waiting', 'offered')"),
        ),
        Index("ix_shift_waiting_order", "shift_role_id", "state", "asked_at"),
        Index("ix_shift_waiting_staff", "staff_id", "state"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    shift_role_id: Mapped[int] = mapped_column(ForeignKey("shift_roles.id", ondelete="CASCADE"))
    staff_id: Mapped[int] = mapped_column(ForeignKey("staff_members.id", ondelete="RESTRICT"))
    state: Mapped[WaitingState] = mapped_column(enum_column(WaitingState, "waiting_state"))
    asked_at: Mapped[datetime] = mapped_column(UTCDateTime)
    ended_at: Mapped[datetime | None] = mapped_column(UTCDateTime)
    sign_up_id: Mapped[int | None] = mapped_column(ForeignKey("sign_ups.id", ondelete="RESTRICT"))

    staff: Mapped[StaffMember] = relationship(lazy="select")
    shift_role: Mapped[ShiftRole] = relationship(lazy="select")
