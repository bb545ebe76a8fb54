"""The cookie of a person's browser: a random key, of which we keep only a hash."""

from __future__ import annotations

from typing import Any

from flask import current_app, jsonify, redirect, request, url_for
from werkzeug.wrappers import Response

from care import people
from models.beneficiaries import Beneficiary
from web.common import clock
from web.common.database import reading
from web.common.wants import wants_json

COOKIE = "ny_chat"


def secret() -> str:
    """Return the secret with which keys and return codes are hashed."""
    value: str = current_app.extensions["settings"].secret_key
    return value


def person() -> Beneficiary | None:
    """Return whose browser this is; None without a cookie, with a forged or an expired one."""
    key = request.cookies.get(COOKIE, "")
    if not key or len(key) > 200:
        return None
    return people.person_of_key(session=reading(), secret=secret(), key=key, now=clock.now())


def give(response: Response, key: str) -> Response:
    """Let this browser keep the key until its window is closed."""
    response.set_cookie(
        COOKIE,
        key,
        httponly=True,
        samesite="Lax",
        secure=current_app.extensions["settings"].secure_cookies,
        path="/",
    )
    return response


def take_away(response: Response) -> Response:
    """Make this browser forget the key."""
    response.delete_cookie(COOKIE, path="/")
    return response


def ask_for_code() -> Any:
    """Answer a browser that has no valid key: with the page for the return code, or in JSON for a script."""
    if wants_json():
        answer = jsonify({"error": "no_conversation"})
        answer.status_code = 401
        return answer
    return redirect(url_for("public.resume", expired=1), code=303)
