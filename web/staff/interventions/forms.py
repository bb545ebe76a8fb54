"""The forms of steps and duties on a case."""

from __future__ import annotations

from typing import Any

from flask_babel import lazy_gettext as _
from flask_wtf import FlaskForm
from wtforms import BooleanField, HiddenField, IntegerField, RadioField, SelectChoice, TextAreaField
from wtforms.validators import InputRequired, Length, Optional

from care.interventions import LONGEST_WORDS, Step
from models.interventions import Basis, ReportedTo, StepEnd, StepKind
from web.staff.forms import needed
from web.staff.interventions import words


def _text(label: Any) -> TextAreaField:
    return TextAreaField(label, validators=[Length(max=LONGEST_WORDS)])


def _choices(named: dict[Any, Any], keys: Any = None) -> list[SelectChoice]:
    return [SelectChoice(one.value, named[one]) for one in (keys or named)]


class StepForm(FlaskForm):
    """One step: what, with whose yes, and why."""

    kind = RadioField(_("Which step?"), choices=_choices(words.KINDS), validators=[needed()])
    basis = RadioField(_("What allows it?"), choices=_choices(words.BASES), validators=[needed()])
    reason = _text(_("Why this step"))
    words = _text(_("What was said and agreed (optional)"))
    minutes = IntegerField(_("They should be there in … minutes (optional)"), validators=[Optional()])
    ask_first = BooleanField(_("There is time: a supervisor reads this before anybody is sent"))
    key = HiddenField(validators=[InputRequired(), Length(min=16, max=32)])

    def step(self) -> Step:
        """Return what was filled in, as the verb takes it."""
        return Step(
            kind=StepKind(self.kind.data),
            basis=Basis(self.basis.data),
            words=self.words.data or "",
            reason=self.reason.data or "",
            minutes=self.minutes.data,
            ask_first=bool(self.ask_first.data),
        )


class BeginForm(FlaskForm):
    """Send now; without the second reader's yes it needs a reason."""

    reason = _text(_("Why it cannot wait"))
    minutes = IntegerField(_("They should be there in … minutes (optional)"), validators=[Optional()])


class EndForm(FlaskForm):
    """How it ended."""

    ending = RadioField(
        _("How did it end?"),
        choices=_choices(words.ENDINGS, [one for one in StepEnd if one is not StepEnd.NOT_AGREED]),
        validators=[needed()],
    )
    ending_words = _text(_("In your words"))


class WaitForm(FlaskForm):
    """Not there yet."""

    minutes = IntegerField(_("Ask again in … minutes"), validators=[needed()])


class ReadForm(FlaskForm):
    """The word of the second reader."""

    verdict = RadioField(_("Your word as second reader"), choices=_choices(words.VERDICTS), validators=[needed()])
    reader_words = _text(_("In your words"))


class DutyForm(FlaskForm):
    """Seen to, or not, with a reason."""

    reported_to = RadioField(_("Reported to"), choices=_choices(words.REPORTED_TO), validators=[Optional()])
    words = _text(_("Who was told, what was said, number of the report; or why it is not done"))

    def told(self) -> ReportedTo | None:
        """Return whom the report went to."""
        return ReportedTo(self.reported_to.data) if self.reported_to.data else None
