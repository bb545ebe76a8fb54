"""Runs migrations on the database that the settings name, or on the engine that a test hands over."""

from __future__ import annotations

from typing import Any

from alembic import context
from sqlalchemy import Engine

from models import Base
from models.types import EncryptedJSON, EncryptedText, UTCDateTime


def _engine() -> Engine:
    handed: Engine | None = context.config.attributes.get("engine")
    if handed is not None:
        return handed
    from flask import current_app

    engine: Engine = current_app.extensions["migrate"].db.engine
    return engine


def _render(kind: str, item: Any, autogen: Any) -> str | bool:
    """Write our own column types as the plain types they are in the database."""
    if kind != "type":
        return False
    if isinstance(item, UTCDateTime):
        return "sa.DateTime()"
    if isinstance(item, (EncryptedText, EncryptedJSON)):
        return "sa.LargeBinary()"
    return False


def _run() -> None:
    engine = _engine()
    with engine.connect() as connection:
        context.configure(
            connection=connection,
            target_metadata=Base.metadata,
            render_as_batch=engine.dialect.name == "sqlite",
            render_item=_render,
            compare_type=True,
        )
        with context.begin_transaction():
            context.run_migrations()


_run()
