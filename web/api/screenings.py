"""Screening answers, stored one by one; the site scores, the bot only asks."""

from __future__ import annotations

from typing import Any

from flask import jsonify

from care import screenings, transcript
from care.refusals import Refusal, Refused
from models.screenings import AnswerMode
from web.api import blueprint
from web.api.body import body
from web.common import clock
from web.common.access import Access, access
from web.common.database import unit_of_work


@blueprint.put("/conversations/<string:public_id>/screening/answers/<string:item_key>")
@access(Access.BOT)
def put_answer(public_id: str, item_key: str) -> Any:
    """Store one answer and say what is asked next, or how the whole looks in plain words."""
    data = body()
    value, mode = data.get("value"), data.get("mode", AnswerMode.TAP.value)
    if not isinstance(value, int) or isinstance(value, bool):
        raise Refused(Refusal.WRONG_VALUE, "value")
    if mode not in [one.value for one in AnswerMode]:
        raise Refused(Refusal.WRONG_VALUE, "mode")
    with unit_of_work() as session:
        found = transcript.by_public_id(session=session, public_id=public_id)
        progress = screenings.record_answer(
            session=session,
            conversation=transcript.locked(session=session, conversation_id=found.id),
            item_key=item_key,
            value=value,
            mode=AnswerMode(mode),
            now=clock.now(),
            timezone=clock.timezone(),
        )
        answer = {
            "level": progress.level.value,
            "complete": progress.next_item is None,
            "next_item": progress.next_item,
            "result": None if progress.words is None else {"words": progress.words, "level": progress.level.value},
        }
    return jsonify(answer)


@blueprint.post("/conversations/<string:public_id>/screening/restart")
@access(Access.BOT)
def restart(public_id: str) -> Any:
    """Begin the questions anew; what was half answered stays in the record, unscored."""
    with unit_of_work() as session:
        found = transcript.by_public_id(session=session, public_id=public_id)
        conversation = transcript.locked(session=session, conversation_id=found.id)
        screenings.restart(session=session, conversation=conversation, now=clock.now())
    return jsonify({"status": "open"})
