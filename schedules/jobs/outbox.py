"""Errands that the site could not finish: the process died, or the bot was away."""

from __future__ import annotations

import logging
from datetime import timedelta

from sqlalchemy import select

from care import bot_line, notices, outbox
from models.database import writing
from models.outbox import OutboxKind, OutboxRow
from schedules.runner import Tools

log = logging.getLogger(__name__)

# The site runs an errand right after its commit; the sweep leaves it that long.
SITE_GOES_FIRST = timedelta(seconds=3)


def ask_the_bot_again(tools: Tools) -> int:
    """Run the bot's errands that are due and older than three seconds, the oldest of each conversation first.

    Errands older than three minutes are ended. While the bot is away nothing is tried: the disk is left to the chat.
    """
    now = tools.clock()
    with tools.sessions() as session:
        ids = outbox.due(session=session, kind=OutboxKind.BOT_TURN, now=now)
        rows = session.scalars(select(OutboxRow).where(OutboxRow.id.in_(ids)).order_by(OutboxRow.id)).all()
        stale = any(row.created_at < now - bot_line.STALE_AFTER for row in rows)
        first_of_each: dict[int | None, int] = {}
        for row in rows:
            if now - bot_line.STALE_AFTER <= row.created_at <= now - SITE_GOES_FIRST:
                first_of_each.setdefault(row.conversation_id, row.id)
    if stale:
        with tools.sessions() as session, writing(session):
            bot_line.give_up_stale(session=session, now=now)
    if not first_of_each or not tools.line.is_there():
        return 0
    done = 0
    for row_id in first_of_each.values():
        with tools.sessions() as session:
            done += bot_line.run(session=session, row_id=row_id, line=tools.line, clock=tools.clock)
    return done


def send_notices(tools: Tools) -> int:
    """Send the notices that are due; in this release they go to the development outbox."""
    with tools.sessions() as session:
        ids = outbox.due(session=session, kind=OutboxKind.CRISIS_NOTICE, now=tools.clock())
    sent = 0
    for row_id in ids:
        with tools.sessions() as session, writing(session):
            row = outbox.claim(session=session, row_id=row_id, now=tools.clock())
            if row is not None:
                notices.send(session=session, row=row, now=tools.clock())
                sent += 1
    return sent
