"""Intake: what the person told us at the start, kept answer by answer, and the summary that waits for a colleague."""

from __future__ import annotations

import hashlib
import json
import re
import unicodedata
from collections.abc import Mapping
from datetime import datetime
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from care import audit, crises, live
from care.refusals import Refusal, Refused
from models.beneficiaries import (
    AgeBand,
    Beneficiary,
    Consent,
    ConsentPurpose,
    EmergencyContact,
    Intake,
    Urgency,
)
from models.conversations import Conversation
from models.crises import FlagSource
from models.stations import Station
from triage.levels import Level

WORRIES = (
    "money",
    "illness",
    "family",
    "loneliness",
    "work",
    "shame",
    "sleep",
    "grief",
    "child",
    "housing",
    "other",
)
# Since when it has been like this: fixed answers, so that no word of danger can hide in a field that nobody weighs.
SINCE = ("days", "weeks", "months", "years", "always")
# What stands on the card that is told once; whoever changes it has not approved the new words yet.
ON_THE_CARD = frozenset({"worries", "story", "urgency", "since_when"})
# The order in which the bot asks; what is here already is never asked again.
QUESTIONS = ("called", "age_band", "station", "worries", "urgency", "consents")
_PURPOSES = frozenset(purpose.value for purpose in ConsentPurpose)
_PHONE = re.compile(r"\+?\d[\d\s-]{5,18}\d")
# Control signs, format signs, lone surrogates.
_UNWRITABLE = frozenset({"Cc", "Cf", "Cs"})
LONGEST_NAME = 40
LONGEST_RELATION = 32
LONGEST_STORY = 20_000
# So much of the mark of a card tells two cards of one person apart.
MARK_SIGNS = 16


def of(*, session: Session, beneficiary: Beneficiary, now: datetime) -> Intake:
    """Return the person's intake, begun if need be."""
    if beneficiary.intake is None:
        beneficiary.intake = Intake(started_at=now, worries=[])
        session.flush()
    return beneficiary.intake


def update(*, session: Session, conversation: Conversation, fields: Mapping[str, Any], now: datetime) -> Intake:
    """Store the given answers; raise Refused(WRONG_VALUE) naming the field that cannot be understood."""
    beneficiary = conversation.beneficiary
    intake = of(session=session, beneficiary=beneficiary, now=now)
    for name, value in fields.items():
        setter = _SETTERS.get(name)
        if setter is None:
            raise Refused(Refusal.WRONG_VALUE, name)
        setter(session, beneficiary, intake, value, now)
    if ON_THE_CARD & set(fields) and "approved" not in fields:
        intake.approved_at = None
    if fields.get("urgency") == Urgency.NOW.value:
        _ring_for_urgency(session=session, conversation=conversation, now=now)
    live.publish(session=session, channel=live.DESK, kind="intake", now=now, conversation_id=conversation.id)
    session.flush()
    session.expire(beneficiary, ["consents", "emergency_contact"])
    return intake


def card_mark(intake: Intake) -> str:
    """Return a short sign of what stands on the card; another word on it gives another sign."""
    urgency = intake.urgency.value if intake.urgency else None
    written = json.dumps([intake.worries, intake.story, urgency, intake.since_when], ensure_ascii=False)
    return hashlib.sha256(written.encode("utf-8", "surrogatepass")).hexdigest()[:MARK_SIGNS]


def card(beneficiary: Beneficiary) -> dict[str, Any]:
    """Return what was understood, for the person to read and to call right, with the mark of exactly this card."""
    intake = beneficiary.intake
    told = intake is not None and bool(intake.worries or intake.story or intake.urgency)
    return {
        "called": beneficiary.called,
        "worries": list(intake.worries) if intake else [],
        "story": intake.story if intake else None,
        "urgency": intake.urgency.value if intake and intake.urgency else None,
        "since_when": intake.since_when if intake else None,
        "approved": bool(intake and intake.approved_at),
        "mark": card_mark(intake) if intake is not None and told else None,
    }


