"""Reads a JSON body strictly, and names the field that is wrong."""

from __future__ import annotations

from typing import Any

from flask import request

from care.refusals import Refusal, Refused


def body() -> dict[str, Any]:
    """Return the JSON object of the request; raise Refused(WRONG_VALUE) for anything else."""
    data = request.get_json(silent=True)
    if not isinstance(data, dict):
        raise Refused(Refusal.WRONG_VALUE, "body")
    return data


def word(data: dict[str, Any], name: str) -> str:
    """Return a field that must be a short text."""
    value = data.get(name)
    if not isinstance(value, str) or not value or len(value) > 100:
        raise Refused(Refusal.WRONG_VALUE, name)
    return value
