"""Certificates: handed in by oneself, confirmed by somebody else, withdrawn with a reason, flagged before they end."""

from __future__ import annotations

from typing import Any

from flask import flash, redirect, render_template, url_for
from flask_babel import gettext as _
from sqlalchemy.orm import Session

from care import qualifications
from care.refusals import Refused
from models.qualifications import Qualification
from web.common import clock, security
from web.common.access import Access, access, staff_may
from web.common.database import reading, unit_of_work
from web.staff.acting import act
from web.staff.blueprint import blueprint
from web.staff.people import certificate_rows, dates, person
from web.staff.people.forms import QualificationForm, ReasonForm, show


def _record(work: Session, form: QualificationForm, staff_id: int) -> Qualification:
    assert form.valid_from.data is not None
    return qualifications.record(
        session=work,
        actor=security.me(),
        staff_id=staff_id,
        kind=form.kind.data,
        evidence=form.evidence.data or "",
        valid_from=dates.start_of(form.valid_from.data),
        expires_at=dates.end_of(form.last_day.data) if form.last_day.data else None,
        now=clock.now(),
    )


def _field(refused: Refused) -> str:
    return {"expires_at": "last_day"}.get(refused.field or "", refused.field or "kind")


@blueprint.get("/qualifications")
@access(Access.CONFIRM_QUALIFICATIONS)
def certificates() -> Any:
    """List what runs out soon or has run out, and what waits for somebody to look at the original."""
    now = clock.now()
    return render_template(
        "staff/people/certificates.html",
        expiring=[certificate_rows.as_row(one, now) for one in qualifications.expiring(session=reading(), now=now)],
        waiting=[certificate_rows.as_row(one, now) for one in qualifications.unconfirmed(session=reading())],
        me=security.me(),
    )


@blueprint.post("/people/<row:staff_id>/qualifications")
@access(Access.CONFIRM_QUALIFICATIONS)
def record_certificate(staff_id: int) -> Any:
    """Write a colleague's certificate down, and confirm it where the original was seen."""
    member = person.found(staff_id)
    form = QualificationForm()
    if not form.validate():
        return person.page(member, 422, certificate=form)
    try:
        with unit_of_work() as work:
            row = _record(work, form, staff_id)
            if form.seen.data:
                qualifications.confirm(session=work, actor=security.me(), qualification_id=row.id, now=clock.now())
    except Refused as refused:
        show(form, Refused(refused.refusal, _field(refused)), "kind")
        return person.page(person.found(staff_id), 422, certificate=form)
    flash(_("The certificate is written down."), "good")
    return redirect(url_for("staff.person", staff_id=staff_id), code=303)


@blueprint.post("/qualifications/<row:qualification_id>/confirm")
@access(Access.CONFIRM_QUALIFICATIONS)
def confirm_certificate(qualification_id: int) -> Any:
    """Say that the original was seen."""
    return act(
        lambda work: qualifications.confirm(
            session=work, actor=security.me(), qualification_id=qualification_id, now=clock.now()
        ),
        back=_back(qualification_id),
        done=_("The certificate counts from now on."),
    )


def _back(qualification_id: int) -> str:
    row = reading().get(Qualification, qualification_id)
    return url_for("staff.person", staff_id=row.staff_id) if row else url_for("staff.certificates")


@blueprint.post("/qualifications/<row:qualification_id>/withdraw")
@access(Access.CONFIRM_QUALIFICATIONS)
def withdraw_certificate(qualification_id: int) -> Any:
    """Let a certificate count no more, with a reason."""
    back, form = _back(qualification_id), ReasonForm()
    return act(
        lambda work: qualifications.withdraw(
            session=work,
            actor=security.me(),
            qualification_id=qualification_id,
            reason=form.reason.data or "",
            now=clock.now(),
        ),
        back=back,
        done=_("The certificate counts no more."),
    )


def _own_page(form: QualificationForm | None = None, status: int = 200) -> Any:
    me, now = security.me(), clock.now()
    return (
        render_template(
            "staff/people/own_certificates.html",
            me=me,
            certificates=certificate_rows.rows(session=reading(), staff_id=me.id, now=now),
            lacking=certificate_rows.lacking(session=reading(), member=me, now=now),
            form=form or QualificationForm(formdata=None),
            may_confirm=staff_may(Access.CONFIRM_QUALIFICATIONS),
        ),
        status,
    )


@blueprint.get("/account/certificates")
@access(Access.SIGNED_IN)
def own_certificates() -> Any:
    """Show one's own certificates and what is still missing."""
    return _own_page()


@blueprint.post("/account/certificates")
@access(Access.SIGNED_IN)
def hand_in_certificate() -> Any:
    """Hand in a certificate of one's own; a colleague looks at the original."""
    form = QualificationForm()
    if not form.validate():
        return _own_page(form, 422)
    try:
        with unit_of_work() as work:
            _record(work, form, security.me().id)
    except Refused as refused:
        show(form, Refused(refused.refusal, _field(refused)), "kind")
        return _own_page(form, 422)
    flash(_("Handed in. It counts once a colleague has seen the original."), "good")
    return redirect(url_for("staff.own_certificates"), code=303)
