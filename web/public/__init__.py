"""The public front: what a person who is looking for help sees, without an account and without being followed."""

from __future__ import annotations

from flask import Blueprint

blueprint = Blueprint("public", __name__)

# The views register themselves.
from web.public import apply, booking, chats, filters, hours, pages, returning, safety_plan, self_help, streams, voices  # noqa: E402,F401
