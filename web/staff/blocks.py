"""Let an ordinary chat rest after abuse, with reason and end; lift it early; see which chats rest."""

from __future__ import annotations

import secrets
from typing import Any

from flask import flash, redirect, render_template, request, url_for
from flask_babel import gettext as _
from flask_babel import lazy_gettext
from flask_wtf import FlaskForm
from wtforms import HiddenField, IntegerField, RadioField, SelectChoice, TextAreaField
from wtforms.validators import Length, Optional

from care import blocks, case_file
from care.refusals import Refusal, Refused
from care.wording import say, when
from models.beneficiaries import Beneficiary
from models.blocks import LONGEST_DAYS
from web.common import clock, languages, security
from web.common.access import Access, access
from web.common.database import reading, unit_of_work
from web.common.refusal_words import refusal_words
from web.staff.acting import act
from web.staff.blueprint import blueprint
from web.staff.forms import add_error
from web.staff.person_standing import BLOCK_REASONS


class BlockForm(FlaskForm):
    """What happened, and for how many days the chat rests."""

    key = HiddenField(validators=[Length(min=16, max=32)])
    reason = RadioField(
        lazy_gettext("What was done"),
        choices=[SelectChoice(one.value, label) for one, label in BLOCK_REASONS.items()],
        validate_choice=False,
    )
    words = TextAreaField(lazy_gettext("What happened, in your words"))
    days = IntegerField(lazy_gettext("For how many days"), default=3, validators=[Optional()])


@blueprint.get("/beneficiaries/<row:beneficiary_id>/block")
@access(Access.BLOCK)
def block(beneficiary_id: int) -> Any:
    """Show the form with the words that the person will read, and every earlier rest."""
    return _page(beneficiary_id, BlockForm(formdata=None, data={"key": secrets.token_hex(16), "days": 3}))


def _page(beneficiary_id: int, form: BlockForm, status: int = 200) -> Any:
    session = reading()
    person = session.get(Beneficiary, beneficiary_id)
    if person is None:
        raise Refused(Refusal.NOT_FOUND)
    page = render_template(
        "staff/block.html",
        person=person,
        form=form,
        standing=blocks.standing(session=session, beneficiary_id=beneficiary_id, now=clock.now()),
        rows=blocks.of_person(session=session, beneficiary_id=beneficiary_id),
        case=case_file.open_case(session=session, beneficiary_id=beneficiary_id),
        reasons=BLOCK_REASONS,
        longest=LONGEST_DAYS,
        told=say("block.begun", languages.language(), when="…"),
    )
    return page, status


@blueprint.post("/beneficiaries/<row:beneficiary_id>/block")
@access(Access.BLOCK)
def begin_block(beneficiary_id: int) -> Any:
    """Let the chat rest; the person is told in the same second."""
    form = BlockForm()
    if not form.validate():
        return _page(beneficiary_id, form, 422)
    try:
        with unit_of_work() as work:
            row = blocks.block(
                session=work,
                beneficiary_id=beneficiary_id,
                actor=security.me(),
                key=form.key.data or "",
                reason=form.reason.data or "",
                words=form.words.data or "",
                days=form.days.data or 0,
                now=clock.now(),
                timezone=clock.timezone(),
            )
            until = when(row.until, languages.language(), clock.timezone())
    except Refused as refused:
        if refused.refusal is Refusal.NOT_FOUND:
            raise
        add_error(form[refused.field or "words"], str(_said(refused)))
        return _page(beneficiary_id, form, 422)
    flash(_("The chat rests until %(time)s. The person has been told.", time=until), "good")
    return redirect(url_for("staff.block", beneficiary_id=beneficiary_id), 303)


def _said(refused: Refused) -> Any:
    if refused.field == "reason":
        return _("Please choose what was done.")
    return refusal_words(refused.refusal)


@blueprint.post("/blocks/<row:block_id>/lift")
@access(Access.BLOCK)
def lift_block(block_id: int) -> Any:
    """Open the chat again before its time."""
    beneficiary: list[int] = []

    def verb(work: Any) -> None:
        row = blocks.lift(
            session=work,
            block_id=block_id,
            actor=security.me(),
            words=request.form.get("words", ""),
            now=clock.now(),
        )
        beneficiary.append(row.beneficiary_id)

    answer = act(verb, back=url_for("staff.blocks_list"), done=_("The chat is open again. The person has been told."))
    return redirect(url_for("staff.block", beneficiary_id=beneficiary[0]), 303) if beneficiary else answer


@blueprint.get("/blocks")
@access(Access.BLOCK)
def blocks_list() -> Any:
    """List the chats that rest now, the one that ends first on top."""
    return render_template(
        "staff/blocks.html", rows=blocks.listed(session=reading(), now=clock.now()), reasons=BLOCK_REASONS
    )
