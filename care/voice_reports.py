"""What people told the base in one month, as counts for those who lead it; no words, no names."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, time
from statistics import median
from zoneinfo import ZoneInfo

from sqlalchemy import select
from sqlalchemy.orm import Session

from care import voice_answers, working_days
from models.staff import StaffMember
from models.voices import Voice, VoiceKind


@dataclass(frozen=True)
class Month:
    """One month of voices, counted by the day on which they came."""

    kinds: dict[VoiceKind, int]
    answered_in_time: int
    answered_late: int
    # Promised for a day that has passed, and still open.
    overdue: int
    still_in_time: int
    read: int
    # Between the voice and its answer; None while nothing has been answered.
    usual_days: float | None

    @property
    def total(self) -> int:
        """Return how many voices came."""
        return sum(self.kinds.values())


def month(*, session: Session, viewer: StaffMember, first: date, now: datetime, timezone: str) -> Month:
    """Return the counts of the month that begins with this day; what is about the viewer is not counted."""
    zone = ZoneInfo(timezone)
    following = date(first.year + first.month // 12, first.month % 12 + 1, 1)
    begin, end = (datetime.combine(day, time(), zone) for day in (first, following))
    rows = session.scalars(
        select(Voice).where(Voice.received_at >= begin, Voice.received_at < end, voice_answers.not_about(viewer))
    ).all()
    answered = [(row, row.answered_at) for row in rows if row.answered_at is not None]
    in_time = sum(working_days.today(at, timezone) <= row.due_on for row, at in answered)
    waiting = [row for row in rows if row.answered_at is None]
    overdue = sum(row.due_on < working_days.today(now, timezone) for row in waiting)
    spans = [(at - row.received_at).total_seconds() / 86_400 for row, at in answered]
    return Month(
        kinds={kind: sum(row.kind is kind for row in rows) for kind in VoiceKind},
        answered_in_time=in_time,
        answered_late=len(answered) - in_time,
        overdue=overdue,
        still_in_time=len(waiting) - overdue,
        read=sum(row.seen_at is not None for row in rows),
        usual_days=round(median(spans), 1) if spans else None,
    )
