"""My day: what is next, what is late, what waits for me, and two taps to everything else.

Each area of the desk puts its own lines here: a module of this package with `rows(*, session, me, now)` that returns
rows, and, if the area has pages of its own, `doors()` that returns the ways in. Nothing has to be registered.
"""

from web.staff.my_day import page

__all__ = ["page"]
