"""Passing a conversation on: offer it, accept it, say no, take it back."""

from __future__ import annotations

from typing import Any

from flask import flash, redirect, request, url_for
from flask_babel import gettext as _

from care import case_file, transfers
from care.refusals import Refused
from web.common import clock, security
from web.common.access import Access, access
from web.common.database import reading, unit_of_work
from web.common.refusal_words import refusal_words
from web.staff import conversations
from web.staff.acting import act
from web.staff.blueprint import blueprint
from web.staff.desk.forms import TransferForm
from web.staff.forms import add_error


@blueprint.post("/conversations/<row:conversation_id>/transfer")
@access(Access.WRITE)
def offer_transfer(conversation_id: int) -> Any:
    """Offer the conversation; it stays with this colleague until somebody accepts."""
    case_file.conversation_by_id(session=reading(), conversation_id=conversation_id)
    form = TransferForm(receivers=transfers.receivers(session=reading(), actor=security.me(), now=clock.now()))
    if not form.validate():
        return conversations.page(conversation_id, transfer=form, status=422)
    try:
        with unit_of_work() as work:
            transfers.offer(
                session=work,
                conversation_id=conversation_id,
                actor=security.me(),
                reason=form.reason.data or "",
                now=clock.now(),
                **form.receiver(),
            )
    except Refused as refused:
        field = form.reason if refused.field == "reason" else form.to
        add_error(field, str(refusal_words(refused.refusal)))
        return conversations.page(conversation_id, transfer=form, status=422)
    flash(_("Offered. Until it is accepted, the conversation stays with you."), "good")
    return redirect(url_for("staff.conversation", conversation_id=conversation_id), code=303)


def _page_of(transfer_id: int) -> str:
    row = transfers.by_id(session=reading(), transfer_id=transfer_id)
    return url_for("staff.conversation", conversation_id=row.conversation_id)


@blueprint.post("/transfers/<row:transfer_id>/accept")
@access(Access.TAKE_OVER)
def accept_transfer(transfer_id: int) -> Any:
    """Take the conversation: from now on this colleague speaks."""
    return act(
        lambda work: transfers.accept(session=work, transfer_id=transfer_id, actor=security.me(), now=clock.now()),
        back=_page_of(transfer_id),
        done=_("You have taken over. The person has been told."),
    )


@blueprint.post("/transfers/<row:transfer_id>/decline")
@access(Access.TAKE_OVER)
def decline_transfer(transfer_id: int) -> Any:
    """Say that one cannot take it; the giver is told."""
    return act(
        lambda work: transfers.decline(
            session=work,
            transfer_id=transfer_id,
            actor=security.me(),
            words=request.form.get("words", ""),
            now=clock.now(),
        ),
        back=_page_of(transfer_id),
        done=_("Your colleague knows that you cannot take it."),
    )


@blueprint.post("/transfers/<row:transfer_id>/withdraw")
@access(Access.WRITE)
def withdraw_transfer(transfer_id: int) -> Any:
    """Take one's own offer back."""
    return act(
        lambda work: transfers.withdraw(session=work, transfer_id=transfer_id, actor=security.me(), now=clock.now()),
        back=_page_of(transfer_id),
        done=_("The offer has been taken back."),
    )
