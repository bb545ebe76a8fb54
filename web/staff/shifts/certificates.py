"""Certificates: as a page to print, and a place where anybody who holds one can check it."""

from __future__ import annotations

from typing import Any

from flask import Response, current_app, render_template, url_for
from flask_babel import gettext as _

from care import certificate_pdf, certificates
from care.refusals import Refusal, Refused
from models.hours import Certificate, CertificateState
from web.common import clock, security
from web.common.access import Access, access, staff_may
from web.common.database import reading
from web.common.throttle import CHECK_CERTIFICATE, limiter
from web.staff.blueprint import blueprint
from web.staff.shifts import common, words
from web.staff.shifts.forms import CheckForm


@blueprint.get("/shifts/certificates/<row:certificate_id>.pdf")
@access(Access.SEE_SHIFTS)
def certificate_page(certificate_id: int) -> Any:
    """Return the certificate as a PDF: to its owner, and to those who sign."""
    row = reading().get(Certificate, certificate_id)
    if row is None or row.state is not CertificateState.ISSUED:
        raise Refused(Refusal.NOT_FOUND)
    if row.staff_id != security.me().id and not staff_may(Access.CERTIFY_HOURS):
        raise Refused(Refusal.NOT_FOUND)
    site = current_app.extensions["settings"].site_url.rstrip("/")
    drawn = certificate_pdf.draw(
        certificate=row,
        secret=common.secret(),
        check_url=site + url_for("staff.certificate_check"),
        timezone=clock.timezone(),
    )
    answer = Response(drawn, mimetype="application/pdf")
    answer.headers["Content-Disposition"] = f'inline; filename="{row.number}.pdf"'
    answer.headers["Cache-Control"] = "private, no-store"
    return answer


@blueprint.post("/shifts/certificates/<row:certificate_id>/issue")
@access(Access.CERTIFY_HOURS)
def issue_certificate(certificate_id: int) -> Any:
    """Sign a certificate by name."""
    return common.press(
        lambda work: certificates.issue(
            session=work, actor=security.me(), certificate_id=certificate_id, now=clock.now()
        ),
        back=url_for("staff.shift_approvals"),
        done=_("The certificate is signed and can be printed."),
    )


@blueprint.post("/shifts/certificates/<row:certificate_id>/withdraw")
@access(Access.CERTIFY_HOURS)
def withdraw_hours_certificate(certificate_id: int) -> Any:
    """Take a certificate back that was wrong."""
    return common.press(
        lambda work: certificates.withdraw(
            session=work, actor=security.me(), certificate_id=certificate_id, now=clock.now()
        ),
        back=url_for("staff.shift_approvals"),
        done=_("The certificate no longer counts. Whoever checks it sees that."),
    )


def _check_page(form: CheckForm, found: Certificate | None = None, asked: bool = False, status: int = 200) -> Any:
    page = render_template(
        "staff/shifts/check.html", form=form, found=found, asked=asked, words=words, states=CertificateState
    )
    return page, status


@blueprint.get("/certificates/check")
@access(Access.ANYONE)
def certificate_check() -> Any:
    """Ask for the number and the code that are printed on a certificate."""
    return _check_page(CheckForm(formdata=None))


@blueprint.post("/certificates/check")
@access(Access.ANYONE)
@limiter.limit(CHECK_CERTIFICATE, methods=["POST"])
def check_certificate() -> Any:
    """Say whether a certificate is ours, and what it says."""
    form = CheckForm()
    if not form.validate():
        return _check_page(form, status=422)
    found = certificates.check(session=reading(), secret=common.secret(), number=form.number.data, code=form.code.data)
    return _check_page(form, found, asked=True)
