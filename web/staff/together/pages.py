"""Sitting with a person who has no telephone or cannot read: begin, one question after the other, the paper."""

from __future__ import annotations

import secrets
from typing import Any

from flask import current_app, flash, redirect, render_template, request, url_for
from flask_babel import gettext as _
from flask_babel import lazy_gettext
from flask_wtf import FlaskForm
from wtforms import BooleanField, HiddenField, RadioField, SelectChoice, StringField

from care import assisted, screenings
from care.assisted import Ask
from care.refusals import Refusal, Refused
from models.assisted import AssistedSession, Present
from models.beneficiaries import AgeBand
from triage import screening as rules
from web.common import clock, languages, security
from web.common.access import Access, access
from web.common.database import reading, unit_of_work
from web.common.questions import asked
from web.common.refusal_words import refusal_words
from web.staff import words as desk_words
from web.staff.blueprint import blueprint
from web.staff.forms import add_error

PRESENT: dict[Present, Any] = {
    Present.NOBODY_ELSE: lazy_gettext("Nobody else, only the two of us"),
    Present.FAMILY: lazy_gettext("Somebody of the family"),
    Present.CARER: lazy_gettext("A carer"),
    Present.OTHERS: lazy_gettext("Others"),
}
QUESTIONS: dict[Ask, Any] = {
    Ask.AGE: lazy_gettext("How old are you?"),
    Ask.WORRIES: lazy_gettext("What weighs on you? You may choose several."),
    Ask.URGENCY: lazy_gettext("How soon do you need somebody?"),
    Ask.CARE: lazy_gettext("May we keep what you say, so that we can help?"),
    Ask.SHARE: lazy_gettext("May the colleagues who help you read it?"),
    Ask.CONTACT: lazy_gettext("May we contact you again?"),
}
_ANSWERS: dict[Ask, dict[str, Any]] = {
    Ask.AGE: {band.value: words for band, words in desk_words.AGES.items() if band is not AgeBand.UNKNOWN},
    Ask.WORRIES: desk_words.WORRIES,
    Ask.URGENCY: {
        "now": lazy_gettext("Now, at once"),
        "today": lazy_gettext("Today"),
        "week": lazy_gettext("This week"),
        "talk": lazy_gettext("I only want to talk"),
    },
}
_YES_NO = {"yes": lazy_gettext("Yes"), "no": lazy_gettext("No")}


class BeginForm(FlaskForm):
    """With whom, who else is there, and that the person said yes."""

    key = HiddenField()
    code = StringField(lazy_gettext("Code of the person (empty: somebody new)"))
    present = RadioField(
        lazy_gettext("Who else is in the room?"),
        choices=[SelectChoice(kind.value, words) for kind, words in PRESENT.items()],
        default=Present.NOBODY_ELSE.value,
        validate_choice=False,
    )
    person_there = BooleanField(lazy_gettext("The person sits here with me and answers."))
    agreed = BooleanField(lazy_gettext("I have said what is asked and who reads it, and the person said yes."))


@blueprint.get("/together")
@access(Access.FILL_IN_TOGETHER)
def together() -> Any:
    """Say how it goes, and begin."""
    return _begin_page(BeginForm(formdata=None, data={"key": secrets.token_urlsafe(32), "present": "nobody_else"}))


def _begin_page(form: BeginForm, status: int = 200) -> Any:
    page = render_template(
        "staff/together/begin.html",
        form=form,
        running=assisted.running_of(session=reading(), staff_id=security.me().id),
    )
    return page, status


