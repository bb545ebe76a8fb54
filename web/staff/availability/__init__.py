"""When a colleague can be booked: the ordinary week, the dates that are different, and the calendar on their phone."""

from web.staff.availability import exceptions, plans

__all__ = ["exceptions", "plans"]
