"""Confirm one time, or a series of weekly ones, for somebody; the same form sent twice books once."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from flask import flash, redirect, render_template, request, session, url_for
from flask_babel import gettext as _
from sqlalchemy.orm import Session

from care import appointments, booking_door, case_codes, series
from care.behalf import Behalf
from care.refusals import Refusal, Refused
from models.beneficiaries import Beneficiary
from models.staff import StaffMember
from web.common import chat_key, clock, form_keys, security, slot_days
from web.common.access import Access, access
from web.common.database import reading, unit_of_work
from web.common.languages import local_time
from web.common.refusal_words import refusal_words
from web.staff.appointments import asked as choices
from web.staff.appointments.asked import Asked
from web.staff.appointments.forms import BookForm
from web.staff.appointments.words import MODES
from web.staff.blueprint import blueprint
from web.staff.forms import add_error

# The return code of somebody new, shown once on the next page and kept in the colleague's own signed cookie till then.
NEW_CODE = "new_person_code"
_KEPT = ("at", "with_staff", "service", "mode", "code")


@blueprint.get("/book/confirm")
@access(Access.BOOK)
def confirm_booking() -> Any:
    """Show the time that was chosen."""
    asked, at = choices.read(), slot_days.moment(request.args.get("at"))
    if asked.service is None or at is None:
        return redirect(url_for("staff.book", **asked.args()), code=303)
    form = BookForm(formdata=None)
    for name in _KEPT:
        form[name].data = request.args.get(name, "")
    form.form_key.data = form_keys.fresh()
    return _page(form, asked, at)


@blueprint.post("/book")
@access(Access.BOOK)
def book_for() -> Any:
    """Book it; a refused form keeps what was typed."""
    asked, at, form = choices.read(request.form), slot_days.moment(request.form.get("at")), BookForm()
    if asked.service is None or at is None:
        return redirect(url_for("staff.book", **asked.args()), code=303)
    key = form_keys.read(form.form_key.data)
    if key is None:
        form.form_key.data = form_keys.fresh()
        add_error(form.code, str(refusal_words("csrf")))
        return _page(form, asked, at, 422)
    if not form.validate():
        return _page(form, asked, at, 422)
    try:
        with unit_of_work() as work:
            first_id, skipped = _book(work, form, asked, at, key)
    except Refused as refused:
        _say(form, refused)
        return _page(form, asked, at, 422)
    _tell(form.weeks.data, skipped)
    return redirect(url_for("staff.appointment", appointment_id=first_id), code=303)


def _book(work: Session, form: BookForm, asked: Asked, at: datetime, key: str) -> tuple[int, list[datetime]]:
    assert asked.service is not None
    common: dict[str, Any] = {
        "session": work,
        "actor": security.me(),
        "beneficiary": _whom(work, form, key),
        "service": work.merge(asked.service),
        "starts_at": at,
        "mode": asked.mode,
        "staff_id": choices.number(form.with_staff.data),
        "form_key": key,
        "secret": chat_key.secret(),
        "now": clock.now(),
    }
    if form.weeks.data == 1:
        return appointments.book(**common, behalf=_behalf(form)).id, []
    if common["staff_id"] is None:
        # A series is with one colleague: meeting somebody new each week is not what a series is for.
        raise Refused(Refusal.NOBODY_FREE, "weeks")
    made = series.book(**common, wanted=form.weeks.data, timezone=clock.timezone())
    first = next(one.appointment.id for one in made.meetings if one.appointment is not None)
    return first, [one.starts_at for one in made.refused]


def _whom(work: Session, form: BookForm, key: str) -> Beneficiary:
    if form.is_new.data:
        opened = booking_door.open_for_form(
            session=work,
            secret=chat_key.secret(),
            form_key=key,
            language=form.new_language.data,
            now=clock.now(),
        )
        session[NEW_CODE] = opened.return_code
        return opened.conversation.beneficiary
    found = case_codes.find(session=work, typed=form.code.data or "")
    if found is None:
        raise Refused(Refusal.UNKNOWN_CODE, "code")
    return found


def _behalf(form: BookForm) -> Behalf | None:
    said = [form.behalf_who.data or "", form.behalf_relation.data or "", form.behalf_consent.data or ""]
    return Behalf(*said) if any(one.strip() for one in said) else None


def _say(form: BookForm, refused: Refused) -> None:
    session.pop(NEW_CODE, None)
    words = _("Please fill this in.") if refused.refusal is Refusal.EMPTY else refusal_words(refused.refusal)
    field = refused.field if refused.field in ("code", "behalf_who", "behalf_relation", "behalf_consent") else "weeks"
    add_error(form[field], str(words))


def _tell(weeks: int, skipped: list[datetime]) -> None:
    if weeks == 1:
        flash(_("The time is booked."), "good")
        return
    flash(_("The series is booked."), "good")
    if skipped:
        days = ", ".join(local_time(one, "short") for one in skipped)
        flash(_("There is no meeting on these dates, please look at them: %(days)s", days=days), "danger")


def _page(form: BookForm, asked: Asked, at: datetime, status: int = 200) -> Any:
    staff_id = choices.number(form.with_staff.data)
    page = render_template(
        "staff/appointments/confirm.html",
        form=form,
        asked=asked,
        at=at,
        member=reading().get(StaffMember, staff_id) if staff_id else None,
        modes=MODES,
    )
    return page, status
