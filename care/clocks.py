"""The clock of each level, read from data that a base may change."""

from __future__ import annotations

import json
from dataclasses import dataclass
from datetime import timedelta
from functools import lru_cache
from pathlib import Path

from triage.levels import Level

_FILE = Path(__file__).parent / "data" / "clocks.json"


@dataclass(frozen=True)
class Clock:
    """How long each step of a level may take."""

    climb: timedelta
    contact: timedelta
    after_acknowledging: timedelta
    # Whether the duty screen sounds for it.
    alarm: bool


@lru_cache(maxsize=1)
def _clocks() -> dict[Level, Clock]:
    data = json.loads(_FILE.read_text("utf-8"))
    return {
        level: Clock(
            climb=timedelta(seconds=data[level.value]["climb"]),
            contact=timedelta(seconds=data[level.value]["contact"]),
            after_acknowledging=timedelta(seconds=data[level.value]["after_acknowledging"]),
            alarm=bool(data[level.value]["alarm"]),
        )
        for level in Level
        if level is not Level.GREEN
    }


def clock(level: Level) -> Clock:
    """Return the clock of a level. Green has none of its own and gets the slowest.

    No voice raises green; but a row that should not be there must not stop the sweep that rings all the others.
    """
    return _clocks()[Level.BLUE if level is Level.GREEN else level]
