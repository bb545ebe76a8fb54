"""Crisis cases: any voice can raise, only a person lowers or closes, and an alarm climbs until a person answers."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime

from sqlalchemy import select, update
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from care import (
    audit,
    case_changes,
    case_review_keeping,
    crisis_closing,
    drill_marks,
    follow_up_ladders,
    intervention_duties,
    kept_away,
    live,
    seen_flags,
)
from care.clocks import clock

# What belongs to a case is found here, wherever it is written.
from care.crisis_climbing import climb as climb
from care.crisis_climbing import climb_if_due as climb_if_due
from care.crisis_climbing import due_to_climb as due_to_climb
from care.crisis_climbing import ring_without_them as ring_without_them
from care.crisis_closing import Unchecked as Unchecked
from care.refusals import Refusal, Refused
from models.beneficiaries import Beneficiary
from models.conversations import Conversation
from models.crises import CrisisCase, CrisisFlag, FlagSource, LevelName
from models.kept_away import KeptWhy
from models.staff import StaffMember
from triage.levels import Level


@dataclass(frozen=True)
class Signal:
    """What one voice noticed, in a form that can be stored beside the case."""

    source: FlagSource
    level: Level
    reasons: tuple[str, ...] = ()
    pattern_ids: tuple[str, ...] = ()
    score: float | None = None
    model_hash: str | None = None
    message_id: int | None = None
    screening_id: int | None = None
    raised_by: StaffMember | None = field(default=None, compare=False)
    # Colleagues whom the words may mean: the alarm passes them by.
    about: tuple[int, ...] = ()
    about_why: KeptWhy = KeptWhy.REPORT


def open_case_of(*, session: Session, beneficiary_id: int) -> CrisisCase | None:
    """Return the person's open case, locked for this unit of work where the database can."""
    return session.scalars(
        select(CrisisCase)
        .where(CrisisCase.beneficiary_id == beneficiary_id, CrisisCase.closed_at.is_(None))
        .with_for_update()
        .execution_options(populate_existing=True)
    ).first()


def _locked(*, session: Session, case_id: int) -> CrisisCase | None:
    return session.scalars(
        select(CrisisCase).where(CrisisCase.id == case_id).with_for_update().execution_options(populate_existing=True)
    ).first()


def raise_flag(
    *,
    session: Session,
    beneficiary: Beneficiary,
    conversation: Conversation | None,
    signal: Signal,
    now: datetime,
) -> CrisisCase:
    """Record a signal and open or raise the person's case; a lower signal changes no level."""
    if signal.level is Level.GREEN:
        raise ValueError("green is not a risk and raises no flag")
    case = open_case_of(session=session, beneficiary_id=beneficiary.id)
    opened = False
    if case is None:
        # Whoever joins the case of a faster voice has not opened it, and must not set it to a lower level.
        case, opened = _open(
            session=session, beneficiary=beneficiary, conversation=conversation, signal=signal, now=now
        )
        follow_up_ladders.case_opened(session=session, case=case, now=now)
    case.conversation = conversation or case.conversation
    if not _add_flag(session=session, case=case, signal=signal, now=now):
        return case
    _ask_again(session=session, case=case, now=now)
    _pass_them_by(session=session, case=case, signal=signal, now=now)
    if opened or signal.level.rank > case.risk.rank:
        _set_level(session=session, case=case, level=signal.level, now=now)
    elif signal.level.is_at_least(min(Level.ORANGE, case.risk, key=lambda level: level.rank)):
        _expect_contact_again(case=case, now=now)
    intervention_duties.expect(session=session, case=case, now=now)
    audit.record(
        session=session,
        actor=signal.raised_by,
        verb="crisis.open" if opened else "crisis.flag",
        subject_type="crisis_case",
        subject_id=case.id,
        now=now,
        level=signal.level.value,
        source=signal.source.value,
    )
    live.publish(session=session, channel=live.DESK, kind="case", now=now, case_id=case.id)
    session.flush()
    return case


def _open(
    *,
    session: Session,
    beneficiary: Beneficiary,
    conversation: Conversation | None,
    signal: Signal,
    now: datetime,
) -> tuple[CrisisCase, bool]:
    case = CrisisCase(
        beneficiary=beneficiary,
        conversation=conversation,
        level=LevelName(signal.level.value),
        opened_at=now,
        raised_at=now,
        due_at=now + clock(signal.level).contact,
    )
    try:
        with session.begin_nested():
            session.add(case)
    except IntegrityError:
        # Another voice opened the case in this very moment; the flag joins it.
        found = open_case_of(session=session, beneficiary_id=beneficiary.id)
        if found is None:
            raise
        return found, False
    return case, True


