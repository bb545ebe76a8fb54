"""What people told the base: the list by date, one voice, its answer, and whose it is."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from flask import flash, redirect, render_template, url_for
from flask_babel import format_date, lazy_gettext
from flask_babel import gettext as _
from flask_wtf import FlaskForm
from wtforms import SelectChoice, SelectField, TextAreaField

from care import staff, voice_answers, voice_owners, voice_reports
from care.refusals import Refusal, Refused
from models.staff import StaffMember
from models.voices import Voice, VoiceKind
from web.common import clock, languages, security
from web.common.access import Access, access
from web.common.database import reading, unit_of_work
from web.common.refusal_words import refusal_words
from web.staff.blueprint import blueprint
from web.staff.forms import add_error

MONTHS_SHOWN = 12
KINDS: dict[VoiceKind, Any] = {
    VoiceKind.COMPLAINT: lazy_gettext("Complaint"),
    VoiceKind.PRAISE: lazy_gettext("Praise"),
    VoiceKind.SUGGESTION: lazy_gettext("Suggestion"),
}


class AnswerForm(FlaskForm):
    """The answer that the person reads."""

    answer = TextAreaField(lazy_gettext("Your answer"), render_kw={"rows": 7})


class OwnerForm(FlaskForm):
    """To whom the voice is given."""

    to_staff_id = SelectField(lazy_gettext("Who answers"), coerce=int, validate_choice=False)


class SubjectForm(FlaskForm):
    """Whom the voice is about."""

    staff_id = SelectField(lazy_gettext("It is about"), coerce=int, validate_choice=False)


def day_words(day: date) -> str:
    """Return a day as the page's language writes it."""
    return str(format_date(day, "EEE, d MMM" if languages.language() == "en" else "M月d日 EEE"))


@blueprint.get("/voices")
@access(Access.ANSWER_VOICES)
def voices() -> Any:
    """List what is late, what is due and what was answered; what is about the reader is not there."""
    found = voice_answers.listed(session=reading(), viewer=security.me(), now=clock.now(), timezone=clock.timezone())
    return render_template(
        "staff/voices/list.html",
        late=found[voice_answers.Standing.LATE],
        due=found[voice_answers.Standing.OPEN],
        answered=found[voice_answers.Standing.ANSWERED],
        kinds=KINDS,
        me=security.me(),
        day_words=day_words,
    )


@blueprint.get("/voices/months")
@access(Access.ANSWER_VOICES)
def voice_months() -> Any:
    """Count the voices of this month and of the eleven before: how many, answered by when, read or not."""
    first, found = clock.now().astimezone(ZoneInfo(clock.timezone())).date().replace(day=1), []
    for _number in range(MONTHS_SHOWN):
        counts = voice_reports.month(
            session=reading(), viewer=security.me(), first=first, now=clock.now(), timezone=clock.timezone()
        )
        found.append((first, counts))
        first = (first - timedelta(days=1)).replace(day=1)
    return render_template("staff/voices/months.html", months=found, kinds=KINDS, month_words=month_words)


def month_words(first: date) -> str:
    """Return a month as the page's language writes it."""
    return str(format_date(first, "MMMM yyyy" if languages.language() == "en" else "yyyy年M月"))


@blueprint.get("/voices/<row:voice_id>")
@access(Access.ANSWER_VOICES)
def voice(voice_id: int) -> Any:
    """Show one voice."""
    return _page(voice_id)


def _page(voice_id: int, status: int = 200, **forms: FlaskForm) -> Any:
    me = security.me()
    row = voice_answers.see(session=reading(), voice_id=voice_id, viewer=me)
    page = render_template(
        "staff/voices/voice.html",
        voice=row,
        kinds=KINDS,
        me=me,
        standing=voice_answers.standing(row, now=clock.now(), timezone=clock.timezone()).value,
        answer=forms.get("answer") or AnswerForm(formdata=None),
        owner=_choices(forms.get("owner") or OwnerForm(formdata=None), "to_staff_id", _who_may_answer(row)),
        subject=_choices(forms.get("subject") or SubjectForm(formdata=None), "staff_id", _everybody()),
        day_words=day_words,
    )
    return page, status


def _who_may_answer(row: Voice) -> list[StaffMember]:
    return voice_owners.free_to_answer(session=reading(), voice=row)


def _everybody() -> list[StaffMember]:
    return list(staff.found(session=reading(), only_active=True))


def _choices(form: FlaskForm, name: str, members: list[StaffMember]) -> FlaskForm:
    form[name].choices = [SelectChoice(one.id, one.display_name) for one in members]
    return form


@blueprint.post("/voices/<row:voice_id>/answer")
@access(Access.ANSWER_VOICES)
def answer_voice(voice_id: int) -> Any:
    """Answer, once."""
    form = AnswerForm()
    try:
        with unit_of_work() as work:
            voice_answers.answer(
                session=work, voice_id=voice_id, actor=security.me(), words=form.answer.data or "", now=clock.now()
            )
    except Refused as refused:
        if refused.refusal is Refusal.NOT_FOUND:
            raise
        words = _("Please fill this in.") if refused.refusal is Refusal.EMPTY else refusal_words(refused.refusal)
        add_error(form.answer, str(words))
        return _page(voice_id, 422, answer=form)
    flash(_("The answer is out. The person can read it now."), "good")
    return redirect(url_for("staff.voice", voice_id=voice_id), code=303)


@blueprint.post("/voices/<row:voice_id>/owner")
@access(Access.ANSWER_VOICES)
def give_voice(voice_id: int) -> Any:
    """Take it over, or give it to another lead."""
    form = OwnerForm()
    try:
        with unit_of_work() as work:
            voice_answers.hand_over(
                session=work,
                voice_id=voice_id,
                actor=security.me(),
                to_staff_id=form.to_staff_id.data or 0,
                now=clock.now(),
            )
    except Refused as refused:
        if refused.refusal is Refusal.NOT_FOUND:
            raise
        add_error(form.to_staff_id, str(refusal_words(refused.refusal)))
        return _page(voice_id, 422, owner=form)
    flash(_("It has a new owner."), "good")
    return redirect(url_for("staff.voice", voice_id=voice_id), code=303)


@blueprint.post("/voices/<row:voice_id>/subject")
@access(Access.ANSWER_VOICES)
def name_voice_subject(voice_id: int) -> Any:
    """Write down whom it is about; from then on they neither see nor answer it."""
    form = SubjectForm()
    try:
        with unit_of_work() as work:
            voice_answers.name_subject(
                session=work,
                voice_id=voice_id,
                actor=security.me(),
                staff_id=form.staff_id.data or 0,
                now=clock.now(),
            )
    except Refused as refused:
        if refused.refusal is Refusal.NOT_FOUND and refused.field is None:
            raise
        add_error(form.staff_id, str(refusal_words(refused.refusal)))
        return _page(voice_id, 422, subject=form)
    flash(_("Noted. This colleague neither sees nor answers it."), "good")
    # Whoever named themselves has just stepped back from it.
    if form.staff_id.data == security.me().id:
        return redirect(url_for("staff.voices"), code=303)
    return redirect(url_for("staff.voice", voice_id=voice_id), code=303)
