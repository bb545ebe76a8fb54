"""What may be typed on the pages of the shifts."""

from __future__ import annotations

from typing import Any

from flask_babel import lazy_gettext as _
from flask_wtf import FlaskForm
from wtforms import (
    DateField,
    DateTimeLocalField,
    HiddenField,
    IntegerField,
    SelectChoice,
    SelectField,
    StringField,
    TextAreaField,
    TimeField,
)
from wtforms.validators import Length, NumberRange, Optional

from care.hours import LONGEST_REASON
from care.shift_rules import sheets
from models.shifts import MOST_PLACES
from web.common.languages import language
from web.staff.forms import needed
from web.staff.shifts import words

_PREFIX = "places_"


class _Needs(FlaskForm):
    """The part that templates and single shifts share: what, where, and how many of each role."""

    name_zh = StringField(_("Name in Chinese"), validators=[Length(max=60)])
    name_en = StringField(_("Name in English"), validators=[Length(max=60)])
    station_id = SelectField(_("Station"), coerce=int, validators=[needed()])
    form_key = HiddenField()

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for field in self.role_fields():
            field.label.text = sheets()[field.name.removeprefix(_PREFIX)].name(language())

    def role_fields(self) -> list[Any]:
        """Return one number field for each role."""
        return [field for field in self if field.name.startswith(_PREFIX)]

    def places(self) -> dict[str, int]:
        """Return how many of each role are wished."""
        return {field.name.removeprefix(_PREFIX): field.data for field in self.role_fields() if field.data}


def _number() -> IntegerField:
    return IntegerField("", default=0, validators=[Optional(), NumberRange(min=0, max=MOST_PLACES)])


class TemplateForm(_Needs):
    """A shift of every week."""

    weekday = SelectField(
        _("Weekday"),
        coerce=int,
        choices=[SelectChoice(number, name) for number, name in enumerate(words.WEEKDAYS)],
        validators=[],
    )
    starts = TimeField(_("From"), validators=[needed()])
    ends = TimeField(_("Until"), validators=[needed()])
    opens_days = IntegerField(
        _("Opens so many days before"), default=21, validators=[needed(), NumberRange(min=1, max=90)]
    )


class ShiftForm(_Needs):
    """A single shift."""

    starts_at = DateTimeLocalField(_("From"), format="%Y-%m-%dT%H:%M", validators=[needed()])
    ends_at = DateTimeLocalField(_("Until"), format="%Y-%m-%dT%H:%M", validators=[needed()])


for _key in sheets():
    setattr(TemplateForm, f"{_PREFIX}{_key}", _number())
    setattr(ShiftForm, f"{_PREFIX}{_key}", _number())


class CorrectionForm(FlaskForm):
    """What the hours of one shift should be, and why."""

    whole_hours = IntegerField(_("Hours"), validators=[needed(), NumberRange(min=0, max=24)])
    minutes = IntegerField(_("Minutes"), default=0, validators=[Optional(), NumberRange(min=0, max=59)])
    reason = TextAreaField(_("What happened"), validators=[needed(), Length(max=LONGEST_REASON)])


class PeriodForm(FlaskForm):
    """The period of a certificate."""

    first_day = DateField(_("First day"), validators=[needed()])
    last_day = DateField(_("Last day"), validators=[needed()])


class CheckForm(FlaskForm):
    """What is printed on a certificate."""

    number = StringField(_("Number of the certificate"), validators=[needed(), Length(max=40)])
    code = StringField(_("Check code"), validators=[needed(), Length(max=60)])
