"""The forms of appointments at the desk."""

from __future__ import annotations

from flask_babel import lazy_gettext as _
from flask_wtf import FlaskForm
from wtforms import (
    BooleanField,
    DateField,
    DateTimeLocalField,
    HiddenField,
    IntegerField,
    SelectChoice,
    SelectField,
    StringField,
    TextAreaField,
)
from wtforms.validators import Length, NumberRange, Optional

from care.behalf import LONGEST_REASON, LONGEST_WORD
from config import LANGUAGES
from web.staff.appointments.words import PARTS
from web.staff.availability.forms import LOCAL
from web.staff.forms import needed

MOST_WEEKS = 26
_SPOKEN = {"zh-CN": "中文", "en": "English"}


class BookForm(FlaskForm):
    """The chosen time, for a person by code or for somebody new."""

    form_key = HiddenField()
    at = HiddenField()
    with_staff = HiddenField()
    service = HiddenField()
    mode = HiddenField()
    code = StringField(_("Code of the person"), validators=[Length(max=20)])
    is_new = BooleanField(_("Somebody new, without a code"))
    new_language = SelectField(
        _("Language of the new person"), choices=[SelectChoice(name, _SPOKEN[name]) for name in LANGUAGES]
    )
    weeks = IntegerField(
        _("How many weekly meetings"),
        default=1,
        validators=[NumberRange(min=1, max=MOST_WEEKS, message=_("Please use a number that fits here."))],
    )
    behalf_who = StringField(
        _("Who asked for it (only if it was not the person)"), validators=[Length(max=LONGEST_WORD)]
    )
    behalf_relation = StringField(_("What they are to the person"), validators=[Length(max=LONGEST_WORD)])
    behalf_consent = TextAreaField(_("How the person agreed"), validators=[Length(max=LONGEST_REASON)])


class CancelForm(FlaskForm):
    """Why a colleague calls it off."""

    reason = TextAreaField(_("Reason"), validators=[Length(max=LONGEST_REASON)])


class MoveForm(FlaskForm):
    """Another time, perhaps with another colleague."""

    starts_at = DateTimeLocalField(_("New time"), format=LOCAL, validators=[needed()])
    staff_id = SelectField(_("With whom"), coerce=int)
    outside_plan = BooleanField(_("Also outside the written-down week"))
    reason = StringField(_("Why (optional)"), validators=[Length(max=LONGEST_REASON)])


class WishForm(FlaskForm):
    """Somebody is put on the waiting list."""

    code = StringField(_("Code of the person"), validators=[needed(), Length(max=20)])
    service_id = SelectField(_("Service"), coerce=int)
    staff_id = SelectField(_("With whom"), coerce=int)
    mode = SelectField(_("How they meet"))
    part_of_day = SelectField(_("When"), choices=[SelectChoice(part.value, name) for part, name in PARTS.items()])
    from_day = DateField(_("From which day (may stay empty)"), validators=[Optional()])
    until_day = DateField(_("Until which day (may stay empty)"), validators=[Optional()])


class GroupForm(FlaskForm):
    """A new group session."""

    service_id = SelectField(_("Service"), coerce=int)
    title_zh = StringField(_("Title in Chinese"), validators=[needed(), Length(max=60)])
    title_en = StringField(_("Title in English"), validators=[needed(), Length(max=60)])
    staff_id = SelectField(_("Led by"), coerce=int)
    mode = SelectField(_("How they meet"))
    room_id = SelectField(_("Room"), coerce=int)
    starts_at = DateTimeLocalField(_("Begins"), format=LOCAL, validators=[needed()])
    seats = IntegerField(_("Seats"), validators=[Optional()])


class SeatForm(FlaskForm):
    """One seat for one person."""

    code = StringField(_("Code of the person"), validators=[needed(), Length(max=20)])
