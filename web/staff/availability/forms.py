"""The forms of a colleague's week."""

from __future__ import annotations

from datetime import time
from typing import Any

from flask_babel import lazy_gettext as _
from flask_wtf import FlaskForm
from wtforms import (
    BooleanField,
    DateField,
    DateTimeLocalField,
    HiddenField,
    RadioField,
    SelectChoice,
    SelectField,
    StringField,
    TimeField,
)
from wtforms.validators import Length, Optional

from care.availability import DAY, LONGEST_NOTE, Hours
from models.availability import ExceptionKind
from web.staff.forms import needed
from web.staff.services.forms import WEEKDAYS

LOCAL = "%Y-%m-%dT%H:%M"
_WORKDAYS = range(5)


def _minutes(at: time) -> int:
    return at.hour * 60 + at.minute


class PlanForm(FlaskForm):
    """One ordinary week: hours and one break for each weekday that is worked."""

    staff_id = HiddenField()
    station_id = SelectField(_("Where"), coerce=int)
    valid_from = DateField(_("From this day on"), validators=[needed()])
    valid_until = DateField(_("Last day (empty: until further notice)"), validators=[Optional()])
    runs_on_holidays = BooleanField(_("Also on public holidays"))
    runs_on_make_up_days = BooleanField(_("Also on make-up working days"))

    def rows(self) -> list[tuple[Any, Any, Any, Any, Any]]:
        """Return the five fields of each weekday."""
        names = ("works", "from", "until", "break_from", "break_until")
        return [tuple(self[f"{name}_{day}"] for name in names) for day in range(7)]

    def usual(self) -> None:
        """Propose what most colleagues work, so that few fields have to be touched."""
        for day, (works, starts, ends, break_from, break_until) in enumerate(self.rows()):
            works.data = day in _WORKDAYS
            if day in _WORKDAYS:
                starts.data, ends.data = time(9), time(17, 30)
                break_from.data, break_until.data = time(12), time(13, 30)

    def hours(self) -> list[Hours]:
        """Return the stretches of work; midnight as an end is the end of the day."""
        return [
            Hours(day, _minutes(starts.data), _minutes(ends.data) or DAY)
            for day, (works, starts, ends, _one, _two) in enumerate(self.rows())
            if works.data and starts.data is not None and ends.data is not None
        ]

    def breaks(self) -> list[Hours]:
        """Return the pauses."""
        return [
            Hours(day, _minutes(starts.data), _minutes(ends.data))
            for day, (works, _one, _two, starts, ends) in enumerate(self.rows())
            if works.data and starts.data is not None and ends.data is not None
        ]

    def half_filled(self) -> list[Any]:
        """Return the fields of worked days that miss their other half."""
        missing = []
        for works, starts, ends, break_from, break_until in self.rows():
            if not works.data:
                continue
            missing += [one for one in (starts, ends) if one.data is None and not one.errors]
            if (break_from.data is None) is not (break_until.data is None):
                missing.append(break_until if break_until.data is None else break_from)
        return missing


for _day, _name in enumerate(WEEKDAYS):
    setattr(PlanForm, f"works_{_day}", BooleanField(_name))
    setattr(PlanForm, f"from_{_day}", TimeField(_("From"), validators=[Optional()]))
    setattr(PlanForm, f"until_{_day}", TimeField(_("Until"), validators=[Optional()]))
    setattr(PlanForm, f"break_from_{_day}", TimeField(_("Break from"), validators=[Optional()]))
    setattr(PlanForm, f"break_until_{_day}", TimeField(_("Break until"), validators=[Optional()]))


class EndForm(FlaskForm):
    """The last day of a plan."""

    last_day = DateField(_("Last day"), validators=[needed()])


class ExceptionForm(FlaskForm):
    """Time that is closed although the plan is open, or open although it is closed."""

    staff_id = HiddenField()
    kind = RadioField(
        _("What is different"),
        choices=[
            SelectChoice(ExceptionKind.BLOCKED.value, _("I cannot be booked then")),
            SelectChoice(ExceptionKind.EXTRA.value, _("I can be booked then as well")),
        ],
        default=ExceptionKind.BLOCKED.value,
    )
    starts_at = DateTimeLocalField(_("From"), format=LOCAL, validators=[needed()])
    ends_at = DateTimeLocalField(_("Until"), format=LOCAL, validators=[needed()])
    station_id = SelectField(_("Where (for extra time)"), coerce=int)
    note = StringField(_("Note for colleagues (optional)"), validators=[Length(max=LONGEST_NOTE)])
