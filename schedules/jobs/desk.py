"""The live desk by the second: offers that nobody answered end, forgotten lines ring."""

from __future__ import annotations

import logging
from collections.abc import Callable, Sequence

from sqlalchemy.orm import Session

from care import reply_alarms, transfers
from models.database import writing
from schedules.runner import Tools

log = logging.getLogger(__name__)


def _each(tools: Tools, due: Sequence[int], act: Callable[[Session, int], int]) -> int:
    """Act on each row in a transaction of its own; return how many changed."""
    done = 0
    for number in due:
        try:
            with tools.sessions() as session, writing(session):
                done += act(session, number)
        except Exception as error:  # noqa: BLE001 - whatever is wrong with one conversation, the others must ring
            log.error("desk sweep failed", extra={"row": number, "error": type(error).__name__})
    return done


def end_unanswered_offers(tools: Tools) -> int:
    """Let each offer of a conversation whose time is over end; the giver still has it and is told."""
    with tools.sessions() as session:
        due = transfers.due_to_expire(session=session, now=tools.clock())
    return _each(tools, due, lambda work, row: transfers.expire(session=work, transfer_id=row, now=tools.clock()))


def ring_for_unanswered_lines(tools: Tools) -> int:
    """Ring the owner, then whoever supervises, for each line of a person that has stood too long."""
    with tools.sessions() as session:
        due = reply_alarms.due(session=session, now=tools.clock())
    return _each(tools, due, lambda work, row: reply_alarms.ring(session=work, conversation_id=row, now=tools.clock()))
