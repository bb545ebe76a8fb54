"""Which days are not what their weekday says: public holidays, make-up working days, and what a manager decrees.

A holiday closes every plan that does not say it runs on holidays. On a make-up working day (调休上班) the plan of
the weekday whose day off it makes up is worked, besides whatever the colleague's plan has for that day itself:
Saturday 14 February 2026 makes up for Friday 20 February, so Friday's plan runs on it. Where no library says which
day it makes up for, a Saturday runs Friday's plan and a Sunday Monday's.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from datetime import date, datetime, timedelta

import chinese_calendar  # type: ignore[import-untyped]  # it ships no types
import holidays as computed
from sqlalchemy import select
from sqlalchemy.orm import Session

from care import audit, live
from care.refusals import Refusal, Refused
from models.holidays import DayKind, DaySource, SpecialDay
from models.staff import StaffMember

# Appointments reach a year ahead at most.
YEARS_AHEAD = 2
LONGEST_NAME = 60
MAKE_UP_NAME = ("调休上班", "Make-up working day")
ORDINARY_NAME = ("照常", "Ordinary day")
_NAMES = {
    "New Year's Day": "元旦",
    "Spring Festival": "春节",
    "Tomb-sweeping Day": "清明节",
    "Labour Day": "劳动节",
    "Dragon Boat Festival": "端午节",
    "National Day": "国庆节",
    "Mid-autumn Festival": "中秋节",
    "Anti-Fascist 70th Day": "抗战胜利七十周年",
}
# The other library's note on a day off: which working day makes up for it.
_MADE_UP_ON = re.compile(r"由 (\d{4}-\d{2}-\d{2}) 调休")


def seed(*, session: Session, years: Iterable[int], now: datetime, actor: StaffMember | None = None) -> int:
    """Write down the special days of the years; return how many rows are new or were corrected.

    Years whose notice is known are taken from it; later ones are computed and marked provisional. A notice that has
    come out since replaces what was computed. What a manager decreed is never touched.
    """
    wanted = {year: _days_of(year) for year in sorted(set(years))}
    changed = 0
    for year, days in wanted.items():
        known = {
            row.day: row
            for row in session.scalars(
                select(SpecialDay).where(SpecialDay.day >= date(year, 1, 1), SpecialDay.day <= date(year, 12, 31))
            )
        }
        for day, row in known.items():
            if day not in days and row.source is DaySource.PROVISIONAL:
                session.delete(row)
                changed += 1
        for day, fresh in days.items():
            changed += _put(session, known.get(day), fresh, now)
    session.flush()
    if changed:
        audit.record(
            session=session,
            actor=actor,
            verb="holidays.seed",
            subject_type="special_day",
            subject_id=0,
            now=now,
            years=sorted(wanted),
            changed=changed,
        )
    return changed


def keep_up(*, session: Session, now: datetime) -> int:
    """Seed the year that runs and those after it that can be booked; a second call finds nothing to do."""
    return seed(session=session, years=range(now.year, now.year + YEARS_AHEAD + 1), now=now)


def _put(session: Session, row: SpecialDay | None, fresh: SpecialDay, now: datetime) -> int:
    fresh.changed_at = now
    if row is None:
        session.add(fresh)
        return 1
    same = (row.kind, row.name_zh, row.source, row.plan_weekday) == (
        fresh.kind,
        fresh.name_zh,
        fresh.source,
        fresh.plan_weekday,
    )
    if same or row.source is DaySource.DECREE:
        return 0
    if row.source is DaySource.PUBLISHED and fresh.source is DaySource.PROVISIONAL:
        return 0
    row.kind, row.name_zh, row.name_en = fresh.kind, fresh.name_zh, fresh.name_en
    row.source, row.plan_weekday, row.changed_at = fresh.source, fresh.plan_weekday, now
    return 1


def _days_of(year: int) -> dict[date, SpecialDay]:
    published = _published(year)
    return published if published else _computed(year)


def _published(year: int) -> dict[date, SpecialDay]:
    """Return what the State Council's notice says, or nothing where the library does not know the year."""
    table = chinese_calendar.constants
    found = {
        day: _holiday(day, _NAMES.get(str(name), str(name)), str(name), DaySource.PUBLISHED)
        for day, name in table.holidays.items()
        if day.year == year
    }
    makes_up = _made_up_days(year)
    for day in table.workdays:
        if day.year == year:
            found[day] = _make_up(day, makes_up.get(day), DaySource.PUBLISHED)
    return found


def _made_up_days(year: int) -> dict[date, date]:
    """Return for each make-up working day which day off it makes up for."""
    pairs = {}
    for off, name in computed.country_holidays("CN", years=[year], language="zh_CN").items():
        noted = _MADE_UP_ON.search(name)
        if noted:
            pairs[date.fromisoformat(noted.group(1))] = off
    return pairs


