"""Risk checks that I have begun and not signed."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime

from flask import url_for
from flask_babel import gettext as _
from sqlalchemy.orm import Session

from care import risk_checks
from models.staff import StaffMember
from web.common.access import Access, staff_may
from web.staff.my_day.rows import Door, Row, Section


def rows(*, session: Session, me: StaffMember, now: datetime) -> Iterator[Row]:
    """Yield each draft about a case that is still open: without the signature the case cannot be closed."""
    if not staff_may(Access.ACKNOWLEDGE_CASE):
        return
    for draft, code in risk_checks.drafts_of(session=session, author=me):
        yield Row(
            Section.WAITS,
            _("Unfinished risk check of %(code)s", code=code),
            url_for("staff.risk_check", case_id=draft.case_id),
            draft.changed_at,
            symbol="shield",
        )


def doors() -> Iterator[Door]:
    """Yield nothing: a risk check is begun on the page of its case."""
    yield from ()
