"""Screenings: each answer is stored as it is given, and an alarming one raises a flag before the next is asked."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from care import audit, crises, safety_replies
from care.refusals import Refusal, Refused
from models.beneficiaries import Beneficiary
from models.conversations import Conversation, Owner
from models.crises import FlagSource
from models.screenings import AnswerMode, Screening, ScreeningAnswer, ScreeningScore
from triage import screening as rules
from triage.levels import Level


@dataclass(frozen=True)
class Progress:
    """Where a screening stands after an answer."""

    screening: Screening
    level: Level
    next_item: str | None
    # Plain words for the person, only when everything has been answered.
    words: str | None


def open_of(*, session: Session, beneficiary: Beneficiary) -> Screening | None:
    """Return the screening the person is in the middle of."""
    return session.scalars(
        select(Screening).where(Screening.beneficiary_id == beneficiary.id, Screening.ended_at.is_(None))
    ).first()


def latest_of(*, session: Session, beneficiary: Beneficiary) -> Screening | None:
    """Return the open screening, else the last one that was completed."""
    return (
        open_of(session=session, beneficiary=beneficiary)
        or session.scalars(
            select(Screening)
            .where(Screening.beneficiary_id == beneficiary.id, Screening.complete)
            .order_by(Screening.id.desc())
            .limit(1)
        ).first()
    )


def answers_of(screening: Screening | None) -> dict[str, int]:
    """Return the present answers by item."""
    return {answer.item_key: answer.value for answer in screening.answers} if screening else {}


def _begin(*, session: Session, conversation: Conversation, now: datetime) -> Screening:
    found = open_of(session=session, beneficiary=conversation.beneficiary)
    if found is not None:
        return found
    screening = Screening(beneficiary_id=conversation.beneficiary_id, language=conversation.language, started_at=now)
    try:
        with session.begin_nested():
            session.add(screening)
    except IntegrityError:
        return session.scalars(
            select(Screening).where(
                Screening.beneficiary_id == conversation.beneficiary_id, Screening.ended_at.is_(None)
            )
        ).one()
    return screening


def restart(*, session: Session, conversation: Conversation, now: datetime) -> Screening:
    """Leave the unfinished screening as it is, unscored, and begin a new one."""
    found = open_of(session=session, beneficiary=conversation.beneficiary)
    if found is not None:
        found.ended_at = now
        session.flush()
    return _begin(session=session, conversation=conversation, now=now)


def record_answer(
    *,
    session: Session,
    conversation: Conversation,
    item_key: str,
    value: int,
    mode: AnswerMode,
    now: datetime,
    timezone: str,
) -> Progress:
    """Store one answer (a second one corrects the first), raise what it shows, finish when it was the last."""
    _refuse_unknown(item_key=item_key, value=value)
    screening = _begin(session=session, conversation=conversation, now=now)
    is_new = _store(session=session, screening=screening, item_key=item_key, value=value, mode=mode, now=now)
    session.refresh(screening, ["answers"])
    answers = answers_of(screening)
    band = conversation.beneficiary.age_band.value
    level = rules.level_so_far(answers, band)
    following = rules.next_item(answers, band)
    words = None
    if following is None:
        words = _finish(session=session, screening=screening, conversation=conversation, band=band, now=now)
        level = Level(screening.level) if screening.level else level
    alone = rules.level_so_far({item_key: value}, band) if is_new else Level.GREEN
    _raise(
        session=session,
        conversation=conversation,
        screening=screening,
        level=level,
        alone=alone,
        now=now,
        timezone=timezone,
    )
    session.flush()
    return Progress(screening, level, following.key if following else None, words)


def _refuse_unknown(*, item_key: str, value: int) -> None:
    if item_key not in rules.ITEM_KEYS:
        raise Refused(Refusal.NOT_FOUND, "item_key")
    if not rules.answer_allowed(item_key, value):
        raise Refused(Refusal.WRONG_VALUE, "value")


def _store(
    *, session: Session, screening: Screening, item_key: str, value: int, mode: AnswerMode, now: datetime
) -> bool:
    """Keep the answer; tell whether it says something that was not said before."""
    present = session.scalars(
        select(ScreeningAnswer).where(
            ScreeningAnswer.screening_id == screening.id, ScreeningAnswer.item_key == item_key
        )
    ).first()
    if present is None:
        session.add(ScreeningAnswer(screening_id=screening.id, item_key=item_key, value=value, mode=mode, at=now))
    elif present.value != value:
        present.value, present.mode, present.at = value, mode, now
        present.corrections += 1
    else:
        return False
    session.flush()
    return True


def _finish(*, session: Session, screening: Screening, conversation: Conversation, band: str, now: datetime) -> str:
    outcome = rules.result(answers_of(screening), band)
    for instrument, score in outcome.scores.items():
        screening.scores.append(
            ScreeningScore(
                instrument=instrument,
                total=score.total,
                band=score.band_id,
                item8_policy=score.item8_policy,
            )
        )
    screening.level, screening.complete, screening.ended_at = outcome.level.value, True, now
    audit.record(
        session=session,
        actor=None,
        verb="screening.complete",
        subject_type="screening",
        subject_id=screening.id,
        now=now,
        level=outcome.level.value,
    )
    return outcome.words(conversation.language)


def _raise(
    *,
    session: Session,
    conversation: Conversation,
    screening: Screening,
    level: Level,
    alone: Level,
    now: datetime,
    timezone: str,
) -> None:
    """Raise a flag the first time this screening reaches a level, and answer in words when a person is needed today.

    A new answer that is alarming alone (`alone`) is also raised when nobody is about to look any more: the case that
    an earlier answer had opened is closed, or rests.
    """
    reached = Level(screening.level) if screening.level and not screening.complete else Level.GREEN
    if level is Level.GREEN:
        return
    known = crises.open_case_of(session=session, beneficiary_id=conversation.beneficiary_id)
    already = [flag.level.value for flag in known.flags if flag.screening_id == screening.id] if known else []
    nobody_looks = known is None or known.climbs_at is None
    if (level.rank <= reached.rank or level.value in already) and not (
        nobody_looks and alone.is_at_least(Level.ORANGE)
    ):
        return
    if not level.is_at_least(Level.ORANGE) and not screening.complete:
        # Totals of a half-done screening mean nothing; only single alarming answers speak early.
        return
    if not screening.complete:
        screening.level = level.value
    crises.raise_flag(
        session=session,
        beneficiary=conversation.beneficiary,
        conversation=conversation,
        signal=crises.Signal(
            source=FlagSource.SCREENING,
            level=level,
            reasons=rules.result(answers_of(screening), conversation.beneficiary.age_band.value).reasons,
            screening_id=screening.id,
        ),
        now=now,
    )
    if level.is_at_least(Level.ORANGE) and conversation.owner is Owner.BOT:
        safety_replies.give(
            session=session, conversation=conversation, level=level, tiers=(), now=now, timezone=timezone
        )
