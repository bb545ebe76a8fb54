"""What can be booked, and which days are not what their weekday says: for those who lead the base."""

from web.staff.services import holidays, terms

__all__ = ["holidays", "terms"]
