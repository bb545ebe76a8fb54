"""Keep a colleague away from a case by hand, and let one back: each with a reason that the leads read."""

from __future__ import annotations

from typing import Any

from flask import flash, redirect, url_for
from flask_babel import gettext as _
from flask_wtf import FlaskForm

from care import crises, kept_away
from care.refusals import Refusal, Refused
from models.crises import CrisisCase
from web.common import clock, security
from web.common.access import Access, access
from web.common.database import reading, unit_of_work
from web.common.errors import refused_answer
from web.common.refusal_words import refusal_words
from web.common.wants import wants_json
from web.staff import cases
from web.staff.blueprint import blueprint
from web.staff.forms import add_error
from web.staff.kept_away_forms import KeepAwayForm, LetBackForm


@blueprint.post("/cases/<row:case_id>/keep-away")
@access(Access.ACKNOWLEDGE_CASE)
def keep_away(case_id: int) -> Any:
    """Keep away whom the person has named as the danger; the alarm goes on to somebody else."""
    form = KeepAwayForm()
    return _decide(
        case_id,
        form,
        lambda work: crises.keep_away(
            session=work,
            case_id=case_id,
            staff_id=form.staff_id.data or 0,
            actor=security.me(),
            words=form.words.data or "",
            now=clock.now(),
        ),
        _("The alarm passes this colleague by. The leads are told."),
    )


@blueprint.post("/cases/<row:case_id>/let-back/<row:staff_id>")
@access(Access.KEEP_AWAY)
def let_back(case_id: int, staff_id: int) -> Any:
    """Let a colleague back whom the words did not mean."""
    form = LetBackForm()
    return _decide(
        case_id,
        form,
        lambda work: kept_away.let_back(
            session=work,
            case_id=case_id,
            staff_id=staff_id,
            actor=security.me(),
            words=form.words.data or "",
            now=clock.now(),
        ),
        _("The alarm may ring this colleague again."),
        staff_id,
    )


def _decide(case_id: int, form: FlaskForm, verb: Any, done: str, staff_id: int | None = None) -> Any:
    known = reading().get(CrisisCase, case_id)
    if known is None:
        raise Refused(Refusal.NOT_FOUND)
    kept_away.must_be_free(session=reading(), case_id=case_id, actor=security.me())
    if not form.validate():
        return cases.page(case_id, keeping=form, keeping_whom=staff_id, status=422)
    try:
        with unit_of_work() as work:
            verb(work)
    except Refused as refused:
        if wants_json():
            return refused_answer(refused)
        if refused.refusal in (Refusal.NOT_FOUND, Refusal.KEPT_AWAY) and refused.field is None:
            raise
        add_error(form[refused.field if refused.field in form else "words"], str(refusal_words(refused.refusal)))
        return cases.page(case_id, keeping=form, keeping_whom=staff_id, status=422)
    flash(done, "good")
    return redirect(url_for("staff.case", case_id=case_id), 303)
