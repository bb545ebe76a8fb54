"""Writing a note: a draft that lies on the server, and the signature that closes it."""

from __future__ import annotations

from typing import Any

from flask import flash, jsonify, redirect, render_template, url_for
from flask_babel import gettext as _
from sqlalchemy.orm import Session

from care import notes
from care.refusals import Refusal, Refused
from models.appointments import Appointment
from models.notes import Contact, NoteDraft, SessionNote
from web.common import clock, security
from web.common.access import Access, access
from web.common.database import reading, unit_of_work
from web.common.errors import refused_answer
from web.common.languages import local_time
from web.common.refusal_words import refusal_words
from web.common.wants import wants_json
from web.staff.acting import act
from web.staff.blueprint import blueprint
from web.staff.forms import add_error
from web.staff.notes.forms import CONTACTS, NoteForm


@blueprint.post("/appointments/<row:appointment_id>/note")
@access(Access.WRITE_NOTES)
def begin_appointment_note(appointment_id: int) -> Any:
    """Open the draft about an appointment, or the one that was begun before."""
    with unit_of_work() as work:
        draft_id = _begin(work, appointment_id).id
    return redirect(url_for("staff.note_draft", draft_id=draft_id), code=303)


def _begin(work: Session, appointment_id: int) -> NoteDraft:
    found = work.get(Appointment, appointment_id)
    if found is None or found.staff_id != security.me().id:
        raise Refused(Refusal.NOT_FOUND)
    if notes.first_of(session=work, author=security.me(), appointment_id=found.id) is not None:
        raise Refused(Refusal.NOTE_AMENDED)
    occasion = notes.Occasion(found.beneficiary, Contact.APPOINTMENT, found.starts_at, found.id)
    return notes.open_draft(session=work, author=security.me(), occasion=occasion, now=clock.now())


@blueprint.post("/notes/<row:note_id>/amendments")
@access(Access.WRITE_NOTES)
def amend_note(note_id: int) -> Any:
    """Open the draft of an amendment; the signed note stays as it is."""
    with unit_of_work() as work:
        draft_id = notes.open_amendment(session=work, author=security.me(), note_id=note_id, now=clock.now()).id
    return redirect(url_for("staff.note_draft", draft_id=draft_id), code=303)


@blueprint.get("/notes/drafts/<row:draft_id>")
@access(Access.WRITE_NOTES)
def note_draft(draft_id: int) -> Any:
    """Show what has been typed so far."""
    return _page(notes.draft_of(session=reading(), author=security.me(), draft_id=draft_id))


def _page(draft: NoteDraft, form: NoteForm | None = None, status: int = 200) -> Any:
    page = render_template(
        "staff/notes/draft.html",
        draft=draft,
        form=form or NoteForm(formdata=None, obj=draft, data={"risk": draft.risk.value if draft.risk else None}),
        amended=reading().get(SessionNote, draft.amends_id) if draft.amends_id else None,
        contact=CONTACTS[draft.contact],
        in_training=notes.in_training(session=reading(), author=security.me(), at=clock.now()),
    )
    return page, status


@blueprint.post("/notes/drafts/<row:draft_id>")
@access(Access.WRITE_NOTES)
def save_note_draft(draft_id: int) -> Any:
    """Keep the draft; the page does this by itself every few seconds."""
    form = NoteForm()
    if not form.validate():
        return _refused_form(draft_id, form)
    try:
        with unit_of_work() as work:
            version = notes.save(
                session=work,
                author=security.me(),
                draft_id=draft_id,
                version=form.version.data,
                fields=form.words(),
                now=clock.now(),
            ).version
    except Refused as refused:
        return _refused(draft_id, form, refused)
    if wants_json():
        return jsonify(
            {"version": version, "saved": _("Draft kept at %(time)s.", time=local_time(clock.now(), "time"))}
        )
    flash(_("The draft is kept."), "good")
    return redirect(url_for("staff.note_draft", draft_id=draft_id), code=303)


@blueprint.post("/notes/drafts/<row:draft_id>/sign")
@access(Access.WRITE_NOTES)
def sign_note(draft_id: int) -> Any:
    """Sign: from now on the note is read, amended and countersigned, never changed."""
    form = NoteForm()
    if not form.validate():
        return _refused_form(draft_id, form)
    try:
        with unit_of_work() as work:
            beneficiary_id = notes.sign(
                session=work,
                author=security.me(),
                draft_id=draft_id,
                key=form.key.data or "",
                version=form.version.data,
                fields=form.words(),
                now=clock.now(),
            ).beneficiary_id
    except Refused as refused:
        return _refused(draft_id, form, refused)
    flash(_("The note is signed."), "good")
    return redirect(url_for("staff.person_notes", beneficiary_id=beneficiary_id), code=303)


def _refused_form(draft_id: int, form: NoteForm) -> Any:
    if wants_json():
        return refused_answer(Refused(Refusal.WRONG_VALUE, next(iter(form.errors))))
    return _page(notes.draft_of(session=reading(), author=security.me(), draft_id=draft_id), form, 422)


def _refused(draft_id: int, form: NoteForm, refused: Refused) -> Any:
    if wants_json():
        return refused_answer(refused)
    draft = notes.draft_of(session=reading(), author=security.me(), draft_id=draft_id)
    words = _("Please fill this in.") if refused.refusal is Refusal.EMPTY else refusal_words(refused.refusal)
    add_error(form[refused.field or "presenting"], str(words))
    if refused.refusal is Refusal.NOTE_CHANGED:
        # Whoever reads the warning may then save over the other window on purpose.
        form.version.data = draft.version
        form.version.raw_data = None
    return _page(draft, form, 422)


@blueprint.post("/notes/drafts/<row:draft_id>/discard")
@access(Access.WRITE_NOTES)
def discard_note_draft(draft_id: int) -> Any:
    """Throw one's own draft away."""
    return act(
        lambda work: notes.discard(session=work, author=security.me(), draft_id=draft_id, now=clock.now()),
        back=url_for("staff.my_day"),
        done=_("The draft is thrown away."),
    )
