"""What people asked and the bot missed: by kind, without names, and the command that teaches one of the lines."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from flask import render_template
from flask_babel import gettext as _
from flask_babel import lazy_gettext
from flask_wtf import FlaskForm
from wtforms import SelectField, StringField

from care import bot_misses as misses
from care.refusals import Refusal, Refused
from web.common import clock, security
from web.common.access import Access, access
from web.common.database import unit_of_work
from web.common.refusal_words import refusal_words
from web.staff.blueprint import blueprint
from web.staff.forms import add_error

LOOKS_BACK = timedelta(days=14)
# More kinds than this nobody reads in one sitting, and the rare ones come last.
KINDS_SHOWN = 40
WAYS_SHOWN = 3


class LineForm(FlaskForm):
    """A line, and what it wants."""

    line = StringField(lazy_gettext("A line people write"))
    intent = SelectField(lazy_gettext("What it wants"), validate_choice=False)


@blueprint.get("/bot-misses")
@access(Access.TEACH_BOT)
def bot_misses() -> Any:
    """Say what stands here and who may look; nothing is opened yet."""
    return _page(LineForm(formdata=None))


@blueprint.post("/bot-misses")
@access(Access.TEACH_BOT)
def gather_bot_misses() -> Any:
    """Open the lines of the last two weeks by kind; the look is recorded."""
    with unit_of_work() as work:
        found = misses.missed(session=work, since=clock.now() - LOOKS_BACK, now=clock.now(), actor=security.me())
    return _page(LineForm(formdata=None), kinds=found)


@blueprint.post("/bot-misses/command")
@access(Access.TEACH_BOT)
def show_teaching_command() -> Any:
    """Show the command for a line; nothing is stored, and whoever looks after the machine runs it."""
    form, command = LineForm(), ""
    try:
        command = misses.teaching_command(intent=form.intent.data or "", line=form.line.data or "")
    except Refused as refused:
        words = _("Please fill this in.") if refused.refusal is Refusal.EMPTY else str(refusal_words(refused.refusal))
        add_error(form[refused.field or "line"], words)
    return _page(form, command=command), 200 if command else 422


def _page(form: LineForm, kinds: list[misses.Kind] | None = None, command: str = "") -> str:
    form.intent.choices = list(misses.intents())
    shown = None
    if kinds is not None:
        shown = [(len(kind.lines), list(dict.fromkeys(kind.lines))[:WAYS_SHOWN]) for kind in kinds[:KINDS_SHOWN]]
    return render_template("staff/bot_misses.html", form=form, kinds=shown, command=command, days=LOOKS_BACK.days)
