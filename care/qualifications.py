"""What a colleague may do: certificates written down, confirmed by somebody else, running out, asked for by roles."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import cache
from pathlib import Path
from typing import Any

from sqlalchemy import delete, select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from care import audit
from care.refusals import Refusal, Refused
from models.qualifications import Qualification, TrainingNeed
from models.staff import StaffMember

_DATA = Path(__file__).parent / "data" / "qualifications.json"
# A month ahead is time enough to book the refresher course.
WARN_AHEAD = timedelta(days=30)
LONGEST_EVIDENCE = 500
LONGEST_KEY = 48
# A certificate that would run out later than this is a slip of the finger.
LONGEST_VALIDITY = timedelta(days=366 * 30)
# Put together once: see care.shift_places.
_NEEDS = select(TrainingNeed.role, TrainingNeed.kind).order_by(TrainingNeed.role, TrainingNeed.kind)


@dataclass(frozen=True)
class Kind:
    """One licence, training or check that the base knows."""

    key: str
    names: dict[str, str]
    usual_months: int | None

    def name(self, language: str) -> str:
        """Return what it is called in the language."""
        return self.names.get(language) or self.names["zh-CN"]


@cache
def _data() -> dict[str, Any]:
    loaded: dict[str, Any] = json.loads(_DATA.read_text(encoding="utf-8"))
    return loaded


@cache
def kinds() -> dict[str, Kind]:
    """Return every kind by its key, in the order in which the base reads them."""
    return {
        key: Kind(key, {"zh-CN": entry["zh-CN"], "en": entry["en"]}, entry["usual_months"])
        for key, entry in _data()["kinds"].items()
    }


def role_name(role: str, language: str) -> str:
    """Return the name of a role, service or place in a shift; an unnamed key is shown as it is."""
    entry = _data()["roles"].get(role)
    return str(entry[language]) if entry and language in entry else role


def known_roles(*, session: Session) -> list[str]:
    """Return every key that has a name or a need, the named ones first."""
    used = session.scalars(select(TrainingNeed.role).distinct().order_by(TrainingNeed.role)).all()
    return list(dict.fromkeys([*_data()["roles"], *used]))


def holds(*, session: Session, staff_id: int, kind: str, at: datetime) -> bool:
    """Tell whether the colleague holds the qualification at the moment: confirmed, begun, not run out."""
    return kind in held(session=session, staff_ids=[staff_id], at=at)[staff_id]


def held(*, session: Session, staff_ids: Sequence[int], at: datetime) -> dict[int, set[str]]:
    """Return what each of the colleagues holds at the moment, in one question."""
    found: dict[int, set[str]] = {staff_id: set() for staff_id in staff_ids}
    rows = session.execute(
        select(Qualification.staff_id, Qualification.kind).where(
            Qualification.staff_id.in_(staff_ids),
            Qualification.confirmed_at.is_not(None),
            Qualification.withdrawn_at.is_(None),
            Qualification.valid_from <= at,
            Qualification.expires_at.is_(None) | (Qualification.expires_at > at),
        )
    )
    for staff_id, kind in rows:
        found[staff_id].add(kind)
    return found


def needs(*, session: Session) -> dict[str, list[str]]:
    """Return the table of what each role, service and place in a shift asks for."""
    table: dict[str, list[str]] = {}
    for role, kind in session.execute(_NEEDS):
        table.setdefault(role, []).append(kind)
    return table


def needed_for(*, session: Session, role: str) -> list[str]:
    """Return the qualifications that the role asks for; a key that is not in the table asks for none."""
    return list(session.scalars(select(TrainingNeed.kind).where(TrainingNeed.role == role).order_by(TrainingNeed.kind)))


def missing_for(*, session: Session, staff_id: int, role: str, at: datetime) -> list[str]:
    """Return what the colleague lacks for the role at the moment; empty means that it may be taken."""
    own = held(session=session, staff_ids=[staff_id], at=at)[staff_id]
    return [kind for kind in needed_for(session=session, role=role) if kind not in own]


def require(*, session: Session, staff_id: int, role: str, at: datetime) -> None:
    """Refuse NOT_TRAINED unless everything that the role asks for is held at the moment."""
    if missing_for(session=session, staff_id=staff_id, role=role, at=at):
        raise Refused(Refusal.NOT_TRAINED, "staff_id")


def of(*, session: Session, staff_id: int) -> Sequence[Qualification]:
    """Return every certificate of the colleague, withdrawn and old ones too, the newest first."""
    return session.scalars(
        select(Qualification)
        .where(Qualification.staff_id == staff_id)
        .order_by(Qualification.valid_from.desc(), Qualification.id.desc())
    ).all()


def unconfirmed(*, session: Session) -> Sequence[Qualification]:
    """Return what active colleagues have handed in and nobody has looked at yet, the oldest first."""
    return session.scalars(
        select(Qualification)
        .join(StaffMember, StaffMember.id == Qualification.staff_id)
        .where(Qualification.confirmed_at.is_(None), Qualification.withdrawn_at.is_(None), StaffMember.active)
        .order_by(Qualification.recorded_at, Qualification.id)
    ).all()


def expiring(*, session: Session, now: datetime, within: timedelta = WARN_AHEAD) -> list[Qualification]:
    """Return what has run out or runs out within the span and was not renewed, the soonest first."""
    rows = session.scalars(
        select(Qualification)
        .join(StaffMember, StaffMember.id == Qualification.staff_id)
        .where(
            Qualification.confirmed_at.is_not(None),
            Qualification.withdrawn_at.is_(None),
            Qualification.expires_at.is_not(None),
            StaffMember.active,
        )
        .order_by(Qualification.expires_at, Qualification.id)
    ).all()
    standing = _last_of_each(session, {row.staff_id for row in rows})
    return [row for row in rows if row.expires_at and row.expires_at <= now + within and standing[_key(row)] == row.id]


def _key(row: Qualification) -> tuple[int, str]:
    return (row.staff_id, row.kind)


def _last_of_each(session: Session, staff_ids: set[int]) -> dict[tuple[int, str], int]:
    """Return the confirmed certificate that lasts longest, by colleague and kind."""
    last: dict[tuple[int, str], Qualification] = {}
    for row in session.scalars(
        select(Qualification).where(
            Qualification.staff_id.in_(staff_ids),
            Qualification.confirmed_at.is_not(None),
            Qualification.withdrawn_at.is_(None),
        )
    ):
        best = last.get(_key(row))
        if best is None or _lasts_longer(row, best):
            last[_key(row)] = row
    return {key: row.id for key, row in last.items()}


def _lasts_longer(one: Qualification, other: Qualification) -> bool:
    if one.expires_at is None or other.expires_at is None:
        return one.expires_at is None
    return one.expires_at > other.expires_at


def record(
    *,
    session: Session,
    actor: StaffMember,
    staff_id: int,
    kind: str,
    evidence: str,
    valid_from: datetime,
    expires_at: datetime | None,
    now: datetime,
) -> Qualification:
    """Write a certificate down; it counts from the moment at which somebody else confirms it."""
    if session.get(StaffMember, staff_id) is None:
        raise Refused(Refusal.NOT_FOUND, "staff_id")
    if kind not in kinds():
        raise Refused(Refusal.WRONG_VALUE, "kind")
    seen = evidence.strip()
    if not seen:
        raise Refused(Refusal.EVIDENCE_MISSING, "evidence")
    if len(seen) > LONGEST_EVIDENCE:
        raise Refused(Refusal.TOO_LONG, "evidence")
    if expires_at is not None and not valid_from < expires_at <= valid_from + LONGEST_VALIDITY:
        raise Refused(Refusal.ENDS_BEFORE_IT_STARTS if expires_at <= valid_from else Refusal.WRONG_VALUE, "expires_at")
    row = Qualification(
        staff_id=staff_id,
        kind=kind,
        evidence=seen,
        valid_from=valid_from,
        expires_at=expires_at,
        recorded_at=now,
        recorded_by_id=actor.id,
    )
    try:
        with session.begin_nested():
            session.add(row)
    except IntegrityError as error:
        raise Refused(Refusal.ALREADY_RECORDED, "valid_from") from error
    _trace(session, actor, "qualification.record", row, now)
    return row


def confirm(*, session: Session, actor: StaffMember, qualification_id: int, now: datetime) -> Qualification:
    """Say "I have seen the evidence"; refused for one's own, since nobody checks themselves."""
    row = _standing(session, qualification_id)
    if row.staff_id == actor.id:
        raise Refused(Refusal.NOT_ONES_OWN)
    if row.confirmed_at is None:
        row.confirmed_at, row.confirmed_by_id = now, actor.id
        _trace(session, actor, "qualification.confirm", row, now)
    return row


