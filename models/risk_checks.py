"""The guided risk check: seven questions asked of a person at risk, and the judgement of the one who asked."""

from __future__ import annotations

from datetime import datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import CheckConstraint, ForeignKey, String, UniqueConstraint, event
from sqlalchemy.orm import Mapped, mapped_column, relationship

from models.base import Base
from models.crises import CrisisCase, LevelName
from models.staff import StaffMember
from models.types import EncryptedJSON, EncryptedText, UTCDateTime, enum_column


class Thoughts(StrEnum):
    """Whether the person thinks of ending their life."""

    NONE = "none"
    WISH = "wish"
    THOUGHTS = "thoughts"
    NOW = "now"
    NOT_SAID = "not_said"


class Plan(StrEnum):
    """How far the person has thought it out."""

    NONE = "none"
    IDEA = "idea"
    PLAN = "plan"
    PREPARED = "prepared"
    NOT_SAID = "not_said"


class Means(StrEnum):
    """Whether what it would take is within reach."""

    NONE = "none"
    SECURED = "secured"
    REACHABLE = "reachable"
    AT_HAND = "at_hand"
    NOT_SAID = "not_said"


class TimeFrame(StrEnum):
    """When the person thinks of acting."""

    NONE = "none"
    LATER = "later"
    WEEK = "week"
    THREE_DAYS = "three_days"
    NOW = "now"
    NOT_SAID = "not_said"


class Attempts(StrEnum):
    """What the person has already tried, and how long ago."""

    NEVER = "never"
    EARLIER = "earlier"
    RECENT = "recent"
    JUST_NOW = "just_now"
    NOT_SAID = "not_said"


class Company(StrEnum):
    """Who is with the person at this moment."""

    TRUSTED = "trusted"
    OTHERS = "others"
    ALONE = "alone"
    NOT_SAID = "not_said"


class Protects(StrEnum):
    """How much holds the person."""

    SEVERAL = "several"
    LITTLE = "little"
    NOTHING = "nothing"
    NOT_SAID = "not_said"


class RiskCheckDraft(Base):
    """What a colleague has filled in so far. It lies on the server, so a closed laptop loses nothing."""

    __tablename__ = "risk_check_drafts"
    __table_args__ = (
        UniqueConstraint("case_id", "author_id"),
        CheckConstraint("version >= 1", "version_is_a_count"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    case_id: Mapped[int] = mapped_column(ForeignKey("crisis_cases.id", ondelete="CASCADE"))
    author_id: Mapped[int] = mapped_column(ForeignKey("staff_members.id", ondelete="RESTRICT"))
    # A half-filled form is kept as it was typed; the signed check below has a column for each answer.
    fields: Mapped[dict[str, Any]] = mapped_column(EncryptedJSON)
    # Counts the saves: an older window may not write over a newer one.
    version: Mapped[int] = mapped_column(default=1)
    changed_at: Mapped[datetime] = mapped_column(UTCDateTime)


class RiskCheck(Base):
    """One signed check. It is never changed; when something new is learnt, another one follows."""

    __tablename__ = "risk_checks"

    id: Mapped[int] = mapped_column(primary_key=True)
    # Comes with the form, so that a form that is sent twice signs once.
    key: Mapped[str] = mapped_column(String(32), unique=True)
    case_id: Mapped[int] = mapped_column(ForeignKey("crisis_cases.id", ondelete="CASCADE"), index=True)
    author_id: Mapped[int] = mapped_column(ForeignKey("staff_members.id", ondelete="RESTRICT"))
    thoughts: Mapped[Thoughts] = mapped_column(enum_column(Thoughts, "thoughts"))
    thoughts_words: Mapped[str | None] = mapped_column(EncryptedText)
    plan: Mapped[Plan] = mapped_column(enum_column(Plan, "plan"))
    plan_words: Mapped[str | None] = mapped_column(EncryptedText)
    means: Mapped[Means] = mapped_column(enum_column(Means, "means"))
    means_words: Mapped[str | None] = mapped_column(EncryptedText)
    time_frame: Mapped[TimeFrame] = mapped_column(enum_column(TimeFrame, "time_frame"))
    time_frame_words: Mapped[str | None] = mapped_column(EncryptedText)
    attempts: Mapped[Attempts] = mapped_column(enum_column(Attempts, "attempts"))
    attempts_words: Mapped[str | None] = mapped_column(EncryptedText)
    company: Mapped[Company] = mapped_column(enum_column(Company, "company"))
    company_words: Mapped[str | None] = mapped_column(EncryptedText)
    protects: Mapped[Protects] = mapped_column(enum_column(Protects, "protects"))
    protects_words: Mapped[str | None] = mapped_column(EncryptedText)
    # What the colleague thinks, with the reason. The programme's own reading may raise the case, never lower it.
    judgement: Mapped[LevelName] = mapped_column(enum_column(LevelName, "judgement"))
    judgement_words: Mapped[str] = mapped_column(EncryptedText)
    # The level of the case before and after this check, so that the record reads without the timeline.
    level_before: Mapped[LevelName] = mapped_column(enum_column(LevelName, "level_before"))
    level_after: Mapped[LevelName] = mapped_column(enum_column(LevelName, "level_after"))
    signed_at: Mapped[datetime] = mapped_column(UTCDateTime)

    case: Mapped[CrisisCase] = relationship(foreign_keys=[case_id])
    author: Mapped[StaffMember] = relationship()


def _refuse_change(_mapper: Any, _connection: Any, target: RiskCheck) -> None:
    raise RuntimeError("a signed risk check is never changed: sign another one")


# Code that tries to edit the record fails before the database is asked; adding is all that is left.
event.listen(RiskCheck, "before_update", _refuse_change)
