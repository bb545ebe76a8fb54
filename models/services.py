"""What can be booked: how long it takes, how soon and how far ahead, where it happens and who may give it."""

from __future__ import annotations

from enum import StrEnum

from sqlalchemy import CheckConstraint, String
from sqlalchemy.orm import Mapped, mapped_column

from models.base import Base
from models.staff import Team
from models.types import enum_column

MOST_SEATS = 60


class Mode(StrEnum):
    """How two people meet."""

    OFFLINE = "offline"
    ONLINE = "online"
    PHONE = "phone"


class Service(Base):
    """One kind of meeting that the base offers."""

    __tablename__ = "services"
    __table_args__ = (
        CheckConstraint("minutes BETWEEN 10 AND 480 AND minutes % 5 = 0", "service_lasts_a_sensible_time"),
        CheckConstraint("buffer_minutes BETWEEN 0 AND 120 AND buffer_minutes % 5 = 0", "buffer_is_a_pause"),
        CheckConstraint("notice_minutes BETWEEN 0 AND 20160", "notice_is_two_weeks_at_most"),
        CheckConstraint("horizon_days BETWEEN 1 AND 366", "horizon_is_a_year_at_most"),
        CheckConstraint("change_hours BETWEEN 0 AND 336", "change_notice_is_two_weeks_at_most"),
        CheckConstraint(f"seats BETWEEN 1 AND {MOST_SEATS}", "service_has_seats"),
        CheckConstraint("offline OR online OR phone", "service_happens_somewhere"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    key: Mapped[str] = mapped_column(String(32), unique=True)
    name_zh: Mapped[str] = mapped_column(String(60))
    name_en: Mapped[str] = mapped_column(String(60))
    team: Mapped[Team] = mapped_column(enum_column(Team, "service_team"), default=Team.COUNSELOR)
    minutes: Mapped[int]
    # The pause after the meeting that the worker needs for the note and for breath.
    buffer_minutes: Mapped[int] = mapped_column(default=10)
    # A person books at least so long before the start ...
    notice_minutes: Mapped[int] = mapped_column(default=120)
    # ... and at most so many days ahead.
    horizon_days: Mapped[int] = mapped_column(default=60)
    # Up to so many hours before the start a person changes or cancels alone; later they are asked to call.
    change_hours: Mapped[int] = mapped_column(default=12)
    # More than one: a group.
    seats: Mapped[int] = mapped_column(default=1)
    offline: Mapped[bool] = mapped_column(default=True)
    online: Mapped[bool] = mapped_column(default=True)
    phone: Mapped[bool] = mapped_column(default=True)
    # Whether meeting in person takes a room of the station.
    room_needed: Mapped[bool] = mapped_column(default=True)
    # What whoever gives it must speak and know; None: everybody on the team fits.
    language: Mapped[str | None] = mapped_column(String(8))
    specialty: Mapped[str | None] = mapped_column(String(32))
    # A key of care/data/qualifications.json without which nobody gives it.
    qualification: Mapped[str | None] = mapped_column(String(48))
    # Whether people see it and book it without a colleague.
    self_booking: Mapped[bool] = mapped_column(default=True)
    active: Mapped[bool] = mapped_column(default=True)

    def name(self, language: str) -> str:
        """Return the service's name in the language."""
        return self.name_en if language == "en" else self.name_zh

    @property
    def modes(self) -> tuple[Mode, ...]:
        """Return how it can happen, in person first."""
        offered = {Mode.OFFLINE: self.offline, Mode.ONLINE: self.online, Mode.PHONE: self.phone}
        return tuple(mode for mode, offers in offered.items() if offers)

    @property
    def is_group(self) -> bool:
        """Tell whether several people come at once."""
        return self.seats > 1
