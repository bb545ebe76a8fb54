"""Who has the channel of a conversation: one spell after another, each in one of the colleague's places."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import select, update
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from care import audit, chat_caps, live
from models.conversations import Conversation, Owner, TakeOver
from models.staff import StaffMember


def give(*, session: Session, conversation: Conversation, to: StaffMember, now: datetime) -> TakeOver:
    """Make this colleague the owner; refuse OVER_CHAT_CAP unless the person is in danger. The caller holds the lock."""
    # Looked up before anything changes, so that a refusal leaves everything as it was.
    place_no = chat_caps.place_for(session=session, staff=to, beneficiary_id=conversation.beneficiary_id)
    end_spell(session=session, conversation=conversation, now=now)
    asked_at, conversation.human_requested_at = conversation.human_requested_at, None
    # Both at once: a flush between the two would break the rule that an owner is named.
    conversation.owner_staff_id, conversation.owner = to.id, Owner.STAFF
    session.flush()
    while True:
        spell = TakeOver(
            conversation_id=conversation.id, staff_id=to.id, taken_at=now, place_no=place_no, asked_at=asked_at
        )
        try:
            with session.begin_nested():
                session.add(spell)
            return spell
        except IntegrityError:
            # Another tap of the same colleague took this place in the same moment.
            place_no = chat_caps.place_for(session=session, staff=to, beneficiary_id=conversation.beneficiary_id)


def end_spell(*, session: Session, conversation: Conversation, now: datetime) -> None:
    """End the running spell, which frees its place."""
    session.execute(
        update(TakeOver)
        .where(TakeOver.conversation_id == conversation.id, TakeOver.returned_at.is_(None))
        .values(returned_at=now)
        .execution_options(synchronize_session=False)
    )


def taken_at(*, session: Session, conversation_id: int) -> datetime | None:
    """Return since when the present owner has had the channel."""
    return session.scalar(
        select(TakeOver.taken_at)
        .where(TakeOver.conversation_id == conversation_id, TakeOver.returned_at.is_(None))
        .order_by(TakeOver.id.desc())
        .limit(1)
    )


def tell(
    *,
    session: Session,
    conversation: Conversation,
    actor: StaffMember | None,
    verb: str,
    now: datetime,
    **details: int | str | None,
) -> None:
    """Leave the trace, and tell the desk, both sides of the chat, and whoever else waits in line."""
    audit.record(
        session=session,
        actor=actor,
        verb=verb,
        subject_type="conversation",
        subject_id=conversation.id,
        now=now,
        **details,
    )
    live.publish(session=session, channel=live.DESK, kind="conversation", now=now, conversation_id=conversation.id)
    live.publish(session=session, channel=live.chat_channel(conversation.id), kind="status", now=now)
    live.publish(session=session, channel=live.WAITING, kind="waiting", now=now)
    session.flush()
