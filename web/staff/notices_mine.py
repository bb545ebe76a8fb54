"""Where I can be reached outside the site: my addresses, confirmed by a code, paused, tried and taken away."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from flask import current_app, flash, redirect, render_template, url_for
from flask_babel import gettext as _
from sqlalchemy.orm import Session

from care import contacts
from care.refusals import Refusal, Refused
from models.contacts import Channel
from web.common import clock, security
from web.common.access import Access, access
from web.common.database import reading, unit_of_work
from web.common.refusal_words import refusal_words
from web.common.throttle import SIGN_IN, limiter
from web.staff.acting import act
from web.staff.blueprint import blueprint
from web.staff.duty_words import ADDRESS_HINTS, ADDRESS_SHAPE, CHANNELS
from web.staff.forms import add_error
from web.staff.notices_forms import AddressForm, CodeForm


def _secret() -> str:
    return str(current_app.extensions["settings"].secret_key)


def _code_form(contact_id: int, *, fresh: bool = True) -> CodeForm:
    form = CodeForm(formdata=None) if fresh else CodeForm()
    form.code.id = f"code-{contact_id}"
    return form


@blueprint.get("/account/notices")
@access(Access.SIGNED_IN)
def my_notices() -> Any:
    """Show my addresses and whether notices arrive there."""
    return _page()


def _page(
    form: AddressForm | None = None,
    code_form: CodeForm | None = None,
    code_for: int | None = None,
    status: int = 200,
) -> Any:
    rows = [
        (one, code_form if code_form is not None and one.id == code_for else _code_form(one.id))
        for one in contacts.of(session=reading(), owner=security.me())
    ]
    settings = current_app.extensions["settings"]
    page = render_template(
        "staff/notices_mine.html",
        rows=rows,
        form=form or AddressForm(formdata=None),
        channels=CHANNELS,
        hints=ADDRESS_HINTS,
        connected={channel for channel in Channel if getattr(settings.gateways, channel.value)},
        quiet=(settings.quiet_from, settings.quiet_until),
        refused_code=code_form,
    )
    return page, status


@blueprint.post("/account/notices")
@access(Access.SIGNED_IN)
@limiter.limit(SIGN_IN, methods=["POST"])
def add_contact() -> Any:
    """Note an address and send a code there."""
    form = AddressForm()
    if not form.validate():
        return _page(form, status=422)
    try:
        with unit_of_work() as work:
            contacts.add(
                session=work,
                owner=security.me(),
                channel=Channel(form.channel.data),
                address=form.address.data or "",
                secret=_secret(),
                now=clock.now(),
            )
    except Refused as refused:
        shape = refused.refusal is Refusal.WRONG_VALUE
        add_error(form.address, str(ADDRESS_SHAPE if shape else refusal_words(refused.refusal)))
        return _page(form, status=422)
    flash(_("A code is on its way. Write it here to confirm the address."), "good")
    return redirect(url_for("staff.my_notices"), code=303)


@blueprint.post("/account/notices/<row:contact_id>/confirm")
@access(Access.SIGNED_IN)
def confirm_contact(contact_id: int) -> Any:
    """Confirm an address with its code."""
    form = _code_form(contact_id, fresh=False)
    if not form.validate():
        return _page(code_form=form, code_for=contact_id, status=422)
    with unit_of_work() as work:
        fits = contacts.confirm(
            session=work,
            owner=security.me(),
            contact_id=contact_id,
            code=form.code.data or "",
            secret=_secret(),
            now=clock.now(),
        )
    if not fits:
        add_error(form.code, str(refusal_words(Refusal.WRONG_CONTACT_CODE)))
        return _page(code_form=form, code_for=contact_id, status=422)
    flash(_("The address is confirmed. From now on notices go there."), "good")
    return redirect(url_for("staff.my_notices"), code=303)


def _press(verb: Callable[[Session], Any], done: str) -> Any:
    return act(verb, back=url_for("staff.my_notices"), done=done)


@blueprint.post("/account/notices/<row:contact_id>/code")
@access(Access.SIGNED_IN)
def send_contact_code(contact_id: int) -> Any:
    """Send a fresh code."""
    return _press(
        lambda work: contacts.send_code(
            session=work, owner=security.me(), contact_id=contact_id, secret=_secret(), now=clock.now()
        ),
        _("A code is on its way. Write it here to confirm the address."),
    )


@blueprint.post("/account/notices/<row:contact_id>/pause")
@access(Access.SIGNED_IN)
def pause_contact(contact_id: int) -> Any:
    """Spare an address for a while."""
    return _press(
        lambda work: contacts.pause(
            session=work, owner=security.me(), contact_id=contact_id, paused=True, now=clock.now()
        ),
        _("Nothing is sent there until you switch it on again. Alarms do not reach you there either."),
    )


@blueprint.post("/account/notices/<row:contact_id>/resume")
@access(Access.SIGNED_IN)
def resume_contact(contact_id: int) -> Any:
    """Use an address again."""
    return _press(
        lambda work: contacts.pause(
            session=work, owner=security.me(), contact_id=contact_id, paused=False, now=clock.now()
        ),
        _("Notices go there again."),
    )


@blueprint.post("/account/notices/<row:contact_id>/remove")
@access(Access.SIGNED_IN)
def remove_contact(contact_id: int) -> Any:
    """Forget an address."""
    return _press(
        lambda work: contacts.remove(session=work, owner=security.me(), contact_id=contact_id, now=clock.now()),
        _("The address is gone."),
    )


@blueprint.post("/account/notices/<row:contact_id>/test")
@access(Access.SIGNED_IN)
def try_contact(contact_id: int) -> Any:
    """Send a test message to one's own address."""
    return _press(
        lambda work: contacts.send_test(session=work, owner=security.me(), contact_id=contact_id, now=clock.now()),
        _("A test message is on its way. If it does not arrive within a minute, check the address."),
    )
