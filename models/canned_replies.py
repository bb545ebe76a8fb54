"""Replies that the whole desk shares: written in both languages, read by a second colleague before they are offered."""

from __future__ import annotations

from datetime import datetime
from enum import StrEnum

from sqlalchemy import CheckConstraint, ForeignKey, String, Text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from models.base import Base
from models.staff import StaffMember
from models.types import UTCDateTime, enum_column


class ReplyState(StrEnum):
    """Only an approved reply is offered beside the box in which a colleague writes."""

    DRAFT = "draft"
    APPROVED = "approved"
    RETIRED = "retired"


class CannedReply(Base):
    """One reply; changing its words makes it a draft again. It holds no person's words, so it is not encrypted."""

    __tablename__ = "canned_replies"
    __table_args__ = (
        CheckConstraint("state <> 'approved' OR reviewed_by_id IS NOT NULL", "approved_by_name"),
        CheckConstraint("(reviewed_by_id IS NULL) = (reviewed_at IS NULL)", "review_has_a_time"),
        CheckConstraint("reviewed_by_id <> written_by_id", "read_by_a_second_colleague"),
        CheckConstraint("length(text_zh) > 0 AND length(text_en) > 0", "written_in_both_languages"),
        CheckConstraint("version >= 1", "version_is_a_count"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    # What it is for, as the list names it.
    title_zh: Mapped[str] = mapped_column(String(60))
    title_en: Mapped[str] = mapped_column(String(60))
    text_zh: Mapped[str] = mapped_column(Text)
    text_en: Mapped[str] = mapped_column(Text)
    state: Mapped[ReplyState] = mapped_column(enum_column(ReplyState, "state"), default=ReplyState.DRAFT)
    # Raised by every change, so that nobody approves words that they have not seen.
    version: Mapped[int] = mapped_column(default=1)
    written_by_id: Mapped[int] = mapped_column(ForeignKey("staff_members.id", ondelete="RESTRICT"))
    written_at: Mapped[datetime] = mapped_column(UTCDateTime)
    reviewed_by_id: Mapped[int | None] = mapped_column(ForeignKey("staff_members.id", ondelete="RESTRICT"))
    reviewed_at: Mapped[datetime | None] = mapped_column(UTCDateTime)

    written_by: Mapped[StaffMember] = relationship(foreign_keys=[written_by_id])
    reviewed_by: Mapped[StaffMember | None] = relationship(foreign_keys=[reviewed_by_id])

    def title(self, language: str) -> str:
        """Return the name of the reply in the language of the page."""
        return self.title_en if language == "en" else self.title_zh

    def text(self, language: str) -> str:
        """Return the reply in the language of the conversation."""
        return self.text_en if language == "en" else self.text_zh
