"""The calendar of a colleague: day, week and month, a list on a phone and a grid on a wide screen."""

from web.staff.calendar import page

__all__ = ["page"]
