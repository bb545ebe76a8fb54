"""Down goes a case only by a person; at the top two levels one proposes and another confirms, and the clocks run on."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from care import audit, kept_away, live, seen_flags
from care.clocks import clock
from care.refusals import Refusal, Refused
from models.case_changes import CaseChange, ChangeEnd, ChangeKind
from models.crises import CrisisCase, LevelName
from models.staff import StaffMember
from triage.levels import Level

LONGEST_REASON = 2_000


def waiting(*, session: Session, case_id: int) -> CaseChange | None:
    """Return the proposal about the case that nobody has answered."""
    return session.scalars(
        select(CaseChange).where(CaseChange.case_id == case_id, CaseChange.ended_at.is_(None))
    ).first()


def of_case(*, session: Session, case_id: int) -> Sequence[CaseChange]:
    """Return every proposal about the case, the newest first."""
    return session.scalars(select(CaseChange).where(CaseChange.case_id == case_id).order_by(CaseChange.id.desc())).all()


def propose_lowering(
    *,
    session: Session,
    case_id: int,
    actor: StaffMember,
    to_level: Level,
    reason: str,
    seen_flag_id: int,
    now: datetime,
) -> CaseChange:
    """Lower a case with a reason: at once below red, at the top two levels only when a second person confirms.

    Raise Refused: NOT_FOUND, CASE_CLOSED, NEW_FLAG_ARRIVED (seen_flag_id is not the newest flag), NOT_LOWER
    (level), REASON_MISSING, TOO_LONG (reason), CHANGE_WAITING.
    """
    case = _open_case(session, case_id)
    kept_away.must_be_free(session=session, case_id=case.id, actor=actor)
    seen_flags.must_be_seen(session=session, case=case, seen_flag_id=seen_flag_id)
    if to_level is Level.GREEN or to_level.rank >= case.risk.rank:
        raise Refused(Refusal.NOT_LOWER, "level")
    change = CaseChange(
        case_id=case.id,
        kind=ChangeKind.LOWER,
        from_level=case.level,
        to_level=LevelName(to_level.value),
        spell_at=case.raised_at,
        reason=_words(reason, "reason"),
        proposed_by_id=actor.id,
        proposed_at=now,
    )
    try:
        with session.begin_nested():
            session.add(change)
    except IntegrityError:
        # One proposal at a time: whoever reads second must know which one they confirm.
        raise Refused(Refusal.CHANGE_WAITING, "level") from None
    _trace(session, actor, "crisis.propose_lowering", change, now)
    if not case.risk.is_at_least(Level.RED):
        _lower(session, case, change, actor, now)
    return change


def confirm_lowering(*, session: Session, change_id: int, actor: StaffMember, now: datetime) -> CaseChange:
    """Confirm as the second reader; raise Refused(CHANGE_OVER) where new danger or a colleague was first.

    The number of the proposal says what the page had shown: every flag that comes after it makes it worth nothing.
    """
    case, change = _waiting_change(session, change_id)
    if change.kind is not ChangeKind.LOWER:
        raise Refused(Refusal.CHANGE_OVER)
    if change.proposed_by_id == actor.id:
        raise Refused(Refusal.OWN_CHANGE)
    kept_away.must_be_free(session=session, case_id=case.id, actor=actor)
    if change.from_level is not case.level or change.spell_at != case.raised_at:
        raise Refused(Refusal.CHANGE_OVER)
    _lower(session, case, change, actor, now)
    return change


def decline(*, session: Session, change_id: int, actor: StaffMember, words: str, now: datetime) -> CaseChange:
    """Say no in words, or take the own proposal back; the case stays as it is and its clocks have never stopped."""
    case, change = _waiting_change(session, change_id)
    said = _words(words, "words")
    _end(session, change, ChangeEnd.DECLINED, actor, now)
    change.decided_words = said
    if change.kind is ChangeKind.CLOSE:
        case.closing_reason = case.closed_by_id = None
    session.flush()
    _trace(session, actor, "crisis.decline_change", change, now)
    return change


def note_closing(*, session: Session, case: CrisisCase, actor: StaffMember, now: datetime) -> None:
    """Keep a proposal to close with its words, so that they stay readable when new danger makes it worth nothing."""
    overtake(session=session, case=case, now=now)
    session.add(
        CaseChange(
            case_id=case.id,
            kind=ChangeKind.CLOSE,
            from_level=case.level,
            spell_at=case.raised_at,
            reason=case.closing_reason or "",
            proposed_by_id=actor.id,
            proposed_at=now,
        )
    )
    session.flush()


def settle_closing(*, session: Session, case: CrisisCase, actor: StaffMember, now: datetime) -> None:
    """End what waits about a case that is closed now: the proposal to close it was confirmed, another one is void."""
    change = waiting(session=session, case_id=case.id)
    if change is None:
        return
    confirmed = change.kind is ChangeKind.CLOSE and change.proposed_by_id != actor.id
    _end(session, change, ChangeEnd.CONFIRMED if confirmed else ChangeEnd.OVERTAKEN, actor, now)
    session.flush()


def overtake(*, session: Session, case: CrisisCase, now: datetime) -> None:
    """New danger makes a proposal that nobody has answered worth nothing."""
    change = waiting(session=session, case_id=case.id)
    if change is None:
        return
    _end(session, change, ChangeEnd.OVERTAKEN, None, now)
    session.flush()
    _trace(session, None, "crisis.overtake_change", change, now)


def _open_case(session: Session, case_id: int) -> CrisisCase:
    case = session.scalars(
        select(CrisisCase).where(CrisisCase.id == case_id).with_for_update().execution_options(populate_existing=True)
    ).first()
    if case is None:
        raise Refused(Refusal.NOT_FOUND)
    if case.closed_at is not None:
        raise Refused(Refusal.CASE_CLOSED)
    return case


def _waiting_change(session: Session, change_id: int) -> tuple[CrisisCase, CaseChange]:
    """Return case and proposal, the case locked first as everywhere, so that two readers cannot both be second."""
    change = session.get(CaseChange, change_id)
    if change is None:
        raise Refused(Refusal.NOT_FOUND)
    case = _open_case(session, change.case_id)
    session.refresh(change)
    if change.ended_at is not None:
        raise Refused(Refusal.CHANGE_OVER)
    return case, change


def _words(typed: str, field: str) -> str:
    words = typed.strip()
    if not words:
        raise Refused(Refusal.REASON_MISSING, field)
    if len(words) > LONGEST_REASON:
        raise Refused(Refusal.TOO_LONG, field)
    return words


def _end(session: Session, change: CaseChange, ending: ChangeEnd, actor: StaffMember | None, now: datetime) -> None:
    change.ended_at, change.ending = now, ending
    change.decided_by_id = actor.id if actor and ending is not ChangeEnd.OVERTAKEN else None


def _lower(session: Session, case: CrisisCase, change: CaseChange, actor: StaffMember, now: datetime) -> None:
    assert change.to_level is not None
    _end(session, change, ChangeEnd.CONFIRMED, actor, now)
    # The database lets the level sink only behind a change that it knows to be confirmed.
    session.flush()
    case.level, case.raised_at = change.to_level, now
    steps = clock(case.risk)
    case.due_at = now + steps.contact
    if case.acknowledged_at is None:
        case.climbs_at = now + steps.climb
    elif case.climbs_at is not None:
        # Taken and still owed a word: the clock of the new level runs from here.
        case.climbs_at = max(now + steps.after_acknowledging, case.due_at)
    session.flush()
    _trace(session, actor, "crisis.lower", change, now)


def _trace(session: Session, actor: StaffMember | None, verb: str, change: CaseChange, now: datetime) -> None:
    audit.record(
        session=session,
        actor=actor,
        verb=verb,
        subject_type="crisis_case",
        subject_id=change.case_id,
        now=now,
        change_id=change.id,
        kind=change.kind.value,
        before=change.from_level.value,
        after=change.to_level.value if change.to_level else None,
    )
    live.publish(session=session, channel=live.DESK, kind="case", now=now, case_id=change.case_id)
    session.flush()
