"""Interval arithmetic for the slot search: open and taken time of one colleague as five-minute cells.

A cell is a byte: 0 closed, 1 open, 2 taken. Filling a stretch and finding the next free one are then single operations
of the interpreter's own machine code, which is why fifty colleagues and ninety days are searched in a few milliseconds.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from functools import lru_cache
from zoneinfo import ZoneInfo

STEP = 5  # minutes
DAY = 24 * 60
_EPOCH = date(1970, 1, 1).toordinal()

Stretch = tuple[int, int]
_TAKEN = b"\x02"


@lru_cache(maxsize=4096)
def midnight(timezone: str, ordinal: int) -> int:
    """Return the minute since 1970 in UTC at which the day begins on the wall."""
    start = datetime.combine(date.fromordinal(ordinal), datetime.min.time(), ZoneInfo(timezone))
    return int(start.timestamp()) // 60


@lru_cache(maxsize=4096)
def is_plain(timezone: str, ordinal: int) -> bool:
    """Tell whether the day has 24 hours there: the clocks are not moved on it."""
    return midnight(timezone, ordinal + 1) - midnight(timezone, ordinal) == DAY


def on_the_wall(timezone: str, ordinal: int, minute: int) -> int:
    """Return the minute since 1970 in UTC at which the wall shows this minute of the day."""
    if is_plain(timezone, ordinal):
        return midnight(timezone, ordinal) + minute
    if minute == DAY:
        return midnight(timezone, ordinal + 1)
    wall = datetime.combine(date.fromordinal(ordinal), datetime.min.time()) + timedelta(minutes=minute)
    # An hour that the clocks jump over is read as the one before the jump, an hour that comes twice as its first.
    return int(wall.replace(tzinfo=ZoneInfo(timezone)).timestamp()) // 60


def minute_of(moment: datetime) -> int:
    """Return the whole minutes since 1970, rounded up: nothing begins before its moment."""
    return -int(-moment.timestamp() // 60)


@lru_cache(maxsize=1 << 16)
def moment_of(minute: int) -> datetime:
    """Return the aware moment of a minute since 1970."""
    return datetime.fromtimestamp(minute * 60, tz=UTC)


@dataclass
class OpenTime:
    """The cells of one colleague between two minutes; the second is rounded up to a whole cell."""

    start: int
    end: int
    cells: bytearray = field(init=False)

    def __post_init__(self) -> None:
        self.start -= self.start % STEP
        self.cells = bytearray((self.end - self.start + STEP - 1) // STEP)

    def fill(self, stretch: Stretch, value: int) -> None:
        """Open (1) or close (0) a stretch. What only touches a cell closes it whole, and opens none of it."""
        first, last = stretch[0] - self.start, stretch[1] - self.start
        if value:
            first, last = -(-first // STEP), last // STEP
        else:
            first, last = first // STEP, -(-last // STEP)
        first, last = max(first, 0), min(last, len(self.cells))
        if first < last:
            self.cells[first:last] = (b"\x01" if value else b"\x00") * (last - first)

    def lay(self, begin: int, cells: bytes) -> bool:
        """Lay ready cells over those from a minute on; return whether they lie on the grid and within it."""
        first, rest = divmod(begin - self.start, STEP)
        if rest or first < 0 or first + len(cells) > len(self.cells):
            return False
        self.cells[first : first + len(cells)] = cells
        return True

    def starts(self, minutes: int, pause: int, taken: Iterable[Stretch]) -> list[int]:
        """Return each minute at which a meeting can begin, one after the other without overlap.

        The meeting lies in open time and meets nothing that is taken; the pause after it may lie outside the plan,
        but not in what is taken.
        """
        cells = self._with_taken(taken)
        find, last_hole = cells.find, cells.rfind
        length, rest = minutes // STEP, pause // STEP
        wanted = b"\x01" * length
        found: list[int] = []
        position = find(wanted)
        while position >= 0:
            end = position + length
            hole = last_hole(_TAKEN, end, end + rest) if rest else -1
            if hole < 0:
                found.append(position)
                position = find(wanted, end + rest)
            else:
                position = find(wanted, hole + 1)
        return [self.start + position * STEP for position in found]

    def _with_taken(self, taken: Iterable[Stretch]) -> bytearray:
        cells, start = bytearray(self.cells), self.start
        size = len(cells)
        # The innermost loop of the whole search: once for each booking of fifty colleagues.
        for begins, ends in taken:
            first, last = (begins - start) // STEP, -((start - ends) // STEP)
            if first < 0:
                first = 0
            if last > size:
                last = size
            if first < last:
                cells[first:last] = b"\x02" * (last - first)
        return cells

    def is_open(self, stretch: Stretch) -> bool:
        """Tell whether the whole stretch is open."""
        first, last = (stretch[0] - self.start) // STEP, -(-(stretch[1] - self.start) // STEP)
        if first < 0 or last > len(self.cells) or first >= last:
            return False
        return self.cells.find(0, first, last) < 0
