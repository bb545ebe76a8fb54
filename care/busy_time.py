"""What the calendar has taken already, read as whole minutes for the slot search."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from functools import lru_cache
from types import MappingProxyType
from typing import NamedTuple

from sqlalchemy import ColumnElement, Select, String, bindparam, case, cast, func, select
from sqlalchemy.orm import Session

from care.calendar import LONGEST
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
    query = _OF_ONE if len(ids) == 1 else _OF_MANY
    if without_hold_id is not None:
        query = query.where(CalendarHold.id != without_hold_id)
    begins, ends = moment_of(start), moment_of(end)
    asked = {"kind": kind, "ids": list(ids), "begins": begins, "ends": ends, "earliest": begins - LONGEST}
    return Busy({row[0]: row[1] for row in session.execute(query, asked)})


def _written(holder_id: ColumnElement[int]) -> Select[int, str]:
    counts = case((CalendarHold.kind.in_(_LOAD), "1"), else_="0")
    written = cast(CalendarHold.starts_at, String) + "/" + cast(CalendarHold.ends_at, String) + "/" + counts
    # Thousands of holds: the database writes them as one line for each holder, which is three times as quick as rows.
    return (
        select(CalendarHolder.holder_id, func.aggregate_strings(written, ";"))
        .join(CalendarHold, CalendarHold.id == CalendarHolder.hold_id)
        .where(
            CalendarHolder.holder_kind == bindparam("kind"),
            holder_id.in_(bindparam("ids", expanding=True)),
            CalendarHold.starts_at < bindparam("ends"),
            CalendarHold.ends_at > bindparam("begins"),
            # Nothing lasts longer, so the index of times is entered at both ends.
            CalendarHold.starts_at > bindparam("earliest"),
        )
        .group_by(CalendarHolder.holder_id)
    )


# Built once: putting these questions together costs as much as half of their answers.
_OF_ONE = _written(CalendarHolder.holder_id)  # type: ignore[arg-type]
# A sum is no column, so the databases come by the time and not by the holder: otherwise each search for a whole team
# would walk everything that the team has ever been taken for, and grow slower with every year.
_OF_MANY = _written(CalendarHolder.holder_id + 0)
