"""Notices on my day: an address that is missing or broken, and for operators the notices that did not get through."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime, timedelta

from flask import url_for
from flask_babel import gettext as _
from sqlalchemy.orm import Session

from care import contacts, notices
from models.staff import StaffMember
from web.common.access import Access, staff_may
from web.staff.my_day.rows import Door, Row, Section

LOOK_BACK = timedelta(days=1)


def rows(*, session: Session, me: StaffMember, now: datetime) -> Iterator[Row]:
    """Yield what keeps notices from arriving."""
    own = contacts.of(session=session, owner=me)
    page = url_for("staff.my_notices")
    if staff_may(Access.CHECK_IN) and not any(one.is_in_use for one in own):
        detail = _("An alarm reaches you only on an open page of the desk.")
        yield Row(Section.WAITS, _("Add an address for notices"), page, detail=detail, symbol="bell")
    elif any(one.failed_at for one in own):
        yield Row(Section.WAITS, _("Notices do not get through to one of your addresses"), page, symbol="alert")
    if staff_may(Access.SEE_OPERATIONS):
        number = notices.troubled_since(session=session, since=now - LOOK_BACK)
        if number:
            title = _("Notices that could not be sent since yesterday: %(number)s", number=number)
            yield Row(Section.WAITS, title, url_for("staff.notices_sent", show="trouble"), symbol="alert")


def doors() -> Iterator[Door]:
    """Yield the way to one's addresses and, for operators, to what was sent."""
    yield Door(_("My notices"), _("Where you are reached outside the desk."), url_for("staff.my_notices"), "bell", 85)
    if staff_may(Access.SEE_OPERATIONS):
        words = _("What was sent, what is kept, what did not get through.")
        yield Door(_("Notices sent"), words, url_for("staff.notices_sent"), "send", 75)
