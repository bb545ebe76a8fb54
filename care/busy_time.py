"""What the calendar has taken already, read as whole minutes for the slot search."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection
from dataclasses import dataclass, field
from datetime import datetime

from sqlalchemy import DateTime, case, select, type_coerce
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


@dataclass
class Busy:
    """Taken stretches of each holder of one kind, and the minutes that colleagues give in each week."""

    taken: dict[int, list[Stretch]] = field(default_factory=lambda: defaultdict(list))
    load: dict[tuple[int, int], int] = field(default_factory=lambda: defaultdict(int))


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
    found = Busy()
    if not ids:
        return found
    query = (
        select(
            CalendarHolder.holder_id,
            type_coerce(CalendarHold.starts_at, DateTime()),
            type_coerce(CalendarHold.ends_at, DateTime()),
            case((CalendarHold.kind.in_(_LOAD), 1), else_=0),
        )
        .join(CalendarHold, CalendarHold.id == CalendarHolder.hold_id)
        .where(
            CalendarHolder.holder_kind == kind,
            CalendarHolder.holder_id.in_(ids),
            CalendarHold.starts_at < moment_of(end),
            CalendarHold.ends_at > moment_of(start),
        )
    )
    if without_hold_id is not None:
        query = query.where(CalendarHold.id != without_hold_id)
    taken, load = found.taken, found.load
    # Thousands of rows of plain numbers: they are read from the connection, past the machinery for objects.
    for number, starts, ends, counts in session.connection().execute(query).all():
        first, last = _minute(starts), _minute(ends)
        taken[number].append((first, last))
        if counts:
            load[number, (first - _FIRST_MONDAY) // WEEK] += last - first
    return found
