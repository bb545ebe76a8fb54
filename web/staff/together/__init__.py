"""Filling in together: large type, one question per screen, and a paper to take home."""

from web.staff.together import pages

__all__ = ["pages"]
