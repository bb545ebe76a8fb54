"""The forms of the review: what was wrong, and the sentence that may leave."""

from __future__ import annotations

from flask_babel import lazy_gettext as _
from flask_wtf import FlaskForm
from wtforms import BooleanField, HiddenField, RadioField, SelectChoice, SelectField, TextAreaField
from wtforms.validators import Length

from care.triage_reviews import LONGEST_NOTE, LONGEST_SENTENCE
from models.crises import LevelName
from models.triage_records import ReviewVerdict
from web.staff import words
from web.staff.forms import needed
from web.staff.triage.words import VERDICTS

_TOO_LONG = _("Please write at most %(max)d signs.")


class MarkForm(FlaskForm):
    """What was wrong about a decision, and what would have been right."""

    message = HiddenField()
    verdict = RadioField(
        _("What was wrong"),
        choices=[SelectChoice(one.value, VERDICTS[one]) for one in ReviewVerdict],
        validators=[needed()],
    )
    level = SelectField(
        _("The right level"),
        choices=[SelectChoice(one.value, words.LEVELS[one.value]) for one in LevelName],
        validators=[needed()],
    )
    note = TextAreaField(_("Note for colleagues"), validators=[Length(max=LONGEST_NOTE, message=_TOO_LONG)])


class ClearForm(FlaskForm):
    """The sentence without anything that tells who wrote it."""

    sentence = TextAreaField(_("The sentence"), validators=[Length(max=LONGEST_SENTENCE, message=_TOO_LONG)])
    nothing_tells = BooleanField(_("I have read it: nothing here tells who it is"))
    although_found = BooleanField(_("I have looked at these places; they tell nothing"))
