"""Leave: asked for by oneself, with a stand-in; decided by a supervisor; taken back while it can be."""

from __future__ import annotations

from datetime import date, datetime, time
from typing import Any
from zoneinfo import ZoneInfo

from flask import flash, redirect, render_template, url_for
from flask_babel import gettext as _
from flask_babel import lazy_gettext
from flask_wtf import FlaskForm
from wtforms import DateField, SelectChoice, SelectField, TextAreaField, TimeField
from wtforms.validators import Length
from wtforms.validators import Optional as Maybe

from care import handover, staff
from care import leave as leaves
from care.refusals import Refused
from models.leave import Leave
from web.common import clock, security
from web.common.access import Access, access, staff_may
from web.common.database import reading, unit_of_work
from web.staff.acting import act
from web.staff.blueprint import blueprint
from web.staff.forms import needed
from web.staff.people import dates
from web.staff.people.forms import ReasonForm, show
from web.staff.people.words import LEAVE_STATES


class LeaveForm(FlaskForm):
    """From when until when, and who stands in."""

    first_day = DateField(lazy_gettext("First day"), validators=[needed(), dates.SaneDay()])
    starts = TimeField(lazy_gettext("From (empty: the whole day)"), validators=[Maybe()])
    last_day = DateField(lazy_gettext("Last day"), validators=[needed(), dates.SaneDay()])
    ends = TimeField(lazy_gettext("Until (empty: the whole day)"), validators=[Maybe()])
    stand_in_id = SelectField(lazy_gettext("Who stands in"), coerce=int)
    staff_id = SelectField(lazy_gettext("Who is away"), coerce=int)
    note = TextAreaField(
        lazy_gettext("Note for whoever decides"), validators=[Length(max=leaves.LONGEST_NOTE)], render_kw={"rows": 2}
    )


def _span(form: LeaveForm) -> tuple[datetime, datetime]:
    first, last = form.first_day.data, form.last_day.data
    assert first is not None
    assert last is not None
    starts = _at(first, form.starts.data) if form.starts.data else dates.start_of(first)
    return starts, _at(last, form.ends.data) if form.ends.data else dates.end_of(last)


def _at(day: date, moment: time) -> datetime:
    return datetime.combine(day, moment, dates.zone())


def _form(*, fresh: bool) -> LeaveForm:
    me = security.me()
    form = LeaveForm(formdata=None, data={"staff_id": me.id, "stand_in_id": 0}) if fresh else LeaveForm()
    active = staff.found(session=reading(), only_active=True)
    form.stand_in_id.choices = [
        SelectChoice(0, _("Nobody")),
        *(
            SelectChoice(one.id, one.display_name)
            for one in active
            if one.id != me.id or staff_may(Access.DECIDE_LEAVE)
        ),
    ]
    # Only those who decide may write a colleague down who fell ill.
    others = active if staff_may(Access.DECIDE_LEAVE) else []
    form.staff_id.choices = [
        SelectChoice(me.id, me.display_name),
        *(SelectChoice(one.id, one.display_name) for one in others if one.id != me.id),
    ]
    return form


def _page(form: LeaveForm | None = None, status: int = 200) -> Any:
    me, now = security.me(), clock.now()
    may_decide = staff_may(Access.DECIDE_LEAVE)
    waiting = leaves.waiting(session=reading()) if may_decide else []
    ahead = [one for one in leaves.ahead(session=reading(), now=now) if one.decided_at] if may_decide else []
    return (
        render_template(
            "staff/leave.html",
            me=me,
            now=now,
            form=form or _form(fresh=True),
            own=leaves.of(session=reading(), staff_id=me.id)[:20],
            waiting=waiting,
            ahead=ahead,
            promised={one.id: _promised(one, now) for one in (*waiting, *ahead)},
            states=LEAVE_STATES,
            may_decide=may_decide,
            span=dates.span,
        ),
        status,
    )


def _promised(one: Leave, now: datetime) -> tuple[int, date]:
    """Return how much the colleague has promised for what is left of the leave, and the day from which to look."""
    start = max(one.starts_at, now)
    number = handover.promised_between(session=reading(), staff_id=one.staff_id, start=start, end=one.ends_at)
    return number, start.astimezone(ZoneInfo(clock.timezone())).date()


@blueprint.get("/leave")
@access(Access.SIGNED_IN)
def leave() -> Any:
    """Show one's own leave and the form; to those who decide, also what waits and who is away."""
    return _page()


@blueprint.post("/leave")
@access(Access.SIGNED_IN)
def ask_leave() -> Any:
    """Ask for leave; what was typed stays where it is refused."""
    form = _form(fresh=False)
    if not form.validate():
        return _page(form, 422)
    starts_at, ends_at = _span(form)
    try:
        with unit_of_work() as work:
            leaves.ask(
                session=work,
                actor=security.me(),
                staff_id=form.staff_id.data,
                starts_at=starts_at,
                ends_at=ends_at,
                stand_in_id=form.stand_in_id.data or None,
                note=form.note.data or "",
                now=clock.now(),
            )
    except Refused as refused:
        names = {"starts_at": "first_day", "ends_at": "last_day"}
        show(form, Refused(refused.refusal, names.get(refused.field or "", refused.field)), "first_day")
        return _page(form, 422)
    flash(_("The leave is asked for. It counts once it is approved."), "good")
    return redirect(url_for("staff.leave"), code=303)


@blueprint.post("/leave/<row:leave_id>/cancel")
@access(Access.SIGNED_IN)
def cancel_leave(leave_id: int) -> Any:
    """Take a leave back."""
    return act(
        lambda work: leaves.cancel(session=work, actor=security.me(), leave_id=leave_id, now=clock.now()),
        back=url_for("staff.leave"),
        done=_("The leave is cancelled."),
    )


@blueprint.post("/leave/<row:leave_id>/approve")
@access(Access.DECIDE_LEAVE)
def approve_leave(leave_id: int) -> Any:
    """Say yes to the leave of a colleague."""
    return act(
        lambda work: leaves.approve(session=work, actor=security.me(), leave_id=leave_id, now=clock.now()),
        back=url_for("staff.leave"),
        done=_("The leave is approved."),
    )


@blueprint.post("/leave/<row:leave_id>/decline")
@access(Access.DECIDE_LEAVE)
def decline_leave(leave_id: int) -> Any:
    """Say no, with a reason that the colleague reads."""
    form = ReasonForm()
    return act(
        lambda work: leaves.decline(
            session=work, actor=security.me(), leave_id=leave_id, reason=form.reason.data or "", now=clock.now()
        ),
        back=url_for("staff.leave"),
        done=_("The leave is declined."),
    )
