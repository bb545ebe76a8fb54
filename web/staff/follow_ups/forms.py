"""The forms of a follow-up: reached, not reached, at another time, left out."""

from __future__ import annotations

from typing import Any

from flask_babel import lazy_gettext as _
from flask_wtf import FlaskForm
from wtforms import BooleanField, DateTimeLocalField, HiddenField, RadioField, SelectChoice, SelectField, TextAreaField
from wtforms.validators import InputRequired, Length

from care.follow_ups import GIVEN_REASONS, LONGEST_WORDS
from models.staff import StaffMember
from web.staff.follow_ups.words import REASONS, WAYS, WORRIES
from web.staff.forms import needed


def _choices(words: dict[Any, Any], keys: Any = None) -> list[SelectChoice]:
    return [SelectChoice(one.value, words[one]) for one in (keys or words)]


def _key() -> HiddenField:
    return HiddenField(validators=[InputRequired(), Length(min=16, max=32)])


def _words(label: Any) -> TextAreaField:
    return TextAreaField(label, validators=[Length(max=LONGEST_WORDS)])


class ReachedForm(FlaskForm):
    """How they are, and how worried the colleague is."""

    way = RadioField(_("How did you speak?"), choices=_choices(WAYS), validators=[needed()])
    words = _words(_("How are they?"))
    worry = RadioField(_("How worried are you now?"), choices=_choices(WORRIES), validators=[needed()])
    declines = BooleanField(_("They asked not to be called any more"))
    key = _key()


class NotReachedForm(FlaskForm):
    """A try that reached nobody."""

    way = RadioField(_("How did you try?"), choices=_choices(WAYS), validators=[needed()])
    words = _words(_("Anything worth knowing (optional)"))
    worried = BooleanField(_("The silence worries me: open a case at Orange"))
    key = _key()


class MoveForm(FlaskForm):
    """Another time, or another colleague."""

    starts_at = DateTimeLocalField(_("When"), format="%Y-%m-%dT%H:%M", validators=[needed()])
    owner_id = SelectField(_("Who keeps it"), coerce=int, validators=[needed()])
    reason = _words(_("Why"))
    key = _key()

    def offer(self, members: list[StaffMember]) -> None:
        """Offer the colleagues who may keep it."""
        self.owner_id.choices = [SelectChoice(one.id, one.display_name) for one in members]


class WaiveForm(FlaskForm):
    """Left out, for a reason."""

    why = RadioField(_("Why is it left out?"), choices=_choices(REASONS, GIVEN_REASONS), validators=[needed()])
    words = _words(_("In your words"))
    all_later = BooleanField(_("Leave out all later contacts as well"))
    key = _key()
