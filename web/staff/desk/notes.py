"""Notes for colleagues, and whispers to the one who is speaking; neither ever reaches the person."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from flask import jsonify, redirect, url_for

from care import case_file, desk_notes
from care.refusals import Refusal, Refused
from web.common import clock, security
from web.common.access import Access, access
from web.common.database import reading, unit_of_work
from web.common.errors import refused_answer
from web.common.refusal_words import refusal_words
from web.common.wants import wants_json
from web.staff import conversations
from web.staff.blueprint import blueprint
from web.staff.desk.forms import BesideForm
from web.staff.forms import add_error


@blueprint.post("/conversations/<row:conversation_id>/notes")
@access(Access.WRITE)
def write_note_beside(conversation_id: int) -> Any:
    """Keep a note with the conversation."""
    return _write(conversation_id, desk_notes.note, "note")


@blueprint.post("/conversations/<row:conversation_id>/whispers")
@access(Access.WHISPER)
def whisper(conversation_id: int) -> Any:
    """Say something that only the colleague who is speaking sees."""
    return _write(conversation_id, desk_notes.whisper, "whisper")


def _write(conversation_id: int, verb: Callable[..., Any], kind: str) -> Any:
    case_file.conversation_by_id(session=reading(), conversation_id=conversation_id)
    form = BesideForm()
    if not form.validate():
        refused = Refused(Refusal.TOO_LONG if form.text.errors else Refusal.WRONG_VALUE, "text")
        return _not_written(conversation_id, kind, form, refused)
    try:
        with unit_of_work() as work:
            verb(
                session=work,
                conversation_id=conversation_id,
                actor=security.me(),
                text=form.text.data or "",
                key=form.key.data,
                now=clock.now(),
            )
    except Refused as refused:
        return _not_written(conversation_id, kind, form, refused)
    if wants_json():
        return jsonify({"ok": True})
    return redirect(url_for("staff.conversation", conversation_id=conversation_id) + "#beside", code=303)


def _not_written(conversation_id: int, kind: str, form: BesideForm, refused: Refused) -> Any:
    if wants_json():
        return refused_answer(refused)
    if not form.text.errors:
        add_error(form.text, str(refusal_words(refused.refusal)))
    return conversations.page(conversation_id, beside={kind: form}, status=422)
