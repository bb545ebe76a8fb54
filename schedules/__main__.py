"""Starts the one scheduler: python -m schedules."""

from __future__ import annotations

import logging
import os
import secrets
import signal
import time
from datetime import UTC, datetime

import httpx
from apscheduler.schedulers.background import BackgroundScheduler
from sqlalchemy.orm import sessionmaker

import config
from care.bot_line import BotLine
from care.gateways import Post
from care.notices import QuietHours
from models.database import open_engine
from models.types import use_field_keys
from schedules.runner import Entry, Tools, hold_lease, run
from schedules.timetable import TIMETABLE

log = logging.getLogger("schedules")


def _tools(settings: config.Settings) -> Tools:
    client = httpx.Client(timeout=httpx.Timeout(settings.bot_timeout, connect=1.0), trust_env=False)
    return Tools(
        sessions=sessionmaker(open_engine(settings.database_url)),
        clock=lambda: datetime.now(UTC),
        line=BotLine(client=client, url=settings.rasa_url, token=settings.bot_token),
        timezone=settings.timezone,
        post=Post(settings.gateways),
        quiet=QuietHours(settings.quiet_from, settings.quiet_until),
        public_url=settings.link_base,
        secret=settings.secret_key,
    )


def _only_as_leader(entry: Entry, tools: Tools, holder: str) -> None:
    try:
        leads = hold_lease(tools, holder)
    except Exception as error:  # noqa: BLE001 - without a database nothing is due; the next tick tries again
        log.error("lease not renewed", extra={"error": type(error).__name__})
        return
    if leads:
        run(entry, tools)


def main() -> None:
    """Run the timetable until told to stop; a second scheduler waits until the first one's lease ends."""
    logging.basicConfig(level=logging.INFO, format="%(asctime)s %(levelname)s %(name)s %(message)s")
    # The libraries log every tick and every request; neither says anything about a person or a fault.
    logging.getLogger("apscheduler").setLevel(logging.WARNING)
    logging.getLogger("httpx").setLevel(logging.WARNING)
    settings = config.load()
    use_field_keys(settings.field_keys)
    tools = _tools(settings)
    holder = f"{os.getpid()}-{secrets.token_hex(4)}"
    scheduler = BackgroundScheduler(timezone="UTC")
    for entry in TIMETABLE:
        scheduler.add_job(
            _only_as_leader,
            "interval",
            seconds=entry.every.total_seconds(),
            args=(entry, tools, holder),
            id=entry.name,
            max_instances=1,
            coalesce=True,
            misfire_grace_time=None,
            next_run_time=datetime.now(UTC),
        )
    stopping: list[int] = []
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda received, _frame: stopping.append(received))
    scheduler.start()
    log.info("scheduler started", extra={"sweeps": len(TIMETABLE)})
    while not stopping:
        time.sleep(0.5)
    scheduler.shutdown(wait=True)


if __name__ == "__main__":
    main()
