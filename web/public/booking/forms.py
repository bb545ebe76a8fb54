"""The forms of booking without an account."""

from __future__ import annotations

from typing import Any

from flask_babel import lazy_gettext as _
from flask_wtf import FlaskForm
from wtforms import DateField, HiddenField, RadioField, SelectChoice, SelectField, StringField, TextAreaField
from wtforms.validators import Length, Optional

from care.behalf import LONGEST_REASON, LONGEST_WORD
from models.waiting_list import PartOfDay

ME, OTHER = "me", "other"
PARTS: dict[PartOfDay, Any] = {
    PartOfDay.ANY: _("Any time of day"),
    PartOfDay.MORNING: _("Mornings"),
    PartOfDay.AFTERNOON: _("Afternoons"),
    PartOfDay.EVENING: _("Evenings"),
}


class ConfirmForm(FlaskForm):
    """The time that was chosen, and for whom it is."""

    form_key = HiddenField()
    at = HiddenField()
    staff = HiddenField()
    service = HiddenField()
    mode = HiddenField()
    language = HiddenField()
    wish = HiddenField()
    for_whom = RadioField(
        _("Who is it for?"),
        choices=[SelectChoice(ME, _("For me")), SelectChoice(OTHER, _("For somebody else"))],
        default=ME,
    )
    behalf_who = StringField(_("What you are called"), validators=[Length(max=LONGEST_WORD)])
    behalf_relation = StringField(_("What you are to the person"), validators=[Length(max=LONGEST_WORD)])
    behalf_consent = TextAreaField(_("How the person agreed"), validators=[Length(max=LONGEST_REASON)])


class WaitForm(FlaskForm):
    """What somebody waits for."""

    form_key = HiddenField()
    language = HiddenField()
    service = SelectField(_("What would help you?"), coerce=int)
    mode = SelectField(_("How would you like to meet?"))
    part_of_day = SelectField(
        _("When can you come?"), choices=[SelectChoice(part.value, name) for part, name in PARTS.items()]
    )
    from_day = DateField(_("From which day (may stay empty)"), validators=[Optional()])
    until_day = DateField(_("Until which day (may stay empty)"), validators=[Optional()])