def _computed(year: int) -> dict[date, SpecialDay]:
    chinese = computed.country_holidays("CN", years=[year], language="zh_CN")
    english = computed.country_holidays("CN", years=[year], language="en_US")
    return {day: _holiday(day, name, english.get(day, name), DaySource.PROVISIONAL) for day, name in chinese.items()}


def _holiday(day: date, name_zh: str, name_en: str, source: DaySource) -> SpecialDay:
    return SpecialDay(
        day=day,
        kind=DayKind.HOLIDAY,
        name_zh=name_zh[:LONGEST_NAME],
        name_en=name_en[:LONGEST_NAME],
        source=source,
    )


def _make_up(day: date, off: date | None, source: DaySource) -> SpecialDay:
    return SpecialDay(
        day=day,
        kind=DayKind.MAKE_UP,
        name_zh=MAKE_UP_NAME[0],
        name_en=MAKE_UP_NAME[1],
        source=source,
        plan_weekday=off.weekday() if off else _nearest_weekday(day),
    )


def _nearest_weekday(day: date) -> int:
    return {5: 4, 6: 0}.get(day.weekday(), day.weekday())


def decree(
    *,
    session: Session,
    actor: StaffMember,
    day: date,
    kind: DayKind | None,
    name_zh: str,
    name_en: str,
    now: datetime,
    plan_weekday: int | None = None,
) -> SpecialDay:
    """Say what a day is, above all libraries; kind None makes it an ordinary day. Booked appointments stay."""
    if plan_weekday is not None and not 0 <= plan_weekday <= 6:
        raise Refused(Refusal.WRONG_VALUE, "plan_weekday")
    if len(name_zh) > LONGEST_NAME or len(name_en) > LONGEST_NAME:
        raise Refused(Refusal.TOO_LONG, "name_zh")
    row = session.get(SpecialDay, day)
    if row is None and kind is None:
        raise Refused(Refusal.NOT_ON_HOLIDAYS_LIST, "day")
    if row is None:
        row = SpecialDay(day=day)
        session.add(row)
    fallback = {DayKind.MAKE_UP: MAKE_UP_NAME, None: ORDINARY_NAME}.get(kind, ("放假", "Holiday"))
    row.kind, row.source = kind, DaySource.DECREE
    row.name_zh, row.name_en = name_zh.strip() or fallback[0], name_en.strip() or fallback[1]
    row.plan_weekday = None
    if kind is DayKind.MAKE_UP:
        row.plan_weekday = _nearest_weekday(day) if plan_weekday is None else plan_weekday
    row.changed_at, row.changed_by_id = now, actor.id
    session.flush()
    _trace(session, actor, "holiday.decree", day, now, kind=kind.value if kind else None)
    return row


def move(*, session: Session, actor: StaffMember, day: date, to_day: date, now: datetime) -> SpecialDay:
    """Move a holiday or a make-up working day to another date by decree; the old date becomes an ordinary one."""
    row = session.get(SpecialDay, day)
    if row is None or row.kind is None:
        raise Refused(Refusal.NOT_FOUND, "day")
    if to_day == day:
        raise Refused(Refusal.WRONG_VALUE, "to_day")
    kind, names, weekday = row.kind, (row.name_zh, row.name_en), row.plan_weekday
    target = session.get(SpecialDay, to_day)
    if target is not None and target.kind is not None:
        raise Refused(Refusal.ALREADY_THERE, "to_day")
    decree(session=session, actor=actor, day=day, kind=None, name_zh="", name_en="", now=now)
    return decree(
        session=session,
        actor=actor,
        day=to_day,
        kind=kind,
        name_zh=names[0],
        name_en=names[1],
        now=now,
        plan_weekday=weekday,
    )


def _trace(session: Session, actor: StaffMember, verb: str, day: date, now: datetime, **more: object) -> None:
    # A day has no number of its own, so it is counted from the first day of the calendar.
    audit.record(
        session=session,
        actor=actor,
        verb=verb,
        subject_type="special_day",
        subject_id=day.toordinal(),
        now=now,
        day=day.isoformat(),
        **more,
    )
    live.publish(session=session, channel=live.DESK, kind="holidays", now=now)


def between(*, session: Session, first: date, last: date) -> dict[date, SpecialDay]:
    """Return every special day from the first to the last date."""
    rows = session.scalars(select(SpecialDay).where(SpecialDay.day >= first, SpecialDay.day <= last)).all()
    return {row.day: row for row in rows}


def holiday_on(*, session: Session, day: date) -> SpecialDay | None:
    """Return the holiday on the date, if it is one."""
    row = session.get(SpecialDay, day)
    return row if row is not None and row.kind is DayKind.HOLIDAY else None


def of_year(*, session: Session, year: int) -> Sequence[SpecialDay]:
    """Return the special days of a year in order, for the page on which a manager reads and moves them."""
    return session.scalars(
        select(SpecialDay)
        .where(SpecialDay.day >= date(year, 1, 1), SpecialDay.day < date(year, 12, 31) + timedelta(days=1))
        .order_by(SpecialDay.day)
    ).all()
