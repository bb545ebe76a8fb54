"""A freed time that is kept for somebody who waits: taken or declined by its secret address alone."""

from __future__ import annotations

from typing import Any

from flask import flash, redirect, render_template, url_for
from flask_babel import gettext as _
from flask_wtf.csrf import generate_csrf

from care import appointment_links, waiting_offers
from care.refusals import Refusal, Refused
from models.waiting_list import OfferState
from web.common import chat_key, clock
from web.common.access import Access, access
from web.common.database import forged_address, reading, unit_of_work
from web.common.refusal_words import refusal_words
from web.common.throttle import FORGED, START, leads_nowhere, limiter
from web.public import blueprint
from web.public.booking.choose import MODES


def _page(token: str, problem: Any = None, status: int = 200) -> Any:
    try:
        offer = waiting_offers.follow(session=reading(), secret=chat_key.secret(), token=token)
    except Refused:
        raise forged_address() from None
    page = render_template(
        "public/booking/offer.html",
        offer=offer,
        token=token,
        open=offer.state is OfferState.OPEN and clock.now() < offer.until,
        problem=problem,
        modes=MODES,
    )
    return page, status


@blueprint.get("/appointments/offers/<string:token>")
@access(Access.ANYONE)
@limiter.limit(FORGED, deduct_when=leads_nowhere)
def offer(token: str) -> Any:
    """Show the time and until when it is kept."""
    generate_csrf()
    return _page(token)


@blueprint.post("/appointments/offers/<string:token>/accept")
@access(Access.ANYONE)
@limiter.limit(START)
def accept_offer(token: str) -> Any:
    """Take the time; a second tap leads to the same appointment."""
    secret = chat_key.secret()
    try:
        with unit_of_work() as work:
            found = waiting_offers.follow(session=work, secret=secret, token=token)
            made = waiting_offers.accept(session=work, actor=None, offered=found, secret=secret, now=clock.now())
            own = appointment_links.make(session=work, secret=secret, appointment=made, now=clock.now())
    except Refused as refused:
        return _refused(token, refused)
    flash(_("The time is yours."), "good")
    return redirect(url_for("public.own_appointment", token=own), code=303)


def _refused(token: str, refused: Refused) -> Any:
    if refused.refusal is Refusal.NOT_FOUND:
        raise forged_address()
    return _page(token, refusal_words(refused.refusal), 422)


@blueprint.post("/appointments/offers/<string:token>/decline")
@access(Access.ANYONE)
@limiter.limit(START)
def decline_offer(token: str) -> Any:
    """Let the time go to the next person, and go on waiting."""
    secret = chat_key.secret()
    try:
        with unit_of_work() as work:
            found = waiting_offers.follow(session=work, secret=secret, token=token)
            waiting_offers.decline(
                session=work, actor=None, offered=found, secret=secret, now=clock.now(), timezone=clock.timezone()
            )
    except Refused as refused:
        return _refused(token, refused)
    flash(_("Thank you for saying so. You keep your place on the list."), "good")
    return redirect(url_for("public.offer", token=token), code=303)
