"""Errands that the site could not finish: the process died, the bot was away; and the notices that leave the house."""

from __future__ import annotations

from datetime import timedelta

from sqlalchemy import select

from care import bot_line, outbox, sending
from models.database import writing
from models.outbox import OutboxKind, OutboxRow
from schedules.runner import Tools

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


def _sending(tools: Tools) -> sending.Sending:
    return sending.Sending(sessions=tools.sessions, clock=tools.clock, post=tools.post, rules=tools.rules)


def send_notices(tools: Tools) -> int:
    """Turn alarms into notices and send these at once, whatever the hour; return how many of both were handled."""
    given = _sending(tools)
    return sending.tell_of_alarms(given) + sending.send(given, urgent=True)


def send_ordinary_notices(tools: Tools) -> int:
    """Send the other notices that are due, outside the quiet hours; a slow gateway never holds up an alarm."""
    return sending.send(_sending(tools), urgent=False)
