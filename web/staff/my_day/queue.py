"""The crisis queue on my day: an alarm that nobody has taken is the first line of everybody's day at the desk."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime

from flask import url_for
from flask_babel import gettext as _
from sqlalchemy.orm import Session

from care import case_queue
from models.staff import StaffMember
from web.common.access import Access, staff_may
from web.staff.my_day.rows import Door, Row, Section


def rows(*, session: Session, me: StaffMember, now: datetime) -> Iterator[Row]:
    """Yield each open case that nobody has taken, and my own open cases."""
    if not staff_may(Access.SEE_QUEUE):
        return
    for line in case_queue.on_the_day_of(session=session, member=me):
        url = url_for("staff.case", case_id=line.case_id)
        if line.taken:
            yield Row(Section.WAITS, _("Your open case of %(code)s", code=line.code), url, line.due_at, symbol="bell")
        else:
            words = _("Nobody has taken the case of %(code)s", code=line.code)
            late = line.urgent or line.due_at <= now
            yield Row(Section.LATE if late else Section.WAITS, words, url, line.due_at, symbol="bell")


def doors() -> Iterator[Door]:
    """Yield the way to the queue."""
    if staff_may(Access.SEE_QUEUE):
        yield Door(_("Queue"), _("Who needs someone now, the highest risk first."), url_for("staff.home"), "bell", 5)
