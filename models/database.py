"""Engines and sessions: how SQLite and PostgreSQL are opened so that a write never finds the door half shut."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from sqlalchemy import Engine, create_engine, event
from sqlalchemy.orm import Session

from models.writer_queue import WriterQueue

# SQLite has one writer. Inside a process, writers queue here in turn instead of polling the file lock.
_sqlite_writer = WriterQueue()

WRITE = {"sqlite_begin": "IMMEDIATE"}


def engine_options(url: str) -> dict[str, Any]:
    """Return the keyword arguments with which every process opens this database."""
    if url.startswith("sqlite"):
        return {"connect_args": {"timeout": 15, "check_same_thread": False}, "pool_size": 64, "max_overflow": 64}
    return {"pool_pre_ping": True, "pool_size": 20, "max_overflow": 40}


def open_engine(url: str) -> Engine:
    """Open the database for a process that is not the web site (scheduler, commands, tests)."""
    if url.startswith("sqlite:///") and ":memory:" not in url:
        Path(url.removeprefix("sqlite:///")).parent.mkdir(parents=True, exist_ok=True)
    return create_engine(url, **engine_options(url))


@event.listens_for(Engine, "connect")
def _prepare_sqlite(connection: Any, _record: Any) -> None:
    if not isinstance(connection, sqlite3.Connection):
        return
    # The driver's own BEGIN is switched off so that _begin below decides which kind of lock is taken.
    connection.isolation_level = None
    cursor = connection.cursor()
    cursor.execute("PRAGMA journal_mode=WAL")
    # FULL: a crisis flag that was confirmed to the sender must survive a power cut.
    cursor.execute("PRAGMA synchronous=FULL")
    cursor.execute("PRAGMA foreign_keys=ON")
    cursor.execute("PRAGMA busy_timeout=15000")
    cursor.close()


@event.listens_for(Engine, "begin")
def _begin(connection: Any) -> None:
    if connection.dialect.name == "sqlite":
        mode = connection.get_execution_options().get("sqlite_begin", "DEFERRED")
        connection.exec_driver_sql(f"BEGIN {mode}")


@contextmanager
def writing(session: Session) -> Iterator[Session]:
    """One unit of work that writes: commit once at the end, or leave no trace."""
    engine = session.get_bind()
    is_sqlite = engine.dialect.name == "sqlite"
    if is_sqlite:
        # A read snapshot cannot be promoted to a write lock once another writer has been there, so it is let go.
        session.rollback()
        _sqlite_writer.acquire()
    try:
        if is_sqlite:
            session.connection(execution_options=WRITE)
        yield session
        session.commit()
    except BaseException:
        session.rollback()
        raise
    finally:
        if is_sqlite:
            _sqlite_writer.release()
