"""The blueprint that every view of the staff front belongs to."""

from __future__ import annotations

from flask import Blueprint

from web.common.access import Access, staff_may
from web.staff import words

blueprint = Blueprint("staff", __name__, url_prefix="/staff")


@blueprint.context_processor
def _desk() -> dict[str, object]:
    return {"Access": Access, "staff_may": staff_may, "desk_words": words}
