"""Filling in together: a worker reads out, the person answers, the worker taps. Marked as such, with who was there."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from care import audit, case_codes, crises, intakes, people, screenings, transcript
from care.refusals import Refusal, Refused
from models.assisted import AssistedSession, Present
from models.beneficiaries import AgeBand, Beneficiary, ConsentPurpose, Urgency
from models.conversations import Conversation
from models.screenings import AnswerMode, Screening
from models.staff import StaffMember
from triage import screening as rules
from triage.instruments import Item
from triage.levels import Level

SHORTEST_KEY = 32
LONGEST_KEY = 64


class Ask(StrEnum):
    """What is asked before the screening, in this order; what is known already is not asked again."""

    AGE = "age_band"
    WORRIES = "worries"
    URGENCY = "urgency"
    CARE = "care"
    SHARE = "share"
    CONTACT = "contact"


_CONSENTS = {
    Ask.CARE: ConsentPurpose.CARE,
    Ask.SHARE: ConsentPurpose.SHARE,
    Ask.CONTACT: ConsentPurpose.CONTACT,
}


@dataclass(frozen=True)
class Step:
    """The next screen: a question of the intake, or an item of the screening."""

    ask: Ask | None = None
    item: Item | None = None


def begin(
    *,
    session: Session,
    secret: str,
    actor: StaffMember,
    key: str,
    code: str,
    present: str,
    person_there: bool,
    agreed: bool,
    language: str,
    now: datetime,
) -> AssistedSession:
    """Begin with a person who is there and said yes; the same form sent twice begins once.

    Refuse NOT_PRESENT, UNKNOWN_CODE (code), WRONG_VALUE (present, key), OWNED_BY_COLLEAGUE while another worker sits
    with the person.
    """
    if not SHORTEST_KEY <= len(key) <= LONGEST_KEY:
        raise Refused(Refusal.WRONG_VALUE, "key")
    known = session.scalars(
        select(AssistedSession).where(AssistedSession.key == key, AssistedSession.staff_id == actor.id)
    ).first()
    if known is not None:
        return known
    if not person_there or not agreed:
        raise Refused(Refusal.NOT_PRESENT, "person_there" if not person_there else "agreed")
    try:
        company = Present(present)
    except ValueError:
        raise Refused(Refusal.WRONG_VALUE, "present") from None
    person = _person(session, secret, code, language, now)
    return _sit_down(session, actor, key, person, company, now)


def _person(session: Session, secret: str, code: str, language: str, now: datetime) -> Beneficiary:
    if not code.strip():
        # The return code of the door is never shown: the paper at the end carries a fresh one.
        return people.open_door(session=session, secret=secret, language=language, now=now).conversation.beneficiary
    found = case_codes.find(session=session, typed=code)
    if found is None:
        raise Refused(Refusal.UNKNOWN_CODE, "code")
    return found


def _sit_down(
    session: Session, actor: StaffMember, key: str, person: Beneficiary, company: Present, now: datetime
) -> AssistedSession:
    running = select(AssistedSession).where(
        AssistedSession.beneficiary_id == person.id, AssistedSession.ended_at.is_(None)
    )
    row = AssistedSession(
        key=key,
        beneficiary_id=person.id,
        staff_id=actor.id,
        present=company,
        person_there=True,
        agreed=True,
        began_at=now,
    )
    try:
        with session.begin_nested():
            session.add(row)
    except IntegrityError:
        other = session.scalars(running).first()
        if other is None or other.staff_id != actor.id:
            raise Refused(Refusal.OWNED_BY_COLLEAGUE, "code") from None
        return other
    _trace(session, "assisted.begin", row, actor, now, present=company.value)
    return row


def _trace(session: Session, verb: str, row: AssistedSession, actor: StaffMember, now: datetime, **more: Any) -> None:
    audit.record(
        session=session, actor=actor, verb=verb, subject_type="assisted_session", subject_id=row.id, now=now, **more
    )


def own(*, session: Session, sitting_id: int, actor: StaffMember) -> AssistedSession:
    """Return a sitting of this worker; NOT_FOUND for anybody else's."""
    row = session.scalars(
        select(AssistedSession).where(AssistedSession.id == sitting_id, AssistedSession.staff_id == actor.id)
    ).first()
    if row is None:
        raise Refused(Refusal.NOT_FOUND)
    return row


def running_of(*, session: Session, staff_id: int) -> Sequence[AssistedSession]:
    """Return the sittings that a worker has begun and not ended, the oldest first."""
    return session.scalars(
        select(AssistedSession)
        .where(AssistedSession.staff_id == staff_id, AssistedSession.ended_at.is_(None))
        .order_by(AssistedSession.id)
    ).all()


def of_person(*, session: Session, beneficiary_id: int) -> Sequence[AssistedSession]:
    """Return when somebody filled in together with the person, the newest first."""
    return session.scalars(
        select(AssistedSession)
        .where(AssistedSession.beneficiary_id == beneficiary_id)
        .order_by(AssistedSession.id.desc())
    ).all()


