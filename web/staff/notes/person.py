"""One person over time: the scores, the notes, and the way to a new note."""

from __future__ import annotations

from typing import Any
from zoneinfo import ZoneInfo

from flask import redirect, render_template, request, url_for
from flask_babel import gettext as _

from care import assisted, case_codes, check_in_answers, note_history, notes, outcomes
from care.refusals import Refusal, Refused
from models.beneficiaries import Beneficiary
from models.notes import Contact
from models.staff import RoleName
from triage.calm import CALM_INSTRUMENTS
from triage.instruments import instrument
from web.common import clock, security
from web.common.access import Access, access
from web.common.database import reading, unit_of_work
from web.common.languages import language
from web.common.refusal_words import refusal_words
from web.staff.acting import act
from web.staff.blueprint import blueprint
from web.staff.forms import add_error
from web.staff.notes.chart import chart
from web.staff.notes.forms import CONTACTS, RISKS, ContactForm
from web.staff.together.pages import PRESENT


@blueprint.get("/persons")
@access(Access.SEE_NOTES)
def find_person() -> Any:
    """Open the page of the person whose code was typed."""
    typed = request.args.get("code", "")
    found = case_codes.find(session=reading(), typed=typed) if typed.strip() else None
    if found is not None:
        return redirect(url_for("staff.person_notes", beneficiary_id=found.id), code=303)
    problem = refusal_words(Refusal.UNKNOWN_CODE) if typed.strip() else None
    page = render_template("staff/notes/find.html", typed=typed, problem=problem)
    return page, 404 if problem else 200


@blueprint.get("/persons/<row:beneficiary_id>/notes")
@access(Access.SEE_NOTES)
def person_notes(beneficiary_id: int) -> Any:
    """Show the scores over time and the notes that this colleague may read."""
    return _page(beneficiary_id)


def _page(beneficiary_id: int, form: ContactForm | None = None, status: int = 200) -> Any:
    with unit_of_work() as work:
        person = _person(work, beneficiary_id)
        lines = note_history.of_person(session=work, reader=security.me(), beneficiary=person, now=clock.now())
    session = reading()
    person = _person(session, beneficiary_id)
    sees_all = note_history.sees_all(session=session, reader=security.me(), beneficiary_id=beneficiary_id)
    trends = outcomes.trends(session=session, beneficiary_id=beneficiary_id) if sees_all else []
    own_drafts = notes.drafts_of(session=session, author=security.me())
    page = render_template(
        "staff/notes/person.html",
        person=person,
        lines=lines,
        drafts=[one for one in own_drafts if one.beneficiary_id == person.id],
        sees_all=sees_all,
        charts=[chart(trend, language()) for trend in trends],
        overall=outcomes.overall(trends),
        together=assisted.of_person(session=session, beneficiary_id=beneficiary_id) if sees_all else [],
        calm=check_in_answers.calm_trends(session=session, beneficiary_id=beneficiary_id) if sees_all else {},
        calm_titles={name: instrument(name).titles[language()] for name in CALM_INSTRUMENTS},
        present=PRESENT,
        contacts=CONTACTS,
        risks=RISKS,
        form=form or ContactForm(formdata=None, data={"held_at": _local_now()}),
        me=security.me(),
        is_supervisor=security.me().has_any(RoleName.SUPERVISOR),
    )
    return page, status


def _local_now() -> Any:
    return clock.now().astimezone(ZoneInfo(clock.timezone())).replace(second=0, microsecond=0, tzinfo=None)


def _person(session: Any, beneficiary_id: int) -> Beneficiary:
    found: Beneficiary | None = session.get(Beneficiary, beneficiary_id)
    if found is None:
        raise Refused(Refusal.NOT_FOUND)
    return found


@blueprint.post("/persons/<row:beneficiary_id>/notes")
@access(Access.WRITE_NOTES)
def begin_note(beneficiary_id: int) -> Any:
    """Open the draft about a contact outside the calendar."""
    _person(reading(), beneficiary_id)
    form = ContactForm()
    if not form.validate():
        return _page(beneficiary_id, form, 422)
    held_at = form.held_at.data.replace(tzinfo=ZoneInfo(clock.timezone()))
    if held_at > clock.now():
        add_error(form.held_at, _("This is still to come. A note is about something that has happened."))
        return _page(beneficiary_id, form, 422)
    with unit_of_work() as work:
        occasion = notes.Occasion(_person(work, beneficiary_id), Contact(form.contact.data), held_at)
        draft_id = notes.open_draft(session=work, author=security.me(), occasion=occasion, now=clock.now()).id
    return redirect(url_for("staff.note_draft", draft_id=draft_id), code=303)


@blueprint.post("/persons/<row:beneficiary_id>/screening-invitations")
@access(Access.WRITE_NOTES)
def invite_to_questions(beneficiary_id: int) -> Any:
    """Ask the person in their chat to answer the questions before the session."""
    # One invitation a day, however often the button is pressed.
    key = clock.now().astimezone(ZoneInfo(clock.timezone())).strftime("%Y-%m-%d")

    def verb(work: Any) -> None:
        outcomes.invite(
            session=work, actor=security.me(), beneficiary=_person(work, beneficiary_id), key=key, now=clock.now()
        )

    return act(
        verb,
        back=url_for("staff.person_notes", beneficiary_id=beneficiary_id),
        done=_("The person finds the questions in their chat when they next come."),
    )
