"""What a colleague has chosen on the booking page, read from the address: codes, numbers and dates only."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from flask import request

from care import case_codes, services, skills
from care.matching import Wish
from models.beneficiaries import Beneficiary
from models.services import Mode, Service
from models.staff import StaffMember
from web.common import slot_days
from web.common.database import reading

DAYS_SHOWN = 7
FURTHEST = timedelta(days=366)


@dataclass(frozen=True)
class Asked:
    """The choices of the desk; each has a value that always works."""

    code: str
    person: Beneficiary | None
    service: Service | None
    mode: Mode | None
    member: StaffMember | None
    language: str | None
    specialty: str | None
    wish: Wish
    first: date

    def args(self, **changed: Any) -> dict[str, Any]:
        """Return the choices as an address carries them, some of them changed."""
        plain = {
            "code": self.code or None,
            "service": self.service.id if self.service else None,
            "mode": self.mode.value if self.mode else None,
            "staff": self.member.id if self.member else None,
            "language": self.language,
            "specialty": self.specialty,
            "wish": self.wish.value if self.wish is not Wish.ANY else None,
            "day": self.first.isoformat(),
        }
        return {name: value for name, value in (plain | changed).items() if value is not None}


def number(given: Any) -> int | None:
    """Return a record's number, or None for anything else."""
    written = str(given or "")
    return int(written) if written.isdecimal() and len(written) < 10 else None


def read(values: Any = None) -> Asked:
    """Return what is asked for; what cannot be read is as if it had not been said."""
    given = values if values is not None else request.args
    session = reading()
    open_services = {one.id: one for one in services.every(session=session) if not one.is_group}
    service = open_services.get(number(given.get("service")) or 0)
    if service is None and open_services:
        service = next(iter(open_services.values()))
    code = str(given.get("code", "")).strip()[:20]
    staff_id = number(given.get("staff"))
    return Asked(
        code=code,
        person=case_codes.find(session=session, typed=code) if code else None,
        service=service,
        mode=_mode(given.get("mode"), service),
        member=session.get(StaffMember, staff_id) if staff_id else None,
        language=given.get("language") if given.get("language") in skills.languages("en") else None,
        specialty=given.get("specialty") if given.get("specialty") in skills.specialties("en") else None,
        wish=next((wish for wish in Wish if wish.value == given.get("wish")), Wish.ANY),
        first=_date(given.get("day")),
    )


def _mode(given: str | None, service: Service | None) -> Mode | None:
    if service is None:
        return None
    return next((mode for mode in service.modes if mode.value == given), service.modes[0])


def _date(given: str | None) -> date:
    today = slot_days.today()
    try:
        wished = date.fromisoformat(given or "")
    except ValueError:
        return today
    return min(max(wished, today), today + FURTHEST)
