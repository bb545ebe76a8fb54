"""Answering a check-in: how heavy it is, the screening, and on calm days self-esteem and loneliness."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from care import check_ins, crises, human, people, screenings, transcript
from care.refusals import Refusal, Refused
from care.self_help import VERY_HEAVY
from models.beneficiaries import Beneficiary
from models.check_ins import CheckIn, CheckInState
from models.conversations import Conversation
from models.crises import FlagSource
from models.screenings import AnswerMode, Screening, ScreeningAnswer, ScreeningScore
from triage import calm
from triage import screening as rules
from triage.instruments import Item
from triage.levels import Level


@dataclass(frozen=True)
class Point:
    """One total of an instrument on its day, with the distance from the first."""

    at: datetime
    total: int
    since_first: int | None


def begin(*, session: Session, check_in: CheckIn, distress: int, now: datetime, timezone: str) -> None:
    """Note how heavy it is and open a screening of its own; beginning twice changes the number only.

    "As heavy as can be" brings a person at once: whoever says so may not have the strength for eleven questions more.
    """
    _refuse_over(check_in)
    if type(distress) is not int or not 0 <= distress <= 10:
        raise Refused(Refusal.WRONG_VALUE, "distress")
    was_very_heavy = (check_in.distress or 0) >= VERY_HEAVY
    check_in.distress = distress
    if check_in.screening_id is None:
        conversation = _conversation(session, check_in, now)
        check_in.screening = screenings.restart(session=session, conversation=conversation, now=now)
    session.flush()
    if distress >= VERY_HEAVY and not was_very_heavy:
        _bring_a_person(session, check_in, now, timezone)


def _bring_a_person(session: Session, check_in: CheckIn, now: datetime, timezone: str) -> None:
    """Open a case with a clock, and ask for a person in the chat as the roster allows.

    One number says nothing of suicide, so the case is yellow and rings nobody at night; the questions that follow
    raise it where they must. It is more than an offer, because the person may close the page now and tap nothing.
    """
    conversation = _conversation(session, check_in, now)
    crises.raise_flag(
        session=session,
        beneficiary=check_in.plan.beneficiary,
        conversation=conversation,
        signal=crises.Signal(source=FlagSource.REQUEST, level=Level.YELLOW, reasons=("very_heavy",)),
        now=now,
    )
    human.request(session=session, conversation=conversation, now=now, timezone=timezone)


def _refuse_over(check_in: CheckIn) -> None:
    if check_in.state is not CheckInState.INVITED:
        raise Refused(Refusal.LINK_OVER)


def _conversation(session: Session, check_in: CheckIn, now: datetime) -> Conversation:
    found = people.current_conversation(session=session, beneficiary=check_in.plan.beneficiary, now=now)
    return transcript.locked(session=session, conversation_id=found.id)


def question(*, session: Session, check_in: CheckIn) -> Item | None:
    """Return what is asked next; None when everything that may be asked today has been answered."""
    screening = check_in.screening
    if screening is None:
        return None
    answers, band = screenings.answers_of(screening), check_in.plan.beneficiary.age_band.value
    if not screening.complete:
        return rules.next_item(_of_screening(answers), band)
    return calm.next_calm_item(answers) if is_calm(session=session, check_in=check_in) else None


def _of_screening(answers: dict[str, int]) -> dict[str, int]:
    return {key: value for key, value in answers.items() if key in rules.ITEM_KEYS}


def is_calm(*, session: Session, check_in: CheckIn) -> bool:
    """Tell whether self-esteem and loneliness may be asked of this person today."""
    screening = check_in.screening
    return (
        screening is not None
        and screening.complete
        and calm.may_ask(
            level=Level(screening.level or Level.GREEN.value),
            age_band=check_in.plan.beneficiary.age_band.value,
            in_crisis=_alarming_case(session, check_in.plan.beneficiary),
            distress=check_in.distress,
        )
    )


def _alarming_case(session: Session, person: Beneficiary) -> bool:
    """A blue case is a note for the coming weeks, not a crisis; anything above is."""
    case = crises.open_case_of(session=session, beneficiary_id=person.id)
    return case is not None and case.risk.is_at_least(Level.YELLOW)


def answer(
    *, session: Session, check_in: CheckIn, item_key: str, value: int, now: datetime, timezone: str
) -> Item | None:
    """Store one answer and return the next question; what was answered already may be corrected while it is open.

    Raise Refused: LINK_OVER, NOT_CALM (such a question in distress), WRONG_VALUE, NOT_FOUND (no such question).
    """
    _refuse_over(check_in)
    screening = check_in.screening
    if screening is None:
        raise Refused(Refusal.WRONG_VALUE, "distress")
    if item_key in calm.CALM_KEYS:
        _answer_calm(session, check_in, screening, item_key, value, now)
    elif not screening.complete:
        screenings.record_answer(
            session=session,
            conversation=_conversation(session, check_in, now),
            item_key=item_key,
            value=value,
            mode=AnswerMode.TAP,
            now=now,
            timezone=timezone,
        )
        session.refresh(screening, ["answers", "level", "complete"])
    following = question(session=session, check_in=check_in)
    if following is None:
        finish(session=session, check_in=check_in, now=now)
    return following


def _answer_calm(
    session: Session, check_in: CheckIn, screening: Screening, item_key: str, value: int, now: datetime
) -> None:
    if not is_calm(session=session, check_in=check_in):
        raise Refused(Refusal.NOT_CALM)
    if not rules.answer_allowed(item_key, value):
        raise Refused(Refusal.WRONG_VALUE, "value")
    present = next((one for one in screening.answers if one.item_key == item_key), None)
    if present is None:
        row = ScreeningAnswer(screening_id=screening.id, item_key=item_key, value=value, mode=AnswerMode.TAP, at=now)
        try:
            with session.begin_nested():
                session.add(row)
        except IntegrityError:
            # The same tap twice in one moment.
            return
    elif present.value != value:
        present.value, present.at = value, now
        present.corrections += 1
    session.flush()
    session.refresh(screening, ["answers"])


def finish(*, session: Session, check_in: CheckIn, now: datetime) -> None:
    """End the check-in with what has been answered; scores of a calm day are stored once."""
    screening = check_in.screening
    if not check_ins.close(session=session, check_in=check_in, state=CheckInState.ANSWERED, now=now):
        return
    if screening is None or not screening.complete:
        return
    answers = screenings.answers_of(screening)
    for instrument, score in calm.calm_scores(answers).items():
        session.add(
            ScreeningScore(
                screening_id=screening.id,
                instrument=instrument,
                total=score.total,
                band=score.band_id,
                item8_policy=score.item8_policy,
            )
        )
    session.flush()
    _note_concern(session, check_in, screening, answers, now)


def _note_concern(
    session: Session, check_in: CheckIn, screening: Screening, answers: dict[str, int], now: datetime
) -> None:
    """Low self-esteem and loneliness are a blue concern: somebody looks within two weeks."""
    person = check_in.plan.beneficiary
    outcome = rules.result(answers, person.age_band.value)
    before = Level(screening.level or Level.GREEN.value)
    if outcome.level.rank <= before.rank:
        return
    screening.level = outcome.level.value
    crises.raise_flag(
        session=session,
        beneficiary=person,
        conversation=_conversation(session, check_in, now),
        signal=crises.Signal(
            source=FlagSource.SCREENING, level=outcome.level, reasons=outcome.reasons, screening_id=screening.id
        ),
        now=now,
    )


def has_answered(*, session: Session, beneficiary_id: int) -> bool:
    """Tell whether the person has ever answered a whole screening; before that nobody asks to ask again."""
    query = select(Screening.id).where(Screening.beneficiary_id == beneficiary_id, Screening.complete).limit(1)
    return session.scalar(query) is not None


def words(*, check_in: CheckIn, language: str) -> str:
    """Return plain feedback with a next step, once the questions have been answered; empty before."""
    screening = check_in.screening
    if screening is None or not screening.complete:
        return ""
    return rules.result(screenings.answers_of(screening), check_in.plan.beneficiary.age_band.value).words(language)


def earlier_question(*, check_in: CheckIn, before: str) -> str | None:
    """Return the key of the question that was answered just before this one, for going back."""
    answers, band = screenings.answers_of(check_in.screening), check_in.plan.beneficiary.age_band.value
    if before in calm.CALM_KEYS:
        given = [key for key in calm.CALM_KEYS[: calm.CALM_KEYS.index(before)] if key in answers]
        return given[-1] if given else None
    found = rules.previous_item(_of_screening(answers), band, before)
    return found.key if found else None


def may_correct(*, check_in: CheckIn, item_key: str) -> bool:
    """Tell whether a question has been answered and may still be answered differently."""
    screening = check_in.screening
    if screening is None or item_key not in screenings.answers_of(screening):
        return False
    return item_key in calm.CALM_KEYS or not screening.complete


def progress(check_in: CheckIn) -> tuple[int, int]:
    """Return (answered, at most so many) of the part that is being asked."""
    answers = screenings.answers_of(check_in.screening)
    if check_in.screening is not None and check_in.screening.complete:
        return sum(key in answers for key in calm.CALM_KEYS), len(calm.CALM_KEYS)
    return rules.progress(_of_screening(answers), check_in.plan.beneficiary.age_band.value)


def calm_trends(*, session: Session, beneficiary_id: int) -> dict[str, list[Point]]:
    """Return the totals of self-esteem and loneliness over time, oldest first, each with its change since the first."""
    rows = session.execute(
        select(ScreeningScore.instrument, ScreeningScore.total, ScreeningScore.item8_policy, Screening.ended_at)
        .join(ScreeningScore.screening)
        .where(Screening.beneficiary_id == beneficiary_id, ScreeningScore.instrument.in_(calm.CALM_INSTRUMENTS))
        .order_by(Screening.ended_at, Screening.id)
    ).all()
    found: dict[str, list[Point]] = {}
    first: dict[tuple[str, str | None], int] = {}
    for name, total, policy, at in rows:
        if at is None:
            continue
        # Totals under different item-8 policies are never compared.
        start = first.setdefault((name, policy), total)
        seen = found.setdefault(name, [])
        seen.append(Point(at, total, total - start if seen else None))
    return found
