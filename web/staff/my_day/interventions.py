"""Steps that wait for a second reader, on the day of those who lead."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime

from flask import url_for
from flask_babel import gettext as _
from sqlalchemy.orm import Session

from care import interventions
from models.staff import StaffMember
from web.common.access import Access, staff_may
from web.staff.interventions.words import KINDS
from web.staff.my_day.rows import Door, Row, Section


def rows(*, session: Session, me: StaffMember, now: datetime) -> Iterator[Row]:
    """Yield each step of colleagues that nobody has read: first those that cannot begin without a word."""
    if not staff_may(Access.READ_STEPS):
        return
    for step in interventions.unread(session=session):
        if me.id in (step.proposed_by_id, step.begun_by_id):
            continue
        title = _("A step for %(code)s waits for a second reader", code=step.case.beneficiary.code)
        waits = step.begun_at is None
        yield Row(
            Section.LATE if waits else Section.WAITS,
            title,
            url_for("staff.step", step_id=step.id),
            step.proposed_at,
            KINDS[step.kind],
            symbol="pen",
        )


def doors() -> Iterator[Door]:
    """Yield nothing: steps are taken on the page of a case."""
    yield from ()
