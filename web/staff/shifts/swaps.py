"""Handing a place over: to whom, for what in return, and the answers."""

from __future__ import annotations

from typing import Any

from flask import abort, request, url_for
from flask_babel import gettext as _

from care import shifts, swaps
from care.refusals import Refusal, Refused
from models.shifts import SignUp, SignUpState
from web.common import clock, security
from web.common.access import Access, access
from web.common.database import reading
from web.common.languages import language
from web.staff.blueprint import blueprint
from web.staff.shifts import common


@blueprint.get("/shifts/sign-ups/<row:sign_up_id>/hand-over")
@access(Access.TAKE_SHIFTS)
def hand_over(sign_up_id: int) -> Any:
    """Ask to whom a place is offered, and for which of their shifts in return."""
    session, me, now = reading(), security.me(), clock.now()
    row = session.get(SignUp, sign_up_id)
    if row is None or row.staff_id != me.id:
        raise Refused(Refusal.NOT_FOUND)
    colleagues = swaps.colleagues(session=session, staff=me)
    to = next((one for one in colleagues if one.id == request.args.get("to", 0, type=int)), None)
    theirs = shifts.ahead_of(session=session, staff_id=to.id, now=now) if to else []
    return common.show(
        "hand_over",
        row=row,
        colleagues=colleagues,
        to=to,
        theirs=[one for one in theirs if one.state is SignUpState.SIGNED_UP and one.shift.starts_at > now],
        name=row.shift.name(language()),
    )


@blueprint.post("/shifts/sign-ups/<row:sign_up_id>/hand-over")
@access(Access.TAKE_SHIFTS)
def offer_place(sign_up_id: int) -> Any:
    """Offer my place."""
    to, back = request.form.get("to", type=int), request.form.get("in_return", type=int)
    return common.press(
        lambda work: swaps.offer(
            session=work,
            actor=security.me(),
            sign_up_id=sign_up_id,
            to_staff_id=to or None,
            return_sign_up_id=back or None,
            now=clock.now(),
        ),
        back=url_for("staff.my_shifts"),
        done=_("Your place is on offer. It stays yours until a colleague accepts and the coordinator approves."),
    )


@blueprint.post("/shifts/swaps/<row:swap_id>/answer")
@access(Access.TAKE_SHIFTS)
def answer_swap(swap_id: int) -> Any:
    """Accept a place, say no, or take my own offer back."""
    more: dict[str, Any] = {"actor": security.me(), "swap_id": swap_id, "now": clock.now()}
    verbs = {
        "yes": (
            lambda work: swaps.accept(session=work, timezone=clock.timezone(), **more),
            _("Thank you. It is yours once the coordinator has approved."),
        ),
        "no": (lambda work: swaps.decline(session=work, **more), _("Thank you for answering.")),
        "cancel": (lambda work: swaps.cancel(session=work, **more), _("The offer is taken back. The place is yours.")),
    }
    if request.form.get("answer") not in verbs:
        abort(400)
    verb, done = verbs[request.form["answer"]]
    return common.press(verb, back=url_for("staff.my_shifts"), done=done)


@blueprint.post("/shifts/swaps/<row:swap_id>/decide")
@access(Access.PLAN_SHIFTS)
def decide_swap(swap_id: int) -> Any:
    """Approve or refuse as a coordinator."""
    more: dict[str, Any] = {"actor": security.me(), "swap_id": swap_id, "now": clock.now()}
    if request.form.get("answer") == "yes":
        return common.press(
            lambda work: swaps.approve(session=work, timezone=clock.timezone(), **more),
            back=url_for("staff.shift_approvals"),
            done=_("The place has changed hands, and both are told."),
        )
    return common.press(
        lambda work: swaps.refuse(session=work, **more),
        back=url_for("staff.shift_approvals"),
        done=_("Everybody keeps what they have, and both are told."),
    )
