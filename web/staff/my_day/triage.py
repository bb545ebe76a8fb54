"""Sentences that wait for a second pair of eyes before they guard the detector."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime

from flask import url_for
from flask_babel import gettext as _
from sqlalchemy.orm import Session

from care import triage_reviews
from care.triage_reviews import State
from models.staff import StaffMember
from web.common.access import Access, staff_may
from web.staff.my_day.rows import Door, Row, Section


def rows(*, session: Session, me: StaffMember, now: datetime) -> Iterator[Row]:
    """Yield one line for all sentences that a colleague marked and I can clear."""
    if not staff_may(Access.REVIEW_TRIAGE):
        return
    waiting = [
        one for one in triage_reviews.in_state(session=session, state=State.TO_CLEAR) if one.marked_by_id != me.id
    ]
    if waiting:
        yield Row(
            Section.WAITS,
            _("Sentences to free of names: %(count)s", count=len(waiting)),
            url_for("staff.triage_reviews_list"),
            symbol="shield",
        )


def doors() -> Iterator[Door]:
    """Yield the way to the review of the detector."""
    if staff_may(Access.REVIEW_TRIAGE):
        yield Door(
            _("Review of the detector"),
            _("Missed and false alarms, and what was learned from them."),
            url_for("staff.triage_reviews_list"),
            "shield",
            60,
        )
