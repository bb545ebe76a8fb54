"""The forms of people, certificates, rooms, caseload and applications."""

from __future__ import annotations

from typing import Any

from flask_babel import lazy_gettext as _
from flask_wtf import FlaskForm
from wtforms import (
    BooleanField,
    DateField,
    IntegerField,
    SelectChoice,
    SelectField,
    SelectMultipleField,
    StringField,
    TextAreaField,
)
from wtforms.validators import Length, NumberRange
from wtforms.validators import Optional as Maybe
from wtforms.widgets import CheckboxInput, ListWidget

from care import applications, qualifications, rooms, skills, staff
from care.refusals import Refused
from models.stations import Station
from web.common import languages
from web.common.refusal_words import refusal_words
from web.staff import words as desk_words
from web.staff.forms import add_error, needed
from web.staff.people import words
from web.staff.people.dates import SaneDay


class TickList(SelectMultipleField):
    """Several checkboxes under one legend."""

    widget = ListWidget(prefix_label=False)
    option_widget = CheckboxInput()


def show(form: Any, refused: Refused, otherwise: str) -> None:
    """Put the words of a refusal beside the field it is about."""
    name = refused.field if refused.field in form else otherwise
    add_error(form[name], str(refusal_words(refused.refusal)))


def station_choices(stations: list[Station], none: Any) -> list[SelectChoice]:
    """Return the stations as they stand below one another, behind a first choice for none."""
    language = languages.language()
    return [
        SelectChoice(0, none),
        *(SelectChoice(one.id, one.name(language)) for one in stations),
    ]


class ProfileForm(FlaskForm):
    """Who a colleague is."""

    display_name = StringField(
        _("Name that colleagues and people in the chat see"), validators=[needed(), Length(max=staff.LONGEST_NAME)]
    )
    team = SelectField(_("Team"), validate_choice=True)
    station_id = SelectField(_("Station"), coerce=int)
    languages = TickList(_("Languages and dialects"))
    specialties = TickList(_("Special knowledge"))
    caseload_cap = IntegerField(_("People at most"), validators=[Maybe(), NumberRange(0, 999)])
    phone = StringField(_("Telephone"), validators=[Length(max=staff.LONGEST_PHONE)])

    def __init__(self, *args: Any, stations: list[Station], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        language = languages.language()
        self.team.choices = [
            SelectChoice("", words.NO_TEAM),
            *(SelectChoice(team.value, name) for team, name in words.TEAMS.items()),
        ]
        self.station_id.choices = station_choices(stations, _("No station"))
        self.languages.choices = [SelectChoice(*one) for one in skills.languages(language).items()]
        self.specialties.choices = [SelectChoice(*one) for one in skills.specialties(language).items()]


class RolesForm(FlaskForm):
    """What a colleague may do."""

    roles = TickList(_("Roles"), choices=[SelectChoice(role.value, name) for role, name in desk_words.ROLES.items()])


class SupervisorForm(FlaskForm):
    """Who supervises a colleague."""

    supervisor_id = SelectField(_("Supervisor"), coerce=int)


class QualificationForm(FlaskForm):
    """A licence, a training or a check."""

    kind = SelectField(_("What"), validators=[needed()])
    valid_from = DateField(_("Valid from"), validators=[needed(), SaneDay()])
    last_day = DateField(_("Last day on which it is valid"), validators=[Maybe(), SaneDay()])
    evidence = TextAreaField(
        _("Evidence"), validators=[needed(), Length(max=qualifications.LONGEST_EVIDENCE)], render_kw={"rows": 2}
    )
    seen = BooleanField(_("I have seen the original; it counts from now on"))

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        language = languages.language()
        self.kind.choices = [SelectChoice(key, kind.name(language)) for key, kind in qualifications.kinds().items()]


class ReasonForm(FlaskForm):
    """Why something is declined, withdrawn or passed over the cap."""

    reason = TextAreaField(
        _("Reason"), validators=[needed(), Length(max=qualifications.LONGEST_EVIDENCE)], render_kw={"rows": 2}
    )


class NeedsForm(FlaskForm):
    """What one role, service or place in a shift asks for."""

    role = StringField(_("Key"), validators=[needed(), Length(max=qualifications.LONGEST_KEY)])
    kinds = TickList(_("Needed before it may be taken"))

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        language = languages.language()
        self.kinds.choices = [SelectChoice(key, kind.name(language)) for key, kind in qualifications.kinds().items()]


class StationForm(FlaskForm):
    """A station of the network."""

    name_zh = StringField(_("Chinese name"), validators=[needed(), Length(max=rooms.LONGEST_NAME)])
    name_en = StringField(_("English name"), validators=[needed(), Length(max=rooms.LONGEST_NAME)])
    address = StringField(_("How to find it"), validators=[Length(max=rooms.LONGEST_ADDRESS)])
    active = BooleanField(_("Open"), default=True)


class NewStationForm(StationForm):
    """A station that opens under another one."""

    parent_id = SelectField(_("Under"), coerce=int, validators=[needed()])


class RoomForm(FlaskForm):
    """A room that can be booked."""

    name_zh = StringField(_("Chinese name"), validators=[needed(), Length(max=rooms.LONGEST_NAME)])
    name_en = StringField(_("English name"), validators=[needed(), Length(max=rooms.LONGEST_NAME)])
    seats = IntegerField(_("Seats"), validators=[needed(), NumberRange(1, rooms.MOST_SEATS)])
    active = BooleanField(_("Open"), default=True)


class AssignForm(FlaskForm):
    """Who looks after a person; over the cap with a reason."""

    code = StringField(_("Code of the person"), validators=[needed(), Length(max=16)])
    worker_id = SelectField(_("Colleague"), coerce=int, validators=[needed()])
    reason = TextAreaField(_("Reason for going over the cap"), validators=[Length(max=500)], render_kw={"rows": 2})


class CheckForm(FlaskForm):
    """One step of the check of an application."""

    item = SelectField(_("Step"), choices=[SelectChoice(*one) for one in words.CHECKS.items()], validators=[needed()])
    note = TextAreaField(
        _("What was seen"), validators=[needed(), Length(max=applications.LONGEST_NOTE)], render_kw={"rows": 2}
    )


class ApproveForm(FlaskForm):
    """The name with which the new volunteer signs in."""

    username = StringField(_("Name to sign in with"), validators=[needed(), Length(max=64)])
