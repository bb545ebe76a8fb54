"""Spells in which the scheduler was silent and the site had to look after the alarms itself."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import CheckConstraint, Index, text
from sqlalchemy.orm import Mapped, mapped_column

from models.base import Base
from models.types import UTCDateTime


class SchedulerOutage(Base):
    """One silence of the scheduler, from the page that noticed it to the next sign of life; one at a time."""

    __tablename__ = "scheduler_outages"
    __table_args__ = (
        CheckConstraint("place = 1", "there_is_one_place"),
        CheckConstraint("climbed >= 0", "climbed_is_a_count"),
        # Twenty open screens notice the same silence in the same second; it is one outage.
        Index(
            "uq_scheduler_outages_running",
            "place",
            unique=True,
            sqlite_where=text("ended_at IS NULL"),
            postgresql_where=text("ended_at IS NULL"),
        ),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    place: Mapped[int] = mapped_column(default=1)
    # Null where no scheduler has ever spoken.
    last_beat_at: Mapped[datetime | None] = mapped_column(UTCDateTime)
    noticed_at: Mapped[datetime] = mapped_column(UTCDateTime)
    ended_at: Mapped[datetime | None] = mapped_column(UTCDateTime)
    # How often the site let a case climb in the scheduler's place.
    climbed: Mapped[int] = mapped_column(default=0)
