"""Booking without an account: choose, confirm, and a secret address to come back, move or cancel."""

from web.public.booking import choose, confirm, offers, own, waiting

__all__ = ["choose", "confirm", "offers", "own", "waiting"]
