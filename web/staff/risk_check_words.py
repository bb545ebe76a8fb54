"""The seven questions of the risk check and their answers, in the language of the page.

Asking plainly does not put the idea into anybody's head, so the questions are plain (docs/clinical-safety.md).
"""

from __future__ import annotations

from enum import StrEnum
from typing import Any

from flask_babel import lazy_gettext as _

from models.crises import UncheckedReason
from models.risk_checks import Attempts, Company, Means, Plan, Protects, Thoughts, TimeFrame

# What each question is about, a sentence in which it can be asked, and its answers.
TOPICS: dict[str, Any] = {
    "thoughts": _("Thoughts"),
    "plan": _("Plan"),
    "means": _("Means"),
    "time_frame": _("Time frame"),
    "attempts": _("Earlier attempts"),
    "company": _("Who is with them now"),
    "protects": _("What protects"),
}
ASK: dict[str, Any] = {
    "thoughts": _("“Do you think of ending your life? Also now, while we talk?”"),
    "plan": _("“Have you thought about how you would do it?”"),
    "means": _("“Is what you would need for it within your reach?”"),
    "time_frame": _("“Have you thought about when? Today, in the next days?”"),
    "attempts": _("“Have you ever tried to end your life? When was the last time?”"),
    "company": _("“Who is with you at this moment? Do they know how you feel?”"),
    "protects": _("“What has kept you going until today? Who or what matters to you?”"),
}
ANSWERS: dict[str, dict[StrEnum, Any]] = {
    "thoughts": {
        Thoughts.NONE: _("No thoughts of it"),
        Thoughts.WISH: _("Wishes not to wake up or not to be here"),
        Thoughts.THOUGHTS: _("Thinks of ending their life, not at this moment"),
        Thoughts.NOW: _("Thinks of it right now"),
        Thoughts.NOT_SAID: _("Did not answer (please write what was said)"),
    },
    "plan": {
        Plan.NONE: _("No plan"),
        Plan.IDEA: _("An idea how, nothing more"),
        Plan.PLAN: _("A plan: how, where or when"),
        Plan.PREPARED: _("Has prepared something, or said goodbye"),
        Plan.NOT_SAID: _("Did not answer"),
    },
    "means": {
        Means.NONE: _("Nothing at hand"),
        Means.SECURED: _("Put away together, or somebody else keeps it"),
        Means.REACHABLE: _("Could be had"),
        Means.AT_HAND: _("Within reach now"),
        Means.NOT_SAID: _("Did not answer"),
    },
    "time_frame": {
        TimeFrame.NONE: _("Does not think of acting"),
        TimeFrame.LATER: _("No time in mind"),
        TimeFrame.WEEK: _("Within a week"),
        TimeFrame.THREE_DAYS: _("Within three days"),
        TimeFrame.NOW: _("Now or today"),
        TimeFrame.NOT_SAID: _("Did not answer"),
    },
    "attempts": {
        Attempts.NEVER: _("Never"),
        Attempts.EARLIER: _("More than three months ago"),
        Attempts.RECENT: _("Within the last three months"),
        Attempts.JUST_NOW: _("Just now, or going on"),
        Attempts.NOT_SAID: _("Did not answer"),
    },
    "company": {
        Company.TRUSTED: _("Somebody who knows, and who stays"),
        Company.OTHERS: _("Others are near, they do not know"),
        Company.ALONE: _("Alone"),
        Company.NOT_SAID: _("Did not answer"),
    },
    "protects": {
        Protects.SEVERAL: _("Several things or people"),
        Protects.LITTLE: _("Little"),
        Protects.NOTHING: _("Nothing that they could name"),
        Protects.NOT_SAID: _("Did not answer"),
    },
}
UNCHECKED: dict[UncheckedReason, Any] = {
    UncheckedReason.NOT_REACHED: _("The person could not be reached"),
    UncheckedReason.WRONG_PERSON: _("It was another person, or a wrong number"),
    UncheckedReason.DECLINED: _("The person did not want to be asked"),
    UncheckedReason.OTHERS_TOOK_OVER: _("Hospital, police or another service has taken over"),
    UncheckedReason.FALSE_ALARM: _("Read again: the words were not about danger"),
    UncheckedReason.EXERCISE: _("This was an exercise"),
    UncheckedReason.OTHER: _("Another reason (please write it)"),
    UncheckedReason.BEFORE_THE_RULE: _(
        "Closed before this rule existed; the check was done on paper and noted in the closing reason."
    ),
}