def withdraw(
    *, session: Session, actor: StaffMember, qualification_id: int, reason: str, now: datetime
) -> Qualification:
    """Let a certificate count no more: a mistake, a licence that was taken away. The row stays."""
    row = _standing(session, qualification_id)
    said = reason.strip()
    if not said:
        raise Refused(Refusal.REASON_MISSING, "reason")
    row.withdrawn_at, row.withdrawn_by_id, row.withdrawal_reason = now, actor.id, said[:LONGEST_EVIDENCE]
    _trace(session, actor, "qualification.withdraw", row, now)
    return row


def _standing(session: Session, qualification_id: int) -> Qualification:
    row = session.get(Qualification, qualification_id, with_for_update=True)
    if row is None or row.withdrawn_at is not None:
        raise Refused(Refusal.NOT_FOUND)
    return row


def _trace(session: Session, actor: StaffMember, verb: str, row: Qualification, now: datetime) -> None:
    audit.record(
        session=session,
        actor=actor,
        verb=verb,
        subject_type="qualification",
        subject_id=row.id,
        now=now,
        staff_id=row.staff_id,
        kind=row.kind,
    )
    session.flush()


def set_needs(
    *, session: Session, actor: StaffMember, role: str, wanted: Sequence[str], now: datetime
) -> dict[str, list[str]]:
    """Replace what a role, a service or a place in a shift asks for; nobody loses work that is already theirs."""
    key = role.strip()
    if not key or len(key) > LONGEST_KEY:
        raise Refused(Refusal.WRONG_VALUE, "role")
    if not set(wanted) <= set(kinds()):
        raise Refused(Refusal.WRONG_VALUE, "kinds")
    try:
        with session.begin_nested():
            session.execute(delete(TrainingNeed).where(TrainingNeed.role == key))
            session.add_all(TrainingNeed(role=key, kind=kind) for kind in sorted(set(wanted)))
    except IntegrityError as error:
        raise Refused(Refusal.CHANGED_MEANWHILE, "kinds") from error
    # The table has no number of its own, so the entry names the role in its details.
    audit.record(
        session=session,
        actor=actor,
        verb="training_need.set",
        subject_type="training_need",
        subject_id=0,
        now=now,
        role=key,
        kinds=sorted(set(wanted)),
    )
    session.flush()
    return needs(session=session)
