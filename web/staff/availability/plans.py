"""The ordinary week of a colleague: shown, written down, ended."""

from __future__ import annotations

from datetime import timedelta
from typing import Any
from zoneinfo import ZoneInfo

from flask import flash, redirect, render_template, url_for
from flask_babel import gettext as _

from care import availability
from care.refusals import Refusal, Refused
from models.availability import FOREVER, WeeklyPlan
from models.staff import StaffMember
from web.common import clock, security
from web.common.access import Access, access
from web.common.database import reading, unit_of_work
from web.common.refusal_words import refusal_words
from web.staff.acting import act
from web.staff.availability import whose
from web.staff.availability.forms import EndForm, ExceptionForm, PlanForm
from web.staff.blueprint import blueprint
from web.staff.forms import add_error
from web.staff.services.forms import WEEKDAYS

# How far ahead dates that are different are shown.
AHEAD = timedelta(days=120)


def page(
    member: StaffMember,
    plan_form: PlanForm | None = None,
    exception_form: ExceptionForm | None = None,
    status: int = 200,
    **more: Any,
) -> Any:
    """Return the page of one colleague's time, with the form that was refused if one was."""
    now = clock.now()
    if plan_form is None:
        today = now.astimezone(ZoneInfo(clock.timezone())).date()
        plan_form = PlanForm(formdata=None, data={"valid_from": today, "runs_on_make_up_days": True})
        plan_form.usual()
    exception_form = exception_form or ExceptionForm(formdata=None)
    for form in (plan_form, exception_form):
        form.station_id.choices = whose.station_choices()
        form.staff_id.data = str(member.id)
    rendered = render_template(
        "staff/availability/page.html",
        member=member,
        me=security.me(),
        colleagues=whose.colleagues(),
        plans=availability.plans_of(session=reading(), staff_id=member.id, now=now),
        exceptions=availability.exceptions_of(session=reading(), staff_id=member.id, start=now, end=now + AHEAD),
        plan_form=plan_form,
        exception_form=exception_form,
        weekdays=WEEKDAYS,
        forever=FOREVER,
        today=now.astimezone(ZoneInfo(clock.timezone())).date(),
        **more,
    )
    return rendered, status


@blueprint.get("/availability")
@access(Access.PLAN_HOURS)
def my_hours() -> Any:
    """Show when one can be booked, and the forms to change it."""
    return page(whose.wished())


@blueprint.post("/availability/plans")
@access(Access.PLAN_HOURS)
def add_plan() -> Any:
    """Write an ordinary week down; what was typed stays where it is refused."""
    form = PlanForm()
    member = whose.wished(form.staff_id.data)
    form.station_id.choices = whose.station_choices()
    valid = form.validate()
    for field in form.half_filled():
        add_error(field, _("Please fill this in."))
        valid = False
    if not valid:
        return page(member, plan_form=form, status=422)
    try:
        with unit_of_work() as work:
            availability.add_plan(
                session=work,
                actor=security.me(),
                staff_id=member.id,
                hours=form.hours(),
                breaks=form.breaks(),
                valid_from=form.valid_from.data,
                valid_until=form.valid_until.data,
                station_id=form.station_id.data or None,
                timezone=clock.timezone(),
                runs_on_holidays=form.runs_on_holidays.data,
                runs_on_make_up_days=form.runs_on_make_up_days.data,
                now=clock.now(),
            )
    except Refused as refused:
        _say(form, refused)
        return page(whose.wished(form.staff_id.data), plan_form=form, status=422)
    flash(_("The week is written down. People can book it now."), "good")
    return redirect(url_for("staff.my_hours", staff=member.id), code=303)


def _say(form: PlanForm, refused: Refused) -> None:
    """Put the refusal beside the field it means; hours and breaks are many fields, so it stands at the first."""
    if refused.refusal is Refusal.EMPTY:
        add_error(form["works_0"], _("Please choose at least one weekday."))
        return
    words = str(refusal_words(refused.refusal))
    if refused.refusal is Refusal.WRONG_VALUE and refused.field in ("hours", "breaks"):
        words = _("Please use times on a step of five minutes.")
    names = {"hours": "from_0", "breaks": "break_from_0", "staff_id": "valid_from", "timezone": "valid_from"}
    wrong = [
        one
        for works, starts, ends, break_from, break_until in form.rows()
        for one, other in ((ends, starts), (break_until, break_from))
        if works.data and one.data and other.data and one.data <= other.data
    ]
    if wrong and refused.refusal is Refusal.ENDS_BEFORE_IT_STARTS and refused.field != "valid_until":
        add_error(wrong[0], words)
        return
    add_error(form[names.get(refused.field or "", refused.field or "valid_from")], words)


def _plan(plan_id: int) -> WeeklyPlan:
    found = reading().get(WeeklyPlan, plan_id)
    if found is None or not whose.may_plan(found.staff_id):
        raise Refused(Refusal.NOT_FOUND)
    return found


@blueprint.post("/availability/plans/<row:plan_id>/end")
@access(Access.PLAN_HOURS)
def end_plan(plan_id: int) -> Any:
    """Let a plan run out; appointments after it stay and are named."""
    staff_id, form = _plan(plan_id).staff_id, EndForm()
    back = url_for("staff.my_hours", staff=staff_id)
    if not form.validate():
        flash(_("Please choose the last day first."), "danger")
        return redirect(back, code=303)
    left: list[int] = []

    def verb(work: Any) -> None:
        standing = availability.end_plan(
            session=work, actor=security.me(), plan_id=plan_id, last_day=form.last_day.data, now=clock.now()
        )
        left.extend(one.id for one in standing)

    answer = act(verb, back=back, done=_("The plan ends on that day."))
    say_what_stands(len(left))
    return answer


@blueprint.post("/availability/plans/<row:plan_id>/remove")
@access(Access.PLAN_HOURS)
def remove_plan(plan_id: int) -> Any:
    """Take a plan away that has not begun."""
    staff_id = _plan(plan_id).staff_id
    return act(
        lambda work: availability.remove_plan(session=work, actor=security.me(), plan_id=plan_id, now=clock.now()),
        back=url_for("staff.my_hours", staff=staff_id),
        done=_("The plan is taken away."),
    )


def say_what_stands(count: int) -> None:
    """Tell that appointments stand in time that is closed now; nothing is cancelled by itself."""
    if count:
        words = _("Appointments that stand in the closed time: %(count)s. Please move or cancel them.", count=count)
        flash(words, "danger")
