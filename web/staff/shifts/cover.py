"""Looking for cover, and the answers of those who are asked."""

from __future__ import annotations

from typing import Any

from flask import request, url_for
from flask_babel import gettext as _

from care import cover_calls
from models.shifts import ShiftRole
from web.common import clock, security
from web.common.access import Access, access
from web.common.database import reading
from web.staff.blueprint import blueprint
from web.staff.shifts import common


@blueprint.post("/shifts/places/<row:shift_role_id>/cover")
@access(Access.PLAN_SHIFTS)
def start_cover(shift_role_id: int) -> Any:
    """Begin to ask those who fit, one after the other."""
    role = reading().get(ShiftRole, shift_role_id)
    return common.press(
        lambda work: cover_calls.start(
            session=work,
            actor=security.me(),
            shift_role_id=shift_role_id,
            now=clock.now(),
            timezone=clock.timezone(),
        ),
        back=url_for("staff.shift", shift_id=role.shift_id) if role else url_for("staff.shift_board_week"),
        done=_("Volunteers who fit are asked one after the other, the least asked first, never at night."),
    )


@blueprint.post("/shifts/cover-calls/<row:call_id>/stop")
@access(Access.PLAN_SHIFTS)
def stop_cover(call_id: int) -> Any:
    """Stop asking."""
    return common.press(
        lambda work: cover_calls.stop(session=work, actor=security.me(), call_id=call_id, now=clock.now()),
        back=url_for("staff.shift_board_week"),
        done=_("Nobody else is asked."),
    )


@blueprint.post("/shifts/cover-asks/<row:ask_id>")
@access(Access.TAKE_SHIFTS)
def answer_cover(ask_id: int) -> Any:
    """Say whether I can cover."""
    comes = request.form.get("answer") == "yes"
    return common.press(
        lambda work: cover_calls.answer(
            session=work,
            actor=security.me(),
            ask_id=ask_id,
            comes=comes,
            now=clock.now(),
            timezone=clock.timezone(),
        ),
        back=url_for("staff.my_shifts"),
        done=_("You are signed up. Thank you for stepping in.") if comes else _("Thank you for answering."),
    )
