"""The blueprint that every view of the staff front belongs to."""

from __future__ import annotations

from typing import Any

from flask import Blueprint
from flask.blueprints import BlueprintSetupState
from werkzeug.routing import IntegerConverter, Map

from web.common.access import Access, staff_may
from web.staff import words

blueprint = Blueprint("staff", __name__, url_prefix="/staff")

# The largest number that both databases can look up; a longer one is nobody's.
LARGEST_ROW = 2**31 - 1


class RowConverter(IntegerConverter):
    """The number of a record in an address: <row:case_id>."""

    def __init__(self, url_map: Map, *_args: Any) -> None:
        super().__init__(url_map, max=LARGEST_ROW)


@blueprint.record_once
def _know_rows(state: BlueprintSetupState) -> None:
    state.app.url_map.converters["row"] = RowConverter


@blueprint.context_processor
def _desk() -> dict[str, object]:
    return {"Access": Access, "staff_may": staff_may, "desk_words": words}
