"""Unfinished notes, notes that are missing, and notes that wait for my signature."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime

from flask import url_for
from flask_babel import gettext as _
from sqlalchemy.orm import Session

from care import note_history, notes
from models.staff import StaffMember
from web.common.access import Access, staff_may
from web.staff.my_day.rows import Door, Row, Section


def rows(*, session: Session, me: StaffMember, now: datetime) -> Iterator[Row]:
    """Yield drafts and missing notes, and one line for all signatures that wait."""
    if not staff_may(Access.WRITE_NOTES):
        return
    for draft in notes.drafts_of(session=session, author=me):
        yield Row(
            Section.WAITS,
            _("Unfinished note about %(code)s", code=draft.beneficiary.code),
            url_for("staff.note_draft", draft_id=draft.id),
            draft.held_at,
            symbol="pen",
        )
    for missing in note_history.appointments_without_note(session=session, staff=me, now=now):
        yield Row(
            Section.LATE,
            _("Note about %(code)s is missing", code=missing.beneficiary.code),
            url_for("staff.appointment", appointment_id=missing.id),
            missing.starts_at,
            symbol="pen",
        )
    waiting = len(note_history.waiting_for(session=session, supervisor=me))
    if waiting:
        yield Row(
            Section.WAITS,
            _("Notes that wait for your signature: %(count)s", count=waiting),
            url_for("staff.notes_to_countersign"),
            symbol="pen",
        )


def doors() -> Iterator[Door]:
    """Yield the way to a person's notes and scores."""
    if staff_may(Access.SEE_NOTES):
        yield Door(_("Notes and scores"), _("Open a person by code."), url_for("staff.find_person"), "pen", 30)
