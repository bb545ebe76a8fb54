"""The sentences that the scripts of the chat say, translated here so that one catalogue holds them all."""

from __future__ import annotations

from datetime import datetime

from flask_babel import gettext as _

from web.common import clock, languages


def opening_line(staffed: bool, next_at: datetime | None) -> str:
    """Return the roster's answer in one short line; main.js says the same when it changes."""
    if staffed:
        return _("Someone is on duty now.")
    if next_at is None:
        return _("Nobody is on duty now.")
    return _("No one on duty until {when}").replace("{when}", languages.local_time(next_at, "short"))


def chat_words() -> dict[str, str]:
    """Return every sentence the chat's scripts need, in the language of the page."""
    return {
        "language": languages.language(),
        "timezone": clock.timezone(),
        "you": _("You"),
        "programme": _("Programme"),
        "nuanyang": _("Nuanyang"),
        "colleague": _("Colleague"),
        "with_programme": _("A programme is answering"),
        "with_person": _("You are talking with {name}"),
        "a_person": _("A person, not a programme."),
        "on_duty": _("Someone is on duty now."),
        "no_duty": _("Nobody is on duty now."),
        "next_duty": _("No one on duty until {when}"),
        "waiting": _("Your wish for a person has been passed on."),
        "ended": _("This conversation has ended."),
        "programme_away": _(
            "The programme cannot answer at the moment. Your words are kept, and you can ask for a person."
        ),
        "sending": _("Sending"),
        "waiting_network": _("Waiting for the network. Your words are kept."),
        "waiting_turn": _("Kept here; will be sent in a moment."),
        "sent": _("Sent"),
        "not_sent": _("Not sent"),
        "offline": _("There is no connection just now. Keep writing; everything is sent when it is back."),
        "polling": _("The connection is weak, so answers may take a few seconds longer."),
        "programme_writes": _("The programme is writing"),
        "person_writes": _("{name} is writing"),
        "show_all": _("Show all of it"),
        "show_less": _("Show less"),
        "too_long": _("This is {over} characters too long to go in one message. Please send it in two or three parts."),
        "no_conversation": _(
            "This window is not connected to a conversation any more. Your words are still here. Please come back with your code, or start a new conversation."
        ),
        "come_back": _("Come back with a code"),
        "crisis": _("Important:"),
        "breathe_in": _("In"),
        "breathe_out": _("Out"),
        "breath_of": _("Breath {n} of {all}"),
        "breath_done": _("Well done. Stay for a moment as you are."),
        "begin": _("Begin"),
        "again": _("Once more"),
        "stop": _("Stop"),
        "next": _("Next"),
        "finish": _("Finish"),
        "step_of": _("Step {n} of {all}"),
    }
