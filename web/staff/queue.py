"""The first page of a colleague: the crisis queue for those who hold the desk, a plain page for the others."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from typing import Any

from flask import current_app, g, jsonify, redirect, render_template, session, url_for
from flask_babel import gettext as _

from care import desk_handovers, duty, follow_up_lists, live
from models.staff import StaffMember
from web.common import clock, security
from web.common.access import Access, access, staff_may
from web.common.database import reading
from web.common.languages import language
from web.common.live import Event, sse, stream
from web.common.watchman import watchman
from web.staff import desk_state
from web.staff.acting import act
from web.staff.blueprint import blueprint
from web.staff.desk_shared import shared_desk
from web.staff.duty import gap_days

# Events that change only when somebody last wrote. A case, an alarm, a wish for a person are told at once.
SMALL_TALK = frozenset({"message", "intake"})
SMALL_TALK_EVERY = 2.0  # seconds
# After each state a console rests this long: a burst of events is told as one state, the newest.
REST = 0.1  # seconds


@blueprint.get("/")
@access(Access.SIGNED_IN)
def home() -> Any:
    """Show who needs someone, the highest risk first; lead those who do not hold the desk to their own page."""
    if not staff_may(Access.SEE_QUEUE):
        return redirect(url_for("staff.my_day"))
    watchman().look()
    state = desk_state.read(session=reading(), me=security.me(), now=clock.now())
    ahead = gap_days() if staff_may(Access.PLAN_DUTY) else []
    missed = follow_up_lists.count_late(session=reading(), now=clock.now())
    return render_template("staff/queue.html", state=state, gaps_ahead=ahead, missed_follow_ups=missed)


@blueprint.get("/queue/state")
@access(Access.SEE_QUEUE)
def queue_state() -> Any:
    """Return the desk as data: the page asks every few seconds, so that a dead line cannot hide an alarm."""
    watchman().look()
    return jsonify(desk_state.read(session=reading(), me=security.me(), now=clock.now()))


@blueprint.get("/watch")
@access(Access.SEE_QUEUE)
def watch() -> Any:
    """Tell every other page of the desk whether alarms climb by themselves; asking keeps them climbing."""
    watchman().look()
    return jsonify({"scheduler": not watchman().is_silent()})


@blueprint.get("/stream")
@access(Access.SEE_QUEUE)
def queue_stream() -> Any:
    """Send the whole state of the desk whenever anything changes."""
    speak = _speaker()
    calm = _Calm()
    app = current_app._get_current_object()  # type: ignore[attr-defined]

    def first() -> Iterator[str]:
        return speak(time.monotonic())

    def again(events: list[Event]) -> Iterator[str]:
        if calm.can_wait(events):
            return iter(())
        # Read before the events were handed out, the desk would lack them.
        return speak(app.extensions["live"].told_at(live.DESK))

    return stream(app, (live.DESK,), first, again, pause=REST)


class _Calm:
    """Lets small talk wait: twenty people chatting must not make the desk count itself anew with every line."""

    def __init__(self) -> None:
        self._told_at = 0.0

    def can_wait(self, events: list[Event]) -> bool:
        """Tell whether nothing but ordinary lines came soon after the last state; the page asks by itself later."""
        moment = time.monotonic()
        # The spans are the same for every console, so that they speak together and one reading serves them all.
        is_same_span = moment // SMALL_TALK_EVERY == self._told_at // SMALL_TALK_EVERY
        if is_same_span and all(kind in SMALL_TALK for _number, kind, _payload in events):
            return True
        self._told_at = moment
        return False


def _speaker() -> Callable[[float], Iterator[str]]:
    """Return what builds one message of the stream; who listens is kept, since a stream outlives its request."""
    staff_id, key, spoken = security.me().id, security.me().fs_uniquifier, language()
    signed_in_at = float(session["signed_in_at"])
    told: desk_state.Shared | None = None

    def speak(read_after: float) -> Iterator[str]:
        nonlocal told
        g.language = spoken
        watchman().look()
        told = desk_now = shared_desk().read(after=read_after, told=told)
        me = listener(staff_id, key, signed_in_at)
        if me is None:
            yield sse("signed_out", {})
            return
        yield sse("queue", desk_state.for_colleague(desk_now, me))

    return speak


def is_listening(staff_id: int, key: str, signed_in_at: float) -> bool:
    """Tell whether the colleague who opened a stream may still hear it."""
    return listener(staff_id, key, signed_in_at) is not None


def listener(staff_id: int, key: str, signed_in_at: float) -> StaffMember | None:
    """Return the colleague who opened a stream, as stored now; None when they may not hear it any more."""
    now = clock.now().timestamp()
    return None if security.is_over(signed_in_at, now, now) else security.still_signed_in(staff_id, key)


@blueprint.post("/here")
@access(Access.CHECK_IN)
def check_in() -> Any:
    """Say "I am here": from now on people may be promised a person."""
    return act(
        lambda work: duty.check_in(session=work, actor=security.me(), now=clock.now()),
        back=url_for("staff.home"),
        done=_("You are checked in. People who ask for a person are told that someone is here."),
    )


@blueprint.post("/away")
@access(Access.CHECK_IN)
def check_out() -> Any:
    """Leave the desk: from now on nobody is promised this colleague; what is open asks for a word to the next one."""
    left_open = len(desk_handovers.open_things(session=reading(), now=clock.now()))
    return act(
        lambda work: duty.check_out(session=work, actor=security.me(), now=clock.now()),
        back=url_for("staff.desk_handover" if left_open else "staff.home"),
        done=_("You are checked out. Please leave a note about what is open.")
        if left_open
        else _("You are checked out."),
    )
