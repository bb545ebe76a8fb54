"""The staff front: the desk of the people who help. Every view asks for one right of the permission table."""

from __future__ import annotations

from flask import Flask

from web import commands
from web.common import security
from web.staff import (
    account,
    appointments,
    availability,
    calendar,
    cases,
    conversations,
    desk,
    duty,
    duty_patterns,
    duty_swaps,
    follow_ups,
    interventions,
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
    triage,
    voices,
    worried_reports,
)
from web.staff.blueprint import blueprint

__all__ = [
    "account",
    "appointments",
    "availability",
    "blueprint",
    "calendar",
    "cases",
    "conversations",
    "desk",
    "duty",
    "duty_patterns",
    "duty_swaps",
    "follow_ups",
    "install",
    "interventions",
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
    "triage",
    "voices",
    "worried_reports",
]


def install(app: Flask) -> None:
    """Bring up the sign-in of colleagues and the commands of the machine."""
    security.install(app)
    commands.install(app)
