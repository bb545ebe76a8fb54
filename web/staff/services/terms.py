"""Services: listed, opened, changed and closed."""

from __future__ import annotations

from typing import Any

from flask import flash, redirect, render_template, url_for
from flask_babel import gettext as _

from care import services
from care.refusals import Refusal, Refused
from models.services import Service
from web.common import clock, security
from web.common.access import Access, access
from web.common.database import reading, unit_of_work
from web.common.refusal_words import refusal_words
from web.staff.blueprint import blueprint
from web.staff.forms import add_error
from web.staff.services.forms import TEAMS, ServiceForm


@blueprint.get("/services")
@access(Access.MANAGE_SERVICES)
def services_list() -> Any:
    """List every service, closed ones too."""
    return render_template(
        "staff/services/list.html", services=services.every(session=reading(), with_closed=True), teams=TEAMS
    )


def _page(form: ServiceForm, service: Service | None, status: int = 200) -> Any:
    return render_template("staff/services/edit.html", form=form, service=service), status


@blueprint.get("/services/new")
@access(Access.MANAGE_SERVICES)
def new_service() -> Any:
    """Offer the form for a new service with the usual terms."""
    usual = services.Terms(name_zh="", name_en="", minutes=50)
    return _page(ServiceForm(formdata=None, obj=usual, data={"team": usual.team.value}), None)


@blueprint.post("/services")
@access(Access.MANAGE_SERVICES)
def add_service() -> Any:
    """Open a service; what was typed stays where it is refused."""
    form = ServiceForm()
    if not form.validate():
        return _page(form, None, 422)
    try:
        with unit_of_work() as work:
            services.open_service(
                session=work,
                actor=security.me(),
                key=(form.key.data or "").strip(),
                terms=form.terms(),
                now=clock.now(),
            )
    except Refused as refused:
        return _refused(form, None, refused)
    flash(_("The service is open."), "good")
    return redirect(url_for("staff.services_list"), code=303)


def _refused(form: ServiceForm, service: Service | None, refused: Refused) -> Any:
    words = _("Please use a number that fits here.") if refused.refusal is Refusal.WRONG_VALUE else None
    if refused.field == "key" and refused.refusal is Refusal.WRONG_VALUE:
        words = _("Use small Latin letters, digits and underscores.")
    if refused.field == "offline":
        words = _("Please choose at least one way to meet.")
    add_error(form[refused.field or "name_zh"], words or str(refusal_words(refused.refusal)))
    return _page(form, service, 422)


def _service(service_id: int) -> Service:
    found = reading().get(Service, service_id)
    if found is None:
        raise Refused(Refusal.NOT_FOUND)
    return found


@blueprint.get("/services/<row:service_id>")
@access(Access.MANAGE_SERVICES)
def service(service_id: int) -> Any:
    """Show the terms of a service."""
    found = _service(service_id)
    return _page(ServiceForm(formdata=None, obj=found, data={"team": found.team.value}), found)


@blueprint.post("/services/<row:service_id>")
@access(Access.MANAGE_SERVICES)
def change_service(service_id: int) -> Any:
    """Change the terms; what was booked before keeps its times."""
    found, form = _service(service_id), ServiceForm()
    if not form.validate():
        return _page(form, found, 422)
    try:
        with unit_of_work() as work:
            services.change(
                session=work, actor=security.me(), service_id=service_id, terms=form.terms(), now=clock.now()
            )
    except Refused as refused:
        return _refused(form, _service(service_id), refused)
    flash(_("The service is changed. What was booked before keeps its times."), "good")
    return redirect(url_for("staff.services_list"), code=303)
