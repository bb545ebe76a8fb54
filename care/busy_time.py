"""What the calendar has taken already, read as whole minutes for the slot search."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from functools import lru_cache
from types import MappingProxyType
from typing import NamedTuple

from sqlalchemy import String, case, cast, func, select
from sqlalchemy.orm import Session

from care.open_time import DAY, Stretch, moment_of
from models.calendar import CalendarHold, CalendarHolder, HolderKind, HoldKind

WEEK = 7 * DAY
# Weeks begin on Monday at midnight at the base, which is UTC+8 all year; 1 January 1970 was a Thursday.
_FIRST_MONDAY = 4 * DAY - 8 * 60
# As the databases give it back: UTC without saying so.
_EPOCH = datetime(1970, 1, 1)  # noqa: DTZ001
# What counts as work with people when the load of a week is compared.
_LOAD = (HoldKind.APPOINTMENT, HoldKind.GROUP_SESSION, HoldKind.OFFER)


def week_of(minute: int) -> int:
    """Return the number of the week of a minute since 1970."""
    return (minute - _FIRST_MONDAY) // WEEK


def week_begins(week: int) -> int:
    """Return the minute at which a week begins."""
    return week * WEEK + _FIRST_MONDAY


class Taken(NamedTuple):
    """What one holder is taken for: the stretches, and the minutes of work with people in each week."""

    stretches: tuple[Stretch, ...] = ()
    load: Mapping[int, int] = MappingProxyType({})


NOTHING = Taken()


@lru_cache(maxsize=512)
def read_line(line: str) -> Taken:
    """Read what the database wrote for one holder. It depends on the line alone, so an answer never grows old."""
    if not line:
        return NOTHING
    stretches: list[Stretch] = []
    load: dict[int, int] = defaultdict(int)
    for part in line.split(";"):
        first, last, counts = _read_hold(part)
        stretches.append((first, last))
        if counts:
            load[(first - _FIRST_MONDAY) // WEEK] += last - first
    return Taken(tuple(stretches), MappingProxyType(load | {}))


@lru_cache(maxsize=1 << 14)
def _read_hold(part: str) -> tuple[int, int, bool]:
    """Read one hold. Many colleagues are taken at the same hour."""
    starts_at, ends_at, counts = part.split("/")
    return _minute(datetime.fromisoformat(starts_at)), _minute(datetime.fromisoformat(ends_at)), counts == "1"


@dataclass
class Busy:
    """What is taken of each holder of one kind, as the database wrote it."""

    lines: dict[int, str] = field(default_factory=dict)

    def of(self, number: int) -> Taken:
        """Return what one holder is taken for."""
        return read_line(self.lines.get(number, ""))


def _minute(moment: datetime) -> int:
    past = moment - _EPOCH
    return past.days * DAY + past.seconds // 60


def read(
    *,
    session: Session,
    kind: HolderKind,
    ids: Collection[int],
    start: int,
    end: int,
    without_hold_id: int | None = None,
) -> Busy:
    """Return what is taken between two minutes since 1970; a hold that is about to move can be left out."""
    if not ids:
        return Busy()
    counts = case((CalendarHold.kind.in_(_LOAD), "1"), else_="0")
    written = cast(CalendarHold.starts_at, String) + "/" + cast(CalendarHold.ends_at, String) + "/" + counts
    # Thousands of holds: the database writes them as one line for each holder, which is three times as quick as rows.
    query = (
        select(CalendarHolder.holder_id, func.aggregate_strings(written, ";"))
        .join(CalendarHold, CalendarHold.id == CalendarHolder.hold_id)
        .where(
            CalendarHolder.holder_kind == kind,
            CalendarHolder.holder_id.in_(ids),
            CalendarHold.starts_at < moment_of(end),
            CalendarHold.ends_at > moment_of(start),
        )
        .group_by(CalendarHolder.holder_id)
    )
    if without_hold_id is not None:
        query = query.where(CalendarHold.id != without_hold_id)
    return Busy({row[0]: row[1] for row in session.execute(query)})
