"""The public front: what a person who is looking for help sees, without an account and without being followed."""

from __future__ import annotations

from flask import Blueprint

blueprint = Blueprint("public", __name__)

# The views register themselves.
from web.public import (  # noqa: E402,F401
    apply,
    booking,
    chats,
    check_ins,
    filters,
    hours,
    my_card,
    pages,
    ratings,
    returning,
    safety_plan,
    self_help,
    streams,
    voices,
    worried,
)
