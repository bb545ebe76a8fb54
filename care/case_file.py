"""What a colleague may read of a person. Opening a record is an act of its own and leaves a trace."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session, defer, lazyload, selectinload

from care import audit, kept_away
from care.refusals import Refusal, Refused
from models.beneficiaries import Beneficiary, EmergencyContact
from models.conversations import Conversation
from models.crises import CrisisCase, CrisisFlag
from models.screenings import Screening
from models.staff import StaffMember


def see_case(*, session: Session, case_id: int, actor: StaffMember, now: datetime) -> CrisisCase:
    """Open a crisis case to read it; whom it may be about does not read what others reported."""
    case = session.get(CrisisCase, case_id)
    if case is None:
        raise Refused(Refusal.NOT_FOUND)
    kept_away.must_be_free(session=session, case_id=case.id, actor=actor)
    audit.record(session=session, actor=actor, verb="case.see", subject_type="crisis_case", subject_id=case.id, now=now)
    return case


def see_conversation(*, session: Session, conversation_id: int, actor: StaffMember, now: datetime) -> Conversation:
    """Open a conversation to read it."""
    conversation = conversation_by_id(session=session, conversation_id=conversation_id)
    audit.record(
        session=session,
        actor=actor,
        verb="conversation.see",
        subject_type="conversation",
        subject_id=conversation.id,
        now=now,
    )
    return conversation


def conversation_by_id(*, session: Session, conversation_id: int) -> Conversation:
    """Return the conversation; refuse an unknown number."""
    conversation = session.get(Conversation, conversation_id)
    if conversation is None:
        raise Refused(Refusal.NOT_FOUND)
    return conversation


def see_emergency_contact(
    *, session: Session, beneficiary_id: int, actor: StaffMember, now: datetime
) -> EmergencyContact | None:
    """Uncover whom to call in the worst moment; the look itself is recorded."""
    beneficiary = session.get(Beneficiary, beneficiary_id)
    if beneficiary is None:
        raise Refused(Refusal.NOT_FOUND)
    kept_away.must_be_free_of_person(session=session, beneficiary_id=beneficiary_id, actor=actor)
    audit.record(
        session=session,
        actor=actor,
        verb="emergency_contact.see",
        subject_type="beneficiary",
        subject_id=beneficiary.id,
        now=now,
        found=beneficiary.emergency_contact is not None,
    )
    return beneficiary.emergency_contact


def open_case(*, session: Session, beneficiary_id: int) -> CrisisCase | None:
    """Return the person's open case for reading, without holding it."""
    return session.scalars(
        select(CrisisCase).where(CrisisCase.beneficiary_id == beneficiary_id, CrisisCase.closed_at.is_(None))
    ).first()


def flags_of_messages(*, session: Session, message_ids: Sequence[int]) -> dict[int, list[CrisisFlag]]:
    """Return the flags that each message raised."""
    found: dict[int, list[CrisisFlag]] = {}
    rows = session.scalars(
        select(CrisisFlag).where(CrisisFlag.message_id.in_(message_ids)).order_by(CrisisFlag.id)
    ).all()
    for flag in rows:
        if flag.message_id is not None:
            found.setdefault(flag.message_id, []).append(flag)
    return found


def screenings_of(*, session: Session, beneficiary_id: int, limit: int = 5) -> Sequence[Screening]:
    """Return the person's screenings, the newest first."""
    return session.scalars(
        select(Screening).where(Screening.beneficiary_id == beneficiary_id).order_by(Screening.id.desc()).limit(limit)
    ).all()


def cases_of(*, session: Session, beneficiary_id: int) -> Sequence[CrisisCase]:
    """Return every case of the person, the newest first."""
    return session.scalars(
        select(CrisisCase).where(CrisisCase.beneficiary_id == beneficiary_id).order_by(CrisisCase.id.desc())
    ).all()


def gather(*, session: Session, conversations: Sequence[Conversation]) -> tuple[dict[int, CrisisCase], list[object]]:
    """Read what the duty screen shows beside these conversations in a handful of queries.

    Returns the open case of each person who has one, and rows to keep as long as they are used: the verbs that
    follow find them in the session instead of asking for each. Nobody's name is read: lists show codes.
    """
    cases = session.scalars(
        select(CrisisCase)
        .where(CrisisCase.closed_at.is_(None))
        .options(selectinload(CrisisCase.flags), selectinload(CrisisCase.escalations))
    ).all()
    ids = {case.beneficiary_id for case in cases} | {one.beneficiary_id for one in conversations}
    people = session.scalars(
        select(Beneficiary).where(Beneficiary.id.in_(ids)).options(defer(Beneficiary.called))
    ).all()
    colleagues = session.scalars(select(StaffMember).options(lazyload(StaffMember.roles))).all()
    return {case.beneficiary_id: case for case in cases}, [*cases, *people, *colleagues]
