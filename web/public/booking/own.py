"""The page of one's own appointment: opened by its secret address alone, moved or cancelled there in time."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

from flask import flash, redirect, render_template, request, url_for
from flask_babel import gettext as _
from flask_wtf.csrf import generate_csrf
from sqlalchemy.orm import Session

from care import appointment_links, appointments, slots
from care.refusals import Refusal, Refused
from models.appointments import Appointment
from web.common import chat_key, clock, slot_days
from web.common.access import Access, access
from web.common.database import forged_address, reading, unit_of_work
from web.common.refusal_words import refusal_words
from web.common.throttle import FORGED, START, leads_nowhere, limiter
from web.public import blueprint
from web.public.booking import door
from web.public.booking.asked import DAYS_SHOWN
from web.public.booking.choose import MODES


def _follow(session: Session, token: str) -> Appointment:
    return appointment_links.follow(session=session, secret=chat_key.secret(), token=token)


def _shown(token: str) -> Appointment:
    """Return the appointment for a page; a forged address leaves a trace."""
    try:
        return _follow(reading(), token)
    except Refused:
        raise forged_address() from None


def _page(token: str, problem: Any = None, status: int = 200) -> Any:
    one, now = _shown(token), clock.now()
    code, for_other = door.new_code()
    page = render_template(
        "public/booking/own.html",
        one=one,
        token=token,
        problem=problem,
        new_code=code,
        for_other=for_other,
        modes=MODES,
        changeable=appointments.may_change_alone(appointment=one, now=now),
        change_until=appointments.change_until(one),
        timezone=clock.timezone(),
    )
    return page, status


@blueprint.get("/appointments/<string:token>")
@access(Access.ANYONE)
@limiter.limit(FORGED, deduct_when=leads_nowhere)
def own_appointment(token: str) -> Any:
    """Show what was booked and what happens next; a forged address leads nowhere."""
    generate_csrf()
    return _page(token)


@blueprint.post("/appointments/<string:token>/cancel")
@access(Access.ANYONE)
@limiter.limit(START)
def cancel_own(token: str) -> Any:
    """Call the appointment off; a second tap finds it done."""
    try:
        with unit_of_work() as work:
            appointments.cancel(session=work, actor=None, appointment=_follow(work, token), now=clock.now())
    except Refused as refused:
        return _refused(token, refused)
    flash(_("It is cancelled. The time goes to somebody else."), "good")
    return redirect(url_for("public.own_appointment", token=token), code=303)


def _refused(token: str, refused: Refused) -> Any:
    if refused.refusal is Refusal.NOT_FOUND and refused.field is None:
        raise forged_address()
    return _page(token, refusal_words(refused.refusal), 422)


@blueprint.get("/appointments/<string:token>/move")
@access(Access.ANYONE)
@limiter.limit(FORGED, deduct_when=leads_nowhere)
def move_own(token: str) -> Any:
    """Show the times to which it can be moved, with the same colleague, or with another where that one has left."""
    generate_csrf()
    return _times(token)


@blueprint.post("/appointments/<string:token>/move")
@access(Access.ANYONE)
@limiter.limit(START)
def take_other_time(token: str) -> Any:
    """Move it; refused, the old time stays."""
    at = slot_days.moment(request.form.get("at"))
    if at is None:
        return _times(token, refusal_words(Refusal.WRONG_VALUE), 422)
    try:
        with unit_of_work() as work:
            appointments.move(
                session=work,
                actor=None,
                appointment=_follow(work, token),
                starts_at=at,
                secret=chat_key.secret(),
                now=clock.now(),
            )
    except Refused as refused:
        if refused.refusal is Refusal.NOT_FOUND and refused.field is None:
            raise forged_address() from None
        return _times(token, refusal_words(refused.refusal), 422)
    flash(_("It is moved."), "good")
    return redirect(url_for("public.own_appointment", token=token), code=303)


def _times(token: str, problem: Any = None, status: int = 200) -> Any:
    one, now = _shown(token), clock.now()
    if not appointments.may_change_alone(appointment=one, now=now):
        return _page(token, problem or refusal_words(Refusal.TOO_LATE_TO_CHANGE), 422)
    first = _first(one)
    start = slot_days.midnight(first)
    found = slots.find(
        session=reading(),
        service=one.service,
        start=start,
        end=start + timedelta(days=DAYS_SHOWN),
        now=now,
        mode=one.mode,
        staff_id=appointments.keeps_to(one),
        beneficiary_id=one.beneficiary_id,
        without_hold_id=one.hold_id,
        one_each=True,
    )
    page = render_template(
        "public/booking/move.html",
        one=one,
        token=token,
        problem=problem,
        days=slot_days.by_day(slot for slot in found if slot.starts_at != one.starts_at),
        stamp=slot_days.stamp,
        earlier=_before(first),
        later=(first + timedelta(days=DAYS_SHOWN)).isoformat(),
        timezone=clock.timezone(),
    )
    return page, status


def _first(one: Appointment) -> date:
    today = slot_days.today()
    try:
        wished = date.fromisoformat(request.args.get("from", ""))
    except ValueError:
        return today
    return min(max(wished, today), today + timedelta(days=one.service.horizon_days))


def _before(first: date) -> str | None:
    today = slot_days.today()
    return max(first - timedelta(days=DAYS_SHOWN), today).isoformat() if first > today else None
