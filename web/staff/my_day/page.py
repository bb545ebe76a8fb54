"""The page of one's own day, the same for the three teams; the areas decide what stands on it."""

from __future__ import annotations

from typing import Any

from flask import render_template

from web.common import clock, security
from web.common.access import Access, access
from web.common.database import reading
from web.staff.blueprint import blueprint
from web.staff.my_day.rows import Section, doors, gather


@blueprint.get("/my-day")
@access(Access.SIGNED_IN)
def my_day() -> Any:
    """Show what is late, what waits and what is next, and lead to everything else."""
    found = gather(session=reading(), me=security.me(), now=clock.now())
    return render_template(
        "staff/my_day/page.html",
        late=found[Section.LATE],
        waits=found[Section.WAITS],
        following=found[Section.NEXT],
        doors=doors(),
        now=clock.now(),
    )
