"""The ordinary week of the roster, and how it becomes turns: looked at first, then put there in one go."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from enum import StrEnum
from zoneinfo import ZoneInfo

from sqlalchemy import select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from care import audit, duty, leave
from care.refusals import Refusal, Refused
from models.duty import DutyPatternSlot, DutyPosition, DutyTurn
from models.staff import StaffMember

WEEK = timedelta(days=7)


class Hitch(StrEnum):
    """What is to be said about a proposed turn before it is put on the roster."""

    ALREADY_THERE = "already_there"  # The very same turn is on the roster.
    COLLIDES = "collides"  # The colleague has another turn at that time.
    NOT_ACTIVE = "not_active"  # The colleague has been deactivated.
    BEGUN = "begun"  # It would start in the past.
    ON_LEAVE = "on_leave"  # The colleague is on leave then: a warning, since a lead may know better.

    @property
    def stops(self) -> bool:
        """Tell whether the turn is left out."""
        return self is not Hitch.ON_LEAVE


@dataclass(frozen=True)
class Proposal:
    """One turn as it would be put on the roster."""

    staff: StaffMember
    position: DutyPosition
    starts_at: datetime
    ends_at: datetime
    hitch: Hitch | None = None

    @property
    def counts(self) -> bool:
        """Tell whether the turn would be put there."""
        return self.hitch is None or not self.hitch.stops


def slots(*, session: Session) -> Sequence[DutyPatternSlot]:
    """Return the lines of the ordinary week, in order of day, time and rung."""
    rows = session.scalars(select(DutyPatternSlot)).all()
    return sorted(rows, key=lambda row: (row.weekday, row.starts_minute, duty.CHAIN.index(row.position), row.id))


def add_slot(
    *,
    session: Session,
    actor: StaffMember,
    staff: StaffMember,
    position: DutyPosition,
    weekdays: Iterable[int],
    starts: time,
    ends: time,
    now: datetime,
) -> list[DutyPatternSlot]:
    """Add a line for each of the weekdays; an end at or before the start is meant on the next day."""
    days = sorted(set(weekdays))
    if not days or not set(days) <= set(range(7)):
        raise Refused(Refusal.WRONG_VALUE, "weekdays")
    if not staff.active:
        raise Refused(Refusal.NOT_ACTIVE, "staff_id")
    first, last = _minutes(starts), _minutes(ends)
    rows = [
        DutyPatternSlot(
            staff_id=staff.id,
            position=position,
            weekday=day,
            starts_minute=first,
            ends_minute=last if last > first else last + 24 * 60,
        )
        for day in days
    ]
    if any(_meets(row, other) for row in rows for other in slots(session=session) if other.staff_id == staff.id):
        raise Refused(Refusal.COLLIDES, "staff_id")
    try:
        with session.begin_nested():
            session.add_all(rows)
    except IntegrityError:
        raise Refused(Refusal.ALREADY_THERE, "staff_id") from None
    for row in rows:
        _note(session, actor, "duty_pattern.add", row.id, now)
    return rows


def _minutes(clock: time) -> int:
    return clock.hour * 60 + clock.minute


def _meets(one: DutyPatternSlot, other: DutyPatternSlot) -> bool:
    """Tell whether two lines of one person overlap, also over midnight and from Sunday into Monday."""
    week = 7 * 24 * 60
    starts, others = (line.weekday * 24 * 60 + line.starts_minute for line in (one, other))
    lengths = one.ends_minute - one.starts_minute, other.ends_minute - other.starts_minute
    return (others - starts) % week < lengths[0] or (starts - others) % week < lengths[1]


def remove_slot(*, session: Session, actor: StaffMember, slot_id: int, now: datetime) -> None:
    """Take a line out of the ordinary week; turns that were made from it stay."""
    row = session.get(DutyPatternSlot, slot_id)
    if row is None:
        raise Refused(Refusal.NOT_FOUND)
    _note(session, actor, "duty_pattern.remove", row.id, now)
    session.delete(row)
    session.flush()


def monday_of(day: date) -> date:
    """Return the Monday of the week."""
    return day - timedelta(days=day.weekday())


def from_pattern(*, session: Session, monday: date, now: datetime, timezone: str) -> list[Proposal]:
    """Return the turns that the ordinary week makes in the week of this Monday, each with its hitch."""
    wanted = [Proposal(slot.staff, slot.position, *_span(monday, slot, timezone)) for slot in slots(session=session)]
    return _judged(session, wanted, now)


def _span(monday: date, slot: DutyPatternSlot, timezone: str) -> tuple[datetime, datetime]:
    zone = ZoneInfo(timezone)
    day = monday + timedelta(days=slot.weekday)
    last = day + timedelta(days=slot.ends_minute // (24 * 60))
    return _moment(day, slot.starts_minute, zone), _moment(last, slot.ends_minute % (24 * 60), zone)


def _moment(day: date, minute: int, zone: ZoneInfo) -> datetime:
    return datetime.combine(day, time(minute // 60, minute % 60), zone)


def from_week(*, session: Session, source: date, monday: date, now: datetime, timezone: str) -> list[Proposal]:
    """Return the turns that begin in the week of `source`, moved to the week of `monday`, each with its hitch."""
    zone = ZoneInfo(timezone)
    start = _moment(source, 0, zone)
    # Days are moved on the calendar of the base, so that a change of its clocks keeps eight o'clock at eight o'clock.
    days = monday - source
    turns = [
        turn
        for turn in duty.turns_between(session=session, start=start, end=_moment(source + WEEK, 0, zone))
        if turn.starts_at >= start
    ]
    wanted = [
        Proposal(
            turn.staff, turn.position, turn.starts_at.astimezone(zone) + days, turn.ends_at.astimezone(zone) + days
        )
        for turn in turns
    ]
    return _judged(session, wanted, now)


def _judged(session: Session, wanted: list[Proposal], now: datetime) -> list[Proposal]:
    if not wanted:
        return []
    start, end = min(one.starts_at for one in wanted), max(one.ends_at for one in wanted)
    there = list(duty.turns_between(session=session, start=start, end=end))
    away = leave.spans(session=session, staff_ids=sorted({one.staff.id for one in wanted}), start=start, end=end)
    judged: list[Proposal] = []
    for one in wanted:
        hitch = _hitch(one, there, judged, away.get(one.staff.id, []), now)
        judged.append(Proposal(one.staff, one.position, one.starts_at, one.ends_at, hitch))
    return sorted(judged, key=lambda one: (one.starts_at, duty.CHAIN.index(one.position), one.staff.id))


def _hitch(
    one: Proposal,
    there: Sequence[DutyTurn],
    before: Sequence[Proposal],
    away: Sequence[tuple[datetime, datetime]],
    now: datetime,
) -> Hitch | None:
    theirs = [turn for turn in there if turn.staff_id == one.staff.id]
    if any(
        (turn.position, turn.starts_at, turn.ends_at) == (one.position, one.starts_at, one.ends_at) for turn in theirs
    ):
        return Hitch.ALREADY_THERE
    if not one.staff.active:
        return Hitch.NOT_ACTIVE
    if one.starts_at <= now:
        return Hitch.BEGUN
    own = [(turn.starts_at, turn.ends_at) for turn in theirs]
    own += [(other.starts_at, other.ends_at) for other in before if other.counts and other.staff.id == one.staff.id]
    if any(starts < one.ends_at and ends > one.starts_at for starts, ends in own):
        return Hitch.COLLIDES
    if any(starts < one.ends_at and ends > one.starts_at for starts, ends in away):
        return Hitch.ON_LEAVE
    return None


def put(*, session: Session, actor: StaffMember, proposals: Iterable[Proposal], now: datetime) -> list[DutyTurn]:
    """Put every proposed turn that nothing stops on the roster; sent twice, the second time finds them there."""
    return [
        duty.add_turn(
            session=session,
            actor=actor,
            staff=one.staff,
            position=one.position,
            starts_at=one.starts_at,
            ends_at=one.ends_at,
            now=now,
        )
        for one in proposals
        if one.counts
    ]


def _note(session: Session, actor: StaffMember, verb: str, slot_id: int, now: datetime) -> None:
    audit.record(session=session, actor=actor, verb=verb, subject_type="duty_pattern_slot", subject_id=slot_id, now=now)
