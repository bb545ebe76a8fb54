"""Hours that nobody holds, seen days before they come."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import select
from sqlalchemy.orm import Session

from care import duty, leave, notices
from models.duty import DutyPosition, DutyTurn
from models.staff import Role, RoleName, StaffMember

# How far the list of gaps looks ahead, and how near a gap must be before the leads are told outside the site.
AHEAD = timedelta(days=14)
NEAR = timedelta(hours=72)
LEADS = (RoleName.SUPERVISOR, RoleName.BASE_MANAGER)


@dataclass(frozen=True)
class Gap:
    """A stretch of time in which an alarm would find nobody at this position."""

    position: DutyPosition
    starts_at: datetime
    ends_at: datetime


def uncovered(turns: Iterable[DutyTurn], start: datetime, end: datetime) -> list[tuple[datetime, datetime]]:
    """Return the spans between start and end that no turn covers."""
    found, reached = [], start
    for turn in sorted(turns, key=lambda turn: turn.starts_at):
        if turn.starts_at > reached:
            found.append((reached, min(turn.starts_at, end)))
        reached = max(reached, turn.ends_at)
        if reached >= end:
            break
    return [*found, (reached, end)] if reached < end else found


def gaps(*, session: Session, start: datetime, end: datetime) -> list[Gap]:
    """Return every gap of the span, the earliest first; the turns of somebody who was deactivated are gaps."""
    turns = [turn for turn in duty.turns_between(session=session, start=start, end=end) if turn.staff.active]
    found = [
        Gap(position, *span)
        for position in DutyPosition
        for span in uncovered([turn for turn in turns if turn.position is position], start, end)
    ]
    return sorted(found, key=lambda gap: (gap.starts_at, duty.CHAIN.index(gap.position)))


def away(*, session: Session, start: datetime, end: datetime) -> list[DutyTurn]:
    """Return the turns ahead whose colleague is on leave then: listed, and yet likely to be rung in vain."""
    turns = [turn for turn in duty.turns_between(session=session, start=start, end=end) if turn.staff.active]
    spans = leave.spans(session=session, staff_ids=sorted({turn.staff_id for turn in turns}), start=start, end=end)
    return [
        turn
        for turn in turns
        if any(begins < turn.ends_at and ends > turn.starts_at for begins, ends in spans.get(turn.staff_id, []))
    ]


def leads(*, session: Session, roles: Iterable[RoleName] = LEADS) -> Sequence[StaffMember]:
    """Return the active colleagues who plan the roster, or those of other roles."""
    return (
        session.scalars(
            select(StaffMember)
            .join(StaffMember.roles)
            .where(Role.name.in_([name.value for name in roles]), StaffMember.active)
            .order_by(StaffMember.id)
        )
        .unique()
        .all()
    )


def tell_leads(
    *,
    session: Session,
    words: str,
    link: str,
    dedupe_key: str,
    now: datetime,
    without: Collection[int] = (),
    roles: Iterable[RoleName] = LEADS,
    urgent: bool = False,
) -> int:
    """Tell every lead of one thing, once; return how many notices were queued.

    `without` are the numbers of those who need not or must not hear of it: whoever did it, whom it is about.
    """
    told = [lead for lead in leads(session=session, roles=roles) if lead.id not in without]
    return sum(
        len(
            notices.tell(
                session=session,
                to=lead,
                words=words,
                now=now,
                dedupe_key=f"{dedupe_key}-{lead.id}",
                link=link,
                urgent=urgent,
            )
        )
        for lead in told
    )


def tell_of_gaps(*, session: Session, now: datetime, day: str) -> int:
    """Tell every lead, once a day, that the next three days have gaps; return how many notices were queued."""
    if not gaps(session=session, start=now, end=now + NEAR):
        return 0
    return tell_leads(
        session=session, words="notice.roster", link="/staff/duty", dedupe_key=f"duty-gaps-{day}", now=now
    )
