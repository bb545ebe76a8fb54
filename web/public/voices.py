"""The voice of the person: tell the base a complaint, a praise or a suggestion, and read the answer."""

from __future__ import annotations

import secrets
from datetime import date
from typing import Any

from flask import current_app, redirect, render_template, session, url_for
from flask_babel import format_date, gettext
from flask_babel import lazy_gettext as _
from flask_wtf import FlaskForm
from wtforms import BooleanField, HiddenField, RadioField, SelectChoice, StringField, TextAreaField

from care import voice_answers, voices
from care.refusals import Refusal, Refused
from models.voices import Voice, VoiceKind
from web.common import chat_key, clock, languages
from web.common.access import Access, access
from web.common.database import reading, unit_of_work
from web.common.refusal_words import refusal_words
from web.common.throttle import RESUME, limiter
from web.public import blueprint
from web.public.forms import ReturnCodeForm

# A family may share one address; a program fills lists.
VOICE = "6 per minute; 30 per hour"
# Shown on one page view: the code travels in the person's own signed cookie.
KEPT = "voice_kept"
KINDS: dict[VoiceKind, Any] = {
    VoiceKind.COMPLAINT: _("Something was not right"),
    VoiceKind.PRAISE: _("Something was good"),
    VoiceKind.SUGGESTION: _("I have a suggestion"),
}


class VoiceForm(FlaskForm):
    """What somebody wants to tell the base; only the words are needed."""

    form_key = HiddenField()
    kind = RadioField(
        _("What is it about?"),
        choices=[SelectChoice(kind.value, words) for kind, words in KINDS.items()],
        default=VoiceKind.COMPLAINT.value,
        validate_choice=False,
    )
    words = TextAreaField(_("What would you like to tell us?"))
    about = StringField(_("Is it about a certain colleague? (may stay empty)"))
    code = StringField(_("Return code of your chat (may stay empty)"))
    phone = StringField(_("Telephone, if you would like a call (may stay empty)"))
    in_chat = BooleanField(_("Tell me in my chat when the answer is there."))

    def as_typed(self) -> voices.Form:
        """Return what was typed, for the verb."""
        return voices.Form(
            kind=self.kind.data or "",
            words=self.words.data or "",
            about=self.about.data or "",
            phone=self.phone.data or "",
            code=self.code.data or "",
            in_chat=bool(self.in_chat.data),
        )


def day_words(day: date) -> str:
    """Return a day as the page's language writes it."""
    pattern = "EEEE, d MMMM" if languages.language() == "en" else "M月d日（EEEE）"
    return str(format_date(day, pattern))


@blueprint.get("/voices")
@access(Access.ANYONE)
def tell_base() -> Any:
    """Say who reads it and by when it is answered, and offer the form."""
    return _page(VoiceForm(formdata=None, data={"form_key": secrets.token_urlsafe(32), "kind": "complaint"}))


def _page(form: VoiceForm, status: int = 200) -> Any:
    person = chat_key.person()
    return (
        render_template(
            "public/voices/tell.html",
            form=form,
            promised=day_words(
                voices.promised_on(session=reading(), now=clock.now(), timezone=clock.timezone(), days=_days())
            ),
            own=voice_answers.of_person(session=reading(), beneficiary_id=person.id) if person else [],
            kinds=KINDS,
            is_inside=person is not None,
            day_words=day_words,
        ),
        status,
    )


def _days() -> int:
    days: int = current_app.extensions["settings"].voice_days
    return days


@blueprint.post("/voices")
@access(Access.ANYONE)
@limiter.limit(VOICE)
def send_voice() -> Any:
    """Take it in; what was typed stays where it cannot be."""
    form = VoiceForm()
    try:
        with unit_of_work() as work:
            sent = voices.send(
                session=work,
                secret=chat_key.secret(),
                form_key=form.form_key.data or "",
                form=form.as_typed(),
                person=chat_key.person(),
                language=languages.language(),
                now=clock.now(),
                timezone=clock.timezone(),
                days=_days(),
            )
            voice_id = sent.voice.id
    except Refused as refused:
        return _refused(form, refused)
    if sent.code is not None:
        session[KEPT] = {"code": sent.code, "voice_id": voice_id, "danger": sent.conversation_id is not None}
    if sent.conversation_id is not None:
        current_app.extensions["bot_turns"].start(sent.conversation_id)
    response = redirect(url_for("public.voice_kept"), code=303)
    return chat_key.give(response, sent.chat_key) if sent.chat_key else response


def _refused(form: VoiceForm, refused: Refused) -> Any:
    if refused.field == "form_key":
        form.form_key.data = secrets.token_urlsafe(32)
    named = refused.field in form and refused.field != "form_key"
    item = form[refused.field or ""] if named else form.words
    item.errors = [*item.errors, _said(refused)]
    return _page(form, 422)


def _said(refused: Refused) -> Any:
    if refused.field == "phone":
        return gettext("Please check the number: 7 to 15 figures.")
    if refused.refusal is Refusal.EMPTY:
        return gettext("Please write a few words first.")
    return refusal_words(refused.refusal)


@blueprint.get("/voices/kept")
@access(Access.ANYONE)
def voice_kept() -> Any:
    """Say thank you with the code and the date, once; after words of danger what to do now stands first."""
    kept = session.pop(KEPT, None) or {}
    voice = reading().get(Voice, kept["voice_id"]) if kept else None
    return render_template(
        "public/voices/kept.html",
        code=kept.get("code"),
        promised=day_words(voice.due_on) if voice else None,
        danger=kept.get("danger", False),
        crisis_words=_crisis_words() if kept.get("danger") else "",
        is_inside=chat_key.person() is not None,
    )


def _crisis_words() -> str:
    """Return the fixed reply that stands in the conversation, so that nobody has to look for it."""
    person = chat_key.person()
    return voices.crisis_reply(session=reading(), beneficiary_id=person.id) if person else ""


@blueprint.route("/voices/answer", methods=["GET", "POST"])
@access(Access.ANYONE)
@limiter.limit(RESUME, methods=["POST"])
def voice_answer() -> Any:
    """Ask for the code and show the answer, or until when it is promised."""
    form = ReturnCodeForm()
    found: list[Voice] = []
    status = 200
    if form.validate_on_submit():
        try:
            with unit_of_work() as work:
                found = voice_answers.by_code(
                    session=work, secret=chat_key.secret(), typed=form.code.data or "", now=clock.now()
                )
        except Refused:
            form.code.errors = [*form.code.errors, gettext("Nothing belongs to this code. Please check each sign.")]
            status = 404
    elif form.is_submitted():
        status = 422
    page = render_template("public/voices/answer.html", form=form, found=found, kinds=KINDS, day_words=day_words)
    return page, status
