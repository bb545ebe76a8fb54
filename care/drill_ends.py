"""A drill ends by itself: soon after it was taken, at once when a real person comes, or when nobody came at all."""

from __future__ import annotations

import statistics
from collections import defaultdict
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import select, update
from sqlalchemy.orm import Session

from care import audit, case_changes, channel, desk, drill_marks, drills, duty_gaps, live, notices
from models.conversations import Owner
from models.crises import CallBack, CrisisCase, UncheckedReason
from models.drills import Drill, DrillEnd
from models.staff import StaffMember

# Long enough to read that it was a drill, short enough that nobody goes on working in it.
READ_FOR = timedelta(minutes=2)
# By then the alarm of a red case has gone round once and told everybody.
LONGEST = timedelta(minutes=20)
PAGE = "/staff/drills"


def ending_of(*, session: Session, drill: Drill, now: datetime) -> DrillEnd | None:
    """Return how the drill ends now; None while it goes on. A clock that was set back ends it, too."""
    if drill.taken_at is not None:
        return None if timedelta(0) <= now - drill.taken_at < READ_FOR else DrillEnd.TAKEN
    if drill.case.closed_at is not None or drills.somebody_waits(session=session):
        return DrillEnd.GAVE_WAY
    return None if timedelta(0) <= now - drill.started_at < LONGEST else DrillEnd.NOBODY_CAME


def _held(session: Session) -> Drill | None:
    """Return the running drill with its case locked first, as whoever takes the case does it."""
    found = drills.running(session=session)
    if found is None:
        return None
    session.get_one(CrisisCase, found.case_id, with_for_update=True, populate_existing=True)
    drill = drill_marks.of_case(session=session, case_id=found.case_id)
    return drill if drill is not None and drill.ended_at is None else None


def tend(*, session: Session, now: datetime) -> bool:
    """End the running drill if it is over; tell whether it ended."""
    drill = _held(session)
    ending = None if drill is None else ending_of(session=session, drill=drill, now=now)
    if drill is None or ending is None:
        return False
    _end(session, drill, ending, None, now)
    return True


def stop(*, session: Session, actor: StaffMember, now: datetime) -> bool:
    """Let a lead call the running drill off; tell False when none runs."""
    drill = _held(session)
    if drill is None:
        return False
    ending = DrillEnd.TAKEN if drill.taken_at is not None else DrillEnd.GAVE_WAY
    _end(session, drill, ending, actor, now)
    return True


def _end(session: Session, drill: Drill, ending: DrillEnd, actor: StaffMember | None, now: datetime) -> None:
    """End the drill with its case and its chat; who ordered it has signed that nobody was in danger."""
    drill.ended_at, drill.ending = max(now, drill.started_at), ending
    case = drill.case
    case.beneficiary.unveiled_at = case.beneficiary.unveiled_at or now
    if case.closed_at is None:
        _close_case(session, case, drill, now)
    _close_chat(session, case, drill.ordered_by, now)
    audit.record(
        session=session,
        actor=actor,
        verb="drill.end",
        subject_type="drill",
        subject_id=drill.id,
        now=now,
        ending=ending.value,
        seconds=drill.seconds,
    )
    if ending is DrillEnd.NOBODY_CAME:
        _tell_that_nobody_came(session, drill, now)
    live.publish(session=session, channel=live.DESK, kind="case", now=now, case_id=case.id)
    session.flush()


def _close_case(session: Session, case: CrisisCase, drill: Drill, now: datetime) -> None:
    case_changes.overtake(session=session, case=case, now=now)
    case.closing_reason, case.closed_by_id = "fire drill", None
    case.unchecked_reason, case.unchecked_by_id = UncheckedReason.EXERCISE, drill.ordered_by_id
    case.second_reader_id = drill.ordered_by_id
    case.closed_at, case.climbs_at = now, None
    session.flush()


def _close_chat(session: Session, case: CrisisCase, ordered_by: StaffMember, now: datetime) -> None:
    conversation = case.conversation
    if conversation is None:
        return
    session.execute(
        update(CallBack)
        .where(CallBack.conversation_id == conversation.id, CallBack.done_at.is_(None))
        .values(done_at=now)
        .execution_options(synchronize_session=False)
    )
    if conversation.owner is Owner.STAFF:
        channel.end_spell(session=session, conversation=conversation, now=now)
        conversation.owner, conversation.owner_staff_id = Owner.BOT, None
        session.flush()
    desk.close(session=session, conversation_id=conversation.id, actor=ordered_by, now=now)


def _tell_that_nobody_came(session: Session, drill: Drill, now: datetime) -> None:
    people = {one.id: one for one in (drill.ordered_by, *duty_gaps.leads(session=session)) if one.active}
    for person in people.values():
        notices.tell(
            session=session,
            to=person,
            words="notice.desk",
            now=now,
            dedupe_key=f"drill-{drill.id}-nobody-{person.id}",
            link=PAGE,
        )


@dataclass(frozen=True)
class Cell:
    """One hour of the week: how many drills, how many of them nobody took, and the middle time to a human."""

    count: int
    missed: int
    median: float | None


def chart(*, session: Session, since: datetime) -> dict[tuple[int, int], Cell]:
    """Return the time to a human by (weekday, hour), in seconds; drills that gave way say nothing about it."""
    rows = session.execute(
        select(Drill.weekday, Drill.hour, Drill.seconds).where(
            Drill.ending.in_((DrillEnd.TAKEN, DrillEnd.NOBODY_CAME)), Drill.started_at >= since
        )
    )
    found: dict[tuple[int, int], list[int | None]] = defaultdict(list)
    for weekday, hour, seconds in rows:
        found[weekday, hour].append(seconds)
    cells = {}
    for key, times in found.items():
        kept = [one for one in times if one is not None]
        cells[key] = Cell(len(times), len(times) - len(kept), statistics.median(kept) if kept else None)
    return cells
