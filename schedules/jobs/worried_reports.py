"""Calls that were promised to people who are worried about somebody."""

from __future__ import annotations

from care import worried_calls
from models.database import writing
from schedules.runner import Tools


def keep_calls(tools: Tools) -> int:
    """Hand on the calls of those who were deactivated, and tell owner and leads once of each that is late."""
    with tools.sessions() as session:
        if not worried_calls.needs_somebody(session=session, now=tools.clock()):
            return 0
    with tools.sessions() as session, writing(session):
        now = tools.clock()
        return worried_calls.hand_on(session=session, now=now) + worried_calls.tell_of_late(session=session, now=now)
