"""Coming back: the code that opens a conversation again on any telephone."""

from __future__ import annotations

from typing import Any

from flask import redirect, render_template, request, url_for

from care import people
from care.refusals import Refused
from web.common import chat_key, clock
from web.common.access import Access, access
from web.common.database import unit_of_work
from web.common.refusal_words import refusal_words
from web.common.throttle import RESUME, limiter
from web.public import blueprint
from web.public.forms import ReturnCodeForm
from web.public.own_conversation import begin


@blueprint.route("/resume", methods=["GET", "POST"])
@access(Access.ANYONE)
@limiter.limit(RESUME, methods=["POST"])
def resume() -> Any:
    """Ask for the return code and open the conversation it belongs to."""
    form = ReturnCodeForm()
    if not form.validate_on_submit():
        status = 400 if form.is_submitted() else 200
        return render_template("public/resume.html", form=form, expired="expired" in request.args), status
    try:
        with unit_of_work() as work:
            door = people.resume(
                session=work, secret=chat_key.secret(), typed_code=form.code.data or "", now=clock.now()
            )
            begin(session=work, beneficiary=door.conversation.beneficiary, now=clock.now())
    except Refused as refused:
        form.code.errors = [*form.code.errors, refusal_words(refused.refusal)]
        return render_template("public/resume.html", form=form, expired=False), 404
    return chat_key.give(redirect(url_for("public.chat"), code=303), door.chat_key)
