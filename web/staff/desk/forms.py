"""The forms of the live desk."""

from __future__ import annotations

from typing import Any

from flask_babel import gettext
from flask_babel import lazy_gettext as _
from flask_wtf import FlaskForm
from wtforms import HiddenField, IntegerField, SelectChoice, SelectField, StringField, TextAreaField
from wtforms.validators import Length, NumberRange

from care.canned_replies import LONGEST_TEXT, LONGEST_TITLE
from care.chat_caps import MOST
from care.desk_handovers import LONGEST_NOTE as LONGEST_HANDOVER
from care.desk_notes import LONGEST_NOTE
from care.transfers import LONGEST_REASON
from models.staff import StaffMember
from models.transfers import DeskTeam
from web.staff.desk.words import TEAMS
from web.staff.forms import needed

_TOO_LONG = _("Please write at most %(max)d signs.")


class TransferForm(FlaskForm):
    """To whom, and why; the choice is "staff:<number>" or "team:<name>"."""

    to = SelectField(_("To whom"), validators=[needed()])
    reason = TextAreaField(_("Why you pass it on"), validators=[Length(max=LONGEST_REASON, message=_TOO_LONG)])

    def __init__(self, *args: Any, receivers: list[tuple[StaffMember, bool]], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        people = [
            SelectChoice(
                f"staff:{one.id}",
                gettext("%(name)s (at the desk)", name=one.display_name) if here else one.display_name,
            )
            for one, here in receivers
        ]
        teams = [SelectChoice(f"team:{team.value}", words) for team, words in TEAMS.items()]
        self.to.choices = [SelectChoice("", gettext("Please choose")), *teams, *people]

    def receiver(self) -> dict[str, Any]:
        """Return the choice as the verb takes it; an unknown one as nobody, which the verb refuses."""
        kind, _colon, value = (self.to.data or "").partition(":")
        if kind == "staff" and value.isdecimal() and len(value) < 10:
            return {"receiver_id": int(value)}
        if kind == "team" and value in set(DeskTeam):
            return {"team": DeskTeam(value)}
        return {}


class BesideForm(FlaskForm):
    """A note or a whisper; its key makes a second delivery harmless."""

    text = TextAreaField(_("Note"), validators=[Length(max=LONGEST_NOTE, message=_TOO_LONG)])
    key = HiddenField(validators=[needed(), Length(min=8, max=64)])


class ReplyWordsForm(FlaskForm):
    """A shared reply in both languages."""

    version = HiddenField()
    title_zh = StringField(_("Name in Chinese"), validators=[needed(), Length(max=LONGEST_TITLE, message=_TOO_LONG)])
    text_zh = TextAreaField(_("Reply in Chinese"), validators=[needed(), Length(max=LONGEST_TEXT, message=_TOO_LONG)])
    title_en = StringField(_("Name in English"), validators=[needed(), Length(max=LONGEST_TITLE, message=_TOO_LONG)])
    text_en = TextAreaField(_("Reply in English"), validators=[needed(), Length(max=LONGEST_TEXT, message=_TOO_LONG)])


class CapForm(FlaskForm):
    """How many chats one colleague carries at once."""

    staff_id = HiddenField(validators=[needed()])
    at_most = IntegerField(_("At most"), validators=[needed(), NumberRange(min=1, max=MOST)])


class HandoverForm(FlaskForm):
    """What the next colleague should know."""

    note = TextAreaField(
        _("What the next colleague should know"), validators=[Length(max=LONGEST_HANDOVER, message=_TOO_LONG)]
    )
    key = HiddenField(validators=[needed(), Length(min=8, max=64)])
