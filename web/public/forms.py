"""The one form of the public front: the code to come back with."""

from __future__ import annotations

from flask_babel import lazy_gettext as _
from flask_wtf import FlaskForm
from wtforms import StringField
from wtforms.validators import InputRequired, Length


class ReturnCodeForm(FlaskForm):
    """Takes the code as people write it: small letters, spaces and dashes do not matter."""

    code = StringField(
        _("Your return code"),
        validators=[InputRequired(_("Please type your code first.")), Length(max=80, message=_("This is too long."))],
    )
