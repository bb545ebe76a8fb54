"""What can be booked: the services of the base, opened, changed and closed by those who lead it."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, fields
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from care import audit, qualifications
from care.refusals import Refusal, Refused
from models.services import MOST_SEATS, Service
from models.staff import StaffMember, Team

_KEY = re.compile(r"[a-z][a-z0-9_]{1,31}")
LONGEST_NAME = 60


@dataclass(frozen=True)
class Terms:
    """Everything about a service that a manager can change. Minutes, days and hours are whole numbers."""

    name_zh: str
    name_en: str
    minutes: int
    team: Team = Team.COUNSELOR
    buffer_minutes: int = 10
    notice_minutes: int = 120
    horizon_days: int = 60
    change_hours: int = 12
    seats: int = 1
    offline: bool = True
    online: bool = True
    phone: bool = True
    room_needed: bool = True
    language: str | None = None
    specialty: str | None = None
    qualification: str | None = None
    self_booking: bool = True
    active: bool = True


# Field: smallest, largest, step. The same bounds are constraints of the table.
_BOUNDS = {
    "minutes": (10, 480, 5),
    "buffer_minutes": (0, 120, 5),
    "notice_minutes": (0, 20160, 1),
    "horizon_days": (1, 366, 1),
    "change_hours": (0, 336, 1),
    "seats": (1, MOST_SEATS, 1),
}


def every(*, session: Session, with_closed: bool = False) -> Sequence[Service]:
    """Return the services in the order in which they were opened."""
    query = select(Service).order_by(Service.id)
    return session.scalars(query if with_closed else query.where(Service.active)).all()


def for_people(*, session: Session) -> list[Service]:
    """Return what a person can book alone: open services with one seat."""
    return [service for service in every(session=session) if service.self_booking and not service.is_group]


def by_key(*, session: Session, key: str) -> Service | None:
    """Return the service with the key, closed or not."""
    return session.scalars(select(Service).where(Service.key == key)).first()


def get(*, session: Session, service_id: int) -> Service:
    """Return an open service; refuse NOT_FOUND."""
    found = session.get(Service, service_id)
    if found is None or not found.active:
        raise Refused(Refusal.NOT_FOUND, "service_id")
    return found


def _check(terms: Terms) -> None:
    for field in ("name_zh", "name_en"):
        name = getattr(terms, field).strip()
        if not name:
            raise Refused(Refusal.EMPTY, field)
        if len(name) > LONGEST_NAME:
            raise Refused(Refusal.TOO_LONG, field)
    for field, (least, most, step) in _BOUNDS.items():
        value = getattr(terms, field)
        if not least <= value <= most or value % step:
            raise Refused(Refusal.WRONG_VALUE, field)
    if not (terms.offline or terms.online or terms.phone):
        raise Refused(Refusal.WRONG_VALUE, "offline")
    if terms.qualification is not None and terms.qualification not in qualifications.kinds():
        raise Refused(Refusal.WRONG_VALUE, "qualification")


def open_service(*, session: Session, actor: StaffMember | None, key: str, terms: Terms, now: datetime) -> Service:
    """Offer something new; refuse NAME_TAKEN for a key that is known."""
    if not _KEY.fullmatch(key):
        raise Refused(Refusal.WRONG_VALUE, "key")
    _check(terms)
    row = Service(key=key, **_values(terms))
    try:
        with session.begin_nested():
            session.add(row)
    except IntegrityError:
        raise Refused(Refusal.NAME_TAKEN, "key") from None
    _trace(session, actor, "service.open", row, now)
    return row


def change(*, session: Session, actor: StaffMember, service_id: int, terms: Terms, now: datetime) -> Service:
    """Change the terms; what was booked before keeps the times it was given."""
    row = session.get(Service, service_id)
    if row is None:
        raise Refused(Refusal.NOT_FOUND)
    _check(terms)
    for field, value in _values(terms).items():
        setattr(row, field, value)
    session.flush()
    _trace(session, actor, "service.change", row, now)
    return row


def _values(terms: Terms) -> dict[str, object]:
    values = {field.name: getattr(terms, field.name) for field in fields(terms)}
    return values | {"name_zh": terms.name_zh.strip(), "name_en": terms.name_en.strip()}


def _trace(session: Session, actor: StaffMember | None, verb: str, row: Service, now: datetime) -> None:
    audit.record(
        session=session, actor=actor, verb=verb, subject_type="service", subject_id=row.id, now=now, active=row.active
    )
