"""The report of clocks: per level and month or week, how soon alarms were taken and people were spoken with.

It is read from what happened (flags, hops, the trace of who took and who spoke), so it cannot be polished: an alarm
that missed its clock stands in the list for ever. Exercises and demonstrations are not counted.
"""

from __future__ import annotations

import itertools
import math
import statistics
from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from zoneinfo import ZoneInfo

from sqlalchemy import or_, select
from sqlalchemy.orm import Session, selectinload

from care.clocks import clock
from models.audit import AuditEntry
from models.beneficiaries import Beneficiary
from models.case_changes import CaseChange, ChangeEnd, ChangeKind
from models.crises import CrisisCase
from triage.levels import Level

TAKEN, CONTACT = "crisis.acknowledge", "crisis.contact"
# A hop this much after its time is the sweep's own pace; later than that nobody let the alarm climb.
SLACK = timedelta(seconds=60)


class Span(StrEnum):
    """What one line of the report covers."""

    MONTH = "month"
    WEEK = "week"


@dataclass(frozen=True)
class Start:
    """The moment at which a case reached a level."""

    level: Level
    at: datetime
    lowered: bool = False


@dataclass(frozen=True)
class Alarm:
    """One clock that ran: from the moment a case reached a level until it rose further, was closed, or now."""

    case_id: int
    code: str
    level: Level
    started_at: datetime
    # Until when the person had to be spoken with.
    due_at: datetime
    until: datetime
    is_running: bool
    taken_at: datetime | None
    contacted_at: datetime | None
    climbs: int
    # The alarm stood still although nobody had answered: this must never be.
    is_silent: bool

    @property
    def is_breach(self) -> bool:
        """Tell whether nobody had spoken with the person when the clock ran out."""
        return self.until > self.due_at and (self.contacted_at is None or self.contacted_at > self.due_at)

    @property
    def in_time(self) -> bool:
        """Tell whether the first one who was rung took it, before it climbed."""
        return self.taken_at is not None and self.taken_at - self.started_at <= clock(self.level).climb

    @property
    def seconds_to_human(self) -> float | None:
        """Return after how many seconds a named colleague took it."""
        return None if self.taken_at is None else (self.taken_at - self.started_at).total_seconds()

    @property
    def seconds_to_contact(self) -> float | None:
        """Return after how many seconds somebody spoke with the person."""
        return None if self.contacted_at is None else (self.contacted_at - self.started_at).total_seconds()


@dataclass(frozen=True)
class Line:
    """One level in one month or week; times are in seconds."""

    span: str
    level: Level
    alarms: int
    in_time: int
    climbed: int
    hops: int
    breaches: int
    silent: int
    # Either of the two: an alarm that did both is one alarm.
    missed: int
    waiting: int
    median_to_human: float | None
    p90_to_human: float | None
    median_to_contact: float | None
    p90_to_contact: float | None


def alarms(*, session: Session, start: datetime, end: datetime, now: datetime) -> list[Alarm]:
    """Return every alarm that began in the span, the newest first."""
    cases = session.scalars(
        select(CrisisCase)
        .join(CrisisCase.beneficiary)
        .where(
            Beneficiary.synthetic.is_(False),
            CrisisCase.opened_at < end,
            or_(CrisisCase.closed_at.is_(None), CrisisCase.closed_at >= start),
        )
        .options(
            selectinload(CrisisCase.flags), selectinload(CrisisCase.escalations), selectinload(CrisisCase.beneficiary)
        )
    ).all()
    deeds = _deeds(session, [case.id for case in cases])
    lowered = _lowered(session, [case.id for case in cases])
    found = [
        alarm
        for case in cases
        for alarm in _of_case(case, deeds[case.id], lowered[case.id], now)
        if start <= alarm.started_at < end
    ]
    return sorted(found, key=lambda alarm: (alarm.started_at, alarm.case_id), reverse=True)


def of_one(*, session: Session, case: CrisisCase, now: datetime) -> list[Alarm]:
    """Return the alarms of one case, the first in front."""
    return list(_of_case(case, _deeds(session, [case.id])[case.id], _lowered(session, [case.id])[case.id], now))


def _deeds(session: Session, case_ids: Sequence[int]) -> dict[int, list[tuple[str, datetime]]]:
    """Return who took and who spoke, as (verb, moment), in order; asked in portions that every database takes."""
    found: dict[int, list[tuple[str, datetime]]] = defaultdict(list)
    for first in range(0, len(case_ids), 500):
        rows = session.execute(
            select(AuditEntry.subject_id, AuditEntry.verb, AuditEntry.at)
            .where(
                AuditEntry.subject_type == "crisis_case",
                AuditEntry.verb.in_((TAKEN, CONTACT)),
                AuditEntry.subject_id.in_(case_ids[first : first + 500]),
            )
            .order_by(AuditEntry.id)
        )
        for case_id, verb, at in rows:
            found[case_id].append((verb, at))
    return found


