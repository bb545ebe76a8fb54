"""The forms of session notes."""

from __future__ import annotations

from typing import Any

from flask_babel import lazy_gettext as _
from flask_wtf import FlaskForm
from wtforms import DateTimeLocalField, HiddenField, IntegerField, RadioField, SelectChoice, SelectField, TextAreaField
from wtforms.validators import InputRequired, Length, Optional
from wtforms.widgets import HiddenInput

from care.notes import LONGEST_WORDS
from models.notes import Contact, RiskLook

CONTACTS: dict[Contact, Any] = {
    Contact.APPOINTMENT: _("Appointment"),
    Contact.GROUP: _("Group session"),
    Contact.CHAT: _("Chat"),
    Contact.PHONE: _("Telephone call"),
    Contact.VISIT: _("Visit"),
    Contact.OTHER: _("Other contact"),
}
RISKS: dict[RiskLook, Any] = {
    RiskLook.NOTHING_HEARD: _("Asked about it, nothing heard"),
    RiskLook.THOUGHTS: _("Thoughts of harm, no plan heard"),
    RiskLook.PLAN: _("A plan, means, or an attempt"),
    RiskLook.NOT_ASKED: _("Not asked this time"),
}
# What can be written down freely; appointments and groups bring their own occasion.
FREE_CONTACTS = (Contact.PHONE, Contact.CHAT, Contact.VISIT, Contact.OTHER)


class _HiddenNumber(IntegerField):
    widget = HiddenInput()


class NoteForm(FlaskForm):
    """The note. What must not stay empty is said by the verb that signs, because a draft may be half empty."""

    presenting = TextAreaField(_("What the person brought"), validators=[Length(max=LONGEST_WORDS)])
    done = TextAreaField(_("What we did"), validators=[Length(max=LONGEST_WORDS)])
    risk = RadioField(
        _("Danger looked at"),
        choices=[SelectChoice(one.value, name) for one, name in RISKS.items()],
        validators=[Optional()],
    )
    risk_words = TextAreaField(_("About the danger, or why it was not asked"), validators=[Length(max=LONGEST_WORDS)])
    next_step = TextAreaField(_("Agreed next step"), validators=[Length(max=LONGEST_WORDS)])
    reason = TextAreaField(_("Why this is amended"), validators=[Length(max=LONGEST_WORDS)])
    key = HiddenField(validators=[Length(max=32)])
    version = _HiddenNumber(validators=[InputRequired()])

    def words(self) -> dict[str, Any]:
        """Return what was typed, as the verbs take it."""
        return {
            "presenting": self.presenting.data,
            "done": self.done.data,
            "risk": self.risk.data or None,
            "risk_words": self.risk_words.data,
            "next_step": self.next_step.data,
            "reason": self.reason.data,
        }


class ContactForm(FlaskForm):
    """A contact outside the calendar that is to be noted."""

    contact = SelectField(
        _("Kind of contact"), choices=[SelectChoice(one.value, CONTACTS[one]) for one in FREE_CONTACTS]
    )
    held_at = DateTimeLocalField(
        _("When"), format="%Y-%m-%dT%H:%M", validators=[InputRequired(_("Please fill this in."))]
    )


class RemarkForm(FlaskForm):
    """What a supervisor adds when signing."""

    remark = TextAreaField(_("Remark for the colleague (optional)"), validators=[Length(max=LONGEST_WORDS)])
