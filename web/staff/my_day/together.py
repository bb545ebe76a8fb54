"""Filling in together: sittings I have begun, and the way to begin one."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime

from flask import url_for
from flask_babel import gettext as _
from sqlalchemy.orm import Session

from care import assisted
from models.staff import StaffMember
from web.common.access import Access, staff_may
from web.staff.my_day.rows import Door, Row, Section


def rows(*, session: Session, me: StaffMember, now: datetime) -> Iterator[Row]:
    """Yield the sittings that I have begun and not ended."""
    if not staff_may(Access.FILL_IN_TOGETHER):
        return
    for one in assisted.running_of(session=session, staff_id=me.id):
        yield Row(
            Section.WAITS,
            _("Filling in together with %(code)s is not finished", code=one.beneficiary.code),
            url_for("staff.sitting", sitting_id=one.id),
            one.began_at,
            symbol="people",
        )


def doors() -> Iterator[Door]:
    """Yield the way to begin."""
    if staff_may(Access.FILL_IN_TOGETHER):
        words = _("With somebody who has no phone or cannot read: large, read aloud, with a paper to take home.")
        yield Door(_("Fill in together"), words, url_for("staff.together"), "people", 46)
