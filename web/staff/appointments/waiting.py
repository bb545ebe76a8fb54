"""The waiting list: who waits for what, in the order in which freed times are offered."""

from __future__ import annotations

from typing import Any

from flask import flash, redirect, render_template, request, url_for
from flask_babel import gettext as _
from wtforms import SelectChoice

from care import case_codes, services, waiting_list
from care.refusals import Refusal, Refused
from models.services import Mode, Service
from models.waiting_list import PartOfDay, WaitingWish
from web.common import clock, security
from web.common.access import Access, access
from web.common.database import reading, unit_of_work
from web.common.languages import language
from web.common.refusal_words import refusal_words
from web.staff.acting import act
from web.staff.appointments.asked import number
from web.staff.appointments.forms import WishForm
from web.staff.appointments.words import MODES, PARTS, WISH_STATES
from web.staff.blueprint import blueprint
from web.staff.calendar.page import colleagues
from web.staff.forms import add_error


@blueprint.get("/waiting-list")
@access(Access.BOOK)
def waiting() -> Any:
    """Show everybody who waits, whoever is asked first on top, and the form to put somebody on the list."""
    form = WishForm(
        formdata=None,
        data={"code": request.args.get("code", "")[:20], "service_id": number(request.args.get("service"))},
    )
    return _page(form)


def _page(form: WishForm, status: int = 200) -> Any:
    fill(form)
    page = render_template(
        "staff/appointments/waiting.html",
        wishes=waiting_list.standing(session=reading()),
        form=form,
        modes=MODES,
        parts=PARTS,
        states=WISH_STATES,
    )
    return page, status


def fill(form: WishForm) -> None:
    """Offer the services, the colleagues and the ways to meet."""
    offered = [one for one in services.every(session=reading()) if not one.is_group]
    form.service_id.choices = [SelectChoice(one.id, one.name(language())) for one in offered]
    form.staff_id.choices = [SelectChoice(0, _("Any suitable colleague"))] + [
        SelectChoice(one.id, one.display_name) for one in colleagues()
    ]
    form.mode.choices = [SelectChoice("", _("No matter"))] + [
        SelectChoice(mode.value, words) for mode, words in MODES.items()
    ]


@blueprint.post("/waiting-list")
@access(Access.BOOK)
def add_to_waiting_list() -> Any:
    """Put somebody on the list; refused, what was typed stays."""
    form = WishForm()
    fill(form)
    if not form.validate():
        return _page(form, 422)
    try:
        with unit_of_work() as work:
            _ask(work, form)
    except Refused as refused:
        add_error(form[refused.field if refused.field in form else "code"], str(refusal_words(refused.refusal)))
        return _page(form, 422)
    flash(_("The person is on the waiting list."), "good")
    return redirect(url_for("staff.waiting"), code=303)


def _ask(work: Any, form: WishForm) -> None:
    person = case_codes.find(session=work, typed=form.code.data)
    if person is None:
        raise Refused(Refusal.UNKNOWN_CODE, "code")
    waiting_list.ask(
        session=work,
        actor=security.me(),
        beneficiary=person,
        service=work.get_one(Service, form.service_id.data),
        staff_id=form.staff_id.data or None,
        mode=Mode(form.mode.data) if form.mode.data else None,
        part_of_day=PartOfDay(form.part_of_day.data),
        from_day=form.from_day.data,
        until_day=form.until_day.data,
        now=clock.now(),
    )


@blueprint.post("/waiting-list/<row:wish_id>/leave")
@access(Access.BOOK)
def take_off_waiting_list(wish_id: int) -> Any:
    """Take a wish off the list for the person."""

    def verb(work: Any) -> None:
        wish = work.get(WaitingWish, wish_id)
        if wish is None:
            raise Refused(Refusal.NOT_FOUND)
        waiting_list.leave(session=work, actor=security.me(), wish=wish, now=clock.now())

    return act(verb, back=url_for("staff.waiting"), done=_("The person is off the list."))
