"""I am worried about somebody, told by a colleague; and what follows a report: the call, and who the person is."""

from __future__ import annotations

import secrets
from typing import Any

from flask import flash, redirect, render_template, request, url_for
from flask_babel import gettext as _
from flask_babel import lazy_gettext
from wtforms import StringField

from care import worried_calls, worried_reports
from care.refusals import Refused
from models.crises import CrisisCase
from web.common import chat_key, clock, languages, security
from web.common.access import Access, access, staff_may
from web.common.database import unit_of_work
from web.common.worried_form import WorriedForm, refuse
from web.staff.acting import act
from web.staff.blueprint import blueprint
from web.staff.paths import safe_next


class ReportForm(WorriedForm):
    """The same questions as on the open page, and the code where the colleague knows it."""

    code = StringField(lazy_gettext("Code, if you know it"))


@blueprint.get("/worried")
@access(Access.REPORT_WORRY)
def worried() -> Any:
    """Offer the form to every colleague; volunteers and social workers see people first."""
    code = request.args.get("code", "")[:16]
    return _page(ReportForm(formdata=None, data={"form_key": secrets.token_urlsafe(32), "code": code}))


def _page(form: ReportForm, status: int = 200) -> Any:
    return render_template("staff/worried.html", form=form), status


@blueprint.post("/worried")
@access(Access.REPORT_WORRY)
def send_worry() -> Any:
    """Take the report in: the case is open and rings when the page comes back."""
    form = ReportForm()
    try:
        with unit_of_work() as work:
            report = worried_reports.tell(
                session=work,
                secret=chat_key.secret(),
                form_key=form.form_key.data or "",
                form=form.as_typed(code=form.code.data or ""),
                origin=worried_reports.Origin(staff=security.me()),
                language=languages.language(),
                now=clock.now(),
                timezone=clock.timezone(),
            )
            case_id, code = report.case_id, report.beneficiary.code
    except Refused as refused:
        refuse(form, refused, "words")
        return _page(form, 422)
    flash(_("Thank you. The case of %(code)s is open and its alarm rings.", code=code), "good")
    if staff_may(Access.SEE_CASE):
        return redirect(url_for("staff.case", case_id=case_id), code=303)
    return redirect(url_for("staff.my_day"), code=303)


@blueprint.post("/worried/<row:report_id>/called")
@access(Access.ACKNOWLEDGE_CASE)
def worry_called(report_id: int) -> Any:
    """Note that the one who is worried has been called."""
    return act(
        lambda work: worried_calls.note_call(session=work, report_id=report_id, actor=security.me(), now=clock.now()),
        back=safe_next(request.form.get("next")) or url_for("staff.home"),
        done=_("Noted. Thank you for calling."),
    )


@blueprint.post("/worried/<row:report_id>/who")
@access(Access.ACKNOWLEDGE_CASE)
def worry_named(report_id: int) -> Any:
    """Say which person of ours it is; the alarm goes to that person's one case."""
    found: list[CrisisCase] = []
    code = request.form.get("code", "")[:64]
    answer = act(
        lambda work: found.append(
            worried_calls.identify(session=work, report_id=report_id, code=code, actor=security.me(), now=clock.now())
        ),
        back=safe_next(request.form.get("next")) or url_for("staff.home"),
        done=_("The report now belongs to this person."),
    )
    return redirect(url_for("staff.case", case_id=found[0].id), code=303) if found else answer