def _add_flag(*, session: Session, case: CrisisCase, signal: Signal, now: datetime) -> bool:
    """Store the flag; tell False when this message has already raised this voice."""
    if signal.message_id is not None:
        known = session.scalar(
            select(CrisisFlag.id).where(CrisisFlag.message_id == signal.message_id, CrisisFlag.source == signal.source)
        )
        if known is not None:
            return False
    session.add(
        CrisisFlag(
            case=case,
            message_id=signal.message_id,
            screening_id=signal.screening_id,
            source=signal.source,
            level=LevelName(signal.level.value),
            reasons=list(signal.reasons),
            pattern_ids=list(signal.pattern_ids),
            score=signal.score,
            model_hash=signal.model_hash,
            raised_by_id=signal.raised_by.id if signal.raised_by else None,
            at=now,
        )
    )
    session.flush()
    return True


def _ask_again(*, session: Session, case: CrisisCase, now: datetime) -> None:
    """New danger makes an older check, an excuse from it and every proposal about the case worth nothing."""
    case_changes.overtake(session=session, case=case, now=now)
    case.risk_check_id = None
    case.unchecked_reason = case.unchecked_words = case.unchecked_by_id = None
    case.closing_reason = case.closed_by_id = None


def _pass_them_by(*, session: Session, case: CrisisCase, signal: Signal, now: datetime) -> None:
    """Keep those away whom the words may mean, and ring anew where one of them holds the case already."""
    if signal.about:
        kept_away.add(session=session, case=case, staff_ids=signal.about, why=signal.about_why, now=now)
        ring_without_them(session=session, case=case, now=now)


def _set_level(*, session: Session, case: CrisisCase, level: Level, now: datetime) -> None:
    """Start the clock of the level and ring, also when the case had been acknowledged at a lower one."""
    case.level = LevelName(level.value)
    case.raised_at = now
    case.due_at = now + clock(level).contact
    case.contacted_at = None
    speaker = case.conversation.owner_staff_id if case.conversation else None
    if speaker is not None and speaker not in kept_away.of_case(session=session, case_id=case.id):
        # A colleague is in the chat and sees the words; the alarm waits for their answer before it rings others.
        case.acknowledged_at, case.acknowledged_by_id, case.owner_id = now, speaker, speaker
        case.climbs_at = now + clock(level).after_acknowledging
        return
    case.acknowledged_at, case.acknowledged_by_id = None, None
    climb(session=session, case=case, now=now)


def _expect_contact_again(*, case: CrisisCase, now: datetime) -> None:
    """New words of danger want a new answer: whoever took the case has the level's time to give it.

    Words below the level of the case count too, from orange on: a rest that began before them is over.
    """
    if case.acknowledged_at is not None and case.climbs_at is None:
        case.contacted_at = None
        case.climbs_at = now + clock(case.risk).after_acknowledging


def acknowledge(*, session: Session, case_id: int, actor: StaffMember, now: datetime) -> CrisisCase:
    """Take the case by name; of two colleagues in the same second exactly one succeeds."""
    # Locked: a flag that raises the level in this very moment must not be answered with the slower clock.
    case = _locked(session=session, case_id=case_id)
    if case is None:
        raise Refused(Refusal.NOT_FOUND)
    if case.closed_at is not None:
        raise Refused(Refusal.CASE_CLOSED)
    if case.acknowledged_by_id == actor.id:
        return case
    kept_away.must_be_free(session=session, case_id=case.id, actor=actor)
    steps = clock(case.risk)
    until = max(now + steps.after_acknowledging, case.due_at)
    # A clock that was set back since the case was raised must not give anybody days, nor take the answer away.
    until = min(until, now + max(steps.after_acknowledging, steps.contact))
    taken = session.execute(
        update(CrisisCase)
        .where(CrisisCase.id == case_id, CrisisCase.acknowledged_at.is_(None), CrisisCase.closed_at.is_(None))
        .values(
            acknowledged_at=now,
            acknowledged_by_id=actor.id,
            owner_id=actor.id,
            climbs_at=None if case.contacted_at else until,
        )
        .execution_options(synchronize_session=False)
    )
    if getattr(taken, "rowcount", 0) != 1:
        raise Refused(Refusal.ALREADY_ACKNOWLEDGED)
    audit.record(
        session=session,
        actor=actor,
        verb="crisis.acknowledge",
        subject_type="crisis_case",
        subject_id=case_id,
        now=now,
        seconds=max(0, round((now - case.raised_at).total_seconds())),
    )
    live.publish(session=session, channel=live.DESK, kind="case", now=now, case_id=case_id)
    session.refresh(case)
    drill_marks.taken(session=session, case=case, actor=actor, now=now)
    return case


