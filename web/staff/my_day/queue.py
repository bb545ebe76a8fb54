"""The crisis queue on my day: an alarm that nobody has taken is the first line of everybody's day at the desk."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime

from flask import url_for
from flask_babel import gettext as _
from sqlalchemy import select
from sqlalchemy.orm import Session

from models.beneficiaries import Beneficiary
from models.crises import CrisisCase
from models.staff import StaffMember
from web.common.access import Access, staff_may
from web.staff.my_day.rows import Door, Row, Section


def rows(*, session: Session, me: StaffMember, now: datetime) -> Iterator[Row]:
    """Yield each open case that nobody has taken, and my own open cases."""
    if not staff_may(Access.SEE_QUEUE):
        return
    query = (
        select(CrisisCase.id, CrisisCase.owner_id, CrisisCase.due_at, Beneficiary.code)
        .join(Beneficiary, Beneficiary.id == CrisisCase.beneficiary_id)
        .where(CrisisCase.closed_at.is_(None))
        .order_by(CrisisCase.due_at)
    )
    for case_id, holder, due_at, code in session.execute(query):
        url = url_for("staff.case", case_id=case_id)
        if holder is None:
            yield Row(Section.LATE, _("Nobody has taken the case of %(code)s", code=code), url, due_at, symbol="bell")
        elif holder == me.id:
            yield Row(Section.WAITS, _("Your open case of %(code)s", code=code), url, due_at, symbol="bell")


def doors() -> Iterator[Door]:
    """Yield the way to the queue."""
    if staff_may(Access.SEE_QUEUE):
        yield Door(_("Queue"), _("Who needs someone now, the highest risk first."), url_for("staff.home"), "bell", 5)
