"""The list of follow-ups: late ones of everybody first, then mine."""

from __future__ import annotations

from typing import Any

from flask import render_template

from care import follow_up_lists
from web.common import clock, security
from web.common.access import Access, access
from web.common.database import reading
from web.staff.blueprint import blueprint
from web.staff.follow_ups import words


@blueprint.get("/follow-ups")
@access(Access.KEEP_FOLLOW_UPS)
def follow_ups_list() -> Any:
    """Show what was missed at the whole base, what I can do now, and what comes for me."""
    me, now = security.me(), clock.now()
    everybody = follow_up_lists.open_now(session=reading(), now=now)
    return render_template(
        "staff/follow_ups/list.html",
        me=me,
        now=now,
        late=follow_up_lists.late(session=reading(), now=now),
        mine=[row for row in everybody if row.owner_id == me.id],
        others=[row for row in everybody if row.owner_id != me.id],
        coming=follow_up_lists.coming(session=reading(), now=now, owner_id=me.id),
        step=words.step,
    )
