"""The six levels of risk and the one order between them."""

from __future__ import annotations

from collections.abc import Iterable
from enum import Enum


class Level(str, Enum):
    """How soon a person must look, from "now" (emergency) to "self-help is enough" (green)."""

    EMERGENCY = "emergency"
    RED = "red"
    ORANGE = "orange"
    YELLOW = "yellow"
    BLUE = "blue"
    GREEN = "green"

    @property
    def rank(self) -> int:
        """Return 5 for emergency down to 0 for green, so that levels can be compared."""
        return _RANKS[self]

    def is_at_least(self, other: Level) -> bool:
        """Tell whether this level asks for a person at least as soon as the other one does."""
        return self.rank >= other.rank


_RANKS = {level: 5 - position for position, level in enumerate(Level)}


def highest(levels: Iterable[Level], default: Level = Level.GREEN) -> Level:
    """Return the most urgent of the levels; several voices are joined by this and by nothing else."""
    return max(levels, key=lambda level: level.rank, default=default)
