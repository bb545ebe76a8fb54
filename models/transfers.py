"""A conversation offered by the colleague who has it to a named colleague or to a team; it changes hands by a yes."""

from __future__ import annotations

from datetime import datetime
from enum import StrEnum

from sqlalchemy import CheckConstraint, ForeignKey, Index, text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from models.base import Base
from models.conversations import Conversation
from models.staff import StaffMember
from models.types import EncryptedText, UTCDateTime, enum_column

_OPEN = text("state = 'offered'")


class DeskTeam(StrEnum):
    """To whom a conversation can be offered when no single colleague is meant; each is a role that reads chats."""

    COUNSELOR = "counselor"
    DUTY_OFFICER = "duty_officer"
    SUPERVISOR = "supervisor"


class TransferState(StrEnum):
    """What became of an offer."""

    OFFERED = "offered"
    ACCEPTED = "accepted"
    DECLINED = "declined"
    EXPIRED = "expired"
    # The giver took it back, or the conversation changed hands or ended in another way.
    WITHDRAWN = "withdrawn"


class Transfer(Base):
    """One offer. Until somebody accepts, the giver stays the owner, so the conversation never has nobody."""

    __tablename__ = "transfers"
    __table_args__ = (
        CheckConstraint("(receiver_id IS NULL) <> (team IS NULL)", "goes_to_one_colleague_or_team"),
        CheckConstraint("receiver_id <> giver_id", "goes_to_somebody_else"),
        CheckConstraint("(state = 'offered') = (answered_at IS NULL)", "answer_has_a_time"),
        CheckConstraint("state NOT IN ('accepted', 'declined') OR answered_by_id IS NOT NULL", "answer_has_a_name"),
        CheckConstraint("expires_at > offered_at", "expires_later"),
        Index(
            "uq_transfers_open_conversation",
            "conversation_id",
            unique=True,
            sqlite_where=_OPEN,
            postgresql_where=_OPEN,
        ),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    conversation_id: Mapped[int] = mapped_column(ForeignKey("conversations.id", ondelete="CASCADE"), index=True)
    giver_id: Mapped[int] = mapped_column(ForeignKey("staff_members.id", ondelete="RESTRICT"))
    receiver_id: Mapped[int | None] = mapped_column(ForeignKey("staff_members.id", ondelete="RESTRICT"))
    team: Mapped[DeskTeam | None] = mapped_column(enum_column(DeskTeam, "team"))
    reason: Mapped[str] = mapped_column(EncryptedText)
    state: Mapped[TransferState] = mapped_column(enum_column(TransferState, "state"), default=TransferState.OFFERED)
    offered_at: Mapped[datetime] = mapped_column(UTCDateTime)
    expires_at: Mapped[datetime] = mapped_column(UTCDateTime, index=True)
    answered_at: Mapped[datetime | None] = mapped_column(UTCDateTime)
    answered_by_id: Mapped[int | None] = mapped_column(ForeignKey("staff_members.id", ondelete="RESTRICT"))
    # What the receiver said when declining.
    answer: Mapped[str | None] = mapped_column(EncryptedText)

    conversation: Mapped[Conversation] = relationship()
    giver: Mapped[StaffMember] = relationship(foreign_keys=[giver_id])
    receiver: Mapped[StaffMember | None] = relationship(foreign_keys=[receiver_id])
    answered_by: Mapped[StaffMember | None] = relationship(foreign_keys=[answered_by_id])
