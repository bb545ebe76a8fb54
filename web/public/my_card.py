"""My card: the person reads what is noted from the first questions, and says whether it is right."""

from __future__ import annotations

from typing import Any

from flask import flash, g, redirect, render_template, request, url_for
from flask_babel import gettext as _

from care import intakes, transcript
from care.refusals import Refused
from web.common import clock
from web.common.access import Access, access
from web.common.card_words import SINCE_WHEN, WORRIES
from web.common.database import unit_of_work
from web.common.refusal_words import refusal_words
from web.public import blueprint
from web.public.own_conversation import own


@blueprint.get("/my-card")
@access(Access.PERSON)
def my_card() -> Any:
    """Show what colleagues read at the top of the conversation."""
    told = g.beneficiary.intake
    worries = [str(WORRIES.get(one, one)) for one in (told.worries if told else [])]
    mark = intakes.card_mark(told) if told else ""
    return render_template("public/my_card.html", told=told, worries=worries, since_when=SINCE_WHEN, mark=mark)


@blueprint.post("/my-card")
@access(Access.PERSON)
def approve_card() -> Any:
    """Keep the person's word that it is right, with its time."""
    number = own().id
    try:
        with unit_of_work() as work:
            intakes.approve(
                session=work,
                conversation=transcript.locked(session=work, conversation_id=number),
                mark=request.form.get("mark", ""),
                since_when=request.form.get("since_when") or None,
                now=clock.now(),
            )
    except Refused as refused:
        flash(str(refusal_words(refused.refusal)), "danger")
    else:
        flash(_("Thank you. Whoever helps you reads this first, and you need not tell it again."), "good")
    return redirect(url_for("public.my_card"), 303)
