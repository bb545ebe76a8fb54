"""What the calendar has taken already, read as whole minutes for the slot search."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection
from dataclasses import dataclass, field
from datetime import datetime

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


@dataclass
class Busy:
    """Taken stretches of each holder of one kind, and those among them that are work with people."""

    taken: dict[int, list[Stretch]] = field(default_factory=lambda: defaultdict(list))
    counted: dict[int, list[Stretch]] = field(default_factory=dict)

    def load(self) -> dict[tuple[int, int], int]:
        """Return the minutes that each colleague gives in each week."""
        found: dict[tuple[int, int], int] = {}
        for number, stretches in self.counted.items():
            weeks: dict[int, int] = defaultdict(int)
            for first, last in stretches:
                weeks[(first - _FIRST_MONDAY) // WEEK] += last - first
            found |= {(number, week): minutes for week, minutes in weeks.items()}
        return found


class _Stretches(dict[str, Stretch]):
    """Each pair of moments is read once: many colleagues are taken at the same hour."""

    def __missing__(self, written: str) -> Stretch:
        first, last = (_minute(datetime.fromisoformat(moment)) for moment in written.split("/"))
        self[written] = first, last
        return first, last


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
    counts = case((CalendarHold.kind.in_(_LOAD), 1), else_=0)
    written = cast(CalendarHold.starts_at, String) + "/" + cast(CalendarHold.ends_at, String)
    # Thousands of holds: the database writes them as one line for each holder, which is three times as quick as rows.
    query = (
        select(CalendarHolder.holder_id, counts, func.aggregate_strings(written, ";"))
        .join(CalendarHold, CalendarHold.id == CalendarHolder.hold_id)
        .where(
            CalendarHolder.holder_kind == kind,
            CalendarHolder.holder_id.in_(ids),
            CalendarHold.starts_at < moment_of(end),
            CalendarHold.ends_at > moment_of(start),
        )
        .group_by(CalendarHolder.holder_id, counts)
    )
    if without_hold_id is not None:
        query = query.where(CalendarHold.id != without_hold_id)
    stretches = _Stretches()
    for number, counted, line in session.execute(query):
        read_out = [stretches[one] for one in line.split(";")]
        found.taken[number] += read_out
        if counted:
            found.counted[number] = read_out
    return found
