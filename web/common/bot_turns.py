"""Runs the bot's errands right after the commit; the scheduler picks up whatever is left."""

from __future__ import annotations

import logging
import threading
from collections import defaultdict
from concurrent.futures import ThreadPoolExecutor

from flask import Flask
from sqlalchemy.exc import SQLAlchemyError

from care import bot_line
from web.common import clock
from web.common.database import db

log = logging.getLogger(__name__)

# Rasa works on one turn at a time per process; more threads would only wait in its queue.
THREADS = 8


class BotTurns:
    """A small pool that asks the bot, one turn at a time per conversation."""

    def __init__(self, app: Flask, line: bot_line.BotLine) -> None:
        self._app = app
        self.line = line
        self._pool = ThreadPoolExecutor(max_workers=THREADS, thread_name_prefix="bot-turn")
        self._guard = threading.Lock()
        self._busy: dict[int, threading.Lock] = defaultdict(threading.Lock)

    def start(self, conversation_id: int) -> None:
        """Run what waits for this conversation, in the background."""
        try:
            self._pool.submit(self._run, conversation_id)
        except RuntimeError:
            # The process is stopping; the errand is a row and will be run after the start.
            log.info("bot turn left for later", extra={"conversation_id": conversation_id})

    def run_now(self, conversation_id: int) -> None:
        """Run what waits for this conversation before returning (commands and tests)."""
        self._run(conversation_id)

    def _run(self, conversation_id: int) -> None:
        with self._guard:
            lock = self._busy[conversation_id]
        with lock, self._app.app_context():
            try:
                self._run_in_order(conversation_id)
            except SQLAlchemyError as error:
                log.warning(
                    "bot turn failed", extra={"conversation_id": conversation_id, "error": type(error).__name__}
                )
            finally:
                self._app.extensions["live"].poke()

    def _run_in_order(self, conversation_id: int) -> None:
        session = db.session()
        while True:
            moment = clock.now()
            row_id = bot_line.pending_of(session=session, conversation_id=conversation_id, now=moment)
            session.rollback()
            if row_id is None:
                return
            if not bot_line.run(session=session, row_id=row_id, line=self.line, clock=clock.now):
                return
            self._app.extensions["live"].poke()
