"""Errands that the site could not finish: the process died, or the bot was away."""

from __future__ import annotations

import logging
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

from sqlalchemy import select
from sqlalchemy.exc import SQLAlchemyError

from care import bot_line, notices, outbox
from care.alarms import ring as notices_of_alarm
from models.database import writing
from models.outbox import OutboxKind, OutboxRow
from schedules.channels import NotTaken
from schedules.runner import Tools

log = logging.getLogger(__name__)

# The site runs an errand right after its commit; the sweep leaves it that long.
SITE_GOES_FIRST = timedelta(seconds=3)
# Notices that are carried side by side.
AT_ONCE = 8


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
    """Turn alarms into notices and send these at once, whatever the hour; return how many of both were handled."""
    with tools.sessions() as session:
        alarms = outbox.due(session=session, kind=OutboxKind.CRISIS_NOTICE, now=tools.clock())
    rung = 0
    for row_id in alarms:
        try:
            with tools.sessions() as session, writing(session):
                rung += notices_of_alarm(session=session, row_id=row_id, now=tools.clock())
        except Exception as error:  # noqa: BLE001 - one alarm that cannot be told must not silence the next
            log.error("alarm not told", extra={"row_id": row_id, "error": type(error).__name__})
    return rung + _send(tools, urgent=True)


def send_ordinary_notices(tools: Tools) -> int:
    """Send the other notices that are due, outside the quiet hours; a slow gateway never holds up an alarm."""
    return _send(tools, urgent=False)


def _send(tools: Tools, *, urgent: bool) -> int:
    with tools.sessions() as session:
        ids = outbox.due(session=session, kind=OutboxKind.NOTICE, now=tools.clock(), urgent=urgent)
    if not ids:
        return 0
    # Side by side, so that one mailbox that does not answer keeps nobody else waiting.
    with ThreadPoolExecutor(min(AT_ONCE, len(ids))) as pool:
        return sum(pool.map(lambda row_id: _send_one(tools, row_id), ids))


def _send_one(tools: Tools, row_id: int) -> int:
    """Carry one notice: taken in hand, carried outside any transaction, and noted."""
    try:
        with tools.sessions() as session, writing(session):
            letter = notices.take(session=session, row_id=row_id, now=tools.clock(), rules=tools.rules)
        if letter is None:
            return 0
        try:
            way, error = tools.post.carry(letter), ""
        except NotTaken as refused:
            way, error = None, str(refused)
            log.warning("notice not taken", extra={"row_id": row_id, "error": error})
        with tools.sessions() as session, writing(session):
            if way is None:
                notices.not_taken(session=session, row_id=row_id, error=error, now=tools.clock())
            else:
                notices.arrived(session=session, row_id=row_id, way=way, now=tools.clock())
    except SQLAlchemyError as failure:
        # The claim passes by itself, and the notice is tried again.
        log.error("notice not noted", extra={"row_id": row_id, "error": type(failure).__name__})
        return 0
    return int(way is not None)
