"""The fixed headings of the six steps; the desk and the person read the same words."""

from __future__ import annotations

from typing import Any

from flask_babel import lazy_gettext as _

HEADINGS: dict[str, Any] = {
    "warning_signs": _("How I notice that it is getting hard"),
    "own_ways": _("What I can do by myself"),
    "people_and_places": _("People and places that take my mind elsewhere"),
    "people_to_ask": _("People I can ask for help"),
    "professionals": _("Professionals and numbers I can turn to"),
    "surroundings": _("How I make my surroundings safer"),
}
