"""A conversation passed on: offered with a reason, taken by a yes; until then the giver has it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import or_, select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session, joinedload

from care import audit, channel, chat_caps, crises, duty, kept_away, live, notices, transcript
from care.refusals import Refusal, Refused
from care.wording import say
from models.conversations import Conversation, MessageKind, Sender
from models.staff import Role, RoleName, StaffMember
from models.transfers import DeskTeam, Transfer, TransferState

# A person is waiting at the other end: who does not answer in this time is not there.
STANDS_FOR = timedelta(minutes=3)
LONGEST_REASON = 1_000


@dataclass(frozen=True)
class Address:
    """Who offers, and to whom: a colleague by name or a team. Kept where the row itself cannot be."""

    giver_id: int
    receiver_id: int | None
    team: DeskTeam | None


def open_of(*, session: Session, conversation_id: int) -> Transfer | None:
    """Return the offer that stands for a conversation."""
    return session.scalars(
        select(Transfer).where(Transfer.conversation_id == conversation_id, Transfer.state == TransferState.OFFERED)
    ).first()


def offer(
    *,
    session: Session,
    conversation_id: int,
    actor: StaffMember,
    reason: str,
    now: datetime,
    receiver_id: int | None = None,
    team: DeskTeam | None = None,
) -> Transfer:
    """Offer one's own conversation to a named colleague or to a team; the same offer made twice is one offer."""
    conversation = transcript.locked(session=session, conversation_id=conversation_id)
    _check_offer(session, conversation, actor, reason, receiver_id, team)
    standing = open_of(session=session, conversation_id=conversation_id)
    if standing is not None and standing.expires_at <= now:
        _end(session, standing, TransferState.EXPIRED, actor=None, now=now)
    elif standing is not None:
        if (standing.receiver_id, standing.team) == (receiver_id, team):
            return standing
        raise Refused(Refusal.ALREADY_HANDING_OVER, "to")
    row = Transfer(
        conversation_id=conversation_id,
        giver_id=actor.id,
        receiver_id=receiver_id,
        team=team,
        reason=reason.strip(),
        offered_at=now,
        expires_at=now + STANDS_FOR,
    )
    try:
        with session.begin_nested():
            session.add(row)
    except IntegrityError:
        raise Refused(Refusal.ALREADY_HANDING_OVER, "to") from None
    _trace(session, row, "transfer.offer", actor, now)
    _ring(session, row, now)
    return row


def _check_offer(
    session: Session,
    conversation: Conversation,
    actor: StaffMember,
    reason: str,
    receiver_id: int | None,
    team: DeskTeam | None,
) -> None:
    if conversation.closed_at is not None:
        raise Refused(Refusal.CLOSED)
    if conversation.owner_staff_id != actor.id:
        raise Refused(Refusal.NOT_YOURS)
    if (receiver_id is None) is (team is None):
        raise Refused(Refusal.WRONG_VALUE, "to")
    if not reason.strip():
        raise Refused(Refusal.REASON_MISSING, "reason")
    if len(reason) > LONGEST_REASON:
        raise Refused(Refusal.TOO_LONG, "reason")
    if receiver_id is not None:
        _check_receiver(session, receiver_id, actor)


def _check_receiver(session: Session, receiver_id: int, actor: StaffMember) -> None:
    receiver = session.get(StaffMember, receiver_id)
    if receiver is None or receiver.id == actor.id or not receiver.has_any(*chat_caps.READS_CHATS):
        raise Refused(Refusal.WRONG_VALUE, "to")
    if not receiver.active:
        raise Refused(Refusal.NOT_ACTIVE, "to")


def _ring(session: Session, row: Transfer, now: datetime) -> None:
    """Tell whoever can say yes, also outside the site; the words tell nothing about the person."""
    if row.receiver_id is not None:
        people: Sequence[StaffMember] = [session.get_one(StaffMember, row.receiver_id)]
    else:
        here = duty.present(session=session, at=now)
        people = [one for one in here if one.id != row.giver_id and may_answer(transfer=row, actor=one)]
    for person in people:
        notices.tell(
            session=session,
            to=person,
            words="notice.desk",
            now=now,
            dedupe_key=f"transfer-{row.id}",
            not_after=row.expires_at,
            link=f"/staff/conversations/{row.conversation_id}",
            urgent=True,
        )


