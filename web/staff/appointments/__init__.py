"""Appointments at the desk: book for somebody, move, cancel, say what became of it; groups and the waiting list."""

from web.staff.appointments import book, confirm, feed, groups, one, waiting

__all__ = ["book", "confirm", "feed", "groups", "one", "waiting"]
