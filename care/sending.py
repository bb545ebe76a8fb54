"""Carries what waits in the outbox out of the house: alarms become notices, and each notice goes to one address.

The scheduler does it every two seconds, and while that is silent the site does (web/common/night_post.py). Whoever it
is claims each row first, so that the same notice never leaves by two hands.
"""

from __future__ import annotations

import logging
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy.orm import Session, sessionmaker

from care import notices, outbox
from care.alarms import ring as notices_of_alarm
from care.gateways import NotTaken, Post
from models.database import writing
from models.outbox import OutboxKind

log = logging.getLogger(__name__)

# Notices that are carried side by side.
AT_ONCE = 8


@dataclass(frozen=True)
class Sending:
    """What it takes to carry notices; each row has a transaction of its own."""

    sessions: sessionmaker[Session]
    clock: Callable[[], datetime]
    post: Post
    rules: notices.Rules


def tell_of_alarms(given: Sending) -> int:
    """Turn the alarms that have rung into notices; return how many were handled."""
    with given.sessions() as session:
        alarms = outbox.due(session=session, kind=OutboxKind.CRISIS_NOTICE, now=given.clock())
    rung = 0
    for row_id in alarms:
        try:
            with given.sessions() as session, writing(session):
                rung += notices_of_alarm(session=session, row_id=row_id, now=given.clock())
        except Exception as error:  # noqa: BLE001 - one alarm that cannot be told must not silence the next
            log.error("alarm not told", extra={"row_id": row_id, "error": type(error).__name__})
    return rung


def send(given: Sending, *, urgent: bool) -> int:
    """Carry the notices that are due, the urgent or the others; return how many arrived."""
    with given.sessions() as session:
        ids = outbox.due(session=session, kind=OutboxKind.NOTICE, now=given.clock(), urgent=urgent)
    if not ids:
        return 0
    # Side by side, so that one mailbox that does not answer keeps nobody else waiting.
    with ThreadPoolExecutor(min(AT_ONCE, len(ids))) as pool:
        return sum(pool.map(lambda row_id: _send_one(given, row_id), ids))


def _send_one(given: Sending, row_id: int) -> int:
    """Carry one notice: taken in hand, carried outside any transaction, and noted."""
    try:
        with given.sessions() as session, writing(session):
            letter = notices.take(session=session, row_id=row_id, now=given.clock(), rules=given.rules)
        if letter is None:
            return 0
        try:
            way, error = given.post.carry(letter), ""
        except NotTaken as refused:
            way, error = None, str(refused)
            log.warning("notice not taken", extra={"row_id": row_id, "error": error})
        with given.sessions() as session, writing(session):
            if way is None:
                notices.not_taken(session=session, row_id=row_id, error=error, now=given.clock())
            else:
                notices.arrived(session=session, row_id=row_id, way=way, now=given.clock())
    except Exception as failure:  # noqa: BLE001 - whatever is wrong with one notice, the others leave
        # The claim passes by itself, and the notice is tried again.
        log.error("notice not noted", extra={"row_id": row_id, "error": type(failure).__name__})
        return 0
    return int(way is not None)
