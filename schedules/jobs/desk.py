"""The live desk by the second: offers that nobody answered end, forgotten lines ring."""

from __future__ import annotations

from care import reply_alarms, transfers
from models.database import writing
from schedules.runner import Tools


def end_unanswered_offers(tools: Tools) -> int:
    """Let each offer of a conversation whose time is over end; the giver still has it and is told."""
    with tools.sessions() as session:
        due = transfers.due_to_expire(session=session, now=tools.clock())
    ended = 0
    for transfer_id in due:
        with tools.sessions() as session, writing(session):
            ended += transfers.expire(session=session, transfer_id=transfer_id, now=tools.clock())
    return ended


def ring_for_unanswered_lines(tools: Tools) -> int:
    """Ring the owner, then whoever supervises, for each line of a person that has stood too long."""
    with tools.sessions() as session:
        due = reply_alarms.due(session=session, now=tools.clock())
    rung = 0
    for conversation_id in due:
        with tools.sessions() as session, writing(session):
            rung += reply_alarms.ring(session=session, conversation_id=conversation_id, now=tools.clock())
    return rung
