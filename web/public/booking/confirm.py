"""Confirm one time; the same form sent twice books once."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from flask import redirect, render_template, request, url_for
from flask_babel import gettext as _
from sqlalchemy.orm import Session

from care import appointment_links, appointments
from care.behalf import Behalf
from care.matching import Wish
from care.refusals import Refusal, Refused
from models.staff import StaffMember
from web.common import chat_key, clock, form_keys, slot_days
from web.common.access import Access, access
from web.common.database import reading, unit_of_work
from web.common.refusal_words import refusal_words
from web.common.throttle import START, limiter
from web.public import blueprint
from web.public.booking import asked as choices
from web.public.booking import door
from web.public.booking.asked import Asked
from web.public.booking.choose import MODES
from web.public.booking.forms import OTHER, ConfirmForm


@blueprint.route("/booking/confirm", methods=["GET", "POST"])
@access(Access.ANYONE)
@limiter.limit(START, methods=["POST"])
def confirm_booking() -> Any:
    """Show the time that was chosen and book it; a refused form keeps what was typed."""
    given = request.form if request.method == "POST" else request.args
    asked, at = choices.read(given), slot_days.moment(given.get("at"))
    if asked.service is None or at is None:
        return redirect(url_for("public.booking", **asked.args()), code=303)
    if request.method == "GET":
        return _page(_fresh(given), asked, at)
    form = ConfirmForm()
    key = form_keys.read(form.form_key.data)
    if key is None:
        form.form_key.data = form_keys.fresh()
        form.for_whom.errors = [*form.for_whom.errors, str(refusal_words("csrf"))]
        return _page(form, asked, at, 422)
    if not form.validate():
        return _page(form, asked, at, 422)
    return _confirm(form, asked, at, key)


def _fresh(given: Any) -> ConfirmForm:
    form = ConfirmForm(formdata=None)
    for name in ("at", "staff", "service", "mode", "language", "wish"):
        form[name].data = given.get(name, "")
    form.form_key.data = form_keys.fresh()
    return form


def _confirm(form: ConfirmForm, asked: Asked, at: datetime, key: str) -> Any:
    try:
        with unit_of_work() as work:
            visitor = door.enter(work=work, form_key=key, for_other=form.for_whom.data == OTHER)
            token = _book(work, form, asked, at, key, visitor)
            answer = visitor.welcome(redirect(url_for("public.own_appointment", token=token), code=303))
    except Refused as refused:
        _say(form, refused)
        return _page(form, asked, at, 422)
    return answer


def _book(work: Session, form: ConfirmForm, asked: Asked, at: datetime, key: str, visitor: door.Visitor) -> str:
    assert asked.service is not None
    behalf = None
    if visitor.for_other:
        behalf = Behalf(form.behalf_who.data or "", form.behalf_relation.data or "", form.behalf_consent.data or "")
    made = appointments.book(
        session=work,
        actor=None,
        beneficiary=visitor.person,
        service=work.merge(asked.service),
        starts_at=at,
        mode=asked.mode,
        staff_id=_staff_id(form),
        language=asked.language,
        wish=asked.wish if chat_key.person() is not None else Wish.ANY,
        behalf=behalf,
        form_key=key,
        secret=chat_key.secret(),
        now=clock.now(),
    )
    return appointment_links.make(session=work, secret=chat_key.secret(), appointment=made, now=clock.now())


def _staff_id(form: ConfirmForm) -> int | None:
    written = form.staff.data or ""
    return int(written) if written.isdecimal() and len(written) < 10 else None


def _say(form: ConfirmForm, refused: Refused) -> None:
    words = _("Please fill this in.") if refused.refusal is Refusal.EMPTY else refusal_words(refused.refusal)
    field = refused.field if refused.field and refused.field.startswith("behalf_") else "for_whom"
    form[field].errors = [*form[field].errors, str(words)]


def _page(form: ConfirmForm, asked: Asked, at: datetime, status: int = 200) -> Any:
    staff_id = _staff_id(form)
    member = reading().get(StaffMember, staff_id) if staff_id else None
    page = render_template(
        "public/booking/confirm.html",
        form=form,
        asked=asked,
        at=at,
        with_whom=member.display_name if member else None,
        modes=MODES,
        timezone=clock.timezone(),
    )
    return page, status
