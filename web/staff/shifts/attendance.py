"""Here and away again: the code on the screen of the station, and what a colleague notes."""

from __future__ import annotations

from typing import Any

from flask import abort, request, url_for
from flask_babel import gettext as _

from care import attendance, shifts
from models.shifts import SignUp, SignUpState
from web.common import clock, security
from web.common.access import Access, access
from web.common.database import reading
from web.common.languages import language
from web.common.throttle import SHIFT_CODE, limiter
from web.staff.blueprint import blueprint
from web.staff.shifts import common


def _back(sign_up_id: int) -> str:
    found = reading().get(SignUp, sign_up_id)
    return url_for("staff.shift", shift_id=found.shift_id) if found else url_for("staff.shifts_for_me")


@blueprint.post("/shifts/sign-ups/<row:sign_up_id>/arrive")
@access(Access.TAKE_SHIFTS)
@limiter.limit(SHIFT_CODE, methods=["POST"])
def arrive(sign_up_id: int) -> Any:
    """Check in with the code."""
    typed = request.form.get("code", "")[:20]
    return common.press(
        lambda work: attendance.check_in(
            session=work,
            actor=security.me(),
            sign_up_id=sign_up_id,
            typed=typed,
            secret=common.secret(),
            now=clock.now(),
        ),
        back=_back(sign_up_id),
        done=_("You are checked in. Good that you are here."),
    )


@blueprint.post("/shifts/sign-ups/<row:sign_up_id>/depart")
@access(Access.TAKE_SHIFTS)
@limiter.limit(SHIFT_CODE, methods=["POST"])
def depart(sign_up_id: int) -> Any:
    """Check out with the code."""
    typed = request.form.get("code", "")[:20]
    return common.press(
        lambda work: attendance.check_out(
            session=work,
            actor=security.me(),
            sign_up_id=sign_up_id,
            typed=typed,
            secret=common.secret(),
            now=clock.now(),
        ),
        back=_back(sign_up_id),
        done=_("You are checked out. Thank you for your time; a colleague approves your hours."),
    )


@blueprint.get("/shifts/<row:shift_id>/code")
@access(Access.PLAN_SHIFTS)
def shift_code(shift_id: int) -> Any:
    """Show the code of the shift, large, for the screen of the station; the page renews itself."""
    row = shifts.get(session=reading(), shift_id=shift_id)
    code = attendance.code(secret=common.secret(), shift_id=row.id, now=clock.now())
    return common.show("code", shift=row, code=code, name=row.name(language()), station=row.station.name(language()))


@blueprint.post("/shifts/sign-ups/<row:sign_up_id>/attendance")
@access(Access.PLAN_SHIFTS)
def note_attendance(sign_up_id: int) -> Any:
    """Note as a colleague who came, left or did not come, or mend how a shift ended."""
    what = request.form.get("what", "")
    more: dict[str, Any] = {"actor": security.me(), "sign_up_id": sign_up_id, "now": clock.now()}
    verbs = {
        "arrived": lambda work: attendance.note_arrival(session=work, **more),
        "left": lambda work: attendance.note_leaving(session=work, **more),
        "absent": lambda work: attendance.note_absence(session=work, timezone=clock.timezone(), **more),
        "completed": lambda work: attendance.correct(session=work, state=SignUpState.COMPLETED, **more),
        "no_show": lambda work: attendance.correct(session=work, state=SignUpState.NO_SHOW, **more),
    }
    if what not in verbs:
        abort(400)
    return common.press(verbs[what], back=_back(sign_up_id), done=_("It is noted."))
