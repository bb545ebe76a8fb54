"""Turns every refusal and error into a page or a JSON answer, in one place."""

from __future__ import annotations

import logging
from typing import Any

from flask import Flask, jsonify, render_template
from flask_wtf.csrf import CSRFError
from sqlalchemy.exc import OperationalError
from sqlalchemy.exc import TimeoutError as NoConnectionFree
from werkzeug.exceptions import HTTPException

from care.refusals import Refusal, Refused
from web.common.refusal_words import refusal_words
from web.common.wants import wants_json

log = logging.getLogger(__name__)

STATUS = {
    Refusal.EMPTY: 400,
    Refusal.TOO_LONG: 413,
    Refusal.SLOW_DOWN: 429,
    Refusal.NOT_FOUND: 404,
    Refusal.WRONG_CODE: 404,
    Refusal.ADDRESS_UNKNOWN: 404,
    Refusal.WRONG_VALUE: 422,
    Refusal.NO_SUCH_BUTTON: 422,
    Refusal.REASON_MISSING: 422,
    Refusal.ENDS_BEFORE_IT_STARTS: 422,
}
CONFLICT = 409
RETRY_AFTER_SECONDS = 5


def refused_answer(refused: Refused) -> tuple[Any, int]:
    """Return the JSON answer and status of a refusal, with words in the person's language."""
    status = STATUS.get(refused.refusal, CONFLICT)
    body: dict[str, Any] = {
        "error": refused.refusal.value,
        "field": refused.field,
        "words": str(refusal_words(refused.refusal)),
    }
    if status == 429:
        body["retry_after"] = RETRY_AFTER_SECONDS
    return jsonify(body), status


def _page(status: int) -> tuple[Any, int]:
    if wants_json():
        names = {401: "sign_in", 403: "forbidden", 404: "not_found", 429: "slow_down", 503: "busy"}
        body: dict[str, Any] = {"error": names.get(status, "error"), "words": str(refusal_words(status))}
        if status in (429, 503):
            body["retry_after"] = RETRY_AFTER_SECONDS
        return jsonify(body), status
    known = status if status in (400, 401, 403, 404, 413, 429, 500, 503) else 400
    return render_template(f"errors/{known}.html", status=status, words=refusal_words(status)), status


def install(app: Flask) -> None:
    """Register the handlers; the catch-all comes last."""

    @app.errorhandler(Refused)
    def _refused(error: Refused) -> Any:
        if wants_json():
            return refused_answer(error)
        status = STATUS.get(error.refusal, CONFLICT)
        return render_template("errors/refused.html", status=status, words=refusal_words(error.refusal)), status

    @app.errorhandler(CSRFError)
    def _csrf(_error: CSRFError) -> Any:
        if wants_json():
            return jsonify({"error": "csrf", "words": str(refusal_words("csrf"))}), 400
        return render_template("errors/400.html", status=400, words=refusal_words("csrf")), 400

    @app.errorhandler(HTTPException)
    def _http(error: HTTPException) -> Any:
        return error if error.response is not None else _page(error.code or 500)

    @app.errorhandler(OperationalError)
    @app.errorhandler(NoConnectionFree)
    def _database(error: Exception) -> Any:
        # A locked, full, absent or overrun database: nothing was stored, and the page keeps the words and tries again.
        log.error("database unavailable", extra={"error": type(error).__name__})
        return _page(503)

    @app.errorhandler(Exception)
    def _unexpected(error: Exception) -> Any:
        # The class and the place are enough to find the fault; the message could hold a person's words.
        log.error("unexpected error", extra={"error": type(error).__name__, "where": _where(error)})
        if app.config.get("PROPAGATE_EXCEPTIONS"):
            raise error
        return _page(500)


def _where(error: Exception) -> str:
    trace = error.__traceback__
    while trace is not None and trace.tb_next is not None:
        trace = trace.tb_next
    return f"{trace.tb_frame.f_code.co_filename}:{trace.tb_lineno}" if trace else "unknown"
