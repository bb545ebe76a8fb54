"""Notes of colleagues in training wait here for the supervisor's signature."""

from __future__ import annotations

from typing import Any

from flask import flash, redirect, render_template, url_for
from flask_babel import gettext as _

from care import note_history
from web.common import clock, security
from web.common.access import Access, access
from web.common.database import reading, unit_of_work
from web.staff.acting import act
from web.staff.blueprint import blueprint
from web.staff.notes.forms import CONTACTS, RISKS, RemarkForm


@blueprint.get("/notes/to-countersign")
@access(Access.COUNTERSIGN_NOTES)
def notes_to_countersign() -> Any:
    """Show what waits, the oldest first; the look is recorded."""
    with unit_of_work() as work:
        waiting = note_history.look_at_waiting(session=work, supervisor=security.me(), now=clock.now())
        ids = [note.id for note in waiting]
    return render_template(
        "staff/notes/countersign.html",
        waiting=note_history.by_ids(session=reading(), ids=ids),
        contacts=CONTACTS,
        risks=RISKS,
    )


@blueprint.post("/notes/<row:note_id>/countersign")
@access(Access.COUNTERSIGN_NOTES)
def countersign_note(note_id: int) -> Any:
    """Sign the note of a colleague in training as read."""
    form = RemarkForm()
    if not form.validate():
        flash(_("This is longer than we can take in one go."), "danger")
        return redirect(url_for("staff.notes_to_countersign"), code=303)
    return act(
        lambda work: note_history.countersign(
            session=work, actor=security.me(), note_id=note_id, remark=form.remark.data, now=clock.now()
        ),
        back=url_for("staff.notes_to_countersign"),
        done=_("The note is countersigned."),
    )
