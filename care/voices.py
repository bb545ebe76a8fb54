"""The voice of the person (民声): taken in without a name, answered by a date, read under a code."""

from __future__ import annotations

import re
import secrets
import unicodedata
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from sqlalchemy import select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from care import audit, conversations, crises, kept_away, people, voice_owners, working_days
from care.applications import tidy_phone
from care.people import keyed_hash, show_return_code, tidy_return_code
from care.refusals import Refusal, Refused
from models.beneficiaries import Beneficiary
from models.conversations import Conversation, Message, MessageKind
from models.crises import LevelName
from models.kept_away import KeptWhy
from models.voices import Part, Voice, VoiceKind, VoicePart
from triage.assess import Assessment, assess
from triage.levels import Level

LONGEST_WORDS = 5_000
LONGEST_ABOUT = 100
# A form key is 43 signs of randomness; shorter ones were not made by our page.
SHORTEST_KEY = 32
LONGEST_KEY = 64
# The signs of return codes: none that can be mistaken for another. 32 ** 16 = 80 bits.
_ALPHABET = "23456789ABCDEFGHJKLMNPQRSTUVWXYZ"
_CODE_LENGTH = 16
_SENTENCE = re.compile(r"[^。！？!?；;\n]*[。！？!?；;\n]*")


@dataclass(frozen=True)
class Form:
    """What somebody wrote on the public page."""

    kind: str
    words: str
    about: str = ""
    phone: str = ""
    code: str = ""
    # The browser has a chat, and the person wants to read the answer there.
    in_chat: bool = False


@dataclass(frozen=True)
class Sent:
    """What the page needs afterwards. The code is shown once; a form that is sent twice has no second code."""

    voice: Voice
    code: str | None
    # Words that sound like danger went into a conversation, where the crisis reply stands.
    conversation_id: int | None = None
    # The right to a conversation that was opened for somebody unknown.
    chat_key: str | None = None


def promised_on(*, session: Session, now: datetime, timezone: str, days: int) -> date:
    """Return the day until which a voice that is sent now is answered."""
    return working_days.after(session=session, day=working_days.today(now, timezone), count=days)


def send(
    *,
    session: Session,
    secret: str,
    form_key: str,
    form: Form,
    person: Beneficiary | None,
    language: str,
    now: datetime,
    timezone: str,
    days: int,
) -> Sent:
    """Take a voice in, promise the answer within so many working days, and give it an owner.

    Every word runs through triage. Words that sound like danger open or raise a case, and then no other mistake in
    the form turns them away. Raise Refused: EMPTY, TOO_LONG, WRONG_VALUE (phone, kind), WRONG_CODE (code).
    """
    words, about = tidy(form.words), " ".join(tidy(form.about).split())
    found = assess(f"{about}\n{words}" if about else words)
    danger = found.level.is_at_least(Level.ORANGE)
    if not SHORTEST_KEY <= len(form_key) <= LONGEST_KEY:
        if not danger:
            raise Refused(Refusal.WRONG_VALUE, "form_key")
        form_key = secrets.token_urlsafe(32)
    key_hash = keyed_hash(secret, f"voice-form:{form_key}")
    earlier = session.scalars(select(Voice).where(Voice.form_key_hash == key_hash)).first()
    if earlier is not None:
        return Sent(earlier, None)
    fields = _checked(session, secret, form, words, about, person, danger)
    code = "".join(secrets.choice(_ALPHABET) for _ in range(_CODE_LENGTH))
    due_on = promised_on(session=session, now=now, timezone=timezone, days=days)
    voice = Voice(
        form_key_hash=key_hash,
        code_hash=keyed_hash(secret, f"voice:{code}"),
        language=language,
        level=LevelName(found.level.value),
        reasons=list(found.reasons),
        received_at=now,
        due_on=due_on,
        **fields,
    )
    try:
        with session.begin_nested():
            session.add(voice)
    except IntegrityError:
        return Sent(session.scalars(select(Voice).where(Voice.form_key_hash == key_hash)).one(), None)
    _note_subjects(session, voice, f"{about}\n{words}", now)
    voice_owners.give(
        session=session, voice=voice, to=voice_owners.choose(session=session, voice=voice, now=now), actor=None, now=now
    )
    audit.record(
        session=session,
        actor=None,
        verb="voice.receive",
        subject_type="voice",
        subject_id=voice.id,
        now=now,
        kind=voice.kind.value,
        level=voice.level.value,
    )
    shown = show_return_code(code)
    if not found.level.is_at_least(Level.YELLOW):
        return Sent(voice, shown)
    return _into_the_chat(
        session=session,
        secret=secret,
        voice=voice,
        found=found,
        person=fields["beneficiary"] or person,
        shown=shown,
        now=now,
        timezone=timezone,
    )


