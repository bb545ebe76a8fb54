"""The voice of the person at the desk of the leads: what is due, late and answered."""

from web.staff.voices import pages

__all__ = ["pages"]