def address_of(transfer: Transfer) -> Address:
    """Return to whom an offer is made."""
    return Address(giver_id=transfer.giver_id, receiver_id=transfer.receiver_id, team=transfer.team)


def may_answer(*, transfer: Transfer | Address, actor: StaffMember) -> bool:
    """Tell whether the offer is for this colleague, by name or by team."""
    if transfer.giver_id == actor.id:
        return False
    if transfer.team is not None:
        return actor.has_any(RoleName(transfer.team.value))
    return transfer.receiver_id == actor.id


def accept(*, session: Session, transfer_id: int, actor: StaffMember, now: datetime) -> Conversation:
    """Take the conversation that was offered; of two colleagues of a team exactly one gets it."""
    row, conversation = _standing(session, transfer_id, actor, now)
    # The case goes with the conversation, and it may be about this very colleague.
    kept_away.must_be_free_of_person(session=session, beneficiary_id=conversation.beneficiary_id, actor=actor)
    giver = row.giver
    channel.give(session=session, conversation=conversation, to=actor, now=now)
    _end(session, row, TransferState.ACCEPTED, actor=actor, now=now)
    _pass_the_case(session, conversation, giver, actor, now)
    transcript.append(
        session=session,
        conversation=conversation,
        sender=Sender.SYSTEM,
        kind=MessageKind.NOTICE,
        text=say("staff.changed", conversation.language, who=giver.display_name, to=actor.display_name),
        now=now,
    )
    channel.tell(session=session, conversation=conversation, actor=actor, verb="conversation.transfer", now=now)
    return conversation


def _pass_the_case(
    session: Session, conversation: Conversation, giver: StaffMember, actor: StaffMember, now: datetime
) -> None:
    """The case goes with the conversation: its clock runs on, with the name of the one who has it now."""
    case = crises.open_case_of(session=session, beneficiary_id=conversation.beneficiary_id)
    if case is None:
        return
    if case.acknowledged_by_id is None:
        crises.acknowledge(session=session, case_id=case.id, actor=actor, now=now)
    elif case.acknowledged_by_id == giver.id:
        case.owner_id = case.acknowledged_by_id = actor.id
        audit.record(
            session=session,
            actor=actor,
            verb="crisis.pass_on",
            subject_type="crisis_case",
            subject_id=case.id,
            now=now,
            giver=giver.id,
        )
        live.publish(session=session, channel=live.DESK, kind="case", now=now, case_id=case.id)


def decline(*, session: Session, transfer_id: int, actor: StaffMember, now: datetime, words: str = "") -> Transfer:
    """Say no to an offer made to oneself; an offer to a team stays open for the others."""
    row, _conversation = _standing(session, transfer_id, actor, now)
    if len(words) > LONGEST_REASON:
        raise Refused(Refusal.TOO_LONG, "words")
    if row.team is not None:
        return row
    row.answer = words.strip() or None
    _end(session, row, TransferState.DECLINED, actor=actor, now=now)
    return row


def withdraw(*, session: Session, transfer_id: int, actor: StaffMember, now: datetime) -> Transfer:
    """Take one's own offer back; an offer that is over stays as it is."""
    row = _locked(session, transfer_id)
    if row.giver_id != actor.id:
        raise Refused(Refusal.NOT_FOUND)
    if row.state is TransferState.OFFERED:
        _end(session, row, TransferState.WITHDRAWN, actor=actor, now=now)
    return row


def withdraw_open(*, session: Session, conversation_id: int, actor: StaffMember, now: datetime) -> None:
    """End the offer of a conversation that changes hands, goes back to the bot or ends in another way."""
    row = open_of(session=session, conversation_id=conversation_id)
    if row is not None:
        _end(session, row, TransferState.WITHDRAWN, actor=actor, now=now)


def _locked(session: Session, transfer_id: int) -> Transfer:
    """Return the offer with its conversation locked first: every verb of the desk locks in this order."""
    found = session.get(Transfer, transfer_id)
    if found is None:
        raise Refused(Refusal.NOT_FOUND)
    transcript.locked(session=session, conversation_id=found.conversation_id)
    session.refresh(found)
    return found