def tidy(typed: str) -> str:
    """Return the words without invisible control signs; line breaks stay."""
    kept = "".join(sign for sign in typed if sign in "\n\t" or unicodedata.category(sign) not in ("Cc", "Cs", "Cn"))
    return kept.strip()


def _checked(
    session: Session,
    secret: str,
    form: Form,
    words: str,
    about: str,
    person: Beneficiary | None,
    danger: bool,
) -> dict[str, Any]:
    """Return the columns that come from the form; with words of danger a mistake is forgiven instead of refused."""
    if not any(unicodedata.category(sign)[0] in "LNPS" for sign in words):
        raise Refused(Refusal.EMPTY, "words")
    if len(words) > LONGEST_WORDS and not danger:
        raise Refused(Refusal.TOO_LONG, "words")
    if len(about) > LONGEST_ABOUT and not danger:
        raise Refused(Refusal.TOO_LONG, "about")
    try:
        kind = VoiceKind(form.kind)
    except ValueError:
        if not danger:
            raise Refused(Refusal.WRONG_VALUE, "kind") from None
        kind = VoiceKind.COMPLAINT
    phone, linked = None, person if form.in_chat else None
    try:
        if form.phone.strip():
            phone = tidy_phone(form.phone)
        if form.code.strip():
            linked = _person_of_code(session, secret, form.code)
    except Refused:
        if not danger:
            raise
    longest = conversations.LONGEST_MESSAGE
    return {
        "kind": kind,
        "words": words[:longest],
        "about": about[:longest] or None,
        "phone": phone,
        "beneficiary": linked,
    }


def _person_of_code(session: Session, secret: str, typed: str) -> Beneficiary:
    code = tidy_return_code(typed)
    found = session.scalars(select(Beneficiary).where(Beneficiary.return_code_hash == keyed_hash(secret, code))).first()
    if found is None:
        raise Refused(Refusal.WRONG_CODE, "code")
    return found


def _note_subjects(session: Session, voice: Voice, text: str, now: datetime) -> None:
    if voice.kind is VoiceKind.PRAISE:
        return
    for one in voice_owners.named_in(session=session, text=text):
        session.add(VoicePart(voice_id=voice.id, staff_id=one.id, part=Part.SUBJECT, since=now))
    session.flush()


def _pass_them_by(session: Session, beneficiary_id: int, staff_ids: list[int], now: datetime) -> None:
    """Keep those whom a complaint may mean away from its case; what was to ring them goes to the next rung."""
    case = crises.open_case_of(session=session, beneficiary_id=beneficiary_id)
    if case is not None:
        kept_away.add(session=session, case=case, staff_ids=staff_ids, why=KeptWhy.VOICE, now=now)
        crises.ring_without_them(session=session, case=case, now=now)


def _into_the_chat(
    *,
    session: Session,
    secret: str,
    voice: Voice,
    found: Assessment,
    person: Beneficiary | None,
    shown: str,
    now: datetime,
    timezone: str,
) -> Sent:
    """Say the alarming sentences in a conversation: flag, case, clock and reply are those of every message there.

    Only these sentences, so that a complaint does not lie open at the desk of the colleague whom it is about.
    """
    chat_key = None
    if person is None:
        door = people.open_door(session=session, secret=secret, language=voice.language, now=now)
        person, chat_key = door.conversation.beneficiary, door.chat_key
    conversation = people.current_conversation(session=session, beneficiary=person, now=now)
    conversations.post(
        session=session,
        conversation_id=conversation.id,
        client_key=f"voice-{voice.id}",
        text=_alarming_part(f"{voice.about or ''}\n{voice.words}".strip(), found.level),
        now=now,
        timezone=timezone,
    )
    subjects = voice_owners.subjects_of(session=session, voice_id=voice.id)
    if subjects:
        _pass_them_by(session, conversation.beneficiary_id, [one.id for one in subjects], now)
        # The roster may have nobody else left: a lead who is not meant is told in the same second.
        for lead in voice_owners.free_to_answer(session=session, voice=voice):
            voice_owners.tell(session=session, to=lead, voice=voice, what="danger", now=now, urgent=True)
    return Sent(voice, shown, conversation.id, chat_key)


def crisis_reply(*, session: Session, beneficiary_id: int) -> str:
    """Return the newest fixed reply to words of danger that the person was given; empty without one."""
    found = session.scalars(
        select(Message)
        .join(Message.conversation)
        .where(Conversation.beneficiary_id == beneficiary_id, Message.kind == MessageKind.CRISIS)
        .order_by(Message.id.desc())
        .limit(1)
    ).first()
    return found.text if found else ""


def _alarming_part(text: str, level: Level) -> str:
    alarming = [part.strip() for part in _SENTENCE.findall(text) if assess(part).level.is_at_least(Level.YELLOW)]
    chosen = "\n".join(part for part in alarming if part)
    return chosen if chosen and assess(chosen).level.is_at_least(level) else text
