"""Follow-ups at the desk: the list of what is due, one page for each contact, and what is written down about it."""

from web.staff.follow_ups import lists, one

__all__ = ["lists", "one"]
