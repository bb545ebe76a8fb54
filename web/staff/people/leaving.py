"""Before a colleague is deactivated: everything that is ahead of them, so that nothing is forgotten."""

from __future__ import annotations

from typing import Any

from flask import flash, redirect, render_template, request, url_for
from flask_babel import gettext as _

from care import handover, staff, succession
from care.behalf import LONGEST_REASON
from care.refusals import Refusal, Refused
from care.staff import Declined, Problem
from models.staff import StaffMember
from web.common import chat_key, clock, security
from web.common.access import Access, access
from web.common.database import reading, unit_of_work
from web.common.refusal_words import refusal_words
from web.staff import words as desk_words
from web.staff.blueprint import blueprint
from web.staff.people import dates, words
from web.staff.people.roster import was_declined


@blueprint.get("/people/<row:staff_id>/leaving")
@access(Access.MANAGE_STAFF)
def leaving(staff_id: int) -> Any:
    """List what must be handed over, with the button that deactivates all the same."""
    member = reading().get(StaffMember, staff_id)
    if member is None:
        raise Refused(Refusal.NOT_FOUND)
    return render_template(
        "staff/people/leaving.html",
        member=member,
        ahead=handover.ahead(session=reading(), staff_id=staff_id, now=clock.now()),
        holds=words.HOLDS,
        positions=desk_words.POSITIONS,
        span=dates.span,
        **_bookings(staff_id),
    )


def _bookings(staff_id: int) -> dict[str, Any]:
    session, now = reading(), clock.now()
    return {
        "bookings": succession.bookings_ahead(session=session, staff_id=staff_id, now=now),
        "groups": succession.groups_ahead(session=session, staff_id=staff_id, now=now),
        "places": succession.places_ahead(session=session, staff_id=staff_id, now=now),
    }


@blueprint.post("/people/<row:staff_id>/hand-over")
@access(Access.MANAGE_STAFF)
def hand_over_bookings(staff_id: int) -> Any:
    """Give each booking to a suitable colleague, else put the person on the waiting list; a second tap finds none."""
    here = redirect(url_for("staff.leaving", staff_id=staff_id), code=303)
    try:
        with unit_of_work() as work:
            done = succession.hand_over(
                session=work,
                actor=security.me(),
                staff_id=staff_id,
                reason=request.form.get("reason", "")[:LONGEST_REASON],
                now=clock.now(),
                timezone=clock.timezone(),
                secret=chat_key.secret(),
            )
            moved, waiting, places = len(done.moved), len(done.to_waiting_list), len(done.places)
    except Refused as refused:
        if refused.refusal is Refusal.NOT_FOUND:
            raise
        flash(str(refusal_words(refused.refusal)), "danger")
        return here
    if places:
        flash(
            _("Places in shifts that are free again: %(count)s. Whoever waits for them is asked.", count=places), "good"
        )
    if moved or waiting or not places:
        flash(
            _(
                "%(moved)s bookings go to a colleague, %(waiting)s people are on the waiting list now. Each is told.",
                moved=moved,
                waiting=waiting,
            ),
            "good",
        )
    return here


@blueprint.post("/people/<row:staff_id>/deactivate")
@access(Access.MANAGE_STAFF)
def deactivate(staff_id: int) -> Any:
    """Sign a colleague out for good; what is ahead is shown first, and stays listed after."""
    try:
        with unit_of_work() as work:
            staff.deactivate(
                session=work,
                actor=security.me(),
                staff_id=staff_id,
                now=clock.now(),
                seen_ahead=request.form.get("seen") == "yes",
            )
    except Declined as declined:
        if declined.problem is Problem.THINGS_AHEAD:
            flash(str(desk_words.PROBLEMS[declined.problem]), "danger")
            return redirect(url_for("staff.leaving", staff_id=staff_id), code=303)
        return was_declined(declined, staff_id)
    flash(_("The account is deactivated and signed out everywhere."), "good")
    return redirect(url_for("staff.person", staff_id=staff_id), code=303)


@blueprint.get("/people/left-behind")
@access(Access.SEE_PEOPLE)
def left_behind() -> Any:
    """List what colleagues who are gone have left ahead of them."""
    return render_template(
        "staff/people/left_behind.html",
        gone=handover.left_behind(session=reading(), now=clock.now()),
        holds=words.HOLDS,
        positions=desk_words.POSITIONS,
        span=dates.span,
    )
