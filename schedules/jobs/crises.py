"""Alarms that nobody answered climb to the next rung."""

from __future__ import annotations

import logging

from care import crises
from models.database import writing
from schedules.runner import Tools

log = logging.getLogger(__name__)


def climb_unanswered(tools: Tools) -> int:
    """Let every case climb whose clock has run out, one transaction each, so that one bad row stops no other.

    The clock of each level is in care/data/clocks.json; after a downtime each case climbs one rung at once.
    """
    with tools.sessions() as session:
        due = crises.due_to_climb(session=session, now=tools.clock())
    climbed = 0
    for case_id in due:
        try:
            with tools.sessions() as session, writing(session):
                climbed += crises.climb_if_due(session=session, case_id=case_id, now=tools.clock())
        except Exception as error:  # noqa: BLE001 - whatever is wrong with one case, the others must ring
            log.error("case did not climb", extra={"case_id": case_id, "error": type(error).__name__})
    return climbed
