"""The forms of the risk check and of closing a case."""

from __future__ import annotations

from typing import Any

from flask_babel import lazy_gettext as _
from flask_wtf import FlaskForm
from wtforms import HiddenField, IntegerField, RadioField, SelectChoice, TextAreaField
from wtforms.validators import InputRequired, Length, Optional
from wtforms.widgets import HiddenInput

from care.crises import Unchecked
from care.risk_checks import FIELDS, LONGEST_WORDS, QUESTIONS
from models.crises import UncheckedReason
from web.staff import words
from web.staff.forms import ReasonForm
from web.staff.risk_check_words import ANSWERS, TOPICS, UNCHECKED


class _HiddenNumber(IntegerField):
    widget = HiddenInput()


def _answer(name: str) -> RadioField:
    choices = [SelectChoice(one.value, label) for one, label in ANSWERS[name].items()]
    return RadioField(TOPICS[name], choices=choices, validators=[Optional()])


def _words(label: Any) -> TextAreaField:
    return TextAreaField(label, validators=[Length(max=LONGEST_WORDS)])


class RiskCheckForm(FlaskForm):
    """The seven questions. What must not stay empty is said by the verb that signs: a draft may be half empty."""

    thoughts = _answer("thoughts")
    thoughts_words = _words(_("About the thoughts, in their words"))
    plan = _answer("plan")
    plan_words = _words(_("About the plan"))
    means = _answer("means")
    means_words = _words(_("About the means"))
    time_frame = _answer("time_frame")
    time_frame_words = _words(_("About the time"))
    attempts = _answer("attempts")
    attempts_words = _words(_("About earlier attempts"))
    company = _answer("company")
    company_words = _words(_("Who it is, and how they can be reached"))
    protects = _answer("protects")
    protects_words = _words(_("What or who it is"))
    judgement = RadioField(
        _("Your own judgement"),
        choices=[SelectChoice(name, label) for name, label in words.LEVELS.items()],
        validators=[Optional()],
    )
    judgement_words = _words(_("Why you judge so"))
    key = HiddenField(validators=[InputRequired(), Length(min=16, max=32)])
    version = _HiddenNumber(default=0, validators=[InputRequired()])

    def fields(self) -> dict[str, str]:
        """Return what was filled in, as the verbs take it."""
        return {name: self[name].data or "" for name in FIELDS}

    def questions(self) -> list[tuple[Any, Any, str]]:
        """Return each question with its field of words, in the order in which they are asked."""
        return [(self[name], self[f"{name}_words"], name) for name in QUESTIONS]


class ClosingForm(ReasonForm):
    """Why a case is closed and, where nobody could ask, why not."""

    unchecked = RadioField(
        _("No risk check, because"),
        choices=[
            SelectChoice(one.value, label)
            for one, label in UNCHECKED.items()
            if one not in (UncheckedReason.BEFORE_THE_RULE, UncheckedReason.EXERCISE)
        ],
        validators=[Optional()],
    )
    unchecked_words = _words(_("About this (optional)"))

    def offer_exercise(self) -> None:
        """Offer the one reason that fits only a case that was made up for practice."""
        exercise = UncheckedReason.EXERCISE
        self.unchecked.choices = [*self.unchecked.choices, SelectChoice(exercise.value, UNCHECKED[exercise])]

    def excuse(self) -> Unchecked | None:
        """Return the signed reason, if one was chosen."""
        if not self.unchecked.data:
            return None
        return Unchecked(UncheckedReason(self.unchecked.data), self.unchecked_words.data or "")
