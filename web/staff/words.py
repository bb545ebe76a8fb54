"""How the desk names roles, positions, ages, worries and problems, in the language of the page."""

from __future__ import annotations

from typing import Any

from flask_babel import lazy_gettext as _

from care.staff import SHORTEST_PASSWORD, Problem
from models.beneficiaries import AgeBand, ConsentPurpose, Urgency
from models.crises import FlagSource, LevelName
from models.duty import DutyPosition
from models.screenings import AnswerMode
from models.staff import RoleName
from web.common.card_words import WORRIES as WORRIES

LEVELS: dict[str, Any] = {
    LevelName.EMERGENCY.value: _("Emergency"),
    LevelName.RED.value: _("Red"),
    LevelName.ORANGE.value: _("Orange"),
    LevelName.YELLOW.value: _("Yellow"),
    LevelName.BLUE.value: _("Blue"),
    LevelName.GREEN.value: _("Green"),
}
ROLES: dict[RoleName, Any] = {
    RoleName.COUNSELOR: _("Counselor"),
    RoleName.SOCIAL_WORKER: _("Social worker"),
    RoleName.VOLUNTEER: _("Volunteer"),
    RoleName.DUTY_OFFICER: _("Duty officer"),
    RoleName.SUPERVISOR: _("Supervisor"),
    RoleName.BASE_MANAGER: _("Base manager"),
    RoleName.ADMIN: _("Administrator"),
}
POSITIONS: dict[DutyPosition, Any] = {
    DutyPosition.ON_CALL: _("On call"),
    DutyPosition.STAND_IN: _("Stand-in"),
    DutyPosition.SUPERVISOR: _("Supervisor on duty"),
    DutyPosition.BASE_LEADER: _("Base leader on duty"),
}
AGES: dict[AgeBand, Any] = {
    AgeBand.UNDER_14: _("Under 14"),
    AgeBand.FROM_14_TO_17: _("14 to 17"),
    AgeBand.ADULT: _("18 to 59"),
    AgeBand.OLDER: _("60 or older"),
    AgeBand.UNKNOWN: _("Not said"),
}
URGENCIES: dict[Urgency, Any] = {
    Urgency.NOW: _("Needs someone now"),
    Urgency.TODAY: _("Today"),
    Urgency.WEEK: _("This week"),
    Urgency.TALK: _("Just wants to talk"),
}
CONSENTS: dict[str, Any] = {
    ConsentPurpose.CARE.value: _("Keep what is said, to help"),
    ConsentPurpose.CONTACT.value: _("Contact the person back"),
    ConsentPurpose.SHARE.value: _("Colleagues may read it"),
    ConsentPurpose.FOLLOW_UP.value: _("Ask again later"),
}
SOURCES: dict[FlagSource, Any] = {
    FlagSource.MESSAGE: _("From a message"),
    FlagSource.SCREENING: _("From the questions"),
    FlagSource.BOT: _("Noticed by the bot"),
    FlagSource.STAFF: _("Raised by a colleague"),
    FlagSource.INFORMANT: _("Somebody is worried about them"),
    FlagSource.REQUEST: _("Asked for by the person"),
}
MODES: dict[AnswerMode, Any] = {
    AnswerMode.TAP: _("tapped"),
    AnswerMode.WORDS: _("in words"),
    AnswerMode.ASSISTED: _("with help"),
}
PROBLEMS: dict[Problem, Any] = {
    Problem.USERNAME_TAKEN: _("A colleague already signs in with this name."),
    Problem.USERNAME_SHAPE: _("Use 3 to 64 small letters, digits, dots or dashes."),
    Problem.NAME_MISSING: _("Please write a name of at most 40 signs."),
    Problem.NO_ROLE: _("Please choose at least one role."),
    Problem.TOO_SHORT: _(
        "Please use at least %(count)s signs. A short sentence is easy to remember.", count=SHORTEST_PASSWORD
    ),
    Problem.TOO_EASY: _("This password is among the first that anyone would guess. Please choose another."),
    Problem.LIKE_USERNAME: _("The password must not contain the name you sign in with."),
    Problem.WRONG_PASSWORD: _("This is not your present password."),
    Problem.NOT_YOURSELF: _("You cannot deactivate your own account."),
    Problem.ONLY_ADMINS: _("Only an administrator can make or change an administrator."),
    Problem.UNKNOWN: _("We could not find this colleague."),
    Problem.WRONG_VALUE: _("This cannot be used here."),
    Problem.NOT_TRAINED: _(
        "A new role asks for a training, licence or check that is missing. See the list on this page."
    ),
    Problem.THINGS_AHEAD: _("This colleague still has something ahead. Please look at the list first."),
}


def role_words(names: list[str]) -> list[str]:
    """Return the roles in the order of the base, in words."""
    return [str(words) for role, words in ROLES.items() if role.value in names]
