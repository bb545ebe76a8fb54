"""Turns that change hands: my own turns ahead, what I am asked, and what waits for a lead."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from typing import Any

from flask import flash, redirect, render_template, url_for
from flask_babel import gettext as _
from sqlalchemy.orm import Session
from wtforms import SelectChoice

from care import duty, duty_swaps
from care.refusals import Refusal, Refused
from models.duty import DutyTurn
from web.common import clock, security
from web.common.access import Access, access, staff_may
from web.common.database import reading, unit_of_work
from web.common.refusal_words import refusal_words
from web.staff.acting import act
from web.staff.blueprint import blueprint
from web.staff.duty import until
from web.staff.duty_forms import OfferForm
from web.staff.duty_words import SWAPS
from web.staff.forms import add_error

AHEAD = timedelta(days=28)


@blueprint.get("/duty/swaps")
@access(Access.SEE_DUTY)
def duty_swaps_page() -> Any:
    """Show what waits for me, my own turns that I could offer, and what has been decided."""
    return _page()


def _page(refused_form: OfferForm | None = None, refused_turn: int | None = None, status: int = 200) -> Any:
    session, me, now = reading(), security.me(), clock.now()
    mine = duty_swaps.open_for(session=session, staff=me, now=now)
    offered = {swap.turn_id for swap in mine if swap.from_staff_id == me.id}
    turns = [
        (turn, refused_form if turn.id == refused_turn else _offer_form(turn))
        for turn in duty.turns_between(session=session, start=now, end=now + AHEAD)
        if turn.staff_id == me.id and turn.starts_at > now and turn.id not in offered
    ]
    page = render_template(
        "staff/duty_swaps.html",
        asked=[swap for swap in mine if swap.to_staff_id == me.id],
        offers=[swap for swap in mine if swap.from_staff_id == me.id],
        to_decide=duty_swaps.to_decide(session=session, now=now) if staff_may(Access.PLAN_DUTY) else [],
        decided=duty_swaps.decided(session=session) if staff_may(Access.PLAN_DUTY) else [],
        turns=turns if staff_may(Access.CHECK_IN) else [],
        states=SWAPS,
        until=until,
    )
    return page, status


def _offer_form(turn: DutyTurn, *, fresh: bool = True) -> OfferForm:
    form = OfferForm(formdata=None) if fresh else OfferForm()
    takers = duty_swaps.who_may_take(session=reading(), turn=turn)
    # Nobody is chosen beforehand: a colleague must not be asked by mistake.
    first = SelectChoice("", _("Please choose"))
    form.to_staff_id.choices = [first, *(SelectChoice(one.id, one.display_name) for one in takers)]
    form.to_staff_id.id = f"to-{turn.id}"
    return form


@blueprint.post("/duty/turns/<row:turn_id>/offer")
@access(Access.CHECK_IN)
def offer_turn(turn_id: int) -> Any:
    """Ask a colleague to take one's own turn."""
    turn = reading().get(DutyTurn, turn_id)
    if turn is None or turn.staff_id != security.me().id:
        raise Refused(Refusal.NOT_FOUND)
    form = _offer_form(turn, fresh=False)
    if not form.validate():
        return _page(form, turn_id, 422)
    try:
        with unit_of_work() as work:
            duty_swaps.offer(
                session=work,
                actor=security.me(),
                turn_id=turn_id,
                to_staff_id=form.to_staff_id.data,
                now=clock.now(),
            )
    except Refused as refused:
        if refused.field is None:
            flash(str(refusal_words(refused.refusal)), "danger")
            return redirect(url_for("staff.duty_swaps_page"), code=303)
        add_error(form.to_staff_id, str(refusal_words(refused.refusal)))
        return _page(form, turn_id, 422)
    flash(_("Your colleague has been asked. Until a lead approves, the turn stays yours."), "good")
    return redirect(url_for("staff.duty_swaps_page"), code=303)


def _press(verb: Callable[[Session], Any], done: str) -> Any:
    return act(verb, back=url_for("staff.duty_swaps_page"), done=done)


@blueprint.post("/duty/swaps/<row:swap_id>/accept")
@access(Access.CHECK_IN)
def accept_swap(swap_id: int) -> Any:
    """Say yes to an offered turn."""
    return _press(
        lambda work: duty_swaps.answer(
            session=work, actor=security.me(), swap_id=swap_id, accept=True, now=clock.now()
        ),
        _("Thank you. A lead has to approve before the turn is yours."),
    )


@blueprint.post("/duty/swaps/<row:swap_id>/decline")
@access(Access.CHECK_IN)
def decline_swap(swap_id: int) -> Any:
    """Say no to an offered turn."""
    return _press(
        lambda work: duty_swaps.answer(
            session=work, actor=security.me(), swap_id=swap_id, accept=False, now=clock.now()
        ),
        _("You have declined. The turn stays with your colleague."),
    )


@blueprint.post("/duty/swaps/<row:swap_id>/withdraw")
@access(Access.CHECK_IN)
def withdraw_swap(swap_id: int) -> Any:
    """Take one's own offer back."""
    return _press(
        lambda work: duty_swaps.withdraw(session=work, actor=security.me(), swap_id=swap_id, now=clock.now()),
        _("The offer is taken back. The turn is yours."),
    )


@blueprint.post("/duty/swaps/<row:swap_id>/approve")
@access(Access.PLAN_DUTY)
def approve_swap(swap_id: int) -> Any:
    """Let the turn change hands."""
    return _press(
        lambda work: duty_swaps.decide(
            session=work, actor=security.me(), swap_id=swap_id, approve=True, now=clock.now()
        ),
        _("Approved. The turn has changed hands."),
    )


@blueprint.post("/duty/swaps/<row:swap_id>/refuse")
@access(Access.PLAN_DUTY)
def refuse_swap(swap_id: int) -> Any:
    """Leave the turn where it is."""
    return _press(
        lambda work: duty_swaps.decide(
            session=work, actor=security.me(), swap_id=swap_id, approve=False, now=clock.now()
        ),
        _("Not approved. The turn stays where it is."),
    )
