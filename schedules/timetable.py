"""Every sweep with its pace, in one list that a supervisor can read."""

from __future__ import annotations

from datetime import timedelta

from schedules.jobs import crises, outbox, upkeep
from schedules.runner import Entry

TIMETABLE = (
    # Alarms first: an emergency rings each person for one minute, so five seconds are the most it may lag.
    Entry("climb-unanswered", crises.climb_unanswered, timedelta(seconds=2)),
    Entry("scheduler", upkeep.pulse, timedelta(seconds=5)),
    Entry("send-notices", outbox.send_notices, timedelta(seconds=2)),
    Entry("send-ordinary-notices", outbox.send_ordinary_notices, timedelta(seconds=5)),
    Entry("ask-the-bot-again", outbox.ask_the_bot_again, timedelta(seconds=2)),
    Entry("forget-old-events", upkeep.forget_old_events, timedelta(minutes=30)),
)
