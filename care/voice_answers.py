"""Answering the voice of the person: who sees it, who answers, and how the answer is read under a code."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta
from enum import StrEnum

from sqlalchemy import ColumnElement, or_, select, update
from sqlalchemy.orm import Session

from care import audit, live, notices, people, transcript, voice_owners, working_days
from care.people import keyed_hash, tidy_return_code
from care.refusals import Refusal, Refused
from care.voices import tidy
from care.wording import say
from models.base import LARGEST_ID
from models.beneficiaries import Beneficiary
from models.conversations import MessageKind, Sender
from models.staff import StaffMember
from models.voices import Part, Voice, VoicePart

LONGEST_ANSWER = 5_000
ANSWERED_SHOWN = 50
# Time enough to call back about the answer; after that a number in the drawer only waits to be misused.
NUMBER_KEPT = timedelta(days=90)


class Standing(StrEnum):
    """Where a voice stands on the list of the leads."""

    LATE = "late"
    OPEN = "open"
    ANSWERED = "answered"


def standing(voice: Voice, *, now: datetime, timezone: str) -> Standing:
    """Return whether a voice is answered, late, or in time."""
    if voice.answered_at is not None:
        return Standing.ANSWERED
    return Standing.LATE if voice.due_on < working_days.today(now, timezone) else Standing.OPEN


def listed(*, session: Session, viewer: StaffMember, now: datetime, timezone: str) -> dict[Standing, list[Voice]]:
    """Return what the viewer may see, by standing; what is about the viewer is not even counted."""
    seen: dict[Standing, list[Voice]] = {kind: [] for kind in Standing}
    for voice in session.scalars(
        select(Voice).where(Voice.answered_at.is_(None), not_about(viewer)).order_by(Voice.due_on, Voice.id)
    ):
        seen[standing(voice, now=now, timezone=timezone)].append(voice)
    seen[Standing.ANSWERED] = list(
        session.scalars(
            select(Voice)
            .where(Voice.answered_at.is_not(None), not_about(viewer))
            .order_by(Voice.answered_at.desc(), Voice.id.desc())
            .limit(ANSWERED_SHOWN)
        )
    )
    return seen


def not_about(viewer: StaffMember) -> ColumnElement[bool]:
    """Return the condition that a voice is not about the viewer."""
    mine = select(VoicePart.voice_id).where(VoicePart.staff_id == viewer.id, VoicePart.part == Part.SUBJECT)
    return Voice.id.not_in(mine)


def owed_by(*, session: Session, staff_id: int) -> Sequence[Voice]:
    """Return the voices to which a colleague owes an answer, the most urgent first."""
    return session.scalars(
        select(Voice)
        .join(VoicePart, VoicePart.voice_id == Voice.id)
        .where(VoicePart.staff_id == staff_id, VoicePart.part == Part.OWNER, Voice.answered_at.is_(None))
        .order_by(Voice.due_on, Voice.id)
    ).all()


def see(*, session: Session, voice_id: int, viewer: StaffMember) -> Voice:
    """Return a voice; NOT_FOUND when there is none, or when it is about the viewer."""
    voice = session.scalars(select(Voice).where(Voice.id == voice_id, not_about(viewer))).first()
    if voice is None or not viewer.has_any(*voice_owners.LEADS):
        raise Refused(Refusal.NOT_FOUND)
    return voice


def answer(*, session: Session, voice_id: int, actor: StaffMember, words: str, now: datetime) -> Voice:
    """Answer once and for good; the person reads it under their code and, where they wished, in their chat."""
    voice = see(session=session, voice_id=voice_id, viewer=actor)
    said = tidy(words)
    if not said:
        raise Refused(Refusal.EMPTY, "answer")
    if len(said) > LONGEST_ANSWER:
        raise Refused(Refusal.TOO_LONG, "answer")
    owner = voice_owners.owner_part(session=session, voice_id=voice.id)
    if owner is None or owner.staff_id != actor.id:
        raise Refused(Refusal.VOICE_NOT_YOURS, "answer")
    written = session.execute(
        update(Voice)
        .where(Voice.id == voice.id, Voice.answered_at.is_(None))
        .values(answer=said, answered_at=now, answered_by_id=actor.id)
        .execution_options(synchronize_session=False)
    )
    if getattr(written, "rowcount", 0) != 1:
        raise Refused(Refusal.VOICE_ANSWERED, "answer")
    session.refresh(voice)
    _bring_to_the_person(session, voice, now)
    audit.record(session=session, actor=actor, verb="voice.answer", subject_type="voice", subject_id=voice.id, now=now)
    live.publish(session=session, channel=live.DESK, kind="voice", now=now, voice_id=voice.id)
    return voice


def _bring_to_the_person(session: Session, voice: Voice, now: datetime) -> None:
    if voice.beneficiary is None:
        return
    conversation = people.current_conversation(session=session, beneficiary=voice.beneficiary, now=now)
    conversation = transcript.locked(session=session, conversation_id=conversation.id)
    transcript.append(
        session=session,
        conversation=conversation,
        sender=Sender.SYSTEM,
        kind=MessageKind.NOTICE,
        # The answer itself waits behind the code: colleagues who read chats may be the ones whom it is about.
        text=say("voice.answered", conversation.language),
        now=now,
        client_key=f"voice-answer-{voice.id}",
    )
    notices.tell(
        session=session,
        to=voice.beneficiary,
        words="notice.reply",
        now=now,
        dedupe_key=f"voice-answer-{voice.id}",
        link="/voices/answer",
    )


def hand_over(*, session: Session, voice_id: int, actor: StaffMember, to_staff_id: int, now: datetime) -> Voice:
    """Give the voice to another lead, or take it oneself; never to somebody whom it is about."""
    voice = see(session=session, voice_id=voice_id, viewer=actor)
    if voice.answered_at is not None:
        raise Refused(Refusal.VOICE_ANSWERED, "to_staff_id")
    to = session.get(StaffMember, to_staff_id) if 0 < to_staff_id <= LARGEST_ID else None
    if to is None or not to.active or not to.has_any(*voice_owners.LEADS):
        raise Refused(Refusal.NOT_ACTIVE, "to_staff_id")
    if not voice_owners.give(session=session, voice=voice, to=to, actor=actor, now=now):
        raise Refused(Refusal.VOICE_IS_ABOUT_THEM, "to_staff_id")
    return voice


def name_subject(*, session: Session, voice_id: int, actor: StaffMember, staff_id: int, now: datetime) -> Voice:
    """Write down that a voice is about a colleague; if it lay with them, it goes to somebody else at once."""
    voice = see(session=session, voice_id=voice_id, viewer=actor)
    member = session.get(StaffMember, staff_id) if 0 < staff_id <= LARGEST_ID else None
    if member is None:
        raise Refused(Refusal.NOT_FOUND, "staff_id")
    part = session.get(VoicePart, (voice.id, member.id))
    if part is not None and part.part is Part.SUBJECT:
        return voice
    if part is not None and voice.answered_at is not None:
        raise Refused(Refusal.VOICE_ANSWERED, "staff_id")
    if part is not None:
        part.part = Part.SUBJECT
    else:
        session.add(VoicePart(voice_id=voice.id, staff_id=member.id, part=Part.SUBJECT, since=now))
    session.flush()
    session.expire(voice, ["parts"])
    audit.record(
        session=session,
        actor=actor,
        verb="voice.name_subject",
        subject_type="voice",
        subject_id=voice.id,
        now=now,
        staff_id=member.id,
    )
    if part is not None:
        heir = voice_owners.choose(session=session, voice=voice, now=now)
        voice_owners.give(session=session, voice=voice, to=heir, actor=None, now=now)
    return voice


def by_code(*, session: Session, secret: str, typed: str, now: datetime) -> list[Voice]:
    """Return the voice of an answer code, or all that belong to a return code; refuse WRONG_CODE.

    An answer that is read here for the first time is marked as seen.
    """
    code = tidy_return_code(typed)
    person = select(Beneficiary.id).where(Beneficiary.return_code_hash == keyed_hash(secret, code))
    rows = session.scalars(
        select(Voice)
        .where(or_(Voice.code_hash == keyed_hash(secret, f"voice:{code}"), Voice.beneficiary_id.in_(person)))
        .order_by(Voice.id.desc())
    ).all()
    if not rows:
        raise Refused(Refusal.WRONG_CODE, "code")
    return _seen(rows, now)


def of_person(*, session: Session, beneficiary_id: int) -> Sequence[Voice]:
    """Return what a person sent with their chat, the newest first."""
    return session.scalars(select(Voice).where(Voice.beneficiary_id == beneficiary_id).order_by(Voice.id.desc())).all()


def _seen(rows: Sequence[Voice], now: datetime) -> list[Voice]:
    for one in rows:
        if one.answered_at is not None and one.seen_at is None:
            one.seen_at = now
    return list(rows)


def numbers_to_forget(*, session: Session, now: datetime) -> list[int]:
    """Return the voices that were answered long ago and still hold the number of whoever wrote."""
    return list(
        session.scalars(
            select(Voice.id).where(Voice.phone.is_not(None), Voice.answered_at <= now - NUMBER_KEPT).order_by(Voice.id)
        )
    )


def forget_number(*, session: Session, voice_id: int, now: datetime) -> bool:
    """Erase the number of whoever wrote; the words and the answer stay. Tell whether there was one to erase."""
    voice = session.get(Voice, voice_id, populate_existing=True)
    if voice is None or voice.phone is None or voice.answered_at is None or voice.answered_at > now - NUMBER_KEPT:
        return False
    voice.phone = None
    audit.record(
        session=session, actor=None, verb="voice.forget_number", subject_type="voice", subject_id=voice.id, now=now
    )
    session.flush()
    return True
