"""Becoming a volunteer: one page, clear words about what is kept, and a thank-you that says nothing to strangers."""

from __future__ import annotations

import secrets
from typing import Any

from flask import current_app, redirect, render_template, url_for
from flask_babel import lazy_gettext as _
from flask_wtf import FlaskForm
from wtforms import (
    BooleanField,
    HiddenField,
    SelectChoice,
    SelectField,
    SelectMultipleField,
    StringField,
    TextAreaField,
)
from wtforms.validators import InputRequired, Length
from wtforms.widgets import CheckboxInput, ListWidget

from care import applications, rooms, skills
from care.refusals import Refused
from web.common import clock, languages
from web.common.access import Access, access
from web.common.database import reading, unit_of_work
from web.common.refusal_words import refusal_words
from web.common.throttle import APPLY, limiter
from web.public import blueprint

WISHES: dict[str, Any] = {
    "visit": _("Home visits, always in pairs"),
    "chat": _("Listening online"),
    "group": _("Helping with groups"),
    "errand": _("Errands and company on the way"),
    "office": _("Office work"),
}
TIMES: dict[str, Any] = {
    "weekday": _("Weekdays in the daytime"),
    "evening": _("Evenings"),
    "weekend": _("Weekends"),
}


class _TickList(SelectMultipleField):
    widget = ListWidget(prefix_label=False)
    option_widget = CheckboxInput()


def _needed() -> InputRequired:
    return InputRequired(message=_("Please fill this in."))


class ApplyForm(FlaskForm):
    """What we ask of somebody who would like to help; nothing that we do not need to answer."""

    # The mark of this one form, so that a second tap is not a second application.
    form_key = HiddenField()
    name = StringField(_("Your name"), validators=[_needed(), Length(max=applications.LONGEST_NAME)])
    phone = StringField(_("Mobile number"), validators=[_needed(), Length(max=40)])
    station_id = SelectField(_("Nearest station"), coerce=int)
    wishes = _TickList(_("What would you like to do?"), choices=[SelectChoice(*one) for one in WISHES.items()])
    times = _TickList(_("When do you have time?"), choices=[SelectChoice(*one) for one in TIMES.items()])
    languages = _TickList(_("Which languages or dialects do you speak?"))
    about = TextAreaField(
        _("What would you like us to know? (may stay empty)"), validators=[Length(max=applications.LONGEST_ABOUT)]
    )
    adult = BooleanField(_("I am 18 or older."))
    agreed = BooleanField(_("I have read what is kept, and I agree."))

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        language = languages.language()
        self.station_id.choices = [
            SelectChoice(0, _("I do not know")),
            *(SelectChoice(one.id, one.name(language)) for one in rooms.stations(session=reading(), only_active=True)),
        ]
        self.languages.choices = [SelectChoice(*one) for one in skills.languages(language).items()]

    def as_typed(self) -> applications.Form:
        """Return what was typed, for the verb."""
        return applications.Form(
            name=self.name.data or "",
            phone=self.phone.data or "",
            about=self.about.data or "",
            station_id=self.station_id.data or None,
            languages=self.languages.data or [],
            wishes=self.wishes.data or [],
            times=self.times.data or [],
            adult=self.adult.data,
            agreed=self.agreed.data,
        )


@blueprint.get("/volunteer")
@access(Access.ANYONE)
def volunteer() -> Any:
    """Say what volunteers do, what is kept, and offer the form."""
    return _page(ApplyForm(formdata=None, data={"form_key": secrets.token_urlsafe(32)}))


def _page(form: ApplyForm, status: int = 200) -> Any:
    return render_template("public/apply.html", form=form), status


@blueprint.post("/volunteer")
@access(Access.ANYONE)
@limiter.limit(APPLY)
def apply() -> Any:
    """Take the application in; what was typed stays where it cannot be."""
    form = ApplyForm()
    if not form.validate():
        return _page(form, 422)
    try:
        with unit_of_work() as work:
            applications.apply(
                session=work,
                secret=current_app.extensions["settings"].secret_key,
                form_key=form.form_key.data or "",
                form=form.as_typed(),
                language=languages.language(),
                now=clock.now(),
            )
    except Refused as refused:
        if refused.field == "form_key":
            form.form_key.data = secrets.token_urlsafe(32)
        item = form[refused.field] if refused.field in form and refused.field != "form_key" else form.name
        item.errors = [*item.errors, _said(refused)]
        return _page(form, 422)
    return redirect(url_for("public.applied"), code=303)


def _said(refused: Refused) -> Any:
    if refused.field == "phone":
        return _("Please check the number: 7 to 15 figures.")
    return refusal_words(refused.refusal)


@blueprint.get("/volunteer/thanks")
@access(Access.ANYONE)
def applied() -> Any:
    """Say thank you, and what happens next; the same for everybody."""
    return render_template("public/apply_thanks.html")
