"""Group sessions with seats."""

from __future__ import annotations

from typing import Any

from flask import render_template

from web.common.access import Access, access
from web.staff.blueprint import blueprint


@blueprint.get("/groups")
@access(Access.SEE_APPOINTMENTS)
def group_sessions() -> Any:
    """Show the groups of the coming weeks."""
    return render_template("staff/appointments/groups.html", sessions=[])


@blueprint.get("/groups/<row:group_id>")
@access(Access.SEE_APPOINTMENTS)
def group_session(group_id: int) -> Any:
    """Show one session with its seats."""
    return render_template("staff/appointments/groups.html", sessions=[], group_id=group_id)
