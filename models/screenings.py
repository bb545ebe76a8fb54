"""Screenings: the answers a person gave, and the scores made of them. No partial totals are ever stored."""

from __future__ import annotations

from datetime import datetime
from enum import StrEnum

from sqlalchemy import CheckConstraint, ForeignKey, Index, String, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from models.base import Base
from models.types import UTCDateTime, enum_column


class AnswerMode(StrEnum):
    """How an answer was given."""

    TAP = "tap"
    WORDS = "words"
    ASSISTED = "assisted"


class Screening(Base):
    """One run through the adaptive questions; it may be interrupted and resumed on another day."""

    __tablename__ = "screenings"
    __table_args__ = (
        Index(
            "uq_screenings_open_beneficiary",
            "beneficiary_id",
            unique=True,
            sqlite_where=text("ended_at IS NULL"),
            postgresql_where=text("ended_at IS NULL"),
        ),
        CheckConstraint("NOT complete OR ended_at IS NOT NULL", "complete_has_an_end"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    beneficiary_id: Mapped[int] = mapped_column(ForeignKey("beneficiaries.id", ondelete="CASCADE"), index=True)
    language: Mapped[str] = mapped_column(String(8))
    level: Mapped[str | None] = mapped_column(String(16))
    complete: Mapped[bool] = mapped_column(default=False)
    started_at: Mapped[datetime] = mapped_column(UTCDateTime)
    ended_at: Mapped[datetime | None] = mapped_column(UTCDateTime)

    answers: Mapped[list[ScreeningAnswer]] = relationship(back_populates="screening", lazy="selectin")
    scores: Mapped[list[ScreeningScore]] = relationship(back_populates="screening", lazy="selectin")


class ScreeningAnswer(Base):
    """The person's present answer to one item; a correction replaces it and is counted."""

    __tablename__ = "screening_answers"
    __table_args__ = (
        UniqueConstraint("screening_id", "item_key"),
        CheckConstraint("value BETWEEN -1 AND 10", "value_is_an_option_or_refused"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    screening_id: Mapped[int] = mapped_column(ForeignKey("screenings.id", ondelete="CASCADE"))
    item_key: Mapped[str] = mapped_column(String(32))
    value: Mapped[int]
    mode: Mapped[AnswerMode] = mapped_column(enum_column(AnswerMode, "mode"))
    corrections: Mapped[int] = mapped_column(default=0)
    at: Mapped[datetime] = mapped_column(UTCDateTime)

    screening: Mapped[Screening] = relationship(back_populates="answers")


class ScreeningScore(Base):
    """A total with the band it fell in and the version of the instrument that made it."""

    __tablename__ = "screening_scores"
    __table_args__ = (UniqueConstraint("screening_id", "instrument"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    screening_id: Mapped[int] = mapped_column(ForeignKey("screenings.id", ondelete="CASCADE"))
    instrument: Mapped[str] = mapped_column(String(16))
    total: Mapped[int]
    band: Mapped[str | None] = mapped_column(String(32))
    # How RSES item 8 was scored; null for every other instrument.
    item8_policy: Mapped[str | None] = mapped_column(String(32))

    screening: Mapped[Screening] = relationship(back_populates="scores")
