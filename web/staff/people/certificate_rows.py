"""Certificates as the pages show them: what, until when, who confirmed it, and what is missing for which work."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy.orm import Session

from care import qualifications
from models.qualifications import Qualification
from models.staff import StaffMember
from web.common import languages
from web.staff.people import dates


@dataclass(frozen=True)
class CertificateRow:
    """One certificate on a page."""

    row: Qualification
    name: str
    # "withdrawn", "waiting", "expired", "soon" or "good".
    state: str
    last_day: date | None


@dataclass(frozen=True)
class Lack:
    """What one kind of work asks for and the colleague does not hold; empty names mean that it may be taken."""

    role: str
    missing: list[str]


def rows(*, session: Session, staff_id: int, now: datetime) -> list[CertificateRow]:
    """Return every certificate of a colleague, the newest first."""
    return [as_row(one, now) for one in qualifications.of(session=session, staff_id=staff_id)]


def as_row(one: Qualification, now: datetime) -> CertificateRow:
    """Return one certificate with its state in a word."""
    return CertificateRow(
        one, kind_name(one.kind), _state(one, now), dates.last_day(one.expires_at) if one.expires_at else None
    )


def _state(one: Qualification, now: datetime) -> str:
    if one.withdrawn_at is not None:
        return "withdrawn"
    if one.confirmed_at is None:
        return "waiting"
    if one.expires_at is None or one.expires_at > now + qualifications.WARN_AHEAD:
        return "good"
    return "expired" if one.expires_at <= now else "soon"


def kind_name(key: str) -> str:
    """Return the name of a kind; one that the base has taken off its list is shown by its key."""
    kind = qualifications.kinds().get(key)
    return kind.name(languages.language()) if kind else key


def kind_names(keys: Iterable[str]) -> list[str]:
    """Return the names of several kinds."""
    return [kind_name(key) for key in keys]


def lacking(*, session: Session, member: StaffMember, now: datetime) -> list[Lack]:
    """Return what the colleague lacks for each kind of work that somebody of their team could take."""
    own = qualifications.held(session=session, staff_ids=[member.id], at=now)[member.id]
    language = languages.language()
    return [
        Lack(qualifications.role_name(role, language), kind_names(kind for kind in kinds if kind not in own))
        for role, kinds in qualifications.needs(session=session).items()
        if _concerns(role, member)
    ]


def _concerns(role: str, member: StaffMember) -> bool:
    """Tell whether the work is of the colleague's team: a volunteer takes shifts, a counselor gives services."""
    part, _, name = role.partition(".")
    team = member.team.value if member.team else ""
    if part == "role":
        return name == team or name in {held.name for held in member.roles}
    return team == ("volunteer" if part == "shift" else "counselor")
