"""A reviewer marks what was judged wrongly; a colleague clears the sentence; from then on it guards the detector."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from zoneinfo import ZoneInfo

from sqlalchemy import ColumnElement, select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from care import audit, crises, deidentify
from care.deidentify import Known
from care.refusals import Refusal, Refused
from models.conversations import Message, Sender
from models.crises import CrisisFlag, FlagSource, LevelName
from models.staff import StaffMember
from models.stations import Station
from models.triage_records import ReviewVerdict, TriageDecision, TriageReview
from triage.levels import Level

LONGEST_NOTE = 1_000
LONGEST_SENTENCE = 1_000
# Why the case was raised, in words of web/staff/reasons.py.
REASON = "read_again"


class State(StrEnum):
    """How far a review has come."""

    TO_CLEAR = "to_clear"
    CLEARED = "cleared"
    EXPORTED = "exported"


_IN_STATE: dict[State, tuple[ColumnElement[bool], ...]] = {
    State.TO_CLEAR: (TriageReview.sentence.is_(None),),
    State.CLEARED: (TriageReview.sentence.is_not(None), TriageReview.exported_at.is_(None)),
    State.EXPORTED: (TriageReview.exported_at.is_not(None),),
}


def state_of(review: TriageReview) -> State:
    """Return how far the review has come."""
    if review.exported_at is not None:
        return State.EXPORTED
    return State.TO_CLEAR if review.sentence is None else State.CLEARED


def message_of(*, session: Session, message_id: int) -> Message:
    """Return the words of a person that can be reviewed; refuse what a colleague or the bot said."""
    message = session.get(Message, message_id)
    if message is None or message.sender is not Sender.PERSON:
        raise Refused(Refusal.NOT_FOUND)
    return message


def open_message(*, session: Session, message_id: int, actor: StaffMember, now: datetime) -> Message:
    """Open one message to judge the detector by it; the look is recorded."""
    message = message_of(session=session, message_id=message_id)
    audit.record(
        session=session,
        actor=actor,
        verb="triage_review.see_message",
        subject_type="message",
        subject_id=message.id,
        now=now,
    )
    return message


def decided(*, session: Session, message_id: int) -> Level:
    """Return what the detector made of the message by itself; green where it had nothing to say."""
    decision = session.get(TriageDecision, message_id)
    return Level.GREEN if decision is None else Level(decision.level.value)


def decisions_of(*, session: Session, message_ids: Sequence[int]) -> dict[int, TriageDecision]:
    """Return the stored decision of each message that has one."""
    rows = session.scalars(select(TriageDecision).where(TriageDecision.message_id.in_(message_ids))).all()
    return {row.message_id: row for row in rows}


def reviews_of(*, session: Session, message_ids: Sequence[int]) -> dict[int, TriageReview]:
    """Return the review of each message that has one."""
    rows = session.scalars(select(TriageReview).where(TriageReview.message_id.in_(message_ids))).all()
    return {row.message_id: row for row in rows}


def of_message(*, session: Session, message_id: int) -> TriageReview | None:
    """Return the review of a message, held for this unit of work where the database can."""
    return _held(session, TriageReview.message_id == message_id)


def _held(session: Session, which: ColumnElement[bool]) -> TriageReview | None:
    return session.scalars(
        select(TriageReview).where(which).with_for_update(of=TriageReview).execution_options(populate_existing=True)
    ).first()


def _found(session: Session, review_id: int) -> TriageReview:
    review = _held(session, TriageReview.id == review_id)
    if review is None:
        raise Refused(Refusal.NOT_FOUND)
    return review


def mark(
    *,
    session: Session,
    actor: StaffMember,
    message_id: int,
    verdict: ReviewVerdict,
    level: Level,
    note: str | None,
    now: datetime,
) -> TriageReview:
    """Say that a message was judged wrongly and what level it had; a second mark replaces the first.

    Where the right level is orange or more, and more than was decided, the person may still be at risk: the case is
    raised in the same unit of work. A changed mark takes the clearing back, because it was given to another verdict.
    """
    message = message_of(session=session, message_id=message_id)
    if message.conversation.beneficiary.is_drill:
        # The line of a fire drill is our own: it must not teach the detector.
        raise Refused(Refusal.NOT_FOUND)
    before = decided(session=session, message_id=message_id)
    _check_level(verdict, level, before)
    note = (note or "").strip() or None
    if note is not None and len(note) > LONGEST_NOTE:
        raise Refused(Refusal.TOO_LONG, "note")
    review, is_new = _review_of(session, message, actor, verdict, level, now)
    previous = {} if is_new else {"was": review.verdict.value, "was_level": review.level.value}
    changed = not is_new and (review.verdict is not verdict or review.level.value != level.value)
    if changed and review.exported_at is not None:
        raise Refused(Refusal.ALREADY_EXPORTED, "verdict")
    if review.exported_at is None and (changed or review.cleared_by_id == actor.id):
        review.sentence, review.cleared_by_id = None, None
    if review.exported_at is None:
        review.marked_by, review.marked_at = actor, now
    review.verdict, review.level, review.note = verdict, LevelName(level.value), note
    _record(session, actor, "mark", review, now, verdict=verdict.value, level=level.value, **previous)
    if level.is_at_least(Level.ORANGE) and level.rank > before.rank:
        _raise(session=session, message=message, level=level, actor=actor, now=now)
    session.flush()
    return review


def _check_level(verdict: ReviewVerdict, level: Level, before: Level) -> None:
    fits = {
        ReviewVerdict.MISSED: level.rank > before.rank,
        ReviewVerdict.FALSE_ALARM: level.rank < before.rank and not level.is_at_least(Level.ORANGE),
        ReviewVerdict.WRONG_LEVEL: level is not before,
    }
    if not fits[verdict]:
        raise Refused(Refusal.LEVEL_DOES_NOT_FIT, "level")


def _review_of(
    session: Session, message: Message, actor: StaffMember, verdict: ReviewVerdict, level: Level, now: datetime
) -> tuple[TriageReview, bool]:
    review = of_message(session=session, message_id=message.id)
    if review is not None:
        return review, False
    review = TriageReview(
        message=message, verdict=verdict, level=LevelName(level.value), marked_by=actor, marked_at=now
    )
    try:
        with session.begin_nested():
            session.add(review)
    except IntegrityError:
        # A colleague marked the same message in this very moment; theirs is updated.
        found = of_message(session=session, message_id=message.id)
        if found is None:
            raise
        return found, False
    return review, True


def _raise(*, session: Session, message: Message, level: Level, actor: StaffMember, now: datetime) -> None:
    known = session.scalars(
        select(CrisisFlag.level).where(CrisisFlag.message_id == message.id, CrisisFlag.source == FlagSource.STAFF)
    ).first()
    if known is not None and Level(known.value).rank >= level.rank:
        return
    crises.raise_flag(
        session=session,
        beneficiary=message.conversation.beneficiary,
        conversation=message.conversation,
        signal=crises.Signal(
            source=FlagSource.STAFF,
            level=level,
            reasons=(REASON,),
            # One message raises one voice once. A second, higher mark must ring too, so it stands without the message.
            message_id=message.id if known is None else None,
            raised_by=actor,
        ),
        now=now,
    )


def known_of(*, session: Session, message: Message) -> Known:
    """Return what our records know of the person who wrote, and the names of our stations and their streets."""
    person = message.conversation.beneficiary
    contact = person.emergency_contact
    names = [person.called, contact.name if contact else None]
    places: list[str] = []
    for station in session.scalars(select(Station)).all():
        places += [station.name_zh, station.name_en, *deidentify.streets_of(station.address or "")]
    return Known(
        names=tuple(name for name in names if name),
        numbers=(contact.phone,) if contact else (),
        places=tuple(places),
    )


def draft_sentence(*, session: Session, message: Message) -> str:
    """Return the words with everything taken out that is known or looks telling; a colleague reads the rest."""
    return deidentify.redact(_one_line(message.text), known_of(session=session, message=message))


def still_tells(*, session: Session, message: Message, sentence: str) -> list[str]:
    """Return the stretches of a sentence that may still tell who wrote it."""
    found = deidentify.find(sentence, known_of(session=session, message=message))
    return [sentence[one.start : one.stop] for one in found]


def _one_line(text: str) -> str:
    return " ".join(text.split())


def clear(
    *,
    session: Session,
    actor: StaffMember,
    review_id: int,
    sentence: str,
    nothing_tells: bool,
    although_found: bool = False,
    now: datetime,
) -> TriageReview:
    """Say by name that nothing in the sentence tells who wrote it; the one who marked cannot say it too.

    A sentence in which something is still found is refused unless the colleague has looked at it and insists.
    """
    review = _found(session, review_id)
    if review.exported_at is not None:
        raise Refused(Refusal.ALREADY_EXPORTED, "sentence")
    if review.marked_by_id == actor.id:
        raise Refused(Refusal.NOT_ONES_OWN, "sentence")
    sentence = _one_line(sentence)
    if not sentence:
        raise Refused(Refusal.EMPTY_SENTENCE, "sentence")
    if len(sentence) > LONGEST_SENTENCE:
        raise Refused(Refusal.TOO_LONG, "sentence")
    if not nothing_tells:
        raise Refused(Refusal.NOT_CHECKED, "nothing_tells")
    found = still_tells(session=session, message=review.message, sentence=sentence)
    if found and not although_found:
        raise Refused(Refusal.STILL_TELLS, "sentence")
    review.sentence, review.cleared_by_id = sentence, actor.id
    _record(session, actor, "clear", review, now, found=len(found))
    session.flush()
    return review


def take_back(*, session: Session, actor: StaffMember, review_id: int, now: datetime) -> TriageReview:
    """Take a clearing back: the sentence is forgotten and waits to be cleared again."""
    review = _found(session, review_id)
    if review.exported_at is not None:
        raise Refused(Refusal.ALREADY_EXPORTED)
    review.sentence, review.cleared_by_id = None, None
    _record(session, actor, "take_back", review, now)
    session.flush()
    return review


def withdraw(*, session: Session, actor: StaffMember, review_id: int, now: datetime) -> None:
    """Take a mark off again that was a mistake; the trace stays, and so does a case that it raised."""
    review = _found(session, review_id)
    if review.exported_at is not None:
        raise Refused(Refusal.ALREADY_EXPORTED)
    _record(session, actor, "withdraw", review, now, verdict=review.verdict.value, level=review.level.value)
    session.delete(review)
    session.flush()


def _record(
    session: Session, actor: StaffMember, verb: str, review: TriageReview, now: datetime, **details: object
) -> None:
    audit.record(
        session=session,
        actor=actor,
        verb=f"triage_review.{verb}",
        subject_type="triage_review",
        subject_id=review.id,
        now=now,
        message_id=review.message_id,
        **details,
    )


def in_state(*, session: Session, state: State, limit: int = 200) -> Sequence[TriageReview]:
    """Return the reviews of a state: what waits longest first, what is done newest first."""
    order = TriageReview.id.desc() if state is State.EXPORTED else TriageReview.id.asc()
    return session.scalars(select(TriageReview).where(*_IN_STATE[state]).order_by(order).limit(limit)).all()


def counts(*, session: Session, timezone: str) -> dict[str, dict[ReviewVerdict, dict[LevelName, int]]]:
    """Return how many reviews each month has, by verdict and by the level that was right; the newest month first."""
    zone = ZoneInfo(timezone)
    rows = session.execute(select(TriageReview.marked_at, TriageReview.verdict, TriageReview.level))
    found: dict[str, dict[ReviewVerdict, dict[LevelName, int]]] = {}
    for marked_at, verdict, level in rows:
        cells = found.setdefault(f"{marked_at.astimezone(zone):%Y-%m}", {}).setdefault(verdict, {})
        cells[level] = cells.get(level, 0) + 1
    return dict(sorted(found.items(), reverse=True))


@dataclass(frozen=True)
class Lesson:
    """One line of the regression file: what was said and what must happen, and nothing that leads back to a person."""

    text: str
    alarm: bool
    level: str
    verdict: str
    month: str


def to_export(*, session: Session, timezone: str) -> list[tuple[TriageReview, Lesson, bool]]:
    """Return what is cleared and has not left yet; the last value tells whether something may still tell who it is."""
    reviews = session.scalars(
        select(TriageReview)
        .where(*_IN_STATE[State.CLEARED])
        .order_by(TriageReview.id)
        .with_for_update(of=TriageReview)
        .execution_options(populate_existing=True)
    ).all()
    found = []
    for review in reviews:
        sentence = review.sentence or ""
        lesson = Lesson(
            text=sentence,
            alarm=Level(review.level.value).is_at_least(Level.ORANGE),
            level=review.level.value,
            verdict=review.verdict.value,
            month=f"{review.marked_at.astimezone(ZoneInfo(timezone)):%Y-%m}",
        )
        tells = bool(still_tells(session=session, message=review.message, sentence=sentence))
        found.append((review, lesson, tells))
    return found


def note_export(*, session: Session, review: TriageReview, now: datetime) -> None:
    """Note that the sentence stands in the regression file."""
    review.exported_at = now
    audit.record(
        session=session,
        actor=None,
        verb="triage_review.export",
        subject_type="triage_review",
        subject_id=review.id,
        now=now,
    )
    session.flush()
