"""How many chats one colleague carries at once; a person in danger is never turned away by a number."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from care import audit, live
from care.refusals import Refusal, Refused
from models.chat_caps import ChatCap
from models.conversations import TakeOver
from models.crises import CrisisCase, LevelName
from models.staff import Role, RoleName, StaffMember

# Where nobody has set another number. A choice of the project, not a finding: the base sets what its people can carry.
USUAL = 3
MOST = 20
# These come on top of a full desk.
NEVER_REFUSED = (LevelName.EMERGENCY, LevelName.RED)
READS_CHATS = (RoleName.COUNSELOR, RoleName.DUTY_OFFICER, RoleName.SUPERVISOR, RoleName.BASE_MANAGER)
MAY_SET = (RoleName.SUPERVISOR, RoleName.BASE_MANAGER)


def cap_of(*, session: Session, staff_id: int) -> int:
    """Return how many chats the colleague carries at most."""
    found = session.get(ChatCap, staff_id)
    return USUAL if found is None else found.at_most


def places(*, session: Session, staff_id: int) -> list[int | None]:
    """Return the place of each chat the colleague carries now; None for one that came on top."""
    return list(
        session.scalars(
            select(TakeOver.place_no).where(TakeOver.staff_id == staff_id, TakeOver.returned_at.is_(None))
        ).all()
    )


def place_for(*, session: Session, staff: StaffMember, beneficiary_id: int) -> int | None:
    """Return a free place of the colleague; None on top for a person in danger; refuse OVER_CHAT_CAP otherwise."""
    taken = places(session=session, staff_id=staff.id)
    at_most = cap_of(session=session, staff_id=staff.id)
    free = next((number for number in range(1, at_most + 1) if number not in taken), None)
    if free is not None and len(taken) < at_most:
        return free
    if is_in_danger(session=session, beneficiary_id=beneficiary_id):
        return None
    raise Refused(Refusal.OVER_CHAT_CAP)


def is_in_danger(*, session: Session, beneficiary_id: int) -> bool:
    """Tell whether the person has an open case of one of the top two levels."""
    level = session.scalar(
        select(CrisisCase.level).where(CrisisCase.beneficiary_id == beneficiary_id, CrisisCase.closed_at.is_(None))
    )
    return level in NEVER_REFUSED


def set_cap(*, session: Session, actor: StaffMember, staff_id: int, at_most: int, now: datetime) -> ChatCap:
    """Set the number for a colleague; chats they already have stay with them."""
    if not actor.has_any(*MAY_SET):
        raise Refused(Refusal.NOT_YOURS)
    member = session.get(StaffMember, staff_id)
    if member is None or not member.has_any(*READS_CHATS):
        raise Refused(Refusal.NOT_FOUND, "staff_id")
    if not 1 <= at_most <= MOST:
        raise Refused(Refusal.WRONG_VALUE, "at_most")
    row = session.get(ChatCap, staff_id)
    before = cap_of(session=session, staff_id=staff_id)
    if row is None:
        row = ChatCap(staff_id=staff_id, at_most=at_most, set_by_id=actor.id, set_at=now)
        session.add(row)
    else:
        row.at_most, row.set_by_id, row.set_at = at_most, actor.id, now
    session.flush()
    audit.record(
        session=session,
        actor=actor,
        verb="chat_cap.set",
        subject_type="staff_member",
        subject_id=staff_id,
        now=now,
        before=before,
        after=at_most,
    )
    live.publish(session=session, channel=live.DESK, kind="staff", now=now, staff_id=staff_id)
    return row


def everybody(*, session: Session) -> list[tuple[StaffMember, int, int]]:
    """Return each active colleague who reads chats, with how many they carry and how many they may."""
    members = session.scalars(
        select(StaffMember)
        .where(StaffMember.active, StaffMember.roles.any(Role.name.in_([role.value for role in READS_CHATS])))
        .order_by(StaffMember.username)
    ).all()
    running = select(TakeOver.staff_id, func.count()).where(TakeOver.returned_at.is_(None)).group_by(TakeOver.staff_id)
    carried = {row[0]: row[1] for row in session.execute(running)}
    caps = {row.staff_id: row.at_most for row in session.scalars(select(ChatCap))}
    return [(one, carried.get(one.id, 0), caps.get(one.id, USUAL)) for one in members]
