"""Whoever was sent and is not answered for, and duties that are late, ring their case."""

from __future__ import annotations

import logging

from sqlalchemy.exc import SQLAlchemyError

from care import intervention_alarms
from models.database import writing
from schedules.runner import Tools

log = logging.getLogger(__name__)


def ring_for_answers(tools: Tools) -> int:
    """Ring each open case on which an arrival or a duty is due (care/data/interventions.json), one by one."""
    with tools.sessions() as session:
        due = intervention_alarms.due(session=session, now=tools.clock())
    rang = 0
    for case_id in due:
        try:
            with tools.sessions() as session, writing(session):
                rang += intervention_alarms.ring(session=session, case_id=case_id, now=tools.clock())
        except SQLAlchemyError as error:
            log.error("case did not ring", extra={"case_id": case_id, "error": type(error).__name__})
    return rang