@blueprint.post("/together")
@access(Access.FILL_IN_TOGETHER)
def begin_together() -> Any:
    """Sit down; the sitting is marked with who was there."""
    form = BeginForm()
    try:
        with unit_of_work() as work:
            sitting_id = assisted.begin(
                session=work,
                secret=_secret(),
                actor=security.me(),
                key=form.key.data or "",
                code=form.code.data or "",
                present=form.present.data or "",
                person_there=bool(form.person_there.data),
                agreed=bool(form.agreed.data),
                language=languages.language(),
                now=clock.now(),
            ).id
    except Refused as refused:
        if refused.field == "key":
            form.key.data = secrets.token_urlsafe(32)
        named = refused.field in form and refused.field != "key"
        add_error(form[refused.field or ""] if named else form.code, str(refusal_words(refused.refusal)))
        return _begin_page(form, 422)
    return redirect(url_for("staff.sitting", sitting_id=sitting_id), code=303)


def _secret() -> str:
    value: str = current_app.extensions["settings"].secret_key
    return value


@blueprint.get("/together/<row:sitting_id>")
@access(Access.FILL_IN_TOGETHER)
def sitting(sitting_id: int) -> Any:
    """Show the next question, large, or what is left to do."""
    row = assisted.own(session=reading(), sitting_id=sitting_id, actor=security.me())
    return _step_page(row)


def _step_page(row: AssistedSession, status: int = 200, **more: Any) -> Any:
    step = None if row.ended_at else assisted.next_step(session=reading(), sitting=row)
    running = screenings.open_of(session=reading(), beneficiary=row.beneficiary)
    done, of = rules.progress(screenings.answers_of(running), row.beneficiary.age_band.value)
    page = render_template(
        "staff/together/step.html",
        sitting=row,
        ask=step.ask if step else None,
        words=QUESTIONS[step.ask] if step and step.ask else "",
        answers=_ANSWERS.get(step.ask, _YES_NO) if step and step.ask else {},
        asked=asked(step.item, languages.language(), done=done, of=of) if step and step.item else None,
        danger=assisted.danger(session=reading(), sitting=row),
        paper=more.get("paper"),
        site=current_app.extensions["settings"].link_base,
    )
    return page, status


@blueprint.post("/together/<row:sitting_id>/answer")
@access(Access.FILL_IN_TOGETHER)
def answer_together(sitting_id: int) -> Any:
    """Take what the person said."""
    try:
        with unit_of_work() as work:
            assisted.answer(
                session=work,
                sitting_id=sitting_id,
                actor=security.me(),
                key=request.form.get("item", "")[:32],
                values=request.form.getlist("value")[:20],
                now=clock.now(),
                timezone=clock.timezone(),
            )
    except Refused as refused:
        if refused.refusal is Refusal.NOT_FOUND and refused.field is None:
            raise
        words = _("Please choose an answer.") if refused.refusal is Refusal.EMPTY else refusal_words(refused.refusal)
        flash(str(words), "danger")
    return redirect(url_for("staff.sitting", sitting_id=sitting_id), code=303)


@blueprint.post("/together/<row:sitting_id>/paper")
@access(Access.FILL_IN_TOGETHER)
def paper_together(sitting_id: int) -> Any:
    """Show the paper with a fresh return code, in this very answer and never again."""
    try:
        with unit_of_work() as work:
            code = assisted.paper_code(
                session=work, secret=_secret(), sitting_id=sitting_id, actor=security.me(), now=clock.now()
            )
    except Refused as refused:
        if refused.refusal is Refusal.NOT_FOUND:
            raise
        flash(str(refusal_words(refused.refusal)), "danger")
        return redirect(url_for("staff.sitting", sitting_id=sitting_id), code=303)
    row = assisted.own(session=reading(), sitting_id=sitting_id, actor=security.me())
    return _step_page(row, paper=code)


@blueprint.post("/together/<row:sitting_id>/end")
@access(Access.FILL_IN_TOGETHER)
def end_together(sitting_id: int) -> Any:
    """Get up; what was answered stays."""
    with unit_of_work() as work:
        assisted.end(session=work, sitting_id=sitting_id, actor=security.me(), now=clock.now())
    flash(_("Finished. What was answered is kept."), "good")
    return redirect(url_for("staff.together"), code=303)
