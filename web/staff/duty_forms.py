"""What may be typed about the ordinary week, a week to fill, and a turn that changes hands."""

from __future__ import annotations

from flask_babel import lazy_gettext as _
from flask_wtf import FlaskForm
from wtforms import DateField, RadioField, SelectChoice, SelectField, SelectMultipleField, TimeField
from wtforms.validators import Optional
from wtforms.widgets import CheckboxInput, ListWidget

from models.duty import DutyPosition
from web.staff import words
from web.staff.duty_words import WEEKDAYS
from web.staff.forms import needed

PATTERN, WEEK = "pattern", "week"


class _TickList(SelectMultipleField):
    widget = ListWidget(prefix_label=False)
    option_widget = CheckboxInput()


class SlotForm(FlaskForm):
    """One line of the ordinary week, on several days at once."""

    staff_id = SelectField(_("Colleague"), coerce=int, validators=[needed()])
    position = SelectField(
        _("Position"),
        choices=[SelectChoice(one.value, words.POSITIONS[one]) for one in DutyPosition],
        validators=[needed()],
    )
    weekdays = _TickList(
        _("On these days"), coerce=int, choices=[SelectChoice(number, name) for number, name in enumerate(WEEKDAYS)]
    )
    starts = TimeField(_("From"), validators=[needed()])
    ends = TimeField(_("Until"), validators=[needed()])


class FillForm(FlaskForm):
    """Which week is filled, and from what. A look changes nothing, so the question travels in the address."""

    class Meta:
        csrf = False

    week = DateField(_("Week to fill (any day of it)"), validators=[needed()])
    source = RadioField(
        _("Take the turns from"),
        choices=[SelectChoice(PATTERN, _("the ordinary week")), SelectChoice(WEEK, _("another week of the roster"))],
        default=PATTERN,
        validators=[needed()],
    )
    copied = DateField(_("The other week (any day of it)"), validators=[Optional()])


def _number(value: object) -> int:
    """Read a choice; the empty one is nobody's number."""
    return int(str(value)) if value else 0


class OfferForm(FlaskForm):
    """To whom a turn is offered."""

    to_staff_id = SelectField(_("Offer to"), coerce=_number, validators=[needed()])
