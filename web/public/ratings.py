"""How it was: one answer after a conversation, if the person wants to give one."""

from __future__ import annotations

from typing import Any

from flask import redirect, request, url_for

from care import ratings
from care.refusals import Refused
from web.common import clock
from web.common.access import Access, access
from web.common.database import unit_of_work
from web.common.errors import refused_answer
from web.common.refusal_words import refusal_words
from web.common.wants import wants_json
from web.public import blueprint
from web.public.chats import chat_page
from web.public.own_conversation import own


@blueprint.post("/chat/rating")
@access(Access.PERSON)
def rate_chat() -> Any:
    """Keep the answer; a second one changes nothing."""
    stars = request.form.get("stars", 0, type=int)
    words = request.form.get("words", "")
    try:
        with unit_of_work() as work:
            ratings.rate(session=work, conversation_id=own(work).id, stars=stars, words=words, now=clock.now())
    except Refused as refused:
        if wants_json():
            return refused_answer(refused)
        return chat_page(problem=refusal_words(refused.refusal), rating=words), refused_answer(refused)[1]
    return redirect(url_for("public.chat", _anchor="newest"), code=303)
