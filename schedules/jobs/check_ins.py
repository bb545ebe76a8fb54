"""People who agreed to be asked again are asked: by a neutral notice, never while a crisis case is open."""

from __future__ import annotations

from care import check_ins
from models.database import writing
from schedules.runner import Tools


def look_after_check_ins(tools: Tools) -> int:
    """Send what is due, put off what meets a crisis, let go what nobody followed; one transaction each."""
    with tools.sessions() as session:
        due = check_ins.to_look_at(session=session, now=tools.clock())
    done = 0
    for check_in_id in due:
        with tools.sessions() as session, writing(session):
            done += check_ins.look_after(
                session=session, check_in_id=check_in_id, secret=tools.secret, now=tools.clock()
            )
    return done
