"""Free times as both fronts show them: grouped by the date on the base's own wall."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, date, datetime
from zoneinfo import ZoneInfo

from care.slots import Slot
from web.common import clock


@dataclass(frozen=True)
class SlotDay:
    """One date with its free times."""

    date: date
    slots: tuple[Slot, ...]


def by_day(slots: Iterable[Slot]) -> list[SlotDay]:
    """Return the times by local date, in order."""
    zone = ZoneInfo(clock.timezone())
    days: dict[date, list[Slot]] = {}
    for slot in slots:
        days.setdefault(slot.starts_at.astimezone(zone).date(), []).append(slot)
    return [SlotDay(day, tuple(found)) for day, found in sorted(days.items())]


def stamp(moment: datetime) -> str:
    """Return a moment as addresses and hidden fields carry it: whole minutes in UTC."""
    return moment.astimezone(UTC).strftime("%Y%m%dT%H%MZ")


def moment(written: str | None) -> datetime | None:
    """Return the moment that was written by stamp(); None for anything else."""
    try:
        return datetime.strptime(written or "", "%Y%m%dT%H%MZ").replace(tzinfo=UTC)
    except ValueError:
        return None


def midnight(day: date) -> datetime:
    """Return the first moment of a date on the base's own wall."""
    return datetime.combine(day, datetime.min.time(), ZoneInfo(clock.timezone()))


def today() -> date:
    """Return the date on the base's own wall."""
    return clock.now().astimezone(ZoneInfo(clock.timezone())).date()
