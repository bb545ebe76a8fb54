"""Volunteer shifts at the desk: what fits me, my shifts and hours; and for those who plan, the board and its inbox."""

from web.staff.shifts import (
    approvals,
    attendance,
    board,
    certificates,
    cover,
    hours,
    shift,
    swaps,
    templates,
    volunteer,
)

__all__ = [
    "approvals",
    "attendance",
    "board",
    "certificates",
    "cover",
    "hours",
    "shift",
    "swaps",
    "templates",
    "volunteer",
]
