"""Looking back and keeping watch: reviews I owe, reviews that are late, and the ways to board, report and drills."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime

from flask import url_for
from flask_babel import gettext as _
from sqlalchemy.orm import Session

from care import case_reviews
from models.staff import StaffMember
from web.common.access import Access, staff_may
from web.staff.my_day.rows import Door, Row, Section


def rows(*, session: Session, me: StaffMember, now: datetime) -> Iterator[Row]:
    """Yield each review that I owe; leads also see those of others that are late or that nobody can write."""
    if not staff_may(Access.REVIEW_CASES):
        return
    lead = staff_may(Access.SEE_CLOCKS)
    for review in case_reviews.waiting(session=session, reviewer_id=None if lead else me.id):
        mine = review.reviewer is not None and review.reviewer.id == me.id
        is_late = review.due_at < now
        if not mine and not is_late and review.reviewer is not None:
            continue
        yield Row(
            Section.LATE if is_late else Section.WAITS,
            _("Read the closed case of %(code)s again", code=review.case.beneficiary.code),
            url_for("staff.case_review", review_id=review.id),
            review.due_at,
            detail="" if mine else review.reviewer.display_name if review.reviewer else _("nobody reads it yet"),
            symbol="pen",
        )


def doors() -> Iterator[Door]:
    """Yield the ways to the wallboard, the report of clocks, the reviews and the drills."""
    if staff_may(Access.SEE_QUEUE):
        yield Door(_("Wallboard"), _("Waiting, alarms, clocks, who is there."), url_for("staff.wallboard"), "sun", 12)
    if staff_may(Access.SEE_CLOCKS):
        yield Door(_("Report of clocks"), _("How soon alarms were taken."), url_for("staff.clock_report"), "clock", 61)
    if staff_may(Access.REVIEW_CASES):
        yield Door(
            _("Cases to read again"), _("What went well, what cost time."), url_for("staff.case_reviews"), "pen", 62
        )
    if staff_may(Access.RUN_DRILLS):
        yield Door(_("Fire drills"), _("Who comes, and how soon?"), url_for("staff.drills"), "bell", 63)
