"""The words of the card that is told once: the same for the person who approves it and for whoever reads it."""

from __future__ import annotations

from typing import Any

from flask_babel import lazy_gettext as _

SINCE_WHEN: dict[str, Any] = {
    "days": _("for some days"),
    "weeks": _("for some weeks"),
    "months": _("for some months"),
    "years": _("for years"),
    "always": _("for as long as I can remember"),
}

WORRIES: dict[str, Any] = {
    "money": _("Money"),
    "illness": _("Illness"),
    "family": _("Family"),
    "loneliness": _("Loneliness"),
    "work": _("Work"),
    "shame": _("Shame"),
    "sleep": _("Sleep"),
    "grief": _("Grief"),
    "child": _("A child"),
    "housing": _("Housing"),
    "other": _("Something else"),
}
