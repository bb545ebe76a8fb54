"""The calendar on one's own phone: a secret address, made and taken back here, read without signing in."""

from __future__ import annotations

from typing import Any

from flask import current_app, render_template, session, url_for
from flask_babel import gettext as _

from care import ical
from care.refusals import Refused
from web.common import chat_key, clock, security
from web.common.access import Access, access
from web.common.database import forged_address, reading
from web.common.throttle import START, limiter
from web.staff.acting import act
from web.staff.blueprint import blueprint

# The address that was just made, shown once.
_NEW = "new_feed_address"


@blueprint.get("/calendar/feed")
@access(Access.SEE_APPOINTMENTS)
def calendar_feed() -> Any:
    """Show whether an address stands, and the buttons to make and to revoke one."""
    return render_template(
        "staff/appointments/feed.html",
        standing=ical.standing(session=reading(), staff_id=security.me().id),
        address=session.pop(_NEW, None),
    )


@blueprint.post("/calendar/feed")
@access(Access.SEE_APPOINTMENTS)
def make_calendar_feed() -> Any:
    """Make a new address; the old one stops working."""
    made: list[str] = []

    def verb(work: Any) -> None:
        made.append(ical.make_address(session=work, actor=security.me(), secret=chat_key.secret(), now=clock.now()))

    answer = act(verb, back=url_for("staff.calendar_feed"), done=_("The address is made."))
    if made:
        session[_NEW] = url_for("staff.calendar_file", token=made[0], _external=True)
    return answer


@blueprint.post("/calendar/feed/revoke")
@access(Access.SEE_APPOINTMENTS)
def revoke_calendar_feed() -> Any:
    """Take the address back."""
    return act(
        lambda work: ical.revoke(session=work, actor=security.me(), now=clock.now()),
        back=url_for("staff.calendar_feed"),
        done=_("The address works no more."),
    )


@blueprint.get("/calendar/<string:token>.ics")
@access(Access.ANYONE)
@limiter.limit(START)
def calendar_file(token: str) -> Any:
    """Hand the calendar to whoever knows the address: times only, no names; a forged address leads nowhere."""
    try:
        found = ical.read(session=reading(), secret=chat_key.secret(), token=token, now=clock.now())
    except Refused:
        raise forged_address() from None
    answer = current_app.response_class(found, mimetype="text/calendar")
    answer.headers["Cache-Control"] = "private, no-store"
    return answer
