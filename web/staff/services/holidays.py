"""Public holidays and make-up working days: read, and changed by decree."""

from __future__ import annotations

from datetime import date
from typing import Any
from zoneinfo import ZoneInfo

from flask import flash, redirect, render_template, request, url_for
from flask_babel import gettext as _

from care import appointment_lists, holidays
from care.refusals import Refusal, Refused
from models.holidays import DayKind, DaySource
from web.common import clock, security
from web.common.access import Access, access
from web.common.database import reading, unit_of_work
from web.common.refusal_words import refusal_words
from web.staff.acting import act
from web.staff.blueprint import blueprint
from web.staff.forms import add_error
from web.staff.services.forms import KINDS, WEEKDAYS, MoveDayForm, SpecialDayForm

_FIRST_YEAR, _LAST_YEAR = 2020, 2100


def _year() -> int:
    asked = request.args.get("year", type=int)
    this_year = clock.now().astimezone(ZoneInfo(clock.timezone())).year
    return asked if asked is not None and _FIRST_YEAR <= asked <= _LAST_YEAR else this_year


def _page(form: SpecialDayForm | None = None, status: int = 200) -> Any:
    year = _year()
    sources = {
        DaySource.PUBLISHED: _("published"),
        DaySource.PROVISIONAL: _("computed, the notice is not out yet"),
        DaySource.DECREE: _("by decree of the base"),
    }
    now, days = clock.now(), holidays.of_year(session=reading(), year=year)
    today = now.astimezone(ZoneInfo(clock.timezone())).date()
    page = render_template(
        "staff/services/holidays.html",
        year=year,
        days=[one for one in days if one.day >= today],
        past=[one for one in days if one.day < today],
        booked=appointment_lists.booked_by_day(session=reading(), after=now, timezone=clock.timezone()),
        kinds=KINDS,
        weekdays=WEEKDAYS,
        sources=sources,
        form=form or SpecialDayForm(formdata=None),
    )
    return page, status


@blueprint.get("/holidays")
@access(Access.MANAGE_SERVICES)
def special_days() -> Any:
    """Show one year."""
    return _page()


@blueprint.post("/holidays")
@access(Access.MANAGE_SERVICES)
def decree_day() -> Any:
    """Say what a day is; appointments that were booked on it stay."""
    form = SpecialDayForm()
    if not form.validate():
        return _page(form, 422)
    try:
        with unit_of_work() as work:
            holidays.decree(
                session=work,
                actor=security.me(),
                day=form.day.data,
                kind=DayKind(form.kind.data) if form.kind.data else None,
                name_zh=form.name_zh.data or "",
                name_en=form.name_en.data or "",
                plan_weekday=int(form.plan_weekday.data) if form.plan_weekday.data else None,
                now=clock.now(),
            )
    except Refused as refused:
        add_error(form[refused.field or "day"], str(refusal_words(refused.refusal)))
        return _page(form, 422)
    flash(_("The day is noted. Appointments that were booked on it stay; please look at them."), "good")
    return redirect(url_for("staff.special_days", year=form.day.data.year), code=303)


@blueprint.post("/holidays/<string:day>/move")
@access(Access.MANAGE_SERVICES)
def move_day(day: str) -> Any:
    """Move a holiday or a make-up working day to another date, as a decree may do."""
    form = MoveDayForm()
    try:
        from_day = date.fromisoformat(day)
    except ValueError as error:
        raise Refused(Refusal.NOT_FOUND) from error
    if not form.validate():
        flash(_("Please choose the new date first."), "danger")
        return redirect(url_for("staff.special_days", year=from_day.year), code=303)
    return act(
        lambda work: holidays.move(
            session=work, actor=security.me(), day=from_day, to_day=form.to_day.data, now=clock.now()
        ),
        back=url_for("staff.special_days", year=from_day.year),
        done=_("The day is moved."),
    )
