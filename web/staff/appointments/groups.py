"""Group sessions: planned, filled seat by seat, called off, and closed with who came."""

from __future__ import annotations

from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from flask import flash, redirect, render_template, request, url_for
from flask_babel import gettext as _
from wtforms import SelectChoice

from care import case_codes, groups, rooms, services
from care.refusals import Refusal, Refused
from models.groups import GroupSeat, GroupSession
from models.services import Mode, Service
from web.common import clock, security
from web.common.access import Access, access
from web.common.database import reading, unit_of_work
from web.common.languages import language
from web.common.refusal_words import refusal_words
from web.staff.acting import act
from web.staff.appointments.asked import number
from web.staff.appointments.forms import CancelForm, GroupForm, SeatForm
from web.staff.appointments.words import GROUP_STATES, MODES, SEAT_STATES
from web.staff.blueprint import blueprint
from web.staff.calendar.page import colleagues
from web.staff.forms import add_error


def _get(group_id: int, work: Any = None) -> GroupSession:
    return groups.get(session=work or reading(), session_id=group_id)


@blueprint.get("/groups")
@access(Access.SEE_APPOINTMENTS)
def group_sessions() -> Any:
    """Show the groups of the coming weeks, and to those who change appointments the form for a new one."""
    return _list()


def _list(form: GroupForm | None = None, status: int = 200) -> Any:
    session, now = reading(), clock.now()
    coming = groups.coming(session=session, now=now)
    if form is None:
        form = GroupForm(formdata=None)
        fill(form)
        form.staff_id.data = security.me().id
    page = render_template(
        "staff/appointments/groups.html",
        sessions=[(one, groups.seats_left(session=session, group=one)) for one in coming],
        form=form,
        modes=MODES,
    )
    return page, status


def fill(form: GroupForm) -> None:
    """Offer the group services, the colleagues and the rooms."""
    spoken = language()
    offered = [one for one in services.every(session=reading()) if one.is_group]
    form.service_id.choices = [SelectChoice(one.id, one.name(spoken)) for one in offered]
    form.staff_id.choices = [SelectChoice(one.id, one.display_name) for one in colleagues()]
    form.mode.choices = [SelectChoice(mode.value, words) for mode, words in MODES.items()]
    form.room_id.choices = [SelectChoice(0, _("Any free room"))] + [
        SelectChoice(one.id, f"{one.station.name(spoken)} · {one.name(spoken)} ({one.seats})")
        for one in rooms.rooms(session=reading())
    ]


@blueprint.post("/groups")
@access(Access.CHANGE_APPOINTMENTS)
def plan_group() -> Any:
    """Plan a session; refused, what was typed stays."""
    form = GroupForm()
    fill(form)
    if not form.validate():
        return _list(form, 422)
    try:
        with unit_of_work() as work:
            group_id = _plan(work, form)
    except Refused as refused:
        words = _("Please fill this in.") if refused.refusal is Refusal.EMPTY else refusal_words(refused.refusal)
        add_error(form[refused.field if refused.field in form else "starts_at"], str(words))
        return _list(form, 422)
    flash(_("The group is planned."), "good")
    return redirect(url_for("staff.group_session", group_id=group_id), code=303)


def _plan(work: Any, form: GroupForm) -> int:
    at: datetime = form.starts_at.data.replace(tzinfo=ZoneInfo(clock.timezone()))
    return groups.plan(
        session=work,
        actor=security.me(),
        service=work.get_one(Service, form.service_id.data),
        title_zh=form.title_zh.data,
        title_en=form.title_en.data,
        staff_id=form.staff_id.data,
        starts_at=at,
        mode=Mode(form.mode.data),
        room_id=form.room_id.data or None,
        seats=form.seats.data,
        now=clock.now(),
    ).id


@blueprint.get("/groups/<row:group_id>")
@access(Access.SEE_APPOINTMENTS)
def group_session(group_id: int) -> Any:
    """Show one session with its seats."""
    return _page(group_id)


def _page(group_id: int, seat: SeatForm | None = None, cancelling: CancelForm | None = None, status: int = 200) -> Any:
    found = _get(group_id)
    page = render_template(
        "staff/appointments/group.html",
        one=found,
        left=groups.seats_left(session=reading(), group=found),
        begun=found.starts_at <= clock.now(),
        seat=seat or SeatForm(formdata=None),
        cancelling=cancelling or CancelForm(formdata=None),
        modes=MODES,
        states=GROUP_STATES,
        seat_states=SEAT_STATES,
    )
    return page, status


@blueprint.post("/groups/<row:group_id>/seats")
@access(Access.BOOK)
def take_seat(group_id: int) -> Any:
    """Give a person a seat; the same person twice is one seat."""
    form = SeatForm()
    _get(group_id)
    if not form.validate():
        return _page(group_id, seat=form, status=422)
    try:
        with unit_of_work() as work:
            person = case_codes.find(session=work, typed=form.code.data)
            if person is None:
                raise Refused(Refusal.UNKNOWN_CODE)
            groups.take_seat(
                session=work,
                actor=security.me(),
                group=_get(group_id, work),
                beneficiary=person,
                now=clock.now(),
            )
    except Refused as refused:
        add_error(form.code, str(refusal_words(refused.refusal)))
        return _page(group_id, seat=form, status=422)
    flash(_("The person has a seat."), "good")
    return redirect(url_for("staff.group_session", group_id=group_id), code=303)


@blueprint.post("/groups/<row:group_id>/seats/<row:seat_id>/give-up")
@access(Access.BOOK)
def give_seat_up(group_id: int, seat_id: int) -> Any:
    """Let a seat go."""

    def verb(work: Any) -> None:
        seat = work.get(GroupSeat, seat_id)
        if seat is None or seat.session_id != group_id:
            raise Refused(Refusal.NOT_FOUND)
        groups.give_up(session=work, actor=security.me(), seat=seat, now=clock.now())

    return act(verb, back=url_for("staff.group_session", group_id=group_id), done=_("The seat is free again."))


@blueprint.post("/groups/<row:group_id>/cancel")
@access(Access.CHANGE_APPOINTMENTS)
def cancel_group(group_id: int) -> Any:
    """Call the session off with a reason; everybody with a seat is told."""
    form = CancelForm()
    _get(group_id)
    if not form.validate():
        return _page(group_id, cancelling=form, status=422)
    try:
        with unit_of_work() as work:
            groups.cancel(
                session=work,
                actor=security.me(),
                group=_get(group_id, work),
                reason=form.reason.data or "",
                now=clock.now(),
            )
    except Refused as refused:
        add_error(form.reason, str(refusal_words(refused.refusal)))
        return _page(group_id, cancelling=form, status=422)
    flash(_("The group is cancelled. Everybody with a seat is told."), "good")
    return redirect(url_for("staff.group_session", group_id=group_id), code=303)


@blueprint.post("/groups/<row:group_id>/close")
@access(Access.CHANGE_APPOINTMENTS)
def close_group(group_id: int) -> Any:
    """Say who came."""
    came = [seat_id for seat_id in (number(one) for one in request.form.getlist("came")) if seat_id is not None]
    return act(
        lambda work: groups.close(
            session=work, actor=security.me(), group=_get(group_id, work), came=came, now=clock.now()
        ),
        back=url_for("staff.group_session", group_id=group_id),
        done=_("Noted who came."),
    )
