"""Reviews of closed red cases that want a reviewer, a reminder, or a word to the leads."""

from __future__ import annotations

import logging

from sqlalchemy.exc import SQLAlchemyError

from care import case_review_keeping
from models.database import writing
from schedules.runner import Tools

log = logging.getLogger(__name__)


def look_after_reviews(tools: Tools) -> int:
    """Replace reviewers who left, remind two days before the seventh, tell the leads every three days after it."""
    with tools.sessions() as session:
        due = case_review_keeping.due(session=session, now=tools.clock())
    changed = 0
    for review_id in due:
        try:
            with tools.sessions() as session, writing(session):
                changed += case_review_keeping.look_after(session=session, review_id=review_id, now=tools.clock())
        except SQLAlchemyError as error:
            log.error("review not looked after", extra={"review_id": review_id, "error": type(error).__name__})
    return changed