def approve(
    *, session: Session, conversation: Conversation, mark: str, since_when: str | None, now: datetime
) -> Intake:
    """Let the person say that the card they read is right, and since when it has been like this if they want to.

    The caller holds the conversation locked. Raise Refused: NOTHING_TO_APPROVE where nothing has been told yet,
    CARD_CHANGED where another window has changed a word meanwhile, WRONG_VALUE (since_when).
    """
    intake = conversation.beneficiary.intake
    if intake is None or not (intake.worries or intake.story or intake.urgency):
        raise Refused(Refusal.NOTHING_TO_APPROVE)
    # Locked rows are read anew: the word holds for what stands there now, and for nothing else.
    session.refresh(intake)
    if mark != card_mark(intake):
        raise Refused(Refusal.CARD_CHANGED)
    if intake.approved_at is not None and since_when in (None, intake.since_when):
        return intake
    fields: dict[str, Any] = {"approved": True}
    if since_when:
        fields["since_when"] = since_when
    update(session=session, conversation=conversation, fields=fields, now=now)
    audit.record(
        session=session,
        actor=None,
        verb="intake.approve",
        subject_type="conversation",
        subject_id=conversation.id,
        now=now,
    )
    return intake


def _ring_for_urgency(*, session: Session, conversation: Conversation, now: datetime) -> None:
    """A person who says "now" is seen today even when no word of theirs was alarming."""
    crises.raise_flag(
        session=session,
        beneficiary=conversation.beneficiary,
        conversation=conversation,
        signal=crises.Signal(source=FlagSource.REQUEST, level=Level.YELLOW, reasons=("says_urgent",)),
        now=now,
    )


def _words(value: Any, name: str, longest: int) -> str:
    if not isinstance(value, str):
        raise Refused(Refusal.WRONG_VALUE, name)
    # Control and format signs have no place in a name and can hide another one; a lone surrogate is half a sign.
    kept = "".join(sign for sign in value if unicodedata.category(sign) not in _UNWRITABLE or sign == "\n")
    kept = kept.strip()
    if not kept or len(kept) > longest:
        raise Refused(Refusal.WRONG_VALUE, name)
    return kept


def _set_called(_s: Session, person: Beneficiary, _i: Intake, value: Any, _now: datetime) -> None:
    person.called = _words(value, "called", LONGEST_NAME)


def _set_age_band(_s: Session, person: Beneficiary, _i: Intake, value: Any, _now: datetime) -> None:
    try:
        person.age_band = AgeBand(value)
    except ValueError as error:
        raise Refused(Refusal.WRONG_VALUE, "age_band") from error


def _set_guardian_consent(_s: Session, person: Beneficiary, _i: Intake, value: Any, _now: datetime) -> None:
    if not isinstance(value, bool):
        raise Refused(Refusal.WRONG_VALUE, "guardian_consent")
    person.guardian_consent = value


def _set_station(session: Session, person: Beneficiary, _i: Intake, value: Any, _now: datetime) -> None:
    # A slug is plain ASCII; anything else could not even be looked up in every database.
    known = isinstance(value, str) and value.isascii() and value.isprintable()
    station = session.scalars(select(Station).where(Station.slug == value)).first() if known else None
    if station is None:
        raise Refused(Refusal.WRONG_VALUE, "station")
    person.station_id = station.id


def _set_worries(_s: Session, _p: Beneficiary, intake: Intake, value: Any, _now: datetime) -> None:
    if not isinstance(value, list) or not value or any(worry not in WORRIES for worry in value):
        raise Refused(Refusal.WRONG_VALUE, "worries")
    intake.worries = list(dict.fromkeys(value))


def _set_story(_s: Session, _p: Beneficiary, intake: Intake, value: Any, _now: datetime) -> None:
    intake.story = _words(value, "story", LONGEST_STORY)


def _set_urgency(_s: Session, _p: Beneficiary, intake: Intake, value: Any, _now: datetime) -> None:
    try:
        intake.urgency = Urgency(value)
    except ValueError as error:
        raise Refused(Refusal.WRONG_VALUE, "urgency") from error


def _set_consents(session: Session, person: Beneficiary, _i: Intake, value: Any, now: datetime) -> None:
    if not isinstance(value, dict) or not value:
        raise Refused(Refusal.WRONG_VALUE, "consents")
    for purpose, given in value.items():
        if purpose not in _PURPOSES or not isinstance(given, bool):
            raise Refused(Refusal.WRONG_VALUE, "consents")
        session.add(Consent(beneficiary_id=person.id, purpose=ConsentPurpose(purpose), given=given, at=now))


