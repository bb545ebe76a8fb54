"""The staff front: the desk of the people who help. Every view asks for one right of the permission table."""

from __future__ import annotations

from flask import Flask

from web import commands
from web.common import security
from web.staff import (
    account,
    appointments,
    availability,
    blocks,
    bot_misses,
    calendar,
    case_changes,
    case_reviews,
    cases,
    clock_report,
    contact_checks,
    contact_plans,
    conversations,
    desk,
    drills,
    duty,
    duty_patterns,
    duty_swaps,
    follow_ups,
    glass_openings,
    interventions,
    kept_away,
    leave,
    my_day,
    notes,
    notices,
    notices_mine,
    people,
    presence,
    queue,
    risk_checks,
    safety_plans,
    services,
    shifts,
    sign_in,
    together,
    triage,
    voices,
    wallboard,
    worried_reports,
)
from web.staff.blueprint import blueprint

__all__ = [
    "account",
    "appointments",
    "availability",
    "blocks",
    "blueprint",
    "bot_misses",
    "calendar",
    "case_changes",
    "case_reviews",
    "cases",
    "clock_report",
    "contact_checks",
    "contact_plans",
    "conversations",
    "desk",
    "drills",
    "duty",
    "duty_patterns",
    "duty_swaps",
    "follow_ups",
    "glass_openings",
    "install",
    "interventions",
    "kept_away",
    "leave",
    "my_day",
    "notes",
    "notices",
    "notices_mine",
    "people",
    "presence",
    "queue",
    "risk_checks",
    "safety_plans",
    "services",
    "shifts",
    "sign_in",
    "together",
    "triage",
    "voices",
    "wallboard",
    "worried_reports",
]


def install(app: Flask) -> None:
    """Bring up the sign-in of colleagues and the commands of the machine."""
    security.install(app)
    commands.install(app)
