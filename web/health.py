"""What works and what does not, told without embellishment."""

from __future__ import annotations

from typing import Any

from flask import Blueprint, current_app, jsonify
from sqlalchemy import func, select, text
from sqlalchemy.exc import SQLAlchemyError

from care import heartbeat
from models.outbox import OutboxRow
from triage.assess import assess
from web.common import clock
from web.common.access import Access, access
from web.common.database import reading
from web.common.watchman import watchman

blueprint = Blueprint("health", __name__)


@blueprint.get("/health/live")
@access(Access.ANYONE)
def live() -> Any:
    """The process answers."""
    return jsonify({"live": True})


@blueprint.get("/health/ready")
@access(Access.ANYONE)
def ready() -> Any:
    """The site can store and assess a message; the bot and the scheduler are told of but do not decide."""
    parts = _parts()
    is_ready = bool(parts["database"])
    return jsonify({"ready": is_ready, **parts}), 200 if is_ready else 503


@blueprint.get("/health")
@access(Access.ANYONE)
def health() -> Any:
    """Everything at once; 503 when any part is missing, so that a monitor sees what a person would feel."""
    parts = _parts()
    whole = all((parts["database"], parts["bot"], parts["scheduler"], parts["triage"] == "full"))
    return jsonify({"whole": whole, **parts}), 200 if whole else 503


def _parts() -> dict[str, Any]:
    # Whoever watches the site from outside keeps the alarms climbing, too, while the scheduler is silent.
    watchman().look()
    return {
        "database": _database_answers(),
        "bot": current_app.extensions["bot_turns"].line.is_there(),
        "scheduler": not watchman().is_silent(),
        "triage": assess("").mode,
        "outbox_waiting": _outbox_waiting(),
        "alarms_late": _alarms_late(),
        "watch_failures": watchman().failures.total(),
    }


def _database_answers() -> bool:
    try:
        reading().execute(text("SELECT 1 FROM alembic_version"))
    except SQLAlchemyError:
        return False
    return True


def _alarms_late() -> int | None:
    try:
        return heartbeat.late_alarms(session=reading(), now=clock.now())
    except SQLAlchemyError:
        return None


def _outbox_waiting() -> int | None:
    try:
        return reading().scalar(
            select(func.count())
            .select_from(OutboxRow)
            .where(OutboxRow.delivered_at.is_(None), OutboxRow.given_up_at.is_(None))
        )
    except SQLAlchemyError:
        return None
