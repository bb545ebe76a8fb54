"""One way in which every button of the desk answers: JSON for the live page, a page for a plain form."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from flask import flash, jsonify, redirect
from sqlalchemy.orm import Session

from care.refusals import Refusal, Refused
from web.common.database import unit_of_work
from web.common.errors import refused_answer
from web.common.refusal_words import refusal_words
from web.common.wants import wants_json


def act(verb: Callable[[Session], Any], *, back: str, done: Any = None) -> Any:
    """Run one verb in one unit of work; a refusal becomes words on the page from which the button was pressed."""
    try:
        with unit_of_work() as session:
            verb(session)
    except Refused as refused:
        if wants_json():
            return refused_answer(refused)
        if refused.refusal is Refusal.NOT_FOUND:
            raise
        flash(str(refusal_words(refused.refusal)), "danger")
        return redirect(back, code=303)
    if wants_json():
        return jsonify({"ok": True})
    if done is not None:
        flash(str(done), "good")
    return redirect(back, code=303)
