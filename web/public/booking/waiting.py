"""The waiting list from a person's side: join it, see it, leave it."""

from __future__ import annotations

from typing import Any

from flask import flash, g, redirect, render_template, request, url_for
from flask_babel import gettext as _
from sqlalchemy.orm import Session
from wtforms import SelectChoice

from care import appointment_links, services, waiting_list, waiting_offers
from care.refusals import Refusal, Refused
from models.services import Mode, Service
from models.waiting_list import PartOfDay, WaitingWish
from web.common import chat_key, clock, form_keys
from web.common.access import Access, access
from web.common.database import reading, unit_of_work
from web.common.languages import language
from web.common.refusal_words import refusal_words
from web.common.throttle import START, limiter
from web.public import blueprint
from web.public.booking import asked as choices
from web.public.booking import door
from web.public.booking.choose import MODES
from web.public.booking.forms import WaitForm


def _fill(form: WaitForm) -> None:
    offered = services.for_people(session=reading())
    form.service.choices = [SelectChoice(one.id, one.name(language())) for one in offered]
    form.mode.choices = [SelectChoice("", _("No matter"))] + [
        SelectChoice(mode.value, words) for mode, words in MODES.items()
    ]


@blueprint.route("/booking/waiting-list/join", methods=["GET", "POST"])
@access(Access.ANYONE)
@limiter.limit(START, methods=["POST"])
def join_waiting_list() -> Any:
    """Ask what is waited for, and put the person on the list; the same form twice is one wish."""
    if request.method == "GET":
        asked = choices.read()
        form = WaitForm(
            formdata=None,
            data={"service": asked.service.id if asked.service else None, "language": asked.language or ""},
        )
        form.form_key.data = form_keys.fresh()
        _fill(form)
        return _page(form)
    form = WaitForm()
    _fill(form)
    key = form_keys.read(form.form_key.data)
    if key is None:
        form.form_key.data = form_keys.fresh()
        form.service.errors = [*form.service.errors, str(refusal_words("csrf"))]
        return _page(form, 422)
    if not form.validate():
        return _page(form, 422)
    return _join(form, key)


def _join(form: WaitForm, key: str) -> Any:
    try:
        with unit_of_work() as work:
            visitor = door.enter(work=work, form_key=key)
            _ask(work, form, visitor)
            answer = visitor.welcome(redirect(url_for("public.my_waiting"), code=303))
    except Refused as refused:
        name = refused.field if refused.field in form else "service"
        field = form[name]
        field.errors = [*field.errors, str(refusal_words(refused.refusal))]
        return _page(form, 422)
    return answer


def _ask(work: Any, form: WaitForm, visitor: door.Visitor) -> None:
    try:
        waiting_list.ask(
            session=work,
            actor=None,
            beneficiary=visitor.person,
            service=work.get_one(Service, form.service.data),
            mode=Mode(form.mode.data) if form.mode.data else None,
            language=form.language.data or None,
            part_of_day=PartOfDay(form.part_of_day.data),
            from_day=form.from_day.data,
            until_day=form.until_day.data,
            now=clock.now(),
        )
    except Refused as refused:
        # The second of two taps finds done what it wanted.
        if refused.refusal is not Refusal.ALREADY_WAITING:
            raise


def _page(form: WaitForm, status: int = 200) -> Any:
    return render_template("public/booking/wait.html", form=form, asked=choices.read(request.values)), status


def _own(session: Session, beneficiary_id: int) -> list[WaitingWish]:
    wishes = waiting_list.of_person(session=session, beneficiary_id=beneficiary_id)
    return [wish for wish in wishes if wish.state in waiting_list.STANDING]


@blueprint.get("/booking/waiting-list")
@access(Access.PERSON)
def my_waiting() -> Any:
    """Show what the person of this browser waits for."""
    code, _for_other = door.new_code()
    return render_template("public/booking/waiting.html", wishes=_own(reading(), g.beneficiary.id), new_code=code)


@blueprint.post("/booking/waiting-list/offers")
@access(Access.PERSON)
def answer_offer() -> Any:
    """Take or decline a kept time without its secret address: this browser has the person's own key."""
    own, number, secret = g.beneficiary.id, request.form.get("offer", type=int), chat_key.secret()
    back = url_for("public.my_waiting")
    try:
        with unit_of_work() as work:
            offers = [one for wish in _own(work, own) for one in wish.offers if one.id == number]
            if not offers:
                raise Refused(Refusal.OFFER_OVER)
            if request.form.get("answer") == "yes":
                made = waiting_offers.accept(
                    session=work, actor=None, offered=offers[0], secret=secret, now=clock.now()
                )
                token = appointment_links.make(session=work, secret=secret, appointment=made, now=clock.now())
                back = url_for("public.own_appointment", token=token)
            else:
                waiting_offers.decline(
                    session=work,
                    actor=None,
                    offered=offers[0],
                    secret=secret,
                    now=clock.now(),
                    timezone=clock.timezone(),
                )
    except Refused as refused:
        flash(str(refusal_words(refused.refusal)), "danger")
    return redirect(back, code=303)


@blueprint.post("/booking/waiting-list/leave")
@access(Access.PERSON)
def leave_waiting_list() -> Any:
    """Take one's own wish back."""
    own, number = g.beneficiary.id, request.form.get("wish", type=int)
    try:
        with unit_of_work() as work:
            wish = next((one for one in _own(work, own) if one.id == number), None)
            if wish is None:
                raise Refused(Refusal.NOT_FOUND)
            waiting_list.leave(session=work, actor=None, wish=wish, now=clock.now())
    except Refused as refused:
        flash(str(refusal_words(refused.refusal)), "danger")
    else:
        flash(_("You are off the list."), "good")
    return redirect(url_for("public.my_waiting"), code=303)
