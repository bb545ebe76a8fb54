"""Intake answers, stored one by one as the person gives them to the bot."""

from __future__ import annotations

from typing import Any

from flask import jsonify

from care import intakes, transcript
from web.api import blueprint
from web.api.body import body, word
from web.common import clock
from web.common.access import Access, access
from web.common.database import reading, unit_of_work


@blueprint.put("/conversations/<string:public_id>/intake")
@access(Access.BOT)
def put_intake(public_id: str) -> Any:
    """Store some of the answers; the others stay as they are."""
    fields = body()
    with unit_of_work() as session:
        found = transcript.by_public_id(session=session, public_id=public_id)
        conversation = transcript.locked(session=session, conversation_id=found.id)
        intakes.update(session=session, conversation=conversation, fields=fields, now=clock.now())
        answer = intakes.state(conversation.beneficiary)
    return jsonify(answer)


@blueprint.get("/conversations/<string:public_id>/card")
@access(Access.BOT)
def told_card(public_id: str) -> Any:
    """What was understood, so that the person can read it in the chat."""
    return jsonify(intakes.card(transcript.by_public_id(session=reading(), public_id=public_id).beneficiary))


@blueprint.post("/conversations/<string:public_id>/card")
@access(Access.BOT)
def approve_told_card(public_id: str) -> Any:
    """The person said in the chat that the card with this mark is right."""
    mark = word(body(), "mark")
    with unit_of_work() as session:
        found = transcript.by_public_id(session=session, public_id=public_id)
        conversation = transcript.locked(session=session, conversation_id=found.id)
        intakes.approve(session=session, conversation=conversation, mark=mark, since_when=None, now=clock.now())
        answer = intakes.card(conversation.beneficiary)
    return jsonify(answer)
