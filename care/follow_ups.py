"""Keep a follow-up: reached or not, moved, left out for a reason, declined by the person. Nothing is lost silently."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from care import audit, calendar, crises, follow_up_ladders, follow_up_places, leave, live
from care.follow_up_steps import rules
from care.refusals import Refusal, Refused
from models.calendar import HolderKind, HoldKind
from models.crises import FlagSource
from models.follow_ups import (
    FollowUp,
    FollowUpLadder,
    FollowUpState,
    LadderEnd,
    WaiveReason,
    Way,
    Worry,
)
from models.staff import StaffMember
from triage.levels import Level

LONGEST_WORDS = 2_000
# How high the case stands that a worried colleague opens with a contact (the colleague may raise it further).
_LEVEL = {Worry.MUCH: Level.ORANGE, Worry.DANGER: Level.RED}
# Reasons that a colleague may give for leaving a contact out; the other two are the programme's.
GIVEN_REASONS = (WaiveReason.IN_CARE, WaiveReason.MOVED_AWAY, WaiveReason.DIED, WaiveReason.OTHER)
# A moved contact is kept within this time after the moment that was chosen.
SLACK = timedelta(hours=2)
# The last step has no next one before which it must be kept.
LATEST_AFTER = timedelta(days=28)


@dataclass(frozen=True)
class Contact:
    """What a colleague learnt when they reached the person."""

    way: Way
    worry: Worry
    words: str
    # The person asked not to be called any more.
    declines: bool = False


def reached(
    *, session: Session, follow_up_id: int, actor: StaffMember, contact: Contact, key: str, now: datetime
) -> FollowUp:
    """Record that the person was reached; a worried colleague opens or raises a case with it, in the same moment.

    The same form sent twice records once. Raises Refused(FOLLOW_UP_DONE) where a colleague was first.
    """
    row = _mine_again(session, follow_up_id, actor, key)
    if row is not None:
        return row
    words = _words(contact.words)
    if contact.worry in _LEVEL:
        _raise(session, follow_up_id, actor, _LEVEL[contact.worry], now)
    row = _open(session, follow_up_id, actor)
    _finish(session, row, FollowUpState.REACHED, actor, key, now)
    row.way, row.worry, row.words = contact.way, contact.worry, words
    session.flush()
    _trace(session, actor, "follow_up.reached", row, now, worry=contact.worry.value, declines=contact.declines)
    if contact.declines:
        _end(session, row, LadderEnd.DECLINED, actor, now, WaiveReason.DECLINED)
    follow_up_ladders.finish_if_over(session=session, ladder=row.ladder, now=now)
    return row


def _raise(session: Session, follow_up_id: int, actor: StaffMember, level: Level, now: datetime) -> None:
    """Raise before the ladder is held: a message that opens a case takes the two in this order too."""
    row = session.get(FollowUp, follow_up_id)
    if row is None or not follow_up_ladders.may_keep(actor):
        raise Refused(Refusal.NOT_FOUND)
    if row.state is not FollowUpState.PLANNED:
        raise Refused(Refusal.FOLLOW_UP_DONE)
    crises.raise_flag(
        session=session,
        beneficiary=row.ladder.beneficiary,
        conversation=None,
        signal=crises.Signal(source=FlagSource.STAFF, level=level, reasons=("follow_up",), raised_by=actor),
        now=now,
    )


def not_reached(
    *,
    session: Session,
    follow_up_id: int,
    actor: StaffMember,
    way: Way,
    words: str,
    worried: bool,
    key: str,
    now: datetime,
) -> FollowUp:
    """Record a try that reached nobody; another one is planned, and after the last one the supervisor is told.

    A worried colleague opens a case with it: silence at a dangerous time is a sign of its own.
    """
    row = _mine_again(session, follow_up_id, actor, key)
    if row is not None:
        return row
    said = _words(words, needed=False)
    if worried:
        _raise(session, follow_up_id, actor, Level.ORANGE, now)
    row = _open(session, follow_up_id, actor)
    _finish(session, row, FollowUpState.NOT_REACHED, actor, key, now)
    row.way, row.words = way, said or None
    session.flush()
    _plan_next_try(session, row, now)
    _trace(session, actor, "follow_up.not_reached", row, now, attempt=row.attempt_no)
    return row


def _plan_next_try(session: Session, row: FollowUp, now: datetime) -> FollowUp:
    waits = rules().try_again
    tries_left = row.attempt_no <= len(waits)
    due_at = now + (waits[row.attempt_no - 1] if tries_left else waits[-1])
    after = FollowUp(
        ladder_id=row.ladder_id,
        step_no=row.step_no,
        step=row.step,
        attempt_no=row.attempt_no + 1,
        owner_id=row.owner_id,
        opens_at=now,
        due_at=due_at,
        # The window stays as long as it was: a step is not over because the first try found nobody.
        closes_at=max(row.closes_at, due_at + SLACK),
        hops=row.hops if tries_left else max(row.hops, 1),
    )
    # Tried often enough: the next one is told at once and stays on the list until somebody has reached the person.
    after.climbs_at = after.closes_at if tries_left else now
    session.add(after)
    session.flush()
    return after


def move(
    *,
    session: Session,
    follow_up_id: int,
    actor: StaffMember,
    starts_at: datetime,
    owner_id: int,
    reason: str,
    key: str,
    now: datetime,
) -> FollowUp:
    """Keep a contact at another time, or let another colleague keep it; return the new attempt.

    It cannot leap over the next step: Refused(LEAPS_OVER). Raises Refused(OCCUPIED) where that colleague is taken.
    """
    done = _mine_again(session, follow_up_id, actor, key)
    if done is not None:
        return _after(session, done)
    row = _open(session, follow_up_id, actor)
    owner = session.get(StaffMember, owner_id)
    if owner is None or not follow_up_ladders.may_keep(owner):
        raise Refused(Refusal.NOT_ACTIVE, "owner_id")
    if starts_at < now - timedelta(minutes=5):
        raise Refused(Refusal.TIME_IS_PAST, "starts_at")
    if starts_at > _latest(session, row):
        raise Refused(Refusal.LEAPS_OVER, "starts_at")
    if leave.is_away(session=session, staff_id=owner.id, at=starts_at):
        raise Refused(Refusal.ON_LEAVE, "owner_id")
    said = _words(reason, "reason")
    with session.begin_nested():
        # Refused, nothing has moved: the old time stays taken.
        follow_up_ladders.let_go(session=session, row=row)
        hold = calendar.hold(
            session=session,
            kind=HoldKind.FOLLOW_UP,
            holders=[(HolderKind.STAFF, owner.id)],
            starts_at=starts_at,
            ends_at=starts_at + rules().length,
        )
        _finish(session, row, FollowUpState.MOVED, actor, key, now)
        row.words = said
        session.flush()
        after = FollowUp(
            ladder_id=row.ladder_id,
            step_no=row.step_no,
            step=row.step,
            attempt_no=row.attempt_no + 1,
            owner_id=row.owner_id,
            opens_at=min(now, starts_at - SLACK),
            due_at=starts_at,
            closes_at=starts_at + SLACK,
            climbs_at=starts_at + SLACK,
            hold_id=hold.id,
            hops=row.hops,
        )
        session.add(after)
        session.flush()
    follow_up_places.give_to(session=session, row=after, member=owner, actor=actor, now=now)
    session.flush()
    _trace(session, actor, "follow_up.move", row, now, to_attempt=after.attempt_no)
    return after


def _after(session: Session, row: FollowUp) -> FollowUp:
    return session.scalars(
        select(FollowUp).where(
            FollowUp.ladder_id == row.ladder_id,
            FollowUp.step_no == row.step_no,
            FollowUp.attempt_no == row.attempt_no + 1,
        )
    ).one()


def _latest(session: Session, row: FollowUp) -> datetime:
    following = session.scalar(
        select(func.min(FollowUp.due_at)).where(
            FollowUp.ladder_id == row.ladder_id,
            FollowUp.step_no > row.step_no,
            FollowUp.state == FollowUpState.PLANNED,
        )
    )
    own = row.closes_at + LATEST_AFTER
    return min(own, following) if following is not None else own


def waive(
    *,
    session: Session,
    follow_up_id: int,
    actor: StaffMember,
    why: WaiveReason,
    words: str,
    all_later: bool,
    key: str,
    now: datetime,
) -> FollowUp:
    """Leave a contact out for a reason; with `all_later` the ladder ends, and the name that ended it is kept."""
    done = _mine_again(session, follow_up_id, actor, key)
    if done is not None:
        return done
    row = _open(session, follow_up_id, actor)
    if why not in GIVEN_REASONS:
        raise Refused(Refusal.WRONG_VALUE, "why")
    said = _words(words, needed=why is WaiveReason.OTHER)
    follow_up_ladders.leave_out(session=session, row=row, why=why, actor=actor, now=now, words=said or None)
    row.key = key
    _trace(session, actor, "follow_up.waive", row, now, why=why.value, all_later=all_later)
    if all_later or why is WaiveReason.DIED:
        # Nobody calls the family of somebody who has died because one box was not ticked.
        _end(session, row, LadderEnd.STOPPED, actor, now, why, said or None)
    follow_up_ladders.finish_if_over(session=session, ladder=row.ladder, now=now)
    return row


def _end(
    session: Session,
    row: FollowUp,
    ending: LadderEnd,
    actor: StaffMember,
    now: datetime,
    why: WaiveReason,
    words: str | None = None,
) -> None:
    follow_up_ladders.end(session=session, ladder=row.ladder, ending=ending, actor=actor, now=now, why=why, words=words)


def _mine_again(session: Session, follow_up_id: int, actor: StaffMember, key: str) -> FollowUp | None:
    """Return the row if this very form has been recorded; refuse a key that was used for something else."""
    row = session.scalars(select(FollowUp).where(FollowUp.key == key)).first()
    if row is not None and (row.id != follow_up_id or row.done_by_id != actor.id):
        raise Refused(Refusal.KEY_USED)
    return row


def _open(session: Session, follow_up_id: int, actor: StaffMember) -> FollowUp:
    # The ladder first, as the crisis case takes it: two paths that lock in one order cannot block each other.
    ladder_id = session.scalar(select(FollowUp.ladder_id).where(FollowUp.id == follow_up_id))
    if ladder_id is None or not follow_up_ladders.may_keep(actor):
        raise Refused(Refusal.NOT_FOUND)
    session.get(FollowUpLadder, ladder_id, with_for_update=True, populate_existing=True)
    row = session.get(FollowUp, follow_up_id, with_for_update=True, populate_existing=True)
    if row is None:
        raise Refused(Refusal.NOT_FOUND)
    if row.state is not FollowUpState.PLANNED:
        raise Refused(Refusal.FOLLOW_UP_DONE)
    return row


def _words(given: str, field: str = "words", *, needed: bool = True) -> str:
    said = given.strip()
    if len(said) > LONGEST_WORDS:
        raise Refused(Refusal.TOO_LONG, field)
    if needed and not said:
        raise Refused(Refusal.REASON_MISSING, field)
    return said


def _finish(session: Session, row: FollowUp, state: FollowUpState, actor: StaffMember, key: str, now: datetime) -> None:
    follow_up_ladders.let_go(session=session, row=row)
    # Whoever calls this writes the words before the next flush: the database wants them with the state.
    row.state, row.done_at, row.done_by_id, row.key, row.climbs_at = state, now, actor.id, key, None


def _trace(session: Session, actor: StaffMember, verb: str, row: FollowUp, now: datetime, **more: object) -> None:
    audit.record(
        session=session,
        actor=actor,
        verb=verb,
        subject_type="follow_up",
        subject_id=row.id,
        now=now,
        step=row.step,
        **more,
    )
    live.publish(session=session, channel=live.DESK, kind="follow_up", now=now, ladder_id=row.ladder_id)
    session.flush()
