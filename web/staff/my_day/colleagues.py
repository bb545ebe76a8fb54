"""The way to one's own account."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime

from flask import url_for
from flask_babel import gettext as _
from sqlalchemy.orm import Session

from models.staff import StaffMember
from web.staff.my_day.rows import Door, Row


def rows(*, session: Session, me: StaffMember, now: datetime) -> Iterator[Row]:
    """Yield nothing: accounts have no day of their own."""
    yield from ()


def doors() -> Iterator[Door]:
    """Yield the way to the account."""
    yield Door(_("My account"), _("Language and password."), url_for("staff.account"), "person", 90)
