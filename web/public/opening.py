"""Whether a person can be reached now, as the roster has it; the page adds no hope of its own."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from care import opening as door
from care.wording import say, when
from web.common import clock
from web.common.database import reading


@dataclass(frozen=True)
class Opening:
    """Somebody is at the desk now, or when the next turn starts, and the sentence that says so."""

    staffed: bool
    next_at: datetime | None
    words: str


def opening(language: str) -> Opening:
    """Return the opening state at this moment."""
    found = door.at(session=reading(), now=clock.now())
    if found.staffed:
        return Opening(True, None, say("hours.staffed", language))
    if found.next_at is None:
        return Opening(False, None, say("hours.unknown", language))
    return Opening(
        False, found.next_at, say("hours.next", language, when=when(found.next_at, language, clock.timezone()))
    )
