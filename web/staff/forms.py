"""The forms of the desk: what may be typed, and the words beside a field that cannot be used."""

from __future__ import annotations

from typing import Any

from flask_babel import lazy_gettext as _
from flask_wtf import FlaskForm
from wtforms import (
    DateTimeLocalField,
    HiddenField,
    PasswordField,
    RadioField,
    SelectChoice,
    SelectField,
    SelectMultipleField,
    StringField,
    TextAreaField,
)
from wtforms.validators import InputRequired, Length
from wtforms.widgets import CheckboxInput, ListWidget

from care.staff import LONGEST_NAME, LONGEST_PASSWORD
from config import LANGUAGES
from models.crises import LevelName
from models.duty import DutyPosition
from web.staff import reasons, words

_NEEDED = _("Please fill this in.")
_LANGUAGE_NAMES = {"zh-CN": "中文", "en": "English"}
LONGEST_REASON = 2_000
LONGEST_REPLY = 4_000


def needed() -> InputRequired:
    """Return the rule for a field that cannot stay empty."""
    return InputRequired(message=_NEEDED)


def add_error(field: Any, words_: Any) -> None:
    """Put words beside a field that a verb has refused."""
    field.errors = [*field.errors, words_]


class SignInForm(FlaskForm):
    """Name and password."""

    username = StringField(_("Name you sign in with"), validators=[needed(), Length(max=64)])
    password = PasswordField(_("Password"), validators=[needed(), Length(max=LONGEST_PASSWORD)])
    next = HiddenField(validators=[Length(max=500)])


class SeenForm(FlaskForm):
    """Which flag of the case was the newest when the page was drawn."""

    seen_flag_id = HiddenField()

    def seen(self) -> int:
        """Return the number; what is missing or no number means that nothing has been seen."""
        typed = self.seen_flag_id.data or ""
        return int(typed) if typed.isascii() and typed.isdecimal() and len(typed) < 19 else 0

    def shows(self, flag_id: int) -> None:
        """Let the page that is drawn next know this flag."""
        self.seen_flag_id.data = str(flag_id)


class ReasonForm(SeenForm):
    """Why a case is closed."""

    reason = TextAreaField(_("Reason"), validators=[Length(max=LONGEST_REASON)])


class RaiseForm(FlaskForm):
    """A higher level, with a reason from a fixed list."""

    level = SelectField(_("New level"), validators=[needed()])
    why = RadioField(_("Why"), validators=[needed()])

    def __init__(self, *args: Any, above: int = 0, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        # The enum runs from the most urgent level downward; only those above the present one are offered.
        highest = [name.value for name in list(LevelName)[: len(LevelName) - 1 - above]]
        self.level.choices = [SelectChoice(name, words.LEVELS[name]) for name in highest]
        self.why.choices = [SelectChoice(*one) for one in reasons.STAFF_REASONS.items()]


class LowerForm(SeenForm):
    """A lower level and why; only levels below the present one are offered, and never none."""

    level = SelectField(_("Lower level"), validate_choice=False)
    reason = TextAreaField(_("Why it can be lower"))

    def __init__(self, *args: Any, below: int = 0, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        # Green is no level of a case: whoever needs nobody any more has a case that is closed.
        lower = list(LevelName)[len(LevelName) - below : -1]
        self.level.choices = [SelectChoice(name.value, words.LEVELS[name.value]) for name in lower]


class ReplyForm(FlaskForm):
    """One message to the person; its key makes a second delivery harmless."""

    text = TextAreaField(_("Your message"), validators=[Length(max=LONGEST_REPLY)])
    client_key = HiddenField(validators=[needed(), Length(min=8, max=64)])


class TurnForm(FlaskForm):
    """Who is where from when until when, in the base's own time."""

    staff_id = SelectField(_("Colleague"), coerce=int, validators=[needed()])
    position = SelectField(
        _("Position"),
        choices=[SelectChoice(one.value, words.POSITIONS[one]) for one in DutyPosition],
        validators=[needed()],
    )
    starts_at = DateTimeLocalField(_("From"), format="%Y-%m-%dT%H:%M", validators=[needed()])
    ends_at = DateTimeLocalField(_("Until"), format="%Y-%m-%dT%H:%M", validators=[needed()])


class LanguageForm(FlaskForm):
    """The language of the desk."""

    language = RadioField(
        _("Language of the desk"),
        choices=[SelectChoice(name, _LANGUAGE_NAMES[name]) for name in LANGUAGES],
        validators=[needed()],
    )


class PasswordForm(FlaskForm):
    """The present password and the new one, twice."""

    present = PasswordField(_("Present password"), validators=[needed(), Length(max=LONGEST_PASSWORD)])
    new = PasswordField(_("New password"), validators=[needed(), Length(max=LONGEST_PASSWORD)])
    again = PasswordField(_("New password once more"), validators=[needed(), Length(max=LONGEST_PASSWORD)])


class _TickList(SelectMultipleField):
    widget = ListWidget(prefix_label=False)
    option_widget = CheckboxInput()


class PersonForm(FlaskForm):
    """A new colleague."""

    username = StringField(_("Name to sign in with"), validators=[needed(), Length(max=64)])
    display_name = StringField(
        _("Name that colleagues and people in the chat see"), validators=[needed(), Length(max=LONGEST_NAME)]
    )
    roles = _TickList(_("Roles"), choices=[SelectChoice(role.value, name) for role, name in words.ROLES.items()])
    language = RadioField(
        _("Language of the desk"),
        choices=[SelectChoice(name, _LANGUAGE_NAMES[name]) for name in LANGUAGES],
        default="zh-CN",
    )
