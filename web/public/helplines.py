"""The telephone numbers that every public page shows, the same ones that the fixed crisis replies name."""

from __future__ import annotations

from typing import Any, NamedTuple

from flask_babel import lazy_gettext as _


class Helpline(NamedTuple):
    """A number to call, with a short name for the strip and a sentence for the pages that have room."""

    number: str
    name: Any
    purpose: Any


# 12356: National Health Commission notice of 2024-12-25; every city at least 18 hours a day, so no hours are promised.
HELPLINES = (
    Helpline("12356", _("support line"), _("National psychological support line")),
    Helpline("120", _("ambulance"), _("Ambulance: someone is hurt or has taken something")),
    Helpline("110", _("police"), _("Police: someone is in danger right now")),
)

# A page that anybody might have open. Nothing about it points back to us.
NEUTRAL_PAGE = {"zh-CN": "https://www.weather.com.cn/", "en": "https://www.weather.com.cn/"}
