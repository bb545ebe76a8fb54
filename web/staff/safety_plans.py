"""The safety plan at the desk: write it with the person, read older versions, print it."""

from __future__ import annotations

from typing import Any

from flask import flash, redirect, render_template, url_for
from flask_babel import gettext as _
from flask_babel import lazy_gettext
from flask_wtf import FlaskForm
from wtforms import BooleanField, IntegerField, TextAreaField
from wtforms.validators import InputRequired, Length
from wtforms.widgets import HiddenInput

from care import case_file, safety_plans
from care.refusals import Refusal, Refused
from care.safety_plans import LONGEST_STEP, STEPS
from models.beneficiaries import Beneficiary
from models.safety_plans import SafetyPlan
from web.common import clock, security
from web.common.access import Access, access
from web.common.database import reading, unit_of_work
from web.common.refusal_words import refusal_words
from web.common.safety_plan_words import HEADINGS
from web.staff.blueprint import blueprint
from web.staff.forms import add_error

HINTS: dict[str, Any] = {
    "warning_signs": lazy_gettext("Thoughts, moods, situations, what the body does."),
    "own_ways": lazy_gettext("What has helped before, without needing anybody: a walk, music, warm tea."),
    "people_and_places": lazy_gettext("Where other people are; nobody there has to know."),
    "people_to_ask": lazy_gettext("Names and how to reach them. Have they been asked?"),
    "professionals": lazy_gettext("Whom else, and when they can be reached. 12356, 120 and 110 stand on every plan."),
    "surroundings": lazy_gettext("What is put away, who keeps it, who comes by."),
}


class _HiddenNumber(IntegerField):
    widget = HiddenInput()


def _step(name: str) -> TextAreaField:
    return TextAreaField(HEADINGS[name], validators=[Length(max=LONGEST_STEP)])


class SafetyPlanForm(FlaskForm):
    """The six steps, and that they were made together."""

    warning_signs = _step("warning_signs")
    own_ways = _step("own_ways")
    people_and_places = _step("people_and_places")
    people_to_ask = _step("people_to_ask")
    professionals = _step("professionals")
    surroundings = _step("surroundings")
    together = BooleanField(
        lazy_gettext("We made this together, and the person knows that they can read it with their code."),
        validators=[InputRequired(message=lazy_gettext("A plan that was not made together does not help."))],
    )
    above = _HiddenNumber(default=0, validators=[InputRequired()])

    def steps(self) -> dict[str, str]:
        """Return what was written, as the verb takes it."""
        return {name: self[name].data or "" for name in STEPS}


def _person(beneficiary_id: int) -> Beneficiary:
    found = reading().get(Beneficiary, beneficiary_id)
    if found is None:
        raise Refused(Refusal.NOT_FOUND)
    return found


@blueprint.get("/beneficiaries/<row:beneficiary_id>/safety-plan")
@access(Access.SEE_CASE)
def safety_plan(beneficiary_id: int) -> Any:
    """Show the plan that holds, and the older versions; the look is recorded."""
    with unit_of_work() as work:
        safety_plans.see(session=work, beneficiary_id=beneficiary_id, actor=security.me(), now=clock.now())
    found = safety_plans.versions(session=reading(), beneficiary_id=beneficiary_id)
    return render_template(
        "staff/safety_plan.html",
        person=_person(beneficiary_id),
        plan=found[0] if found else None,
        older=found[1:],
        case=case_file.open_case(session=reading(), beneficiary_id=beneficiary_id),
        headings=HEADINGS,
    )


@blueprint.get("/beneficiaries/<row:beneficiary_id>/safety-plan/new")
@access(Access.ACKNOWLEDGE_CASE)
def new_safety_plan(beneficiary_id: int) -> Any:
    """Show the six steps, begun with the words of the version that holds; the look is recorded."""
    with unit_of_work() as work:
        safety_plans.see(session=work, beneficiary_id=beneficiary_id, actor=security.me(), now=clock.now())
    return _form_page(beneficiary_id)


def _form_page(beneficiary_id: int, form: SafetyPlanForm | None = None, status: int = 200) -> Any:
    standing = safety_plans.newest(session=reading(), beneficiary_id=beneficiary_id)
    if form is None:
        form = SafetyPlanForm(formdata=None, data=_begun(standing))
    page = render_template(
        "staff/safety_plan_form.html",
        person=_person(beneficiary_id),
        form=form,
        steps=[(form[name], HINTS[name]) for name in STEPS],
        standing=standing,
    )
    return page, status


def _begun(standing: SafetyPlan | None) -> dict[str, Any]:
    if standing is None:
        return {"above": 0}
    return {name: getattr(standing, name) for name in STEPS} | {"above": standing.version_no}


@blueprint.post("/beneficiaries/<row:beneficiary_id>/safety-plan")
@access(Access.ACKNOWLEDGE_CASE)
def write_safety_plan(beneficiary_id: int) -> Any:
    """Keep the next version; older ones stay."""
    _person(beneficiary_id)
    form = SafetyPlanForm()
    if not form.validate():
        return _form_page(beneficiary_id, form, 422)
    try:
        with unit_of_work() as work:
            safety_plans.write(
                session=work,
                author=security.me(),
                beneficiary_id=beneficiary_id,
                above=form.above.data or 0,
                steps=form.steps(),
                now=clock.now(),
            )
    except Refused as refused:
        add_error(form[refused.field or STEPS[0]], str(refusal_words(refused.refusal)))
        if refused.refusal is Refusal.PLAN_CHANGED:
            # Whoever has compared may then write the version that follows.
            standing = safety_plans.newest(session=reading(), beneficiary_id=beneficiary_id)
            form.above.data, form.above.raw_data = standing.version_no if standing else 0, None
        return _form_page(beneficiary_id, form, 422)
    flash(_("The safety plan is kept. The person can read it with their code."), "good")
    return redirect(url_for("staff.safety_plan", beneficiary_id=beneficiary_id), 303)