def next_step(*, session: Session, sitting: AssistedSession) -> Step | None:
    """Return what is asked next; None when all has been asked."""
    person = sitting.beneficiary
    open_asks = [ask for ask in Ask if not _is_known(person, ask)]
    if open_asks:
        return Step(ask=open_asks[0])
    item = _next_item(session, sitting)
    return Step(item=item) if item else None


def _is_known(person: Beneficiary, ask: Ask) -> bool:
    if ask is Ask.AGE:
        return person.age_band is not AgeBand.UNKNOWN
    if ask in _CONSENTS:
        return any(one.purpose is _CONSENTS[ask] for one in person.consents)
    if person.intake is None:
        return False
    return bool(person.intake.worries) if ask is Ask.WORRIES else person.intake.urgency is not None


def _next_item(session: Session, sitting: AssistedSession) -> Item | None:
    person = sitting.beneficiary
    running = screenings.open_of(session=session, beneficiary=person)
    if running is None and _answered_since(session, sitting):
        return None
    return rules.next_item(screenings.answers_of(running), person.age_band.value)


def _answered_since(session: Session, sitting: AssistedSession) -> bool:
    query = select(Screening.id).where(
        Screening.beneficiary_id == sitting.beneficiary_id,
        Screening.complete,
        Screening.ended_at >= sitting.began_at,
    )
    return session.scalar(query.limit(1)) is not None


def answer(
    *,
    session: Session,
    sitting_id: int,
    actor: StaffMember,
    key: str,
    values: Sequence[str],
    now: datetime,
    timezone: str,
) -> AssistedSession:
    """Store what the person said; an alarming answer rings at once as anywhere else.

    Refuse SITTING_OVER, NOT_FOUND, WRONG_VALUE naming the question.
    """
    sitting = own(session=session, sitting_id=sitting_id, actor=actor)
    if sitting.ended_at is not None:
        raise Refused(Refusal.SITTING_OVER)
    found = people.current_conversation(session=session, beneficiary=sitting.beneficiary, now=now)
    conversation = transcript.locked(session=session, conversation_id=found.id)
    if key in tuple(Ask):
        _answer_ask(session, conversation, Ask(key), values, now)
    else:
        step = next_step(session=session, sitting=sitting)
        if step is None or step.ask is not None:
            raise Refused(Refusal.WRONG_VALUE, "key")
        screenings.record_answer(
            session=session,
            conversation=conversation,
            item_key=key,
            value=_number(values),
            mode=AnswerMode.ASSISTED,
            now=now,
            timezone=timezone,
        )
    return sitting


def _number(values: Sequence[str]) -> int:
    given = values[0] if values else ""
    digits = given.removeprefix("-")
    if not (digits.isascii() and digits.isdecimal() and len(given) < 4):
        raise Refused(Refusal.WRONG_VALUE, "value")
    return int(given)


def _answer_ask(session: Session, conversation: Conversation, ask: Ask, values: Sequence[str], now: datetime) -> None:
    if not values:
        raise Refused(Refusal.EMPTY, ask.value)
    given: Any
    if ask is Ask.WORRIES:
        name, given = ask.value, list(values)
    elif ask in _CONSENTS:
        if values[0] not in ("yes", "no"):
            raise Refused(Refusal.WRONG_VALUE, ask.value)
        name, given = "consents", {_CONSENTS[ask].value: values[0] == "yes"}
    else:
        name, given = ask.value, values[0]
    # Whoever sits with the person sees how old they are; "unknown" would be asked for ever.
    bands = [band.value for band in AgeBand if band is not AgeBand.UNKNOWN]
    if (ask is Ask.AGE and given not in bands) or (ask is Ask.URGENCY and given not in tuple(Urgency)):
        raise Refused(Refusal.WRONG_VALUE, ask.value)
    intakes.update(session=session, conversation=conversation, fields={name: given}, now=now)


def danger(*, session: Session, sitting: AssistedSession) -> bool:
    """Tell whether the person has an open case at which somebody must stay with them now."""
    case = crises.open_case_of(session=session, beneficiary_id=sitting.beneficiary_id)
    return case is not None and case.risk.is_at_least(Level.ORANGE)


def end(*, session: Session, sitting_id: int, actor: StaffMember, now: datetime) -> AssistedSession:
    """Close the sitting; what was answered stays, a second call changes nothing."""
    sitting = own(session=session, sitting_id=sitting_id, actor=actor)
    if sitting.ended_at is None:
        sitting.ended_at = now
        session.flush()
        _trace(session, "assisted.end", sitting, actor, now)
    return sitting


def paper_code(*, session: Session, secret: str, sitting_id: int, actor: StaffMember, now: datetime) -> str:
    """Return a fresh return code for the paper that the person takes home; an older one opens nothing any more."""
    sitting = own(session=session, sitting_id=sitting_id, actor=actor)
    if sitting.ended_at is not None:
        raise Refused(Refusal.SITTING_OVER)
    code = people.new_return_code(session=session, secret=secret, beneficiary=sitting.beneficiary)
    _trace(session, "assisted.paper_code", sitting, actor, now)
    return code
