"""A supervisor reads along: on record, and seen by the colleague who speaks."""

from __future__ import annotations

from typing import Any

from flask import url_for
from flask_babel import gettext as _

from care import case_file, watches
from web.common import clock, security
from web.common.access import Access, access
from web.common.database import reading
from web.staff.acting import act
from web.staff.blueprint import blueprint


@blueprint.post("/conversations/<row:conversation_id>/watch")
@access(Access.WATCH)
def watch_conversation(conversation_id: int) -> Any:
    """Begin to read along."""
    case_file.conversation_by_id(session=reading(), conversation_id=conversation_id)
    return act(
        lambda work: watches.begin(session=work, conversation_id=conversation_id, actor=security.me(), now=clock.now()),
        back=url_for("staff.conversation", conversation_id=conversation_id),
        done=_("You read along. Your colleague can see that you do."),
    )


@blueprint.post("/conversations/<row:conversation_id>/unwatch")
@access(Access.WATCH)
def unwatch_conversation(conversation_id: int) -> Any:
    """Stop reading along."""
    case_file.conversation_by_id(session=reading(), conversation_id=conversation_id)
    me = security.me()
    return act(
        lambda work: watches.end(
            session=work, conversation_id=conversation_id, staff_id=me.id, actor=me, now=clock.now()
        ),
        back=url_for("staff.conversation", conversation_id=conversation_id),
        done=_("You no longer read along."),
    )
