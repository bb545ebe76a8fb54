"""The roster by the minute and by the day: who is there, who was promised what, and where nobody is listed."""

from __future__ import annotations

from datetime import time
from zoneinfo import ZoneInfo

from care import callbacks, duty_gaps, human, opening
from models.database import writing
from schedules.runner import Tools

# Leads are told of gaps once a day, when the office has opened.
TOLD_FROM = time(9, 0)


def watch_the_desk(tools: Tools) -> int:
    """Notice who has gone silent (three minutes), whose turn has ended, what is planned; tell the open chats once."""
    with tools.sessions() as session:
        changed = opening.has_changed(session=session, now=tools.clock())
    if not changed:
        return 0
    with tools.sessions() as session, writing(session):
        return int(opening.watch(session=session, now=tools.clock()))


def promise_instead(tools: Tools) -> int:
    """Give everybody who waits at a desk that has been empty for a minute a name and a time instead."""
    with tools.sessions() as session:
        waiting = human.waiting_for_nobody(session=session, now=tools.clock())
    promised = 0
    for conversation_id in waiting:
        with tools.sessions() as session, writing(session):
            promised += human.promise_instead(
                session=session, conversation_id=conversation_id, now=tools.clock(), timezone=tools.timezone
            )
    return promised


def keep_promises(tools: Tools) -> int:
    """Hand on the call-backs of those who were deactivated, and tell owner and leads once of each that is late."""
    with tools.sessions() as session:
        if not callbacks.needs_somebody(session=session, now=tools.clock()):
            return 0
    with tools.sessions() as session, writing(session):
        now = tools.clock()
        return callbacks.hand_on(session=session, now=now) + callbacks.tell_of_broken(session=session, now=now)


def tell_of_gaps(tools: Tools) -> int:
    """Tell the leads once a day, from nine o'clock, of gaps in the next 72 hours."""
    now = tools.clock()
    local = now.astimezone(ZoneInfo(tools.timezone))
    if local.time() < TOLD_FROM:
        return 0
    with tools.sessions() as session, writing(session):
        return duty_gaps.tell_of_gaps(session=session, now=now, day=local.date().isoformat())
