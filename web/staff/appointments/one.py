"""One appointment: what it is, where it was before, and everything that can be done with it."""

from __future__ import annotations

from typing import Any
from zoneinfo import ZoneInfo

from flask import flash, redirect, render_template, session, url_for
from flask_babel import gettext as _
from wtforms import SelectChoice

from care import appointment_links, appointment_lists, appointments, note_history, notes, outcomes, series
from care.refusals import Refusal, Refused
from models.appointments import Appointment
from web.common import chat_key, clock, security
from web.common.access import Access, access, staff_may
from web.common.database import reading, unit_of_work
from web.common.refusal_words import refusal_words
from web.staff.acting import act
from web.staff.appointments.confirm import NEW_CODE
from web.staff.appointments.forms import CancelForm, MoveForm
from web.staff.appointments.words import MODES, STATES
from web.staff.blueprint import blueprint
from web.staff.calendar.page import colleagues
from web.staff.forms import add_error

# A link that was just made for the person, shown once.
_LINK = "new_appointment_link"


def _get(appointment_id: int, work: Any = None) -> Appointment:
    return appointment_lists.get(session=work or reading(), appointment_id=appointment_id)


@blueprint.get("/appointments/<row:appointment_id>")
@access(Access.SEE_APPOINTMENTS)
def appointment(appointment_id: int) -> Any:
    """Show the appointment; who reads notes also sees whether the questions were answered before it."""
    return _page(appointment_id)


def _page(
    appointment_id: int, moving: MoveForm | None = None, cancelling: CancelForm | None = None, status: int = 200
) -> Any:
    one, now, me = _get(appointment_id), clock.now(), security.me()
    zone = ZoneInfo(clock.timezone())
    if moving is None:
        local = one.starts_at.astimezone(zone).replace(tzinfo=None)
        moving = MoveForm(formdata=None, data={"starts_at": local, "staff_id": one.staff_id})
    fill(moving, one)
    reads = staff_may(Access.SEE_NOTES) and note_history.sees_all(
        session=reading(), reader=me, beneficiary_id=one.beneficiary_id
    )
    page = render_template(
        "staff/appointments/one.html",
        one=one,
        now=now,
        me=me,
        modes=MODES,
        states=STATES,
        moving=moving,
        cancelling=cancelling or CancelForm(formdata=None),
        begun=one.starts_at <= now,
        no_shows=appointment_lists.no_shows(session=reading(), beneficiary_id=one.beneficiary_id),
        new_code=session.pop(NEW_CODE, None),
        link=session.pop(_LINK, None),
        reads=reads,
        answered=outcomes.answered_since(
            session=reading(), beneficiary_id=one.beneficiary_id, since=one.starts_at - outcomes.FRESH_FOR
        )
        if reads
        else None,
        noted=notes.first_of(session=reading(), author=me, appointment_id=one.id),
    )
    return page, status


def fill(form: MoveForm, one: Appointment) -> None:
    """Offer the colleagues who can be booked, and whoever has it now."""
    names = {one.staff_id: one.staff.display_name} | {member.id: member.display_name for member in colleagues()}
    form.staff_id.choices = [SelectChoice(number, name) for number, name in names.items()]


def _back(appointment_id: int) -> str:
    return url_for("staff.appointment", appointment_id=appointment_id)


@blueprint.post("/appointments/<row:appointment_id>/move")
@access(Access.CHANGE_APPOINTMENTS)
def move_appointment(appointment_id: int) -> Any:
    """Move it; refused, the old time stays and so does what was typed."""
    form = MoveForm()
    fill(form, _get(appointment_id))
    if not form.validate():
        return _page(appointment_id, moving=form, status=422)
    try:
        with unit_of_work() as work:
            appointments.move(
                session=work,
                actor=security.me(),
                appointment=_get(appointment_id, work),
                starts_at=form.starts_at.data.replace(tzinfo=ZoneInfo(clock.timezone())),
                staff_id=form.staff_id.data,
                outside_plan=form.outside_plan.data,
                reason=form.reason.data or "",
                secret=chat_key.secret(),
                now=clock.now(),
            )
    except Refused as refused:
        add_error(form[refused.field if refused.field in form else "starts_at"], str(refusal_words(refused.refusal)))
        return _page(appointment_id, moving=form, status=422)
    flash(_("The appointment is moved. The person is told."), "good")
    return redirect(_back(appointment_id), code=303)


@blueprint.post("/appointments/<row:appointment_id>/cancel")
@access(Access.CHANGE_APPOINTMENTS)
def cancel_appointment(appointment_id: int) -> Any:
    """Call it off with a reason."""
    form = CancelForm()
    _get(appointment_id)
    if not form.validate():
        return _page(appointment_id, cancelling=form, status=422)
    try:
        with unit_of_work() as work:
            appointments.cancel(
                session=work,
                actor=security.me(),
                appointment=_get(appointment_id, work),
                reason=form.reason.data or "",
                now=clock.now(),
            )
    except Refused as refused:
        add_error(form.reason, str(refusal_words(refused.refusal)))
        return _page(appointment_id, cancelling=form, status=422)
    flash(_("The appointment is cancelled. The person is told."), "good")
    return redirect(_back(appointment_id), code=303)


@blueprint.post("/appointments/<row:appointment_id>/cancel-series")
@access(Access.CHANGE_APPOINTMENTS)
def cancel_series(appointment_id: int) -> Any:
    """Call off everything of the series that is still ahead."""
    form, one = CancelForm(), _get(appointment_id)
    series_id = one.series_id
    if series_id is None:
        raise Refused(Refusal.NOT_FOUND)
    if not form.validate():
        return _page(appointment_id, cancelling=form, status=422)
    try:
        with unit_of_work() as work:
            series.cancel_rest(
                session=work, actor=security.me(), series_id=series_id, reason=form.reason.data or "", now=clock.now()
            )
    except Refused as refused:
        add_error(form.reason, str(refusal_words(refused.refusal)))
        return _page(appointment_id, cancelling=form, status=422)
    flash(_("The rest of the series is cancelled. The person is told."), "good")
    return redirect(_back(appointment_id), code=303)


@blueprint.post("/appointments/<row:appointment_id>/complete")
@access(Access.CHANGE_APPOINTMENTS)
def complete_appointment(appointment_id: int) -> Any:
    """Say that it took place."""
    return act(
        lambda work: appointments.complete(
            session=work, actor=security.me(), appointment=_get(appointment_id, work), now=clock.now()
        ),
        back=_back(appointment_id),
        done=_("Noted: it took place."),
    )


@blueprint.post("/appointments/<row:appointment_id>/no-show")
@access(Access.CHANGE_APPOINTMENTS)
def no_show_appointment(appointment_id: int) -> Any:
    """Say that the person did not come."""
    return act(
        lambda work: appointments.no_show(
            session=work, actor=security.me(), appointment=_get(appointment_id, work), now=clock.now()
        ),
        back=_back(appointment_id),
        done=_("Noted: the person did not come. A short call often helps."),
    )


@blueprint.post("/appointments/<row:appointment_id>/links")
@access(Access.BOOK)
def link_appointment(appointment_id: int) -> Any:
    """Make a secret address for the person; it is shown once."""
    made: list[str] = []

    def verb(work: Any) -> None:
        found = _get(appointment_id, work)
        made.append(appointment_links.make(session=work, secret=chat_key.secret(), appointment=found, now=clock.now()))

    answer = act(verb, back=_back(appointment_id))
    if made:
        session[_LINK] = url_for("public.own_appointment", token=made[0], _external=True)
    return answer
