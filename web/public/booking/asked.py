"""What a person has chosen so far, read from the address: numbers and dates only, never a name or a worry."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import date, timedelta
from typing import Any

from flask import request

from care import services, skills
from care.matching import Wish
from models.services import Mode, Service
from web.common import slot_days
from web.common.database import reading

# So many days of times on one page; two taps further on a phone than anybody scrolls.
DAYS_SHOWN = 7


@dataclass(frozen=True)
class Asked:
    """The choices; each has a value that always works."""

    service: Service | None
    mode: Mode | None
    language: str | None
    wish: Wish
    first: date

    def args(self, **changed: Any) -> dict[str, Any]:
        """Return the choices as an address carries them, some of them changed."""
        plain = {
            "service": self.service.id if self.service else None,
            "mode": self.mode.value if self.mode else None,
            "language": self.language,
            "wish": self.wish.value if self.wish is not Wish.ANY else None,
            "from": self.first.isoformat() if self.first != slot_days.today() else None,
        }
        return {name: value for name, value in (plain | changed).items() if value is not None}


def read(values: Any = None) -> Asked:
    """Return what is asked for; what cannot be read is as if it had not been said."""
    given = values if values is not None else request.args
    offered = {one.id: one for one in services.for_people(session=reading())}
    number = str(given.get("service", ""))
    service = offered.get(int(number)) if number.isdecimal() and len(number) < 10 else None
    if service is None and len(offered) == 1:
        service = next(iter(offered.values()))
    return Asked(
        service=service,
        mode=_mode(given.get("mode"), service),
        language=given.get("language") if given.get("language") in skills.languages("en") else None,
        wish=_wish(given.get("wish")),
        first=_date(given.get("from"), service),
    )


def _mode(given: str | None, service: Service | None) -> Mode | None:
    if service is None:
        return None
    return next((mode for mode in service.modes if mode.value == given), service.modes[0])


def _wish(given: str | None) -> Wish:
    return next((wish for wish in Wish if wish.value == given), Wish.ANY)


def _date(given: str | None, service: Service | None) -> date:
    today = slot_days.today()
    try:
        wished = date.fromisoformat(given or "")
    except ValueError:
        return today
    last = today + timedelta(days=service.horizon_days if service else 0)
    return min(max(wished, today), last)


def earlier(asked: Asked) -> Asked:
    """Return the choices for the days before those that are shown."""
    return replace(asked, first=max(asked.first - timedelta(days=DAYS_SHOWN), slot_days.today()))


def later(asked: Asked) -> Asked:
    """Return the choices for the days after those that are shown."""
    return replace(asked, first=asked.first + timedelta(days=DAYS_SHOWN))
