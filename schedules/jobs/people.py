"""What identifies an applicant is erased when its time is over."""

from __future__ import annotations

from care import applications
from models.applications import Application
from models.database import writing
from schedules.runner import Tools


def erase_old_applications(tools: Tools) -> int:
    """Erase name, number and words half a year after the decision; one transaction each, a second run finds none."""
    with tools.sessions() as session:
        due = [row.id for row in applications.due_for_erasure(session=session, now=tools.clock())]
    for application_id in due:
        with tools.sessions() as session, writing(session):
            row = session.get_one(Application, application_id)
            applications.erase(session=session, application=row, now=tools.clock())
    return len(due)
