"""The ordinary week, and filling a week of the roster from it: looked at first, then put there in one go."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from flask import flash, redirect, render_template, request, url_for
from flask_babel import gettext as _
from sqlalchemy.orm import Session
from wtforms import SelectChoice

from care import duty_patterns, staff
from care.duty_patterns import Proposal
from care.refusals import Refused
from models.duty import DutyPosition
from models.staff import StaffMember
from web.common import clock, security
from web.common.access import Access, access
from web.common.database import reading, unit_of_work
from web.common.refusal_words import refusal_words
from web.staff.acting import act
from web.staff.blueprint import blueprint
from web.staff.duty import until
from web.staff.duty_forms import PATTERN, FillForm, SlotForm
from web.staff.duty_words import HITCHES, WEEKDAYS
from web.staff.forms import add_error


@blueprint.get("/duty/pattern")
@access(Access.PLAN_DUTY)
def duty_pattern() -> Any:
    """Show the ordinary week with a form for a new line."""
    return _page()


def _page(form: SlotForm | None = None, status: int = 200) -> Any:
    rows = duty_patterns.slots(session=reading())
    days = [(WEEKDAYS[number], [row for row in rows if row.weekday == number]) for number in range(7)]
    page = render_template(
        "staff/duty_pattern.html", days=days, form=form or _slot_form(fresh=True), fill=_fill_form(), clock_of=clock_of
    )
    return page, status


def clock_of(minute: int) -> str:
    """Return minutes after midnight as a time of day; past midnight it is the next day's."""
    return "24:00" if minute == 24 * 60 else f"{minute // 60 % 24:02d}:{minute % 60:02d}"


def _slot_form(*, fresh: bool = False) -> SlotForm:
    form = SlotForm(formdata=None) if fresh else SlotForm()
    form.staff_id.choices = [
        SelectChoice(one.id, one.display_name) for one in staff.everyone(session=reading()) if one.active
    ]
    return form


def _fill_form() -> FillForm:
    today = clock.now().astimezone(ZoneInfo(clock.timezone())).date()
    following = duty_patterns.monday_of(today) + timedelta(days=7)
    return FillForm(formdata=None, data={"week": following, "source": PATTERN, "copied": following - timedelta(days=7)})


@blueprint.post("/duty/pattern/slots")
@access(Access.PLAN_DUTY)
def add_slot() -> Any:
    """Add a line of the ordinary week on each of the chosen days."""
    form = _slot_form()
    if not form.validate():
        return _page(form, 422)
    try:
        with unit_of_work() as work:
            duty_patterns.add_slot(
                session=work,
                actor=security.me(),
                staff=work.get_one(StaffMember, form.staff_id.data),
                position=DutyPosition(form.position.data),
                weekdays=form.weekdays.data or (),
                starts=form.starts.data,
                ends=form.ends.data,
                now=clock.now(),
            )
    except Refused as refused:
        no_day = refused.field == "weekdays"
        said = _("Please choose at least one day.") if no_day else str(refusal_words(refused.refusal))
        add_error(form[refused.field or "staff_id"], said)
        return _page(form, 422)
    flash(_("The ordinary week has this line now."), "good")
    return redirect(url_for("staff.duty_pattern"), code=303)


@blueprint.post("/duty/pattern/slots/<row:slot_id>/remove")
@access(Access.PLAN_DUTY)
def remove_slot(slot_id: int) -> Any:
    """Take a line out of the ordinary week."""
    return act(
        lambda work: duty_patterns.remove_slot(session=work, actor=security.me(), slot_id=slot_id, now=clock.now()),
        back=url_for("staff.duty_pattern"),
        done=_("The line is gone. Turns that were made from it stay on the roster."),
    )


@blueprint.get("/duty/fill")
@access(Access.PLAN_DUTY)
def duty_fill() -> Any:
    """Show the turns that would be put on the roster, each with what is to be said about it."""
    form = FillForm(request.args) if request.args else _fill_form()
    if request.args and not form.validate():
        return render_template("staff/duty_fill.html", form=form, proposals=None, hitches=HITCHES, until=until), 422
    proposals = _proposals(reading(), form) if request.args else None
    return render_template("staff/duty_fill.html", form=form, proposals=proposals, hitches=HITCHES, until=until)


@blueprint.post("/duty/fill")
@access(Access.PLAN_DUTY)
def put_week() -> Any:
    """Put the week on the roster as it was looked at; what has got in the way since is left out."""
    form = FillForm(request.form)
    if not form.validate():
        return render_template("staff/duty_fill.html", form=form, proposals=None, hitches=HITCHES, until=until), 422
    try:
        with unit_of_work() as work:
            put = duty_patterns.put(
                session=work, actor=security.me(), proposals=_proposals(work, form), now=clock.now()
            )
            number = len(put)
    except Refused as refused:
        flash(str(refusal_words(refused.refusal)), "danger")
        return redirect(url_for("staff.duty_fill"), code=303)
    flash(_("Turns put on the roster: %(number)s.", number=number), "good" if number else "info")
    return redirect(url_for("staff.duty"), code=303)


def _proposals(session: Session, form: FillForm) -> list[Proposal]:
    monday = duty_patterns.monday_of(form.week.data)
    now, timezone = clock.now(), clock.timezone()
    if form.source.data == PATTERN:
        return duty_patterns.from_pattern(session=session, monday=monday, now=now, timezone=timezone)
    source: date = form.copied.data or monday - timedelta(days=7)
    return duty_patterns.from_week(
        session=session, source=duty_patterns.monday_of(source), monday=monday, now=now, timezone=timezone
    )