def _set_emergency_contact(session: Session, person: Beneficiary, intake: Intake, value: Any, now: datetime) -> None:
    if value is None:
        intake.emergency_contact_declined = True
        return
    if not isinstance(value, dict):
        raise Refused(Refusal.WRONG_VALUE, "emergency_contact")
    phone = _words(value.get("phone"), "emergency_contact.phone", 24)
    if not _PHONE.fullmatch(unicodedata.normalize("NFKC", phone)):
        raise Refused(Refusal.WRONG_VALUE, "emergency_contact.phone")
    contact = person.emergency_contact or EmergencyContact(beneficiary_id=person.id)
    contact.name = _words(value.get("name"), "emergency_contact.name", LONGEST_NAME)
    contact.phone = unicodedata.normalize("NFKC", phone)
    contact.relation = _relation(value.get("relation"))
    contact.at = now
    session.add(contact)
    intake.emergency_contact_declined = False


def _relation(value: Any) -> str:
    """Return who the contact is, as far as it can be written; it never stands in the way of the contact."""
    if not isinstance(value, str):
        return ""
    return "".join(sign for sign in value if unicodedata.category(sign) not in _UNWRITABLE)[:LONGEST_RELATION]


def _set_since_when(_s: Session, _p: Beneficiary, intake: Intake, value: Any, _now: datetime) -> None:
    if value not in SINCE:
        raise Refused(Refusal.WRONG_VALUE, "since_when")
    intake.since_when = value


def _set_approved(_s: Session, _p: Beneficiary, intake: Intake, value: Any, now: datetime) -> None:
    if value is not True:
        raise Refused(Refusal.WRONG_VALUE, "approved")
    intake.approved_at = now


def _set_completed(_s: Session, _p: Beneficiary, intake: Intake, value: Any, now: datetime) -> None:
    if value is not True:
        raise Refused(Refusal.WRONG_VALUE, "completed")
    intake.completed_at = intake.completed_at or now


_SETTERS = {
    "called": _set_called,
    "age_band": _set_age_band,
    "guardian_consent": _set_guardian_consent,
    "station": _set_station,
    "worries": _set_worries,
    "story": _set_story,
    "urgency": _set_urgency,
    "consents": _set_consents,
    "emergency_contact": _set_emergency_contact,
    "since_when": _set_since_when,
    "approved": _set_approved,
    "completed": _set_completed,
}


def consents_of(beneficiary: Beneficiary) -> dict[str, bool]:
    """Return the latest word of the person on each purpose."""
    return {row.purpose.value: row.given for row in sorted(beneficiary.consents, key=lambda row: row.id)}


def missing(beneficiary: Beneficiary) -> list[str]:
    """Return the questions not answered yet, in the order in which they are asked."""
    intake = beneficiary.intake
    known = {
        "called": bool(beneficiary.called),
        "age_band": beneficiary.age_band is not AgeBand.UNKNOWN,
        "station": beneficiary.station_id is not None,
        "worries": bool(intake and intake.worries),
        "urgency": bool(intake and intake.urgency),
        "consents": bool(beneficiary.consents),
    }
    return [name for name in QUESTIONS if not known[name]]


def state(beneficiary: Beneficiary) -> dict[str, Any]:
    """Return what is known, in the shape that the bot reads."""
    intake = beneficiary.intake
    return {
        "called": beneficiary.called,
        "age_band": None if beneficiary.age_band is AgeBand.UNKNOWN else beneficiary.age_band.value,
        "station": beneficiary.station.slug if beneficiary.station else None,
        "worries": list(intake.worries) if intake else [],
        "urgency": intake.urgency.value if intake and intake.urgency else None,
        "consents": consents_of(beneficiary),
        "guardian_consent": beneficiary.guardian_consent,
        "has_emergency_contact": beneficiary.emergency_contact is not None,
        "emergency_contact_declined": bool(intake and intake.emergency_contact_declined),
        "since_when": intake.since_when if intake else None,
        "approved": bool(intake and intake.approved_at),
        "completed": bool(intake and intake.completed_at),
        "missing": missing(beneficiary),
    }
