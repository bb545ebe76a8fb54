"""The guided risk check at the desk: a draft that lies on the server, and the signature that closes it."""

from __future__ import annotations

import secrets
from typing import Any

from flask import flash, jsonify, redirect, render_template, url_for
from flask_babel import gettext as _

from care import case_file, risk_checks
from care.refusals import Refusal, Refused
from models.crises import CrisisCase
from models.risk_checks import RiskCheckDraft
from web.common import clock, security
from web.common.access import Access, access
from web.common.database import reading, unit_of_work
from web.common.errors import refused_answer
from web.common.languages import local_time
from web.common.refusal_words import refusal_words
from web.common.wants import wants_json
from web.staff.blueprint import blueprint
from web.staff.forms import add_error
from web.staff.risk_check_forms import RiskCheckForm
from web.staff.risk_check_words import ASK


@blueprint.get("/cases/<row:case_id>/risk-check")
@access(Access.ACKNOWLEDGE_CASE)
def risk_check(case_id: int) -> Any:
    """Show the seven questions with what has been filled in so far."""
    with unit_of_work() as work:
        found = case_file.see_case(session=work, case_id=case_id, actor=security.me(), now=clock.now())
        closed = found.closed_at is not None
    if closed:
        flash(str(refusal_words(Refusal.CASE_CLOSED)), "danger")
        return redirect(url_for("staff.case", case_id=case_id), 303)
    return _page(case_id)


def _draft(case_id: int) -> RiskCheckDraft | None:
    return risk_checks.draft_of(session=reading(), author=security.me(), case_id=case_id)


def _page(case_id: int, form: RiskCheckForm | None = None, status: int = 200) -> Any:
    draft = _draft(case_id)
    if form is None:
        kept = dict(draft.fields) if draft else {}
        form = RiskCheckForm(
            formdata=None, data={**kept, "version": draft.version if draft else 0, "key": secrets.token_hex(16)}
        )
    page = render_template(
        "staff/risk_check.html", case=reading().get_one(CrisisCase, case_id), draft=draft, form=form, ask=ASK
    )
    return page, status


@blueprint.post("/cases/<row:case_id>/risk-check/draft")
@access(Access.ACKNOWLEDGE_CASE)
def save_risk_check(case_id: int) -> Any:
    """Keep the draft; the page does this by itself while it is filled in."""
    form = RiskCheckForm()
    if not form.validate():
        return _refused_form(case_id, form)
    try:
        with unit_of_work() as work:
            version = risk_checks.save(
                session=work,
                author=security.me(),
                case_id=case_id,
                version=form.version.data or 0,
                fields=form.fields(),
                now=clock.now(),
            ).version
    except Refused as refused:
        return _refused(case_id, form, refused)
    if wants_json():
        return jsonify(
            {"version": version, "saved": _("Draft kept at %(time)s.", time=local_time(clock.now(), "time"))}
        )
    flash(_("The draft is kept."), "good")
    return redirect(url_for("staff.risk_check", case_id=case_id), 303)


@blueprint.post("/cases/<row:case_id>/risk-check")
@access(Access.ACKNOWLEDGE_CASE)
def sign_risk_check(case_id: int) -> Any:
    """Sign: from now on the check is read, never changed."""
    form = RiskCheckForm()
    if not form.validate():
        return _refused_form(case_id, form)
    try:
        with unit_of_work() as work:
            signed = risk_checks.sign(
                session=work,
                author=security.me(),
                case_id=case_id,
                key=form.key.data or "",
                fields=form.fields(),
                now=clock.now(),
            )
            raised = signed.level_after is not signed.level_before
    except Refused as refused:
        return _refused(case_id, form, refused)
    flash(
        _("The risk check is signed. Its answers raise the level: the clock starts again and the alarm rings.")
        if raised
        else _("The risk check is signed."),
        "good",
    )
    return redirect(url_for("staff.case", case_id=case_id), 303)


def _refused_form(case_id: int, form: RiskCheckForm) -> Any:
    if wants_json():
        return refused_answer(Refused(Refusal.WRONG_VALUE, next(iter(form.errors))))
    _known(case_id)
    return _page(case_id, form, 422)


def _known(case_id: int) -> None:
    if reading().get(CrisisCase, case_id) is None:
        raise Refused(Refusal.NOT_FOUND)


def _refused(case_id: int, form: RiskCheckForm, refused: Refused) -> Any:
    if wants_json() or refused.refusal is Refusal.NOT_FOUND:
        if wants_json():
            return refused_answer(refused)
        raise refused
    said = _("Please fill this in.") if refused.refusal is Refusal.EMPTY else refusal_words(refused.refusal)
    add_error(form[refused.field or "thoughts"], str(said))
    if refused.refusal is Refusal.NOTE_CHANGED:
        # Whoever reads the warning may then save over the other window on purpose.
        draft = _draft(case_id)
        form.version.data, form.version.raw_data = draft.version if draft else 0, None
    return _page(case_id, form, 422)
