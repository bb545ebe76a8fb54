"""The scheduler's pulse: whether alarms climb by themselves, and what the site notes down when they do not."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from sqlalchemy import func, select, update
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from care import audit, duty_gaps, live
from models.crises import CrisisCase
from models.heartbeat import SchedulerOutage
from models.live import Heartbeat
from models.staff import RoleName

# The scheduler beats every few seconds; after this silence alarms are no longer climbing by themselves.
SILENCE = timedelta(seconds=30)
# Two clocks of one base may differ by this much; a pulse that lies further ahead was written before a clock was set.
AHEAD = timedelta(seconds=5)
# What must beat: the process itself, and the one sweep on which lives hang.
PROCESS, SWEEP = "scheduler", "climb-unanswered"
# An update or a restart takes less; after this long somebody has to come and start it.
TELL_AFTER = timedelta(minutes=2)
# Who can start it, and who leads the desk that lives without it meanwhile.
TOLD = (RoleName.ADMIN, RoleName.SUPERVISOR, RoleName.BASE_MANAGER)
# An alarm that is this late has not been let climb by anybody.
LATE = timedelta(seconds=30)


@dataclass(frozen=True)
class Pulse:
    """The last sign of life, and whether the sweep of alarms failed when it last ran."""

    at: datetime | None
    failing: bool = False


def pulse(*, session: Session) -> Pulse:
    """Return the older sign of life of the two; a sweep that has never run yet is not missed."""
    rows = session.scalars(
        select(Heartbeat).where(Heartbeat.name.in_((PROCESS, SWEEP))).execution_options(populate_existing=True)
    ).all()
    beats = {row.name: row for row in rows}
    if PROCESS not in beats:
        return Pulse(None)
    sweep = beats.get(SWEEP)
    failing = sweep is not None and sweep.failed_at is not None and sweep.failed_at >= sweep.at
    return Pulse(min(row.at for row in rows), failing)


@dataclass
class Watch:
    """What one process remembers of the pulse, by a clock that nobody can set."""

    _last: datetime | None = field(default=None)
    _since: float = field(default=0.0)

    def is_silent(self, *, beat: Pulse, now: datetime, elapsed: float) -> bool:
        """Tell whether alarms must be looked after by others; `elapsed` is in seconds of a monotonic clock.

        A clock that was set back leaves a pulse in the future, which would look fresh for hours: such a pulse counts
        only while it keeps changing.
        """
        if beat.at is None or beat.failing:
            return True
        if beat.at != self._last:
            self._last, self._since = beat.at, elapsed
        if beat.at - now > AHEAD:
            return elapsed - self._since > SILENCE.total_seconds()
        return now - beat.at > SILENCE


def is_noted(*, session: Session) -> bool:
    """Tell whether the present silence has been noticed by somebody."""
    return session.scalar(select(SchedulerOutage.id).where(SchedulerOutage.ended_at.is_(None))) is not None


def running_outage(*, session: Session) -> SchedulerOutage | None:
    """Return the silence that has been noticed and has not ended."""
    return session.scalars(
        select(SchedulerOutage)
        .where(SchedulerOutage.ended_at.is_(None))
        .with_for_update()
        .execution_options(populate_existing=True)
    ).first()


def note_silence(*, session: Session, last_beat_at: datetime | None, now: datetime) -> SchedulerOutage:
    """Note that the scheduler is silent, once, and tell every screen of the desk."""
    found = running_outage(session=session)
    if found is not None:
        return found
    outage = SchedulerOutage(last_beat_at=last_beat_at, noticed_at=now)
    try:
        with session.begin_nested():
            session.add(outage)
    except IntegrityError:
        # Another screen noticed it in this very moment.
        return session.scalars(select(SchedulerOutage).where(SchedulerOutage.ended_at.is_(None))).one()
    _trace(session, "scheduler.silent", outage, now)
    return outage


def outage_to_tell(*, session: Session, now: datetime) -> int | None:
    """Return the number of the present silence once it has lasted so long that somebody must come."""
    return session.scalar(
        select(SchedulerOutage.id).where(
            SchedulerOutage.ended_at.is_(None), SchedulerOutage.noticed_at <= now - TELL_AFTER
        )
    )


def tell_of_silence(*, session: Session, outage_id: int, now: datetime) -> int:
    """Tell administrators and leads at once, whatever the hour, once for each silence; return how many notices left."""
    return duty_gaps.tell_leads(
        session=session,
        words="notice.urgent",
        link="/staff/",
        dedupe_key=f"scheduler-silent-{outage_id}",
        now=now,
        roles=TOLD,
        urgent=True,
    )


def note_return(*, session: Session, now: datetime) -> bool:
    """Note that the scheduler is heard again; tell False when no silence was noted."""
    outage = running_outage(session=session)
    if outage is None:
        return False
    # A clock that was set back must not make an outage end before it began.
    outage.ended_at = max(now, outage.noticed_at)
    _trace(session, "scheduler.back", outage, now, climbed=outage.climbed)
    return True


def _trace(session: Session, verb: str, outage: SchedulerOutage, now: datetime, **details: int) -> None:
    audit.record(
        session=session,
        actor=None,
        verb=verb,
        subject_type="scheduler_outage",
        subject_id=outage.id,
        now=now,
        **details,
    )
    live.publish(session=session, channel=live.DESK, kind="scheduler", now=now)
    session.flush()


def count_climb(*, session: Session) -> None:
    """Count one case that the site let climb in the scheduler's place."""
    session.execute(
        update(SchedulerOutage)
        .where(SchedulerOutage.ended_at.is_(None))
        .values(climbed=SchedulerOutage.climbed + 1)
        .execution_options(synchronize_session=False)
    )


def late_alarms(*, session: Session, now: datetime) -> int:
    """Return how many open alarms should have climbed and have not."""
    return (
        session.scalar(
            select(func.count())
            .select_from(CrisisCase)
            .where(CrisisCase.closed_at.is_(None), CrisisCase.climbs_at < now - LATE)
        )
        or 0
    )


def outages(*, session: Session, limit: int = 50) -> Sequence[SchedulerOutage]:
    """Return the silences, the newest first."""
    return session.scalars(select(SchedulerOutage).order_by(SchedulerOutage.id.desc()).limit(limit)).all()
