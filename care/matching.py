"""Who fits a service and a person: team, language, specialty, licence, wish; and who has met somebody longest ago."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from enum import StrEnum

from sqlalchemy import bindparam, func, select
from sqlalchemy.orm import Session

from care import qualifications
from care.open_time import Stretch, minute_of
from models.appointments import CANCELLED, Appointment
from models.caseload import CaseAssignment
from models.qualifications import Qualification
from models.services import Service
from models.staff import StaffMember

# A colleague who has not said which languages they speak speaks the base's.
USUAL_LANGUAGES = ("zh-CN",)
_ALWAYS = (0, 2**40)

# Built once: each search for a free time asks these.
_TEAM = (
    select(StaffMember.id, StaffMember.languages, StaffMember.specialties)
    .where(StaffMember.active, StaffMember.team == bindparam("team"))
    .order_by(StaffMember.id)
)
_LAST_MET = (
    select(Appointment.staff_id, func.max(Appointment.starts_at))
    .where(
        Appointment.staff_id.in_(bindparam("ids", expanding=True)),
        Appointment.starts_at <= bindparam("now"),
        Appointment.state.not_in(CANCELLED),
    )
    .group_by(Appointment.staff_id)
)


class Wish(StrEnum):
    """Whom the person would like to see."""

    ANY = "any"
    SAME = "same"  # Somebody they have met before.
    FRESH = "fresh"  # Somebody they have not met.


@dataclass(frozen=True)
class Candidate:
    """A colleague who fits, with the stretches in which their licences count (minutes since 1970)."""

    staff_id: int
    licensed: tuple[Stretch, ...]

    def is_licensed(self, minute: int) -> bool:
        """Tell whether everything that the service asks for is held at the minute."""
        return any(starts <= minute < ends for starts, ends in self.licensed)

    def licensed_among(self, minutes: Sequence[int]) -> Sequence[int]:
        """Return those of the minutes at which everything that the service asks for is held."""
        return minutes if self.licensed == (_ALWAYS,) else [minute for minute in minutes if self.is_licensed(minute)]


def candidates(
    *,
    session: Session,
    service: Service,
    staff_id: int | None = None,
    language: str | None = None,
    specialty: str | None = None,
    beneficiary_id: int | None = None,
    wish: Wish = Wish.ANY,
) -> list[Candidate]:
    """Return everybody active who fits, in order of their numbers."""
    query = _TEAM if staff_id is None else _TEAM.where(StaffMember.id == staff_id)
    rows = session.execute(query, {"team": service.team}).all()
    known = known_to(session=session, beneficiary_id=beneficiary_id) if beneficiary_id and wish is not Wish.ANY else ()
    fitting = [
        number
        for number, languages, specialties in rows
        if speaks(languages, service.language, language)
        and knows(specialties, service.specialty, specialty)
        and (wish is Wish.ANY or (number in known) is (wish is Wish.SAME))
    ]
    licensed = licences(session=session, service=service, staff_ids=fitting)
    return [Candidate(number, licensed[number]) for number in fitting if licensed[number]]


def speaks(languages: Sequence[str] | None, *wanted: str | None) -> bool:
    """Tell whether somebody speaks every language that is asked for."""
    return {language for language in wanted if language} <= set(languages or USUAL_LANGUAGES)


def knows(specialties: Sequence[str] | None, *wanted: str | None) -> bool:
    """Tell whether somebody knows about everything that is asked for."""
    return {specialty for specialty in wanted if specialty} <= set(specialties or ())


def known_to(*, session: Session, beneficiary_id: int) -> set[int]:
    """Return whom the person has met, will meet, or is looked after by."""
    met = session.scalars(
        select(Appointment.staff_id)
        .where(Appointment.beneficiary_id == beneficiary_id, Appointment.state.not_in(CANCELLED))
        .distinct()
    ).all()
    own = session.scalars(
        select(CaseAssignment.worker_id).where(
            CaseAssignment.beneficiary_id == beneficiary_id, CaseAssignment.ended_at.is_(None)
        )
    ).all()
    return {*met, *own}


def needs_of(*, session: Session, service: Service) -> set[str]:
    """Return the qualifications that the service asks for: its own, and those of the table of needs."""
    wanted = set(qualifications.needed_for(session=session, role=f"service.{service.key}"))
    return wanted | ({service.qualification} if service.qualification else set())


def licences(*, session: Session, service: Service, staff_ids: Collection[int]) -> dict[int, tuple[Stretch, ...]]:
    """Return the stretches in which each colleague holds everything that the service asks for."""
    wanted = needs_of(session=session, service=service)
    if not wanted:
        return dict.fromkeys(staff_ids, (_ALWAYS,))
    held: dict[int, dict[str, list[Stretch]]] = {number: defaultdict(list) for number in staff_ids}
    rows = session.execute(
        select(Qualification.staff_id, Qualification.kind, Qualification.valid_from, Qualification.expires_at).where(
            Qualification.staff_id.in_(staff_ids),
            Qualification.kind.in_(wanted),
            Qualification.confirmed_at.is_not(None),
            Qualification.withdrawn_at.is_(None),
        )
    )
    for number, kind, starts, ends in rows:
        held[number][kind].append((minute_of(starts), minute_of(ends) if ends else _ALWAYS[1]))
    return {number: _all_at_once([held[number][kind] for kind in wanted]) for number in staff_ids}


def _all_at_once(kinds: Iterable[list[Stretch]]) -> tuple[Stretch, ...]:
    common: list[Stretch] = [_ALWAYS]
    for stretches in kinds:
        common = [
            (max(one[0], other[0]), min(one[1], other[1]))
            for one in common
            for other in stretches
            if max(one[0], other[0]) < min(one[1], other[1])
        ]
    return tuple(sorted(common))


def last_met(*, session: Session, staff_ids: Collection[int], now: datetime) -> dict[int, datetime]:
    """Return when each colleague last met somebody; whoever never did has waited longest."""
    rows = session.execute(_LAST_MET, {"ids": list(staff_ids), "now": now})
    never = datetime.min.replace(tzinfo=UTC)
    return dict.fromkeys(staff_ids, never) | {row[0]: row[1] for row in rows}
