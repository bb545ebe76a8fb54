"""What waits for those who lead: applications, leave, certificates; and for everybody their own certificates."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime

from flask import url_for
from flask_babel import gettext as _
from sqlalchemy.orm import Session

from care import applications, handover, leave, qualifications
from models.qualifications import Qualification
from models.staff import StaffMember
from web.common.access import Access, staff_may
from web.staff.my_day.rows import Door, Row, Section
from web.staff.people.certificate_rows import kind_name


def rows(*, session: Session, me: StaffMember, now: datetime) -> Iterator[Row]:
    """Yield what runs out, what waits for a decision, and what nobody has taken over."""
    expiring = qualifications.expiring(session=session, now=now)
    yield from (_own(row, now) for row in expiring if row.staff_id == me.id)
    if staff_may(Access.CONFIRM_QUALIFICATIONS):
        yield from _certificates(session, [row for row in expiring if row.staff_id != me.id])
    if staff_may(Access.DECIDE_APPLICATIONS):
        count = applications.waiting_count(session=session)
        if count:
            title = _("Applications that wait: %(count)s", count=count)
            yield Row(Section.WAITS, title, url_for("staff.applications"), symbol="people")
    if staff_may(Access.DECIDE_LEAVE):
        for one in leave.waiting(session=session):
            title = _("Leave to decide: %(name)s", name=one.staff.display_name)
            section = Section.LATE if one.starts_at <= now else Section.WAITS
            yield Row(section, title, url_for("staff.leave"), one.starts_at)
    if staff_may(Access.ASSIGN_CASES):
        left = handover.count_left_behind(session=session, now=now)
        if left:
            title = _("Left behind by colleagues who are gone: %(count)s", count=left)
            yield Row(Section.LATE, title, url_for("staff.left_behind"), symbol="alert")


def _own(row: Qualification, now: datetime) -> Row:
    assert row.expires_at is not None
    gone = row.expires_at <= now
    words = _("Your certificate has run out: %(name)s") if gone else _("Your certificate runs out: %(name)s")
    return Row(
        Section.LATE if gone else Section.WAITS,
        words % {"name": kind_name(row.kind)},
        url_for("staff.own_certificates"),
        row.expires_at,
        symbol="shield",
    )


def _certificates(session: Session, expiring: list[Qualification]) -> Iterator[Row]:
    if expiring:
        title = _("Certificates that run out or have run out: %(count)s", count=len(expiring))
        yield Row(Section.WAITS, title, url_for("staff.certificates"), symbol="shield")
    waiting = len(qualifications.unconfirmed(session=session))
    if waiting:
        title = _("Certificates to confirm: %(count)s", count=waiting)
        yield Row(Section.WAITS, title, url_for("staff.certificates"), symbol="shield")


def doors() -> Iterator[Door]:
    """Yield the ways to colleagues, caseload, leave and one's own certificates."""
    if staff_may(Access.SEE_PEOPLE):
        words = _("Three teams, certificates, caseload, applications, stations and rooms.")
        yield Door(_("Colleagues"), words, url_for("staff.people"), "people", 80)
    if staff_may(Access.SEE_CASELOAD):
        yield Door(_("Caseload"), _("Whom I look after."), url_for("staff.caseload"), "people", 45)
    yield Door(_("Leave"), _("Ask for days off, with somebody who stands in."), url_for("staff.leave"), "calendar", 85)
    words = _("What I may take, and what is still missing.")
    yield Door(_("My certificates"), words, url_for("staff.own_certificates"), "shield", 86)
