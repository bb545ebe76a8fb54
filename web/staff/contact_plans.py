"""Plans for people who need us often: read, written as a next version, and listed by the day of their review."""

from __future__ import annotations

from datetime import date
from typing import Any

from flask import flash, redirect, render_template, url_for
from flask_babel import gettext as _
from flask_babel import lazy_gettext
from flask_wtf import FlaskForm
from wtforms import BooleanField, DateField, IntegerField, TextAreaField
from wtforms.validators import Optional
from wtforms.widgets import HiddenInput

from care import contact_plans
from care.refusals import Refusal, Refused
from models.beneficiaries import Beneficiary
from web.common import clock, security
from web.common.access import Access, access
from web.common.database import reading, unit_of_work
from web.common.refusal_words import refusal_words
from web.staff.blueprint import blueprint
from web.staff.forms import add_error
from web.staff.person_standing import today


class _HiddenNumber(IntegerField):
    widget = HiddenInput()


class PlanForm(FlaskForm):
    """The four questions of the plan and the day on which somebody looks at it again."""

    above = _HiddenNumber(default=0, validators=[Optional()])
    who = TextAreaField(lazy_gettext("Who is there for them, and who when that colleague is away"))
    how_often = TextAreaField(lazy_gettext("How often, when, for how long"))
    helps = TextAreaField(lazy_gettext("What helps"))
    helps_not = TextAreaField(lazy_gettext("What does not help"))
    with_person = BooleanField(lazy_gettext("We have agreed on this with the person."))
    review_on = DateField(lazy_gettext("Looked at again on"), validators=[Optional()])

    def words(self) -> contact_plans.Words:
        """Return what was typed, for the verb."""
        return contact_plans.Words(
            who=self.who.data or "",
            how_often=self.how_often.data or "",
            helps=self.helps.data or "",
            helps_not=self.helps_not.data or "",
            with_person=bool(self.with_person.data),
            review_on=self.review_on.data,
        )


@blueprint.get("/contact-plans")
@access(Access.SEE_CASE)
def contact_plans_list() -> Any:
    """List the people who need us often, with or without a plan, and every plan by its review."""
    session = reading()
    found = contact_plans.plans(session=session)
    known = {plan.beneficiary_id for plan in found}
    return render_template(
        "staff/contact_plans.html",
        plans=found,
        without=[one for one in contact_plans.frequent(session=session, now=clock.now()) if one.id not in known],
        rules=contact_plans.rules(),
        today=today(),
    )


@blueprint.get("/beneficiaries/<row:beneficiary_id>/contact-plan")
@access(Access.SEE_CASE)
def contact_plan(beneficiary_id: int) -> Any:
    """Open the plan; the look is recorded."""
    with unit_of_work() as work:
        contact_plans.see(session=work, beneficiary_id=beneficiary_id, actor=security.me(), now=clock.now())
    return _page(beneficiary_id)


def _page(beneficiary_id: int, form: PlanForm | None = None, status: int = 200) -> Any:
    session = reading()
    rows = contact_plans.versions(session=session, beneficiary_id=beneficiary_id)
    page = render_template(
        "staff/contact_plan.html",
        person=session.get_one(Beneficiary, beneficiary_id),
        versions=rows,
        frequency=contact_plans.frequency(session=session, beneficiary_id=beneficiary_id, now=clock.now()),
        form=form or PlanForm(formdata=None, data=_begun(rows[0] if rows else None)),
        today=today(),
    )
    return page, status


def _begun(plan: Any) -> dict[str, Any]:
    if plan is None:
        return {"above": 0, "review_on": _in_six_weeks()}
    kept = {name: getattr(plan, name) for name in contact_plans.FIELDS}
    # A plan whose day has come is looked at now, so the next day is proposed.
    review_on = plan.review_on if plan.review_on > today() else _in_six_weeks()
    return kept | {"above": plan.version_no, "with_person": plan.with_person, "review_on": review_on}


def _in_six_weeks() -> date:
    return date.fromordinal(today().toordinal() + 42)


@blueprint.post("/beneficiaries/<row:beneficiary_id>/contact-plan")
@access(Access.ACKNOWLEDGE_CASE)
def write_contact_plan(beneficiary_id: int) -> Any:
    """Write the next version; a page that is out of date is told so and loses nothing."""
    form = PlanForm()
    if reading().get(Beneficiary, beneficiary_id) is None:
        raise Refused(Refusal.NOT_FOUND)
    if not form.validate():
        return _page(beneficiary_id, form, 422)
    try:
        with unit_of_work() as work:
            contact_plans.write(
                session=work,
                author=security.me(),
                beneficiary_id=beneficiary_id,
                above=form.above.data or 0,
                words=form.words(),
                now=clock.now(),
                timezone=clock.timezone(),
            )
    except Refused as refused:
        add_error(form[refused.field or "who"], str(_said(refused)))
        if refused.refusal is Refusal.CHANGED_MEANWHILE:
            # Whoever has read the newer version below may then write over it on purpose.
            newest = contact_plans.newest(session=reading(), beneficiary_id=beneficiary_id)
            form.above.data, form.above.raw_data = newest.version_no if newest else 0, None
        return _page(beneficiary_id, form, 422)
    flash(_("The plan is kept. It is shown on the conversation and on the case."), "good")
    return redirect(url_for("staff.contact_plan", beneficiary_id=beneficiary_id), 303)


def _said(refused: Refused) -> Any:
    if refused.refusal is Refusal.EMPTY:
        return _("Please fill this in.")
    if refused.field == "review_on":
        return _("Please choose a day within the next half year.")
    return refusal_words(refused.refusal)
