"""What hangs on the wall of the duty room: counts, clocks and colleagues, and nothing about anybody who is helped."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from care import case_queue, desk, duty, presence
from care.clocks import clock
from models.conversations import Conversation
from models.crises import CrisisCase
from models.duty import DutyPosition
from triage.levels import Level

CLOCKS_AT_MOST = 12


class Presence(StrEnum):
    """How a colleague of the running turn stands to the desk."""

    HERE = "here"
    LOST = "lost"
    EXPECTED = "expected"
    LEFT = "left"


@dataclass(frozen=True)
class RunningClock:
    """A case that still owes somebody a word: its level and its time, never its code."""

    key: int
    level: Level
    due_at: datetime
    # Whether a named colleague has taken it.
    is_taken: bool
    rings: bool


@dataclass(frozen=True)
class Board:
    """Everything the wallboard shows at one moment."""

    waiting: int
    oldest_wait_since: datetime | None
    alarms: int
    alarm_since: datetime | None
    talks: int
    clocks: list[RunningClock]
    more_clocks: int
    on_duty: list[tuple[DutyPosition, str, Presence]]
    is_open: bool
    next_at: datetime | None


def read(*, session: Session, now: datetime) -> Board:
    """Return the state of the desk for the wall."""
    waits = [one.human_requested_at for one in desk.waiting(session=session) if one.human_requested_at is not None]
    cases = case_queue.queue_of_open_cases(session=session)
    ringing = [case for case in cases if case.acknowledged_at is None and clock(case.risk).alarm]
    owed = sorted((case for case in cases if case.contacted_at is None), key=lambda case: (case.due_at, case.id))
    is_open = duty.is_open(session=session, at=now)
    following = None if is_open else duty.next_turn(session=session, after=now)
    return Board(
        waiting=len(waits),
        oldest_wait_since=min(waits, default=None),
        alarms=len(ringing),
        alarm_since=min((case.raised_at for case in ringing), default=None),
        talks=_talks(session),
        clocks=[_clock(case) for case in owed[:CLOCKS_AT_MOST]],
        more_clocks=max(0, len(owed) - CLOCKS_AT_MOST),
        on_duty=_on_duty(session, now),
        is_open=is_open,
        next_at=following.starts_at if following else None,
    )


def _talks(session: Session) -> int:
    return (
        session.scalar(
            select(func.count())
            .select_from(Conversation)
            .where(Conversation.closed_at.is_(None), Conversation.owner_staff_id.is_not(None))
        )
        or 0
    )


def _clock(case: CrisisCase) -> RunningClock:
    taken = case.acknowledged_at is not None
    return RunningClock(case.id, case.risk, case.due_at, taken, not taken and clock(case.risk).alarm)


def _on_duty(session: Session, now: datetime) -> list[tuple[DutyPosition, str, Presence]]:
    # Whoever came early is shown, too: they can take a chat already.
    turns = [
        turn
        for turn in duty.turns_between(session=session, start=now, end=now + duty.EARLY)
        if turn.staff.active and (turn.starts_at <= now or turn.checked_in_at is not None)
    ]
    found = []
    for turn in sorted(turns, key=lambda turn: (duty.CHAIN.index(turn.position), turn.id)):
        if turn.checked_out_at is not None:
            state = Presence.LEFT
        elif presence.is_here(turn, now):
            state = Presence.HERE
        else:
            state = Presence.LOST if presence.is_lost(turn, now) else Presence.EXPECTED
        found.append((turn.position, turn.staff.display_name, state))
    return found
