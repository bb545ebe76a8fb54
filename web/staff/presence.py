"""The desk's heartbeat: every page of the desk that asks for news says that its colleague is there."""

from __future__ import annotations

import logging
from datetime import datetime, timedelta

from flask import Response, current_app, request
from flask_login import current_user
from sqlalchemy.exc import SQLAlchemyError

from care import chat_shift, duty, presence
from web.common import clock
from web.common.access import Access, staff_may
from web.common.database import reading, unit_of_work
from web.staff.blueprint import blueprint

log = logging.getLogger(__name__)

# An open page asks every fifteen seconds; the record is looked at this often and written once a minute at most.
LOOK_EVERY = timedelta(seconds=20)
# Whoever leaves is not there any more; a board on the wall asks for news day and night without anybody before it.
NOBODY_SITS_THERE = frozenset(
    {"staff.check_out", "staff.sign_out", "staff.wallboard", "staff.wallboard_state", "staff.wallboard_stream"}
)


@blueprint.after_request
def note_presence(response: Response) -> Response:
    """Note that the colleague who asked is at the desk; a busy database never spoils their page."""
    if request.endpoint in NOBODY_SITS_THERE or not _may_serve():
        return response
    now = clock.now()
    looked: dict[int, datetime] = current_app.extensions.setdefault("desk_presence", {})
    me = int(current_user.id)
    last = looked.get(me)
    if last is not None and timedelta(0) <= now - last < LOOK_EVERY:
        return response
    looked[me] = now
    try:
        _note(me, now)
    except SQLAlchemyError as error:
        log.warning("presence not noted", extra={"staff_id": me, "error": type(error).__name__})
    return response


def _may_serve() -> bool:
    return bool(current_user.is_authenticated) and staff_may(Access.CHECK_IN)


def _note(me: int, now: datetime) -> None:
    on_turn = presence.wants_a_sign(session=reading(), staff_id=me, now=now)
    on_shift = chat_shift.wants_a_sign(session=reading(), staff_id=me, now=now)
    if not on_turn and not on_shift:
        return
    with unit_of_work() as work:
        came = on_turn and presence.note_seen(session=work, staff_id=me, now=now)
        came = (on_shift and chat_shift.note_seen(session=work, staff_id=me, now=now)) or came
        if came:
            duty.announce(session=work, now=now)
