"""Find each follow-up a time in the calendar of somebody who works then, and another one when that person is gone."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from sqlalchemy import or_, select
from sqlalchemy.orm import Session

from care import audit, calendar, caseload, duty, follow_up_ladders, leave, live, notices, qualifications, working_hours
from care.follow_up_steps import rules
from care.open_time import OpenTime, minute_of, moment_of
from care.refusals import Refused
from care.working_hours import Place
from models.calendar import CalendarHold, HolderKind, HoldKind
from models.follow_ups import FollowUp, FollowUpLadder, FollowUpState
from models.staff import Role, RoleName, StaffMember

# A window that found nobody free is looked at again after this time.
LOOK_AGAIN = timedelta(minutes=10)
ANYWHERE = Place()


@dataclass(frozen=True)
class _Window:
    """What a time must lie in: the rest of the follow-up's window, in hours at which one may call."""

    start: datetime
    end: datetime
    due: datetime
    timezone: str

    @property
    def minutes(self) -> tuple[int, int]:
        return minute_of(self.start), minute_of(self.end)

    def may_call(self, starts_at: datetime) -> bool:
        zone, length = ZoneInfo(self.timezone), rules().length
        begins, ends = starts_at.astimezone(zone), (starts_at + length).astimezone(zone)
        return begins.time() >= rules().call_from and begins.date() == ends.date() and ends.time() <= rules().call_until


def due_to_place(*, session: Session, now: datetime) -> Sequence[int]:
    """Return ids of attempts that want a time: none yet, its owner gone or on leave; the nearest first."""
    rows = session.scalars(
        select(FollowUp)
        .join(FollowUp.ladder)
        .outerjoin(CalendarHold, CalendarHold.id == FollowUp.hold_id)
        .join(StaffMember, StaffMember.id == FollowUp.owner_id)
        .where(
            FollowUp.state == FollowUpState.PLANNED,
            FollowUpLadder.paused_at.is_(None),
            FollowUpLadder.ended_at.is_(None),
            FollowUp.opens_at < now + rules().place_ahead,
            or_(StaffMember.active.is_(False), FollowUp.hold_id.is_(None), CalendarHold.starts_at > now),
        )
        .order_by(FollowUp.closes_at)
    ).all()
    return [row.id for row in rows if _wants_a_place(session, row, now)]


def _wants_a_place(session: Session, row: FollowUp, now: datetime) -> bool:
    if not follow_up_ladders.may_keep(row.owner):
        return True
    if row.hold is not None:
        return leave.is_away(session=session, staff_id=row.owner_id, at=row.hold.starts_at)
    # A clock that was set back must not stop the search.
    rested = row.tried_at is None or not timedelta(0) <= now - row.tried_at < LOOK_AGAIN
    return rested and (row.closes_at > now or leave.is_away(session=session, staff_id=row.owner_id, at=now))


def place(*, session: Session, follow_up_id: int, now: datetime, timezone: str) -> bool:
    """Take a time for one attempt, with another owner where the present one cannot; tell whether one was found."""
    row = session.get(FollowUp, follow_up_id, with_for_update=True, populate_existing=True)
    if row is None or row.state is not FollowUpState.PLANNED or row.ladder.paused_at or row.ladder.ended_at:
        return False
    if not _wants_a_place(session, row, now):
        return False
    follow_up_ladders.let_go(session=session, row=row)
    row.tried_at = now
    window = _Window(max(row.opens_at, now), row.closes_at, row.due_at, timezone)
    for member, starts in _candidates(session, row, window, now):
        for starts_at in starts:
            if _take(session, row, member, starts_at, now):
                return True
    _keep_somebody(session, row, now)
    return False


def _take(session: Session, row: FollowUp, member: StaffMember, starts_at: datetime, now: datetime) -> bool:
    try:
        row.hold = calendar.hold(
            session=session,
            kind=HoldKind.FOLLOW_UP,
            holders=[(HolderKind.STAFF, member.id)],
            starts_at=starts_at,
            ends_at=starts_at + rules().length,
        )
    except Refused:
        return False
    give_to(session=session, row=row, member=member, actor=None, now=now)
    session.flush()
    return True


def give_to(*, session: Session, row: FollowUp, member: StaffMember, actor: StaffMember | None, now: datetime) -> None:
    """Make a colleague answer for an attempt; who is new is told in neutral words."""
    before, row.owner = row.owner_id, member
    if before != member.id:
        row.reminded_at = None
        notices.tell(
            session=session,
            to=member,
            words="notice.desk_by",
            now=now,
            dedupe_key=f"follow-up-{row.id}-to-{member.id}",
            link="/staff/follow-ups",
            when=row.closes_at,
        )
        audit.record(
            session=session,
            actor=actor,
            verb="follow_up.hand_on",
            subject_type="follow_up",
            subject_id=row.id,
            now=now,
            before=before,
            after=member.id,
        )
        live.publish(session=session, channel=live.DESK, kind="follow_up", now=now, ladder_id=row.ladder_id)


