"""How many chats each colleague carries at once, and how many they have now."""

from __future__ import annotations

from typing import Any

from flask import flash, redirect, render_template, url_for
from flask_babel import gettext as _

from care import chat_caps
from care.refusals import Refused
from web.common import clock, security
from web.common.access import Access, access
from web.common.database import reading, unit_of_work
from web.common.refusal_words import refusal_words
from web.staff.blueprint import blueprint
from web.staff.desk.forms import CapForm


@blueprint.get("/desk/caps")
@access(Access.SET_CHAT_CAPS)
def chat_caps_page() -> Any:
    """List the colleagues who read chats."""
    return _page()


def _page(problem: str = "", wrong: str = "", status: int = 200) -> Any:
    return render_template(
        "staff/desk/caps.html",
        rows=chat_caps.everybody(session=reading()),
        most=chat_caps.MOST,
        usual=chat_caps.USUAL,
        problem=problem,
        wrong=wrong,
    ), status


@blueprint.post("/desk/caps")
@access(Access.SET_CHAT_CAPS)
def set_chat_cap() -> Any:
    """Set the number of one colleague."""
    form = CapForm()
    who = form.staff_id.data or ""
    if not form.validate() or not who.isdecimal() or len(who) > 9:
        return _page(_("Please choose a number from 1 to %(most)s.", most=chat_caps.MOST), who, 422)
    try:
        with unit_of_work() as work:
            chat_caps.set_cap(
                session=work, actor=security.me(), staff_id=int(who), at_most=form.at_most.data or 0, now=clock.now()
            )
    except Refused as refused:
        return _page(str(refusal_words(refused.refusal)), who, 422)
    flash(_("Kept. Chats that run already stay where they are."), "good")
    return redirect(url_for("staff.chat_caps_page"), code=303)
