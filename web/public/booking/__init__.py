"""Booking without an account: choose, confirm, and a secret address to come back, move or cancel."""

from web.public.booking import choose, confirm, own

__all__ = ["choose", "confirm", "own"]
