"""Calls that I promised to people who are worried, and the way to report a worry of my own."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime

from flask import url_for
from flask_babel import gettext as _
from sqlalchemy.orm import Session

from care import worried_calls
from models.staff import StaffMember
from web.common.access import Access, staff_may
from web.staff.my_day.rows import Door, Row, Section


def rows(*, session: Session, me: StaffMember, now: datetime) -> Iterator[Row]:
    """Yield the calls that stand in my name; the late ones first."""
    if not staff_may(Access.SEE_CASE):
        return
    for report in worried_calls.standing(session=session, owner_id=me.id):
        late = report.due_at is not None and report.due_at < now
        yield Row(
            Section.LATE if late else Section.WAITS,
            _("Call the one who is worried about %(code)s", code=report.beneficiary.code),
            url_for("staff.case", case_id=report.case_id),
            report.due_at,
            detail=_("promised to somebody who told us of a worry"),
            symbol="phone",
        )


def doors() -> Iterator[Door]:
    """Yield the way to the form; everybody who meets people has it."""
    if staff_may(Access.REPORT_WORRY):
        words = _("You have seen or heard something: the duty desk is alarmed at once.")
        yield Door(_("I am worried about somebody"), words, url_for("staff.worried"), "alert", 5)
