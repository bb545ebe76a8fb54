"""An alarm leaves the screen: the person of its hop is told at every address, and after the last hop everybody."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from care import audit, duty, kept_away, notices, outbox
from models.crises import CrisisCase, Escalation
from models.outbox import DeliveryWay, OutboxRow
from models.staff import Role, RoleName, StaffMember

# Who is told when the alarm has gone round once and nobody has taken it.
EVERYBODY = (RoleName.DUTY_OFFICER, RoleName.SUPERVISOR, RoleName.BASE_MANAGER)


def ring(*, session: Session, row_id: int, now: datetime) -> bool:
    """Turn one alarm into notices; quiet hours never apply. Tell False when another worker has it."""
    row = outbox.claim(session=session, row_id=row_id, now=now)
    if row is None:
        return False
    case = session.get(CrisisCase, row.payload["case_id"])
    if case is None or case.closed_at is not None or case.acknowledged_at is not None:
        outbox.give_up(row=row, reason="no_longer_needed", now=now)
        return True
    told = [
        notice
        for person in _whom(session, row, case, now)
        for notice in notices.tell(
            session=session,
            to=person,
            words="notice.urgent",
            now=now,
            dedupe_key=f"case-{case.id}-hop-{row.payload['hop_no']}",
            link="/staff/",
            urgent=True,
            case_id=case.id,
        )
    ]
    outbox.delivered(row=row, now=now)
    row.delivered_by = DeliveryWay.CHANNEL if told else DeliveryWay.NO_ADDRESS
    audit.record(
        session=session,
        actor=None,
        verb="notice.alarm" if told else "notice.no_address",
        subject_type="crisis_case",
        subject_id=case.id,
        now=now,
        hop=row.payload["hop_no"],
        addresses=len(told),
    )
    return True


def _whom(session: Session, row: OutboxRow, case: CrisisCase, now: datetime) -> Sequence[StaffMember]:
    hop = session.scalars(
        select(Escalation).where(Escalation.case_id == case.id, Escalation.hop_no == row.payload["hop_no"])
    ).first()
    first = hop.staff if hop is not None and hop.staff is not None else case.owner
    people = [first] if first is not None else []
    if row.payload.get("everybody"):
        people += everybody(session=session, now=now)
    # Whom the case may be about is not told, also where their name came up after the errand was written.
    kept = kept_away.of_case(session=session, case_id=case.id)
    named = {person.id: person for person in people}
    free = [person for person in named.values() if person.id not in kept]
    # The last one left at the base is rung even so: see care.crisis_climbing.
    return free or [person for person in named.values() if person.id == case.owner_id]


def everybody(*, session: Session, now: datetime) -> list[StaffMember]:
    """Return everybody who can help: whoever is on the roster now, and all who take cases or lead."""
    people = [turn.staff for turn in duty.turns_between(session=session, start=now, end=now) if turn.staff.active]
    people += session.scalars(
        select(StaffMember)
        .join(StaffMember.roles)
        .where(Role.name.in_([name.value for name in EVERYBODY]), StaffMember.active)
        .order_by(StaffMember.id)
    )
    return list({person.id: person for person in people}.values())
