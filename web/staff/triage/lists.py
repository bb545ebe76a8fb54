"""All reviews by state, and how many missed and false alarms each month brought."""

from __future__ import annotations

from typing import Any

from flask import render_template, request

from care import triage_reviews
from care.triage_reviews import State
from models.crises import LevelName
from models.triage_records import ReviewVerdict
from web.common import clock
from web.common.access import Access, access
from web.common.database import reading
from web.staff.blueprint import blueprint
from web.staff.triage.words import SHORT_VERDICTS, STATES, decision_rows


@blueprint.get("/triage/reviews")
@access(Access.REVIEW_TRIAGE)
def triage_reviews_list() -> Any:
    """List what waits, what is cleared or what has left; codes and levels only, never anyone's words."""
    wished = request.args.get("state", "")
    state = State(wished) if wished in set(State) else State.TO_CLEAR
    reviews = triage_reviews.in_state(session=reading(), state=state)
    decisions = triage_reviews.decisions_of(session=reading(), message_ids=[one.message_id for one in reviews])
    return render_template(
        "staff/triage/list.html",
        reviews=[(one, decision_rows(decisions.get(one.message_id))) for one in reviews],
        state=state,
        states=STATES,
        verdicts=SHORT_VERDICTS,
        months=_months(),
        levels=list(LevelName),
    )


def _months() -> list[tuple[str, ReviewVerdict, dict[LevelName, int]]]:
    counted = triage_reviews.counts(session=reading(), timezone=clock.timezone())
    return [
        (month, verdict, by_verdict[verdict])
        for month, by_verdict in counted.items()
        for verdict in ReviewVerdict
        if verdict in by_verdict
    ]
