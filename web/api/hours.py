"""When a person can be reached: read from the roster, never from a sign on the door."""

from __future__ import annotations

from typing import Any

from flask import jsonify, request

from care import opening
from care.wording import say, when
from web.api import blueprint
from web.common import clock
from web.common.access import Access, access
from web.common.database import reading


def hours_view(language: str) -> dict[str, Any]:
    """Return whether somebody is there now, else when the next turn starts, with a sentence for the person."""
    found = opening.at(session=reading(), now=clock.now())
    if found.staffed:
        return {"staffed_now": True, "next_at": None, "words": say("hours.staffed", language)}
    if found.next_at is None:
        return {"staffed_now": False, "next_at": None, "words": say("hours.unknown", language)}
    return {
        "staffed_now": False,
        "next_at": found.next_at.isoformat(),
        "words": say("hours.next", language, when=when(found.next_at, language, clock.timezone())),
    }


@blueprint.get("/hours")
@access(Access.BOT)
def hours() -> Any:
    """Opening hours as the roster has them."""
    return jsonify(hours_view(request.args.get("language", "zh-CN")))