def _keep_somebody(session: Session, row: FollowUp, now: datetime) -> None:
    """Nobody has time: whoever answers for it must at least be here when the window closes."""
    at = max(now, row.due_at)
    if follow_up_ladders.may_keep(row.owner) and not leave.is_away(session=session, staff_id=row.owner_id, at=at):
        return
    owner = follow_up_ladders.owner_for(session=session, case=row.ladder.case, at=at, otherwise=None)
    give_to(session=session, row=row, member=owner, actor=None, now=now)
    session.flush()


def _candidates(
    session: Session, row: FollowUp, window: _Window, now: datetime
) -> Iterator[tuple[StaffMember, list[datetime]]]:
    """Yield colleagues with the times they have, nearest to the due moment first: known ones, on duty, the others."""
    if window.end - window.start < rules().length:
        return
    known = follow_up_ladders.preferred(session=session, case=row.ladder.case, at=max(now, row.due_at))
    if follow_up_ladders.may_keep(row.owner):
        known = [row.owner, *(one for one in known if one.id != row.owner_id)]
    yield from _free(session, row, known, window)
    on_duty = _turns(session, window)
    yield from _free(session, row, list(on_duty), window, on_duty)
    seen = {one.id for one in known} | {one.id for one in on_duty}
    yield from _free(session, row, [one for one in _counselors(session, now) if one.id not in seen], window)


def _free(
    session: Session,
    row: FollowUp,
    members: Sequence[StaffMember],
    window: _Window,
    shifts: dict[StaffMember, list[tuple[datetime, datetime]]] | None = None,
) -> Iterator[tuple[StaffMember, list[datetime]]]:
    ids = [one.id for one in members]
    begin, end = window.minutes
    work = working_hours.load(session=session, staff_ids=ids, start=begin, end=end)
    away = leave.spans(session=session, staff_ids=ids, start=window.start, end=window.end)
    person = (HolderKind.BENEFICIARY, row.ladder.beneficiary_id)
    holders = [person, *((HolderKind.STAFF, one) for one in ids)]
    busy = calendar.busy(session=session, holders=holders, start=window.start, end=window.end)
    for member in members:
        cells = work[member.id].cells(begin, end, ANYWHERE)
        for starts_at, ends_at in (shifts or {}).get(member, []):
            cells.fill((minute_of(starts_at), minute_of(ends_at)), 1)
        for starts_at, ends_at in (*away[member.id], *busy[(HolderKind.STAFF, member.id)], *busy[person]):
            cells.fill((minute_of(starts_at), minute_of(ends_at)), 0)
        starts = _starts(cells, window)
        if starts:
            yield member, starts


def _starts(cells: OpenTime, window: _Window) -> list[datetime]:
    length = int(rules().length.total_seconds()) // 60
    found = [moment_of(minute) for minute in cells.starts(length, 0, ())]
    fitting = [one for one in found if one >= window.start and one + rules().length <= window.end]
    return sorted((one for one in fitting if window.may_call(one)), key=lambda one: abs(one - window.due))


def _turns(session: Session, window: _Window) -> dict[StaffMember, list[tuple[datetime, datetime]]]:
    found: dict[StaffMember, list[tuple[datetime, datetime]]] = {}
    for turn in duty.turns_between(session=session, start=window.start, end=window.end):
        if turn.position in duty.CHAT_POSITIONS and follow_up_ladders.may_keep(turn.staff):
            found.setdefault(turn.staff, []).append((turn.starts_at, turn.ends_at))
    return found


def _counselors(session: Session, now: datetime) -> list[StaffMember]:
    """Return the active counselors who hold what their work asks for, whoever carries the fewest people first."""
    members = session.scalars(
        select(StaffMember)
        .join(StaffMember.roles)
        .where(Role.name == RoleName.COUNSELOR.value, StaffMember.active)
        .order_by(StaffMember.id)
    ).all()
    fit = [
        one
        for one in members
        if not qualifications.missing_for(session=session, staff_id=one.id, role="role.counselor", at=now)
    ]
    carried = caseload.counts(session=session, staff_ids=[one.id for one in fit])
    return sorted(fit, key=lambda one: (carried[one.id], one.id))
