"""Intake answers, stored one by one as the person gives them to the bot."""

from __future__ import annotations

from typing import Any

from flask import jsonify

from care import intakes, transcript
from web.api import blueprint
from web.api.body import body
from web.common import clock
from web.common.access import Access, access
from web.common.database import unit_of_work


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
