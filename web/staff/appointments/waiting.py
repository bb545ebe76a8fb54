"""The waiting list: who waits for what, in the order in which freed times are offered."""

from __future__ import annotations

from typing import Any

from flask import render_template
from sqlalchemy import select

from models.waiting_list import WaitingWish, WishState
from web.common.access import Access, access
from web.common.database import reading
from web.staff.appointments.words import MODES, PARTS, WISH_STATES
from web.staff.blueprint import blueprint


@blueprint.get("/waiting-list")
@access(Access.BOOK)
def waiting_list() -> Any:
    """Show everybody who waits."""
    wishes = reading().scalars(
        select(WaitingWish)
        .where(WaitingWish.state.in_([WishState.WAITING, WishState.OFFERED]))
        .order_by(WaitingWish.asked_at)
    )
    return render_template(
        "staff/appointments/waiting.html", wishes=wishes.all(), modes=MODES, parts=PARTS, states=WISH_STATES
    )
