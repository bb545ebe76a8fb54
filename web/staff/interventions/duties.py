"""What the law or the rules ask for on a case: seen to, or left undone with a reason."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from flask import flash, redirect, render_template, url_for
from flask_babel import gettext as _
from sqlalchemy.orm import Session

from care import case_file, crises, intervention_duties, intervention_rules, kept_away
from care.refusals import Refusal, Refused
from models.crises import CrisisCase, FlagSource
from models.interventions import CaseDuty
from triage.levels import Level
from web.common import clock, security
from web.common.access import Access, access
from web.common.database import reading, unit_of_work
from web.common.refusal_words import refusal_words
from web.staff.acting import act
from web.staff.blueprint import blueprint
from web.staff.forms import add_error
from web.staff.interventions import words
from web.staff.interventions.forms import DutyForm


def _duty(duty_id: int) -> CaseDuty:
    found = reading().get(CaseDuty, duty_id)
    if found is None:
        raise Refused(Refusal.NOT_FOUND)
    return found


@blueprint.get("/case-duties/<row:duty_id>")
@access(Access.ACKNOWLEDGE_CASE)
def case_duty(duty_id: int) -> Any:
    """Show what is asked for, and the form; the look at the case is recorded."""
    found = _duty(duty_id)
    with unit_of_work() as work:
        case_file.see_case(session=work, case_id=found.case_id, actor=security.me(), now=clock.now())
    return _page(duty_id)


def _page(duty_id: int, form: DutyForm | None = None, status: int = 200) -> Any:
    found = _duty(duty_id)
    page = render_template(
        "staff/interventions/duty.html",
        duty=found,
        form=form or DutyForm(formdata=None),
        may_leave_out=found.kind.value != "report" or security.me().has_any(*intervention_duties.LEADS),
        words=words,
    )
    return page, status


def _settle(duty_id: int, verb: Callable[[Session, DutyForm], Any], done: Any) -> Any:
    found = _duty(duty_id)
    form = DutyForm()
    if not form.validate():
        return _page(duty_id, form, 422)
    try:
        with unit_of_work() as work:
            verb(work, form)
    except Refused as refused:
        if refused.refusal is Refusal.NOT_FOUND:
            raise
        said = _("Please fill this in.") if refused.refusal is Refusal.EMPTY else refusal_words(refused.refusal)
        add_error(form[refused.field if refused.field in form else "words"], str(said))
        return _page(duty_id, form, 422)
    flash(str(done), "good")
    return redirect(url_for("staff.case", case_id=found.case_id), 303)


@blueprint.post("/case-duties/<row:duty_id>/done")
@access(Access.ACKNOWLEDGE_CASE)
def settle_duty(duty_id: int) -> Any:
    """Write down that it was done."""
    return _settle(
        duty_id,
        lambda work, form: intervention_duties.done(
            session=work,
            duty_id=duty_id,
            actor=security.me(),
            words=form.words.data or "",
            reported_to=form.told(),
            now=clock.now(),
        ),
        _("It is written down."),
    )


@blueprint.post("/case-duties/<row:duty_id>/refuse")
@access(Access.ACKNOWLEDGE_CASE)
def refuse_duty(duty_id: int) -> Any:
    """Leave it undone, with a reason; a report only by those who lead."""
    return _settle(
        duty_id,
        lambda work, form: intervention_duties.refuse(
            session=work, duty_id=duty_id, actor=security.me(), words=form.words.data or "", now=clock.now()
        ),
        _("It is written down that this is not done, and why."),
    )


@blueprint.post("/cases/<row:case_id>/minor-is-hurt")
@access(Access.ACKNOWLEDGE_CASE)
def ask_report(case_id: int) -> Any:
    """Write down that a minor is being hurt, as a colleague has heard it: the level rises and the report is due."""

    def verb(work: Session) -> None:
        found = work.get(CrisisCase, case_id, with_for_update=True, populate_existing=True)
        if found is None:
            raise Refused(Refusal.NOT_FOUND)
        if found.closed_at is not None:
            raise Refused(Refusal.CASE_CLOSED)
        kept_away.must_be_free(session=work, case_id=case_id, actor=security.me())
        if intervention_duties.report_is_told(session=work, case=found):
            return  # A second tap is no second sign: it would make a risk check of this minute worth nothing.
        signal = crises.Signal(
            source=FlagSource.STAFF,
            level=Level.RED,
            reasons=(intervention_rules.TOLD,),
            raised_by=security.me(),
        )
        crises.raise_flag(
            session=work,
            beneficiary=found.beneficiary,
            conversation=found.conversation,
            signal=signal,
            now=clock.now(),
        )

    return act(verb, back=url_for("staff.case", case_id=case_id), done=_("The report is due at once."))
