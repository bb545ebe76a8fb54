"""What a duty officer must know about the machines: whether alarms climb, and whether the bot answers."""

from __future__ import annotations

import time
from dataclasses import dataclass

from flask import current_app

from web.common.watchman import watchman

# Asking costs up to a second while the bot is away, so one answer serves every open desk for a while.
BOT_ANSWER_GOOD_FOR = 10.0  # seconds


@dataclass(frozen=True)
class SystemState:
    """Whether the scheduler beats and the bot answers."""

    scheduler: bool
    bot: bool


def now() -> SystemState:
    """Return what works at this moment."""
    return SystemState(scheduler=not watchman().is_silent(), bot=_bot_answers())


def _bot_answers() -> bool:
    known: tuple[float, bool] | None = current_app.extensions.get("desk_bot_pulse")
    moment = time.monotonic()
    if known is None or moment - known[0] > BOT_ANSWER_GOOD_FOR:
        known = (moment, current_app.extensions["bot_turns"].line.is_there())
        current_app.extensions["desk_bot_pulse"] = known
    return known[1]
