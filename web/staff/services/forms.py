"""The forms of services and of special days."""

from __future__ import annotations

from typing import Any

from flask_babel import lazy_gettext as _
from flask_wtf import FlaskForm
from wtforms import BooleanField, DateField, IntegerField, SelectChoice, SelectField, StringField
from wtforms.validators import InputRequired, Length

from care import qualifications, skills
from care.holidays import LONGEST_NAME as LONGEST_DAY_NAME
from care.services import LONGEST_NAME, Terms
from models.holidays import DayKind
from models.staff import Team
from web.common.languages import language
from web.staff.forms import needed

_WHOLE = _("Please write a whole number.")
WEEKDAYS = (_("Monday"), _("Tuesday"), _("Wednesday"), _("Thursday"), _("Friday"), _("Saturday"), _("Sunday"))
TEAMS: dict[Team, Any] = {
    Team.COUNSELOR: _("Counselors"),
    Team.SOCIAL_WORKER: _("Social workers"),
    Team.VOLUNTEER: _("Volunteers"),
}
KINDS: dict[DayKind, Any] = {
    DayKind.HOLIDAY: _("Holiday"),
    DayKind.MAKE_UP: _("Make-up working day"),
}


def _number(label: Any) -> IntegerField:
    return IntegerField(label, validators=[InputRequired(message=_WHOLE)])


class ServiceForm(FlaskForm):
    """Everything about a service that can be changed; the bounds are said by the verb."""

    key = StringField(_("Short name in Latin letters"), validators=[Length(max=32)])
    name_zh = StringField(_("Name in Chinese"), validators=[needed(), Length(max=LONGEST_NAME)])
    name_en = StringField(_("Name in English"), validators=[needed(), Length(max=LONGEST_NAME)])
    team = SelectField(_("Given by"), choices=[SelectChoice(one.value, name) for one, name in TEAMS.items()])
    minutes = _number(_("Length in minutes"))
    buffer_minutes = _number(_("Pause after it in minutes"))
    notice_minutes = _number(_("Booked at least so many minutes before"))
    horizon_days = _number(_("Booked at most so many days ahead"))
    change_hours = _number(_("Changed alone until so many hours before"))
    seats = _number(_("Seats (more than one makes it a group)"))
    offline = BooleanField(_("In person"))
    online = BooleanField(_("Online"))
    phone = BooleanField(_("By telephone"))
    room_needed = BooleanField(_("Takes a room when in person"))
    language = SelectField(_("Language it needs"))
    specialty = SelectField(_("Special knowledge it needs"))
    qualification = SelectField(_("Certificate it needs"))
    self_booking = BooleanField(_("People can book it themselves"))
    active = BooleanField(_("Open"))

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        nothing = [SelectChoice("", _("None"))]
        spoken = language()
        self.language.choices = nothing + [SelectChoice(*one) for one in skills.languages(spoken).items()]
        self.specialty.choices = nothing + [SelectChoice(*one) for one in skills.specialties(spoken).items()]
        self.qualification.choices = nothing + [
            SelectChoice(key, kind.names[spoken]) for key, kind in qualifications.kinds().items()
        ]

    def terms(self) -> Terms:
        """Return what was typed, as the verb takes it."""
        values = {field.name: field.data for field in self if field.name not in ("key", "csrf_token")}
        values |= {name: values[name] or None for name in ("language", "specialty", "qualification")}
        return Terms(**values | {"team": Team(values["team"])})


class SpecialDayForm(FlaskForm):
    """What a day is, by decree."""

    day = DateField(_("Day"), validators=[needed()])
    kind = SelectField(
        _("What it is"),
        choices=[*(SelectChoice(one.value, name) for one, name in KINDS.items()), SelectChoice("", _("Ordinary day"))],
    )
    name_zh = StringField(_("Name in Chinese"), validators=[Length(max=LONGEST_DAY_NAME)])
    name_en = StringField(_("Name in English"), validators=[Length(max=LONGEST_DAY_NAME)])
    plan_weekday = SelectField(
        _("On a make-up working day, work the plan of"),
        choices=[
            SelectChoice("", _("The nearest weekday")),
            *(SelectChoice(str(number), name) for number, name in enumerate(WEEKDAYS)),
        ],
    )


class MoveDayForm(FlaskForm):
    """Another date for a special day."""

    to_day = DateField(_("New date"), validators=[needed()])