def keep_away(
    *, session: Session, case_id: int, staff_id: int, actor: StaffMember, words: str, now: datetime
) -> CrisisCase:
    """Keep a colleague away by hand; where they have the case or are being rung, the alarm goes on to the next."""
    case = _locked(session=session, case_id=case_id)
    if case is None:
        raise Refused(Refusal.NOT_FOUND)
    if kept_away.keep_by_hand(session=session, case=case, staff_id=staff_id, actor=actor, words=words, now=now):
        ring_without_them(session=session, case=case, now=now)
    return case


def note_contact(*, session: Session, beneficiary_id: int, actor: StaffMember, now: datetime) -> None:
    """Note that a colleague has spoken with the person: the alarm rests, the case stays open."""
    case = open_case_of(session=session, beneficiary_id=beneficiary_id)
    if case is None or case.contacted_at is not None:
        return
    if actor.id in kept_away.of_case(session=session, case_id=case.id):
        # Whom the case may be about does not silence it by writing to the person.
        return
    case.contacted_at = now
    case.climbs_at = None
    if case.acknowledged_at is None:
        case.acknowledged_at, case.acknowledged_by_id, case.owner_id = now, actor.id, actor.id
    audit.record(
        session=session, actor=actor, verb="crisis.contact", subject_type="crisis_case", subject_id=case.id, now=now
    )
    live.publish(session=session, channel=live.DESK, kind="case", now=now, case_id=case.id)


def close(
    *,
    session: Session,
    case_id: int,
    actor: StaffMember,
    reason: str,
    seen_flag_id: int,
    now: datetime,
    unchecked: Unchecked | None = None,
) -> CrisisCase:
    """Close a case with a reason, after a risk check or with a signed reason why there is none.

    For the top two levels the first call proposes, a second person's call closes. Raise Refused(RISK_CHECK_MISSING)
    where nobody has asked since the newest flag; the database refuses such a row too. Raise NEW_FLAG_ARRIVED where
    seen_flag_id, the newest flag that whoever closes has seen, is not the newest of the case.
    """
    case = _locked(session=session, case_id=case_id)
    if case is None:
        raise Refused(Refusal.NOT_FOUND)
    if case.closed_at is not None:
        raise Refused(Refusal.CASE_CLOSED)
    kept_away.must_be_free(session=session, case_id=case.id, actor=actor)
    seen_flags.must_be_seen(session=session, case=case, seen_flag_id=seen_flag_id)
    proposed = case.closing_reason is not None and case.closed_by_id is not None
    if not reason.strip() and not proposed:
        raise Refused(Refusal.REASON_MISSING, "reason")
    crisis_closing.need_a_check(case=case, unchecked=unchecked, actor=actor)
    intervention_duties.must_be_over(session=session, case_id=case.id)
    if case.risk.is_at_least(Level.RED):
        if not proposed or case.closed_by_id == actor.id:
            crisis_closing.propose(session=session, case=case, actor=actor, reason=reason, now=now)
            return case
        case.second_reader_id = actor.id
    else:
        case.closing_reason, case.closed_by_id = reason.strip(), actor.id
    case_changes.settle_closing(session=session, case=case, actor=actor, now=now)
    case.closed_at, case.climbs_at = now, None
    follow_up_ladders.case_closed(session=session, case=case, actor=actor, now=now)
    case_review_keeping.case_closed(session=session, case=case, now=now)
    audit.record(
        session=session,
        actor=actor,
        verb="crisis.close",
        subject_type="crisis_case",
        subject_id=case.id,
        now=now,
        unchecked=case.unchecked_reason.value if case.unchecked_reason else None,
    )
    live.publish(session=session, channel=live.DESK, kind="case", now=now, case_id=case.id)
    session.flush()
    return case
