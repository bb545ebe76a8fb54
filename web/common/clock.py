"""The only clock of the site; tests put a frozen one in its place."""

from __future__ import annotations

from datetime import UTC, datetime

from flask import current_app


def system_clock() -> datetime:
    """Return the present moment, aware, in UTC."""
    return datetime.now(UTC)


def now() -> datetime:
    """Return the present moment as this site sees it."""
    moment: datetime = current_app.extensions["clock"]()
    return moment


def timezone() -> str:
    """Return the name of the base's own time zone."""
    name: str = current_app.extensions["settings"].timezone
    return name
