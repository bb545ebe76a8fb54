"""The coordinator's board: a week of shifts, the gaps in it, and what is at risk."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

from flask import flash, redirect, url_for
from flask_babel import gettext as _
from wtforms import SelectChoice

from care import shift_board, shifts
from care.refusals import Refused
from care.shift_board import Row
from web.common import clock, form_keys, security
from web.common.access import Access, access
from web.common.database import reading, unit_of_work
from web.staff.blueprint import blueprint
from web.staff.forms import add_error
from web.staff.shifts import common, words
from web.staff.shifts.forms import ShiftForm
from web.staff.shifts.volunteer import stations


def _days(monday: date) -> list[tuple[date, list[Row]]]:
    start, end = common.day_span(monday, 7)
    rows = shift_board.rows(session=reading(), start=start, end=end, now=clock.now())
    days: dict[date, list[Row]] = {monday + timedelta(days=number): [] for number in range(7)}
    for row in rows:
        days[common.day_of(row.listing.place.starts_at)].append(row)
    return list(days.items())


def _page(form: ShiftForm | None = None, status: int = 200) -> Any:
    day = common.wished_day()
    monday = day - timedelta(days=day.weekday())
    return common.show(
        "board",
        status,
        days=_days(monday),
        monday=monday,
        sunday=monday + timedelta(days=6),
        before=monday - timedelta(days=7),
        after=monday + timedelta(days=7),
        today=common.today(),
        risky=shift_board.at_risk(session=reading(), now=clock.now()),
        stations=stations(),
        form=form or _form(fresh=True),
    )


def _form(*, fresh: bool = False) -> ShiftForm:
    start = clock.now().astimezone(common.zone()).replace(hour=9, minute=0, second=0, microsecond=0, tzinfo=None)
    start += timedelta(days=1)
    proposed = {"starts_at": start, "ends_at": start + timedelta(hours=3), "form_key": form_keys.fresh()}
    form = ShiftForm(formdata=None, data=proposed) if fresh else ShiftForm()
    form.station_id.choices = [SelectChoice(number, name) for number, name in stations().items()]
    return form


@blueprint.get("/shifts/board")
@access(Access.PLAN_SHIFTS)
def shift_board_week() -> Any:
    """Show the week."""
    return _page()


@blueprint.post("/shifts/board")
@access(Access.PLAN_SHIFTS)
def add_shift() -> Any:
    """Add a single shift; what was typed stays where it is refused."""
    form = _form()
    if not form.validate():
        return _page(form, 422)
    try:
        with unit_of_work() as work:
            made = shifts.add(
                session=work,
                actor=security.me(),
                station_id=form.station_id.data,
                name_zh=form.name_zh.data or "",
                name_en=form.name_en.data or "",
                starts_at=form.starts_at.data.replace(tzinfo=common.zone()),
                ends_at=form.ends_at.data.replace(tzinfo=common.zone()),
                places=form.places(),
                now=clock.now(),
                form_key=form_keys.read(form.form_key.data),
            )
            number = made.id
    except Refused as refused:
        refuse(form, refused)
        return _page(form, 422)
    flash(_("The shift is open for sign-up."), "good")
    return redirect(url_for("staff.shift", shift_id=number), code=303)


def refuse(form: Any, refused: Refused) -> None:
    """Put the words of a refusal beside the field that it names."""
    if refused.field == "places":
        add_error(form.role_fields()[0], _("Please say for at least one role how many are needed."))
    else:
        field = refused.field if refused.field in form.data else "name_zh"
        add_error(form[field], words.sentence(refused.refusal))
