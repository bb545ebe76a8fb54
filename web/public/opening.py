"""Whether a person can be reached now, as the roster has it; the page adds no hope of its own."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from care import duty
from care.wording import say, when
from web.common import clock
from web.common.database import reading


@dataclass(frozen=True)
class Opening:
    """Somebody is checked in now, or when the next turn starts, and the sentence that says so."""

    staffed: bool
    next_at: datetime | None
    words: str


def opening(language: str) -> Opening:
    """Return the opening state at this moment."""
    session, now = reading(), clock.now()
    if duty.present(session=session, at=now):
        return Opening(True, None, say("hours.staffed", language))
    turn = duty.next_turn(session=session, after=now)
    if turn is None:
        return Opening(False, None, say("hours.unknown", language))
    return Opening(
        False, turn.starts_at, say("hours.next", language, when=when(turn.starts_at, language, clock.timezone()))
    )
