"""The live desk: a person takes the channel, speaks, hands it back. Ownership is our row; the bot obeys it."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import select, update
from sqlalchemy.orm import Session

from care import callbacks, channel, crises, kept_away, places_in_line, transcript, transfers, watches
from care.refusals import Refusal, Refused
from care.wording import say
from models.conversations import Conversation, Message, MessageKind, Owner, Sender
from models.outbox import OutboxKind, OutboxRow
from models.staff import RoleName, StaffMember
from triage.levels import Level

# Roles that may step in while a colleague is speaking.
MAY_STEP_IN = (RoleName.SUPERVISOR, RoleName.BASE_MANAGER)


def take_over(*, session: Session, conversation_id: int, actor: StaffMember, now: datetime) -> Conversation:
    """Give the channel to this colleague; from this moment the bot is silent. It works as often as it is needed."""
    conversation = transcript.locked(session=session, conversation_id=conversation_id)
    if conversation.closed_at is not None:
        raise Refused(Refusal.CLOSED)
    if conversation.owner is Owner.STAFF and conversation.owner_staff_id == actor.id:
        return conversation
    # Whom the person's case may be about does not step into the chat in which they say so.
    kept_away.must_be_free_of_person(session=session, beneficiary_id=conversation.beneficiary_id, actor=actor)
    if conversation.owner is Owner.STAFF and not actor.has_any(*MAY_STEP_IN):
        raise Refused(Refusal.OWNED_BY_COLLEAGUE)
    channel.give(session=session, conversation=conversation, to=actor, now=now)
    transfers.withdraw_open(session=session, conversation_id=conversation.id, actor=actor, now=now)
    watches.end(session=session, conversation_id=conversation.id, staff_id=actor.id, now=now)
    _silence_bot(session=session, conversation=conversation, now=now)
    transcript.append(
        session=session,
        conversation=conversation,
        sender=Sender.SYSTEM,
        kind=MessageKind.NOTICE,
        text=say("staff.joined", conversation.language, who=actor.display_name),
        now=now,
    )
    _acknowledge_open_case(session=session, conversation=conversation, actor=actor, now=now)
    channel.tell(session=session, conversation=conversation, actor=actor, verb="conversation.take_over", now=now)
    return conversation


def _acknowledge_open_case(*, session: Session, conversation: Conversation, actor: StaffMember, now: datetime) -> None:
    """Taking the chat is taking the case: nobody should have to press two buttons in an emergency."""
    case = crises.open_case_of(session=session, beneficiary_id=conversation.beneficiary_id)
    if case is not None and case.acknowledged_at is None:
        crises.acknowledge(session=session, case_id=case.id, actor=actor, now=now)


def _silence_bot(*, session: Session, conversation: Conversation, now: datetime) -> None:
    """Withdraw the bot's errands that have not been run, so that it cannot answer under the colleague's hands."""
    session.execute(
        update(OutboxRow)
        .where(
            OutboxRow.kind == OutboxKind.BOT_TURN,
            OutboxRow.conversation_id == conversation.id,
            OutboxRow.delivered_at.is_(None),
            OutboxRow.given_up_at.is_(None),
        )
        .values(given_up_at=now, last_error="taken_over")
        .execution_options(synchronize_session=False)
    )


def write(
    *,
    session: Session,
    conversation_id: int,
    actor: StaffMember,
    text: str,
    client_key: str,
    now: datetime,
) -> Message:
    """Say something to the person; only the colleague who owns the channel may."""
    conversation = transcript.locked(session=session, conversation_id=conversation_id)
    earlier = session.scalars(
        select(Message).where(Message.conversation_id == conversation.id, Message.client_key == client_key)
    ).first()
    if earlier is not None:
        return earlier
    if conversation.closed_at is not None:
        raise Refused(Refusal.CLOSED)
    if conversation.owner_staff_id != actor.id:
        raise Refused(Refusal.NOT_YOURS)
    if not text.strip():
        raise Refused(Refusal.EMPTY, "text")
    message = transcript.append(
        session=session,
        conversation=conversation,
        sender=Sender.STAFF,
        staff=actor,
        text=text.strip(),
        client_key=client_key,
        now=now,
    )
    crises.note_contact(session=session, beneficiary_id=conversation.beneficiary_id, actor=actor, now=now)
    callbacks.keep(session=session, conversation_id=conversation.id, actor=actor, now=now)
    return message


def hand_back(*, session: Session, conversation_id: int, actor: StaffMember, now: datetime) -> Conversation:
    """Return the channel to the bot."""
    conversation = transcript.locked(session=session, conversation_id=conversation_id)
    if conversation.owner is Owner.BOT:
        return conversation
    if conversation.owner_staff_id != actor.id and not actor.has_any(*MAY_STEP_IN):
        raise Refused(Refusal.OWNED_BY_COLLEAGUE)
    owner = conversation.owner_staff
    channel.end_spell(session=session, conversation=conversation, now=now)
    transfers.withdraw_open(session=session, conversation_id=conversation.id, actor=actor, now=now)
    conversation.owner, conversation.owner_staff_id = Owner.BOT, None
    transcript.append(
        session=session,
        conversation=conversation,
        sender=Sender.SYSTEM,
        kind=MessageKind.NOTICE,
        text=say("staff.left", conversation.language, who=owner.display_name if owner else actor.display_name),
        now=now,
    )
    channel.tell(session=session, conversation=conversation, actor=actor, verb="conversation.hand_back", now=now)
    return conversation


def close(*, session: Session, conversation_id: int, actor: StaffMember, now: datetime) -> Conversation:
    """End a conversation; one with an open crisis case of orange or more stays open until a person closes the case."""
    conversation = transcript.locked(session=session, conversation_id=conversation_id)
    if conversation.closed_at is not None:
        return conversation
    case = crises.open_case_of(session=session, beneficiary_id=conversation.beneficiary_id)
    if case is not None and case.risk.is_at_least(Level.ORANGE):
        raise Refused(Refusal.CASE_STILL_OPEN)
    if conversation.owner is Owner.STAFF and conversation.owner_staff_id != actor.id:
        raise Refused(Refusal.OWNED_BY_COLLEAGUE)
    channel.end_spell(session=session, conversation=conversation, now=now)
    transfers.withdraw_open(session=session, conversation_id=conversation.id, actor=actor, now=now)
    watches.end(session=session, conversation_id=conversation.id, now=now)
    _silence_bot(session=session, conversation=conversation, now=now)
    conversation.owner, conversation.owner_staff_id = Owner.BOT, None
    conversation.human_requested_at = None
    transcript.append(
        session=session,
        conversation=conversation,
        sender=Sender.SYSTEM,
        kind=MessageKind.NOTICE,
        text=say("conversation.closed", conversation.language),
        now=now,
    )
    conversation.closed_at = now
    channel.tell(session=session, conversation=conversation, actor=actor, verb="conversation.close", now=now)
    return conversation


def waiting(*, session: Session) -> Sequence[Conversation]:
    """Return open conversations whose person asked for a person and has none yet, in the order they are taken."""
    numbers = places_in_line.order(session=session)
    found = {one.id: one for one in session.scalars(select(Conversation).where(Conversation.id.in_(numbers)))}
    return [found[number] for number in numbers if number in found]


def mine(*, session: Session, actor: StaffMember) -> Sequence[Conversation]:
    """Return the open conversations this colleague owns."""
    return session.scalars(
        select(Conversation)
        .where(Conversation.closed_at.is_(None), Conversation.owner_staff_id == actor.id)
        .order_by(Conversation.last_message_at.desc())
    ).all()


def owned(*, session: Session) -> Sequence[Conversation]:
    """Return the open conversations that colleagues own, the one with the newest message first."""
    return session.scalars(
        select(Conversation)
        .where(Conversation.closed_at.is_(None), Conversation.owner_staff_id.is_not(None))
        .order_by(Conversation.last_message_at.desc())
    ).all()


def recent(*, session: Session, limit: int = 50) -> Sequence[Conversation]:
    """Return open conversations, the one with the newest message first."""
    return session.scalars(
        select(Conversation)
        .where(Conversation.closed_at.is_(None))
        .order_by(Conversation.last_message_at.desc())
        .limit(limit)
    ).all()
