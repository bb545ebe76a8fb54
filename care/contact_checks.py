"""Before somebody rings the emergency contact: may it be the very one the person fears?

Where a sign speaks of harm by somebody, the number is not shown until a colleague has answered that question; a word
given before a newer sign of harm, or before the person named somebody else, does not count any more. A warning stays
until a colleague takes it back with a reason.
"""

from __future__ import annotations

from datetime import datetime
from enum import StrEnum

from sqlalchemy import select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from care import audit, duty_gaps, kept_away, live
from care.refusals import Refusal, Refused
from models.beneficiaries import Beneficiary, EmergencyContact
from models.contact_checks import ContactCheck
from models.crises import CrisisCase, CrisisFlag
from models.staff import StaffMember

LONGEST_WORDS = 500
# Reasons of triage/data/reasons.json and of colleagues (web/staff/reasons.py) that speak of somebody who does harm.
HARM = frozenset({"is_being_hurt", "child_is_being_hurt", "minor_is_hurt"})


class Offer(StrEnum):
    """How the contact may be offered to a colleague."""

    OPEN = "open"
    # Somebody does harm to the person: first it is said that the contact is not the one.
    ASK = "ask"
    UNSAFE = "unsafe"


def standing(*, session: Session, contact_id: int) -> ContactCheck | None:
    """Return the word that holds about a contact, whatever has happened since."""
    return session.scalars(
        select(ContactCheck).where(ContactCheck.contact_id == contact_id, ContactCheck.ended_at.is_(None))
    ).first()


def offer(*, session: Session, contact: EmergencyContact) -> Offer:
    """Return whether the number may be shown, must be asked about first, or is not shown."""
    word = standing(session=session, contact_id=contact.id)
    if word is not None and not word.safe:
        return Offer.UNSAFE
    harm = _last_harm(session, contact.beneficiary_id)
    if harm is None or (word is not None and word.at >= max(harm, contact.at)):
        return Offer.OPEN
    return Offer.ASK


def _last_harm(session: Session, beneficiary_id: int) -> datetime | None:
    """Return when a sign last spoke of harm by somebody; a closed case does not make the contact safe."""
    rows = session.execute(
        select(CrisisFlag.at, CrisisFlag.reasons)
        .join(CrisisCase, CrisisCase.id == CrisisFlag.case_id)
        .where(CrisisCase.beneficiary_id == beneficiary_id)
    )
    return max((at for at, reasons in rows if HARM & set(reasons)), default=None)


def judge(
    *, session: Session, beneficiary_id: int, actor: StaffMember, safe: bool, words: str, now: datetime
) -> ContactCheck:
    """Say whether the contact is somebody to ring; the leads are told of a warning and of one that is taken back.

    Raise Refused: NOT_FOUND, KEPT_AWAY, REASON_MISSING or TOO_LONG (words). A warning, and taking one back, has words.
    """
    person = session.get(Beneficiary, beneficiary_id, with_for_update=True)
    contact = person.emergency_contact if person is not None else None
    if contact is None:
        raise Refused(Refusal.NOT_FOUND)
    kept_away.must_be_free_of_person(session=session, beneficiary_id=beneficiary_id, actor=actor)
    said = words.strip()
    if len(said) > LONGEST_WORDS:
        raise Refused(Refusal.TOO_LONG, "words")
    before = standing(session=session, contact_id=contact.id)
    warned = before is not None and not before.safe
    if warned and not safe and before is not None:
        return before  # The other tab was a moment earlier, or somebody warns of whom we are warned of already.
    if (not safe or warned) and not said:
        raise Refused(Refusal.REASON_MISSING, "words")
    if before is not None:
        before.ended_at = max(now, before.at)
        session.flush()
    row = ContactCheck(contact_id=contact.id, safe=safe, words=said or None, at=now, by_id=actor.id)
    try:
        with session.begin_nested():
            session.add(row)
    except IntegrityError:
        found = standing(session=session, contact_id=contact.id)
        if found is None:
            raise
        return found
    _trace(session, row, beneficiary_id, actor, now)
    if warned or not safe:
        _tell_leads(session, row, beneficiary_id, actor, now)
    return row


def _trace(session: Session, row: ContactCheck, beneficiary_id: int, actor: StaffMember, now: datetime) -> None:
    audit.record(
        session=session,
        actor=actor,
        verb="emergency_contact.safe" if row.safe else "emergency_contact.not_safe",
        subject_type="beneficiary",
        subject_id=beneficiary_id,
        now=now,
        check_id=row.id,
    )
    live.publish(session=session, channel=live.DESK, kind="case", now=now, beneficiary_id=beneficiary_id)
    session.flush()


def _tell_leads(session: Session, row: ContactCheck, beneficiary_id: int, actor: StaffMember, now: datetime) -> None:
    case_id = session.scalar(
        select(CrisisCase.id).where(CrisisCase.beneficiary_id == beneficiary_id, CrisisCase.closed_at.is_(None))
    )
    duty_gaps.tell_leads(
        session=session,
        words="notice.desk",
        link=f"/staff/cases/{case_id}" if case_id else "/staff/",
        dedupe_key=f"contact-check-{row.id}",
        now=now,
        without={actor.id},
    )