def _standing(session: Session, transfer_id: int, actor: StaffMember, now: datetime) -> tuple[Transfer, Conversation]:
    row = _locked(session, transfer_id)
    if not may_answer(transfer=row, actor=actor):
        raise Refused(Refusal.NOT_FOUND)
    conversation = row.conversation
    over = row.state is not TransferState.OFFERED or row.expires_at <= now
    if over or conversation.closed_at is not None or conversation.owner_staff_id != row.giver_id:
        raise Refused(Refusal.TRANSFER_OVER)
    return row, conversation


def _end(session: Session, row: Transfer, state: TransferState, *, actor: StaffMember | None, now: datetime) -> None:
    row.state, row.answered_at = state, now
    row.answered_by_id = actor.id if actor else None
    session.flush()
    _trace(session, row, f"transfer.{state.value}", actor, now)


def _trace(session: Session, row: Transfer, verb: str, actor: StaffMember | None, now: datetime) -> None:
    audit.record(
        session=session,
        actor=actor,
        verb=verb,
        subject_type="transfer",
        subject_id=row.id,
        now=now,
        conversation_id=row.conversation_id,
    )
    live.publish(session=session, channel=live.DESK, kind="transfer", now=now, conversation_id=row.conversation_id)
    live.publish(session=session, channel=live.side_channel(row.conversation_id), kind="transfer", now=now)


def due_to_expire(*, session: Session, now: datetime) -> list[int]:
    """Return the offers whose time is over."""
    return list(
        session.scalars(
            select(Transfer.id)
            .where(Transfer.state == TransferState.OFFERED, Transfer.expires_at <= now)
            .order_by(Transfer.id)
        ).all()
    )


def expire(*, session: Session, transfer_id: int, now: datetime) -> bool:
    """Let an unanswered offer end; the giver is told, and still has the conversation."""
    row = _locked(session, transfer_id)
    if row.state is not TransferState.OFFERED or row.expires_at > now:
        return False
    _end(session, row, TransferState.EXPIRED, actor=None, now=now)
    notices.tell(
        session=session,
        to=row.giver,
        words="notice.desk",
        now=now,
        dedupe_key=f"transfer-over-{row.id}",
        link=f"/staff/conversations/{row.conversation_id}",
        urgent=True,
    )
    return True


def standing_offers(*, session: Session, now: datetime) -> list[Transfer]:
    """Return every offer that somebody can still accept, the oldest first."""
    found = session.scalars(
        select(Transfer)
        .where(Transfer.state == TransferState.OFFERED, Transfer.expires_at > now)
        .order_by(Transfer.id)
        .options(joinedload(Transfer.conversation))
    )
    return list(found.all())


def for_me(*, session: Session, actor: StaffMember, now: datetime) -> list[Transfer]:
    """Return the standing offers that this colleague can accept, the oldest first."""
    teams = [team for team in DeskTeam if actor.has_any(RoleName(team.value))]
    found = session.scalars(
        select(Transfer)
        .where(
            Transfer.state == TransferState.OFFERED,
            Transfer.expires_at > now,
            Transfer.giver_id != actor.id,
            or_(Transfer.receiver_id == actor.id, Transfer.team.in_(teams)),
        )
        .order_by(Transfer.id)
    )
    return list(found.all())


def by_id(*, session: Session, transfer_id: int) -> Transfer:
    """Return the offer; refuse an unknown number."""
    row = session.get(Transfer, transfer_id)
    if row is None:
        raise Refused(Refusal.NOT_FOUND)
    return row


def latest_of(*, session: Session, conversation_id: int) -> Transfer | None:
    """Return the newest offer of a conversation, whatever became of it."""
    return session.scalars(
        select(Transfer).where(Transfer.conversation_id == conversation_id).order_by(Transfer.id.desc()).limit(1)
    ).first()


def receivers(*, session: Session, actor: StaffMember, now: datetime) -> list[tuple[StaffMember, bool]]:
    """Return every colleague a conversation could go to, with whether they are at the desk; those who are first."""
    here = {one.id for one in duty.present(session=session, at=now)}
    roles = [role.value for role in chat_caps.READS_CHATS]
    members = session.scalars(
        select(StaffMember)
        .where(StaffMember.active, StaffMember.id != actor.id, StaffMember.roles.any(Role.name.in_(roles)))
        .order_by(StaffMember.username)
    )
    return sorted(((one, one.id in here) for one in members), key=lambda pair: not pair[1])