def _lowered(session: Session, case_ids: Sequence[int]) -> dict[int, list[Start]]:
    """Return when each case was lowered by people, and to which level."""
    found: dict[int, list[Start]] = defaultdict(list)
    for first in range(0, len(case_ids), 500):
        rows = session.execute(
            select(CaseChange.case_id, CaseChange.to_level, CaseChange.ended_at).where(
                CaseChange.kind == ChangeKind.LOWER,
                CaseChange.ending == ChangeEnd.CONFIRMED,
                CaseChange.case_id.in_(case_ids[first : first + 500]),
            )
        )
        for case_id, level, at in rows:
            if level is not None and at is not None:
                found[case_id].append(Start(Level(level.value), at, lowered=True))
    return found


def _of_case(
    case: CrisisCase, deeds: Sequence[tuple[str, datetime]], lowered: Sequence[Start], now: datetime
) -> Iterator[Alarm]:
    starts = _starts(case, lowered)
    for position, start in enumerate(starts):
        changed_at = starts[position + 1].at if position + 1 < len(starts) else None
        until = changed_at or case.closed_at or max(now, start.at)
        yield _alarm(case, deeds, start, until, is_running=changed_at is None and case.closed_at is None)


def _starts(case: CrisisCase, lowered: Sequence[Start]) -> list[Start]:
    """Return when the case reached each of its levels: a flag that is not higher starts no clock."""
    flags = [Start(Level(flag.level.value), flag.at) for flag in case.flags]
    starts: list[Start] = []
    for one in sorted([*flags, *lowered], key=lambda start: start.at):
        if one.lowered or not starts or one.level.rank > starts[-1].level.rank:
            starts.append(one)
    return starts


def _alarm(
    case: CrisisCase, deeds: Sequence[tuple[str, datetime]], start: Start, until: datetime, *, is_running: bool
) -> Alarm:
    hops = [hop.at for hop in case.escalations if start.at <= hop.at < until or (is_running and hop.at == until)]
    # A lowered case keeps whoever had it; a case that rose asks again, and rings nobody while one is in the chat.
    since = case.opened_at if start.lowered else start.at
    taken = [at for _verb, at in deeds if since <= at <= until]
    spoken = [at for verb, at in deeds if verb == CONTACT and since <= at <= until]
    is_there = not hops and not start.lowered
    taken_at = start.at if is_there else max(start.at, min(taken)) if taken else None
    contacted_at = max(start.at, min(spoken)) if spoken else None
    steps = clock(start.level)
    return Alarm(
        case_id=case.id,
        code=case.beneficiary.code,
        level=start.level,
        started_at=start.at,
        due_at=start.at + steps.contact,
        until=until,
        is_running=is_running,
        taken_at=taken_at,
        contacted_at=contacted_at,
        climbs=len(set(hops)) if start.lowered else max(0, len(set(hops)) - 1),
        is_silent=_stood_still([start.at, *hops], taken_at or until, steps.climb),
    )


def _stood_still(moments: Sequence[datetime], answered_at: datetime, step: timedelta) -> bool:
    """Tell whether more than one step passed between two hops, or after the last, while nobody had answered."""
    passed = [*(at for at in moments if at <= answered_at), answered_at]
    return any(later - earlier > step + SLACK for earlier, later in itertools.pairwise(passed))


def lines(*, found: Iterable[Alarm], span: Span, timezone: str) -> list[Line]:
    """Return the alarms counted by month or week of their start and by level, the newest first."""
    zone = ZoneInfo(timezone)
    groups: dict[tuple[str, Level], list[Alarm]] = defaultdict(list)
    for alarm in found:
        groups[span_of(alarm.started_at.astimezone(zone), span), alarm.level].append(alarm)
    counted = [_line(name, level, group) for (name, level), group in groups.items()]
    by_level = sorted(counted, key=lambda line: -line.level.rank)
    return sorted(by_level, key=lambda line: line.span, reverse=True)


def span_of(local: datetime, span: Span) -> str:
    """Return the name of the month ("2026-03") or of the ISO week ("2026-W10") of a moment of the base's own time."""
    if span is Span.MONTH:
        return f"{local:%Y-%m}"
    year, week, _day = local.isocalendar()
    return f"{year}-W{week:02}"


def _line(name: str, level: Level, group: Sequence[Alarm]) -> Line:
    human = [one.seconds_to_human for one in group if one.seconds_to_human is not None]
    contact = [one.seconds_to_contact for one in group if one.seconds_to_contact is not None]
    return Line(
        span=name,
        level=level,
        alarms=len(group),
        in_time=sum(one.in_time for one in group),
        climbed=sum(one.climbs > 0 for one in group),
        hops=sum(one.climbs for one in group),
        breaches=sum(one.is_breach for one in group),
        silent=sum(one.is_silent for one in group),
        missed=sum(one.is_breach or one.is_silent for one in group),
        waiting=sum(one.is_running and one.contacted_at is None for one in group),
        median_to_human=statistics.median(human) if human else None,
        p90_to_human=percentile(human, 90),
        median_to_contact=statistics.median(contact) if contact else None,
        p90_to_contact=percentile(contact, 90),
    )


def percentile(values: Sequence[float], part: int) -> float | None:
    """Return the nearest-rank percentile: a value that really occurred, so that small numbers are not smoothed."""
    if not values:
        return None
    return sorted(values)[max(0, math.ceil(len(values) * part / 100) - 1)]
