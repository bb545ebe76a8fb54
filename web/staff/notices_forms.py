"""What may be typed about one's own addresses."""

from __future__ import annotations

from flask_babel import lazy_gettext as _
from flask_wtf import FlaskForm
from wtforms import RadioField, SelectChoice, StringField
from wtforms.validators import Length

from models.contacts import Channel
from web.staff.duty_words import CHANNELS
from web.staff.forms import needed


class AddressForm(FlaskForm):
    """A new address."""

    channel = RadioField(
        _("Reached by"),
        choices=[SelectChoice(one.value, words) for one, words in CHANNELS.items()],
        default=Channel.EMAIL.value,
        validators=[needed()],
    )
    address = StringField(_("Address or number"), validators=[needed(), Length(max=254)])


class CodeForm(FlaskForm):
    """The six digits that were sent to an address."""

    code = StringField(_("Code"), validators=[needed(), Length(max=20)])
