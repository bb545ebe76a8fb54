"""The form of a worry about somebody, for the open page and for the desk."""

from __future__ import annotations

import secrets
from typing import Any

from flask_babel import gettext
from flask_babel import lazy_gettext as _
from flask_wtf import FlaskForm
from wtforms import HiddenField, RadioField, SelectChoice, StringField, TextAreaField

from care import worried_reports
from care.refusals import Refusal, Refused
from models.worried_reports import Sight
from web.common.refusal_words import refusal_words

SIGHTS: dict[Sight, Any] = {
    Sight.NOW: _("It is happening now: they are hurting themselves, have taken something, or are about to"),
    Sight.SOON: _("They talk of a plan, say goodbye, or mean to do it in the next days"),
    Sight.WISH: _("They say that they do not want to live, or that nothing has any sense"),
    Sight.CHANGED: _("They have changed: withdrawn, not eating or sleeping, without hope"),
}


class WorriedForm(FlaskForm):
    """What somebody tells of somebody else. Only the first three are needed; the rest helps us to reach both."""

    form_key = HiddenField()
    about = TextAreaField(_("Who is it?"))
    words = TextAreaField(_("What have you seen or heard?"))
    sight = RadioField(
        _("What fits best?"),
        choices=[SelectChoice(sight.value, words) for sight, words in SIGHTS.items()],
        validate_choice=False,
    )
    person_phone = StringField(_("Their telephone"))
    person_place = StringField(_("Where they are now, or where they live"))
    person_times = StringField(_("When they can be reached"))
    reporter_phone = StringField(_("Your telephone"))
    reporter_times = StringField(_("When we can call you"))
    reporter_called = StringField(_("What may we call you?"))
    reporter_relation = StringField(_("What are you to each other?"))

    def as_typed(self, **more: str) -> worried_reports.Form:
        """Return what was typed, for the verb."""
        typed = {name: self[name].data or "" for name in (*worried_reports.LINES, "words", "about", "sight")}
        return worried_reports.Form(**typed | more)


def refuse(form: FlaskForm, refused: Refused, first: str) -> None:
    """Put the words of a refusal beside the field that they are about."""
    if refused.field == "form_key":
        form["form_key"].data = secrets.token_urlsafe(32)
    named = refused.field in form and refused.field != "form_key"
    item = form[refused.field or ""] if named else form[first]
    item.errors = [*item.errors, _said(refused)]


def _said(refused: Refused) -> Any:
    if (refused.field or "").endswith("_phone"):
        return gettext("Please check the number: 7 to 15 figures.")
    if refused.refusal is Refusal.EMPTY:
        return gettext("Please write a few words first.")
    if refused.refusal is Refusal.WRONG_VALUE and refused.field == "sight":
        return gettext("Please choose what fits best.")
    return refusal_words(refused.refusal)
