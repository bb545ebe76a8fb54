"""The wallboard: big figures for the duty room, refreshed by the live stream; no code, no name of anybody helped."""

from __future__ import annotations

import time
from collections.abc import Iterator
from typing import Any

from flask import current_app, g, jsonify, render_template, session
from flask_babel import gettext as _
from flask_babel import lazy_gettext

from care import live
from care import wallboard as boards
from care.wallboard import Presence
from web.common import clock, security
from web.common.access import Access, access
from web.common.database import reading
from web.common.languages import language, local_time
from web.common.live import Event, sse, stream
from web.common.watchman import watchman
from web.staff import words
from web.staff.blueprint import blueprint
from web.staff.queue import SMALL_TALK, is_listening

# Ordinary lines of a chat change little on a wall.
SMALL_TALK_EVERY = 5.0  # seconds
PRESENCE: dict[Presence, Any] = {
    Presence.HERE: lazy_gettext("here"),
    Presence.LOST: lazy_gettext("not seen lately"),
    Presence.EXPECTED: lazy_gettext("not checked in"),
    Presence.LEFT: lazy_gettext("has left"),
}


@blueprint.get("/wallboard")
@access(Access.SEE_QUEUE)
def wallboard() -> Any:
    """Show the board."""
    watchman().look()
    return render_template("staff/wallboard.html", board=_board())


@blueprint.get("/wallboard/state")
@access(Access.SEE_QUEUE)
def wallboard_state() -> Any:
    """Return the board as data: the page asks every few seconds, so that a dead line is noticed."""
    watchman().look()
    return jsonify(_board())


@blueprint.get("/wallboard/stream")
@access(Access.SEE_QUEUE)
def wallboard_stream() -> Any:
    """Send the board whenever anything changes."""
    staff_id, key, spoken = security.me().id, security.me().fs_uniquifier, language()
    signed_in_at = float(session["signed_in_at"])
    told_at = 0.0

    def speak() -> Iterator[str]:
        g.language = spoken
        if not is_listening(staff_id, key, signed_in_at):
            yield sse("signed_out", {})
            return
        watchman().look()
        yield sse("board", _board())

    def again(events: list[Event]) -> Iterator[str]:
        nonlocal told_at
        moment = time.monotonic()
        if all(kind in SMALL_TALK for _number, kind, _payload in events) and moment - told_at < SMALL_TALK_EVERY:
            return iter(())
        told_at = moment
        return speak()

    return stream(current_app._get_current_object(), (live.DESK,), speak, again)  # type: ignore[attr-defined]


def _board() -> dict[str, Any]:
    now = clock.now()
    board = boards.read(session=reading(), now=now)
    return {
        "now": now.isoformat(),
        "scheduler": not watchman().is_silent(),
        "waiting": board.waiting,
        "oldest": board.oldest_wait_since.isoformat() if board.oldest_wait_since else None,
        "alarms": board.alarms,
        "alarm_since": board.alarm_since.isoformat() if board.alarm_since else None,
        "talks": board.talks,
        "clocks": [
            {
                "id": one.key,
                "level": one.level.value,
                "level_name": str(words.LEVELS[one.level.value]),
                "due_at": one.due_at.isoformat(),
                "due_shown": local_time(one.due_at, "short"),
                "state": _("taken, not spoken with yet") if one.is_taken else _("nobody has taken it"),
                "rings": one.rings,
            }
            for one in board.clocks
        ],
        "more": _("and %(count)s more", count=board.more_clocks) if board.more_clocks else "",
        "on_duty": [
            {
                "id": number,
                "position": str(words.POSITIONS[position]),
                "name": name,
                "here": state is Presence.HERE,
                "presence_name": str(PRESENCE[state]),
            }
            for number, (position, name, state) in enumerate(board.on_duty)
        ],
        "is_open": board.is_open,
        "open": _open_words(board),
    }


def _open_words(board: boards.Board) -> str:
    if board.is_open:
        return _("People are told that somebody is here.")
    if board.next_at is None:
        return _("People are told that nobody is at the desk.")
    return _("Nobody is at the desk. The next turn begins at %(time)s.", time=local_time(board.next_at, "short"))
