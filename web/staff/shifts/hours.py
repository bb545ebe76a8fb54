"""My hours: what is approved, what waits, and what I hold to be wrong."""

from __future__ import annotations

from typing import Any

from flask import flash, redirect, url_for
from flask_babel import gettext as _

from care import certificates, hours, shifts
from care.refusals import Refusal, Refused
from web.common import clock, security
from web.common.access import Access, access
from web.common.database import reading, unit_of_work
from web.common.languages import language
from web.staff.blueprint import blueprint
from web.staff.forms import add_error
from web.staff.shifts import common, words
from web.staff.shifts.forms import CorrectionForm, PeriodForm


def page(
    period: PeriodForm | None = None, correction: tuple[int, CorrectionForm] | None = None, status: int = 200
) -> Any:
    """Show the ledger with the two forms; what was typed stays where it was refused."""
    session, me, now = reading(), security.me(), clock.now()
    lines = hours.lines(session=session, staff_id=me.id)
    first = lines[0].served_on if lines else common.today().replace(month=1, day=1)
    return common.show(
        "hours",
        status,
        lines=list(reversed(lines)),
        total=sum(line.minutes for line in lines),
        waiting=hours.to_approve(session=session, staff_id=me.id),
        finished=shifts.behind(session=session, staff_id=me.id, now=now, limit=12),
        counted=hours.counted_minutes,
        corrections=[
            *hours.open_corrections(session=session, staff_id=me.id),
            *hours.answered_corrections(session=session, staff_id=me.id),
        ],
        certificates=certificates.of(session=session, staff_id=me.id),
        period=period or PeriodForm(formdata=None, data={"first_day": first, "last_day": common.today()}),
        fresh_correction=CorrectionForm(formdata=None),
        correction=correction,
        lang=language(),
    )


@blueprint.get("/shifts/hours")
@access(Access.TAKE_SHIFTS)
def shift_hours() -> Any:
    """Show my hours."""
    return page()


@blueprint.post("/shifts/sign-ups/<row:sign_up_id>/correction")
@access(Access.TAKE_SHIFTS)
def ask_correction(sign_up_id: int) -> Any:
    """Say what the hours of a shift should be."""
    form = CorrectionForm()
    if not form.validate():
        return page(correction=(sign_up_id, form), status=422)
    try:
        with unit_of_work() as work:
            hours.ask_correction(
                session=work,
                actor=security.me(),
                sign_up_id=sign_up_id,
                minutes=form.whole_hours.data * 60 + (form.minutes.data or 0),
                reason=form.reason.data,
                now=clock.now(),
            )
    except Refused as refused:
        if refused.refusal is Refusal.NOT_FOUND:
            raise
        field = refused.field if refused.field in ("minutes", "reason") else "reason"
        add_error(form[field], words.sentence(refused.refusal))
        return page(correction=(sign_up_id, form), status=422)
    flash(_("Thank you. A colleague looks at it and answers you here."), "good")
    return redirect(url_for("staff.shift_hours"), code=303)


@blueprint.post("/shifts/certificates")
@access(Access.TAKE_SHIFTS)
def ask_certificate() -> Any:
    """Ask for a certificate of a period."""
    form = PeriodForm()
    if not form.validate():
        return page(period=form, status=422)
    try:
        with unit_of_work() as work:
            certificates.ask(
                session=work,
                actor=security.me(),
                first_day=form.first_day.data,
                last_day=form.last_day.data,
                now=clock.now(),
            )
    except Refused as refused:
        add_error(form[refused.field or "first_day"], words.sentence(refused.refusal))
        return page(period=form, status=422)
    flash(_("Asked for. You can print it here once it is signed."), "good")
    return redirect(url_for("staff.shift_hours"), code=303)
