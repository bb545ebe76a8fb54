"""Fire drills by the clock: begin what is due, end what is over."""

from __future__ import annotations

from care import drill_ends, drills
from models.database import writing
from schedules.runner import Tools


def keep_drills(tools: Tools) -> int:
    """End a drill two minutes after it was taken, when somebody real waits, or after 20 minutes; begin what is due."""
    now = tools.clock()
    with tools.sessions() as session:
        drill = drills.running(session=session)
        is_over = drill is not None and drill_ends.ending_of(session=session, drill=drill, now=now) is not None
        is_due = drill is None and (
            drills.planned(session=session, secret=tools.secret, timezone=tools.timezone, now=now) is not None
        )
    if is_over:
        with tools.sessions() as session, writing(session):
            return int(drill_ends.tend(session=session, now=now))
    if is_due:
        with tools.sessions() as session, writing(session):
            return int(
                drills.begin_planned(session=session, secret=tools.secret, timezone=tools.timezone, now=tools.clock())
            )
    return 0
