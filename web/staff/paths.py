"""Addresses of the desk's pages; streams need them too, where no request is there to ask."""

from __future__ import annotations

from typing import Any
from urllib.parse import urlsplit

from flask import current_app


def path_of(endpoint: str, **values: Any) -> str:
    """Return the path of a page, also outside a request."""
    adapter = current_app.url_map.bind("localhost", script_name=current_app.config["APPLICATION_ROOT"])
    return adapter.build(endpoint, values)


def safe_next(wished: str | None) -> str | None:
    """Return where to go after the sign-in if it is a page of the desk; anything else is ignored."""
    if not wished or "\\" in wished or not wished.isprintable():
        return None
    parts = urlsplit(wished)
    if parts.scheme or parts.netloc or wished.startswith("//"):
        return None
    inside = parts.path == "/staff" or parts.path.startswith("/staff/")
    return wished if inside and ".." not in parts.path else None
