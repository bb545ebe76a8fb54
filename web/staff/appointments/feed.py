"""The calendar on one's own phone: a secret address, made and taken back here."""

from __future__ import annotations

from typing import Any

from flask import render_template

from web.common.access import Access, access
from web.staff.blueprint import blueprint


@blueprint.get("/calendar/feed")
@access(Access.SEE_APPOINTMENTS)
def calendar_feed() -> Any:
    """Show whether an address stands, and the buttons to make and to revoke one."""
    return render_template("staff/appointments/feed.html")
