"""Follow-ups of my day: what I have missed, what I can do now, what is planned; for leads also what others missed."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime, timedelta

from flask import url_for
from flask_babel import gettext as _
from sqlalchemy.orm import Session

from care import follow_up_lists
from models.follow_ups import FollowUp
from models.staff import StaffMember
from web.common.access import Access, staff_may
from web.staff.follow_ups import words
from web.staff.my_day.rows import Door, Row, Section

AHEAD = timedelta(days=7)


def rows(*, session: Session, me: StaffMember, now: datetime) -> Iterator[Row]:
    """Yield my contacts, and one line with the number of all that were missed."""
    if not staff_may(Access.KEEP_FOLLOW_UPS):
        return
    late = follow_up_lists.late(session=session, now=now)
    own = [row for row in late if row.owner_id == me.id]
    for row in own:
        yield _row(row, Section.LATE, row.closes_at)
    for row in follow_up_lists.open_now(session=session, now=now, owner_id=me.id):
        yield _row(row, Section.NEXT if row.hold else Section.WAITS, row.hold.starts_at if row.hold else row.closes_at)
    for row in follow_up_lists.coming(session=session, now=now, owner_id=me.id, ahead=AHEAD):
        yield _row(row, Section.NEXT, row.hold.starts_at if row.hold else row.due_at)
    others = len(late) - len(own)
    if others and staff_may(Access.READ_STEPS):
        title = _("Follow-ups of colleagues that were missed: %(count)s", count=others)
        yield Row(Section.LATE, title, url_for("staff.follow_ups_list"), symbol="phone")


def _row(row: FollowUp, section: Section, at: datetime) -> Row:
    title = _("Follow-up of %(code)s", code=row.ladder.beneficiary.code)
    url = url_for("staff.follow_up", follow_up_id=row.id)
    return Row(section, title, url, at, words.step(row.step), symbol="phone")


def doors() -> Iterator[Door]:
    """Yield the way to the list."""
    if staff_may(Access.KEEP_FOLLOW_UPS):
        words_ = _("Stay in touch after a crisis, for a year.")
        yield Door(_("Follow-ups"), words_, url_for("staff.follow_ups_list"), "phone", 25)
