"""What the page of a case shows of colleagues whom the alarm passes by, and the two forms about them."""

from __future__ import annotations

from typing import Any

from flask_babel import lazy_gettext as _
from flask_wtf import FlaskForm
from wtforms import SelectChoice, SelectField, TextAreaField
from wtforms.validators import Length

from care import kept_away
from models.crises import CrisisCase
from models.kept_away import KeptWhy
from web.common import security
from web.common.database import reading

WHY: dict[KeptWhy, Any] = {
    KeptWhy.REPORT: _("A report names them, or a name that is like theirs"),
    KeptWhy.VOICE: _("A complaint names them, or a name that is like theirs"),
    KeptWhy.LEAD: _("Kept away by hand"),
}


class KeepAwayForm(FlaskForm):
    """Which colleague, and why."""

    staff_id = SelectField(_("Colleague"), coerce=int, validate_choice=False)
    words = TextAreaField(_("What was said, in a few words"), validators=[Length(max=kept_away.LONGEST_WORDS)])


class LetBackForm(FlaskForm):
    """Why the words do not mean this colleague."""

    words = TextAreaField(
        _("How do you know that they are not meant?"), validators=[Length(max=kept_away.LONGEST_WORDS)]
    )


def section(case: CrisisCase, sent: FlaskForm | None = None, staff_id: int | None = None) -> dict[str, Any]:
    """Return what the card on the page of the case draws; a form that was refused comes back as it was sent."""
    keeping = sent if isinstance(sent, KeepAwayForm) else KeepAwayForm(formdata=None)
    keeping.staff_id.choices = [
        SelectChoice(str(one.id), one.display_name)
        for one in kept_away.candidates(session=reading(), case_id=case.id, actor=security.me())
    ]
    letting = sent if isinstance(sent, LetBackForm) else None
    return {
        "kept": kept_away.rows_of(session=reading(), case_id=case.id),
        "kept_why": WHY,
        "keeping": keeping,
        "letting": letting,
        "letting_whom": staff_id,
        "let_back_form": LetBackForm(formdata=None),
    }
