"""Dates on which the ordinary week does not hold."""

from __future__ import annotations

from typing import Any
from zoneinfo import ZoneInfo

from flask import flash, redirect, url_for
from flask_babel import gettext as _

from care import availability
from care.refusals import Refusal, Refused
from models.availability import DateException, ExceptionKind
from web.common import clock, security
from web.common.access import Access, access
from web.common.database import reading, unit_of_work
from web.common.refusal_words import refusal_words
from web.staff.acting import act
from web.staff.availability import whose
from web.staff.availability.forms import ExceptionForm
from web.staff.availability.plans import page, say_what_stands
from web.staff.blueprint import blueprint
from web.staff.forms import add_error


@blueprint.post("/availability/exceptions")
@access(Access.PLAN_HOURS)
def add_exception() -> Any:
    """Close or open a stretch of time; appointments that stand in it are named, none is cancelled."""
    form = ExceptionForm()
    member = whose.wished(form.staff_id.data)
    form.station_id.choices = whose.station_choices()
    if not form.validate():
        return page(member, exception_form=form, status=422)
    try:
        with unit_of_work() as work:
            standing = _except(work, form, member.id)
    except Refused as refused:
        words = str(refusal_words(refused.refusal))
        if refused.refusal is Refusal.WRONG_VALUE:
            words = _("Please use times on a step of five minutes, and not too long a stretch.")
        add_error(form[refused.field if refused.field in form else "starts_at"], words)
        return page(whose.wished(form.staff_id.data), exception_form=form, status=422)
    flash(_("The date is noted."), "good")
    say_what_stands(standing)
    return redirect(url_for("staff.my_hours", staff=member.id), code=303)


def _except(work: Any, form: ExceptionForm, staff_id: int) -> int:
    zone = ZoneInfo(clock.timezone())
    common = {
        "session": work,
        "actor": security.me(),
        "staff_id": staff_id,
        "starts_at": form.starts_at.data.replace(tzinfo=zone),
        "ends_at": form.ends_at.data.replace(tzinfo=zone),
        "note": form.note.data or "",
        "now": clock.now(),
    }
    if ExceptionKind(form.kind.data) is ExceptionKind.EXTRA:
        availability.open_extra(**common, station_id=form.station_id.data or None)
        return 0
    return len(availability.block(**common).in_the_way)


@blueprint.post("/availability/exceptions/<row:exception_id>/remove")
@access(Access.PLAN_HOURS)
def remove_exception(exception_id: int) -> Any:
    """Let the ordinary week hold again."""
    found = reading().get(DateException, exception_id)
    if found is None or not whose.may_plan(found.staff_id):
        raise Refused(Refusal.NOT_FOUND)
    staff_id = found.staff_id
    return act(
        lambda work: availability.remove_exception(
            session=work, actor=security.me(), exception_id=exception_id, now=clock.now()
        ),
        back=url_for("staff.my_hours", staff=staff_id),
        done=_("The ordinary week holds again."),
    )
