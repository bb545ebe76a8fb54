"""The line on which the bot's actions speak to the site: JSON, one service token, no browser."""

from __future__ import annotations

from flask import Blueprint

blueprint = Blueprint("api", __name__, url_prefix="/api/v1")

from web.api import appointments, conversations, hours, intakes, screenings, shifts  # noqa: E402,F401  (views register)
