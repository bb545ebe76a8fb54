"""Whether the caller is a script or a person's page."""

from __future__ import annotations

from flask import request


def wants_json() -> bool:
    """Tell whether the answer should be JSON rather than a page."""
    if request.path.startswith("/api/") or request.is_json:
        return True
    best = request.accept_mimetypes.best_match(["text/html", "application/json", "text/event-stream"])
    return best in {"application/json", "text/event-stream"}
