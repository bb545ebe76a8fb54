"""Shifts of every week: written down, switched off and on, published."""

from __future__ import annotations

from datetime import time
from typing import Any

from flask import flash, redirect, request, url_for
from flask_babel import gettext as _
from wtforms import SelectChoice

from care import shift_templates
from care.refusals import Refused
from care.shift_rules import rules
from web.common import clock, form_keys, security
from web.common.access import Access, access
from web.common.database import reading, unit_of_work
from web.common.languages import language
from web.staff.blueprint import blueprint
from web.staff.shifts import common
from web.staff.shifts.board import refuse
from web.staff.shifts.forms import TemplateForm
from web.staff.shifts.volunteer import stations


def _form(*, fresh: bool = False) -> TemplateForm:
    proposed = {"weekday": 0, "starts": time(9), "ends": time(12), "opens_days": 21, "form_key": form_keys.fresh()}
    form = TemplateForm(formdata=None, data=proposed) if fresh else TemplateForm()
    form.station_id.choices = [SelectChoice(number, name) for number, name in stations().items()]
    return form


def _page(form: TemplateForm | None = None, status: int = 200) -> Any:
    return common.show(
        "templates",
        status,
        templates=shift_templates.everything(session=reading()),
        stations=stations(),
        weeks=rules().publish_weeks,
        lang=language(),
        form=form or _form(fresh=True),
    )


@blueprint.get("/shifts/templates")
@access(Access.PLAN_SHIFTS)
def shift_templates_page() -> Any:
    """Show the shifts of every week."""
    return _page()


@blueprint.post("/shifts/templates")
@access(Access.PLAN_SHIFTS)
def add_shift_template() -> Any:
    """Write a template down; what was typed stays where it is refused."""
    form = _form()
    if not form.validate():
        return _page(form, 422)
    plan = shift_templates.Plan(
        name_zh=form.name_zh.data or "",
        name_en=form.name_en.data or "",
        station_id=form.station_id.data,
        weekday=form.weekday.data,
        starts=form.starts.data,
        ends=form.ends.data,
        opens_days=form.opens_days.data,
        places=form.places(),
    )
    try:
        with unit_of_work() as work:
            shift_templates.add(
                session=work,
                actor=security.me(),
                plan=plan,
                now=clock.now(),
                form_key=form_keys.read(form.form_key.data),
            )
    except Refused as refused:
        refuse(form, refused)
        return _page(form, 422)
    flash(_("The template is kept. Its shifts are published within the hour, or now with the button."), "good")
    return redirect(url_for("staff.shift_templates_page"), code=303)


@blueprint.post("/shifts/templates/<row:template_id>/switch")
@access(Access.PLAN_SHIFTS)
def switch_shift_template(template_id: int) -> Any:
    """Take a template out of use or into it again."""
    active = request.form.get("active") == "yes"
    return common.press(
        lambda work: shift_templates.switch(
            session=work, actor=security.me(), template_id=template_id, active=active, now=clock.now()
        ),
        back=url_for("staff.shift_templates_page"),
        done=_("In use again.") if active else _("Out of use. Shifts that were published stay."),
    )


@blueprint.post("/shifts/templates/publish")
@access(Access.PLAN_SHIFTS)
def publish_shifts() -> Any:
    """Make the shifts of the coming weeks now."""
    with unit_of_work() as work:
        made = shift_templates.publish(session=work, now=clock.now(), timezone=clock.timezone())
    flash(_("Shifts published: %(count)s.", count=made), "good")
    return redirect(url_for("staff.shift_templates_page"), code=303)
