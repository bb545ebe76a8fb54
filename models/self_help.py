"""Self-help exercises: how heavy it felt before and after, as numbers that belong to nobody."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import CheckConstraint, String
from sqlalchemy.orm import Mapped, mapped_column

from models.base import Base
from models.types import UTCDateTime


class ExerciseRating(Base):
    """One run through one exercise. It names nobody, and no word that was typed there ever reaches us."""

    __tablename__ = "exercise_ratings"
    __table_args__ = (
        CheckConstraint("before BETWEEN 0 AND 10", "before_is_a_rating"),
        CheckConstraint("after BETWEEN 0 AND 10", "after_is_a_rating"),
        CheckConstraint("before IS NOT NULL OR after IS NOT NULL", "rated_at_least_once"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    # Made by the browser for one run, so that a number that is sent twice is stored once.
    run: Mapped[str] = mapped_column(String(32), unique=True)
    # A key of care/data/self_help.json.
    exercise: Mapped[str] = mapped_column(String(32), index=True)
    before: Mapped[int | None]
    after: Mapped[int | None]
    at: Mapped[datetime] = mapped_column(UTCDateTime)
