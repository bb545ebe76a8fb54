"""Fire drills: an invented person writes a fixed line, and it travels the live path until a colleague takes it.

Nothing on the path knows of the drill: the line is posted like any message, judged by triage, raises a case, rings,
climbs and sends notices. Only the person's record says that nobody is behind it, so nothing counts it.
"""

from __future__ import annotations

import json
import secrets
from collections.abc import Sequence
from datetime import datetime
from functools import lru_cache
from pathlib import Path
from zoneinfo import ZoneInfo

from sqlalchemy import delete, or_, select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from care import audit, conversations, crises, live, people
from care.clocks import clock
from care.refusals import Refusal, Refused
from models.beneficiaries import Beneficiary
from models.conversations import Conversation, Owner
from models.crises import CrisisCase, LevelName
from models.drills import Drill, DrillHour
from models.staff import StaffMember
from triage.levels import Level

_FILE = Path(__file__).parent / "data" / "drills.json"
# A drill begins in the first three quarters of its hour, so that it also ends in it.
FIRST_MINUTES = 45


@lru_cache(maxsize=1)
def lines() -> dict[str, list[str]]:
    """Return what the invented person may write, by language."""
    data = json.loads(_FILE.read_text("utf-8"))
    return {language: data[language] for language in ("zh-CN", "en")}


def hours(*, session: Session) -> set[tuple[int, int]]:
    """Return the hours of the week in which a drill may begin, as (weekday from Monday 0, hour)."""
    return {(row.weekday, row.hour) for row in session.scalars(select(DrillHour))}


def set_hours(*, session: Session, actor: StaffMember, chosen: set[tuple[int, int]], now: datetime) -> None:
    """Choose the hours anew; who keeps an hour that was set by somebody else leaves that name on it."""
    if any(not (0 <= weekday <= 6 and 0 <= hour <= 23) for weekday, hour in chosen):
        raise Refused(Refusal.WRONG_VALUE, "hours")
    before = hours(session=session)
    for weekday, hour in before - chosen:
        session.execute(delete(DrillHour).where(DrillHour.weekday == weekday, DrillHour.hour == hour))
    for weekday, hour in sorted(chosen - before):
        try:
            with session.begin_nested():
                session.add(DrillHour(weekday=weekday, hour=hour, set_by_id=actor.id, set_at=now))
        except IntegrityError:
            continue  # A colleague chose the same hour in this very moment.
    audit.record(
        session=session,
        actor=actor,
        verb="drill.set_hours",
        subject_type="staff_member",
        subject_id=actor.id,
        now=now,
        added=len(chosen - before),
        removed=len(before - chosen),
    )
    session.flush()


def running(*, session: Session) -> Drill | None:
    """Return the drill that has not ended."""
    return session.scalars(
        select(Drill).where(Drill.ended_at.is_(None)).execution_options(populate_existing=True)
    ).first()


def somebody_waits(*, session: Session) -> bool:
    """Tell whether a real person needs the desk: an alarm that rings, a red case without a word yet, a wish to talk."""
    loud = [LevelName(level.value) for level in Level if level is not Level.GREEN and clock(level).alarm]
    case = session.scalar(
        select(CrisisCase.id)
        .join(CrisisCase.beneficiary)
        .where(
            CrisisCase.closed_at.is_(None),
            # People of the demonstration are invented as well: their cases must not keep every drill away.
            Beneficiary.synthetic.is_(False),
            or_(
                CrisisCase.acknowledged_at.is_(None) & CrisisCase.level.in_(loud),
                CrisisCase.contacted_at.is_(None) & CrisisCase.level.in_((LevelName.RED, LevelName.EMERGENCY)),
            ),
        )
        .limit(1)
    )
    if case is not None:
        return True
    wish = session.scalar(
        select(Conversation.id)
        .join(Conversation.beneficiary)
        .where(
            Conversation.closed_at.is_(None),
            Conversation.human_requested_at.is_not(None),
            Conversation.owner == Owner.BOT,
            Beneficiary.synthetic.is_(False),
        )
        .limit(1)
    )
    return wish is not None


def begin(
    *,
    session: Session,
    ordered_by: StaffMember,
    secret: str,
    timezone: str,
    now: datetime,
    hour_key: str | None = None,
) -> Drill:
    """Let an invented person write now. Raise Refused: DRILL_RUNNING, SOMEBODY_WAITS; then nothing was written."""
    if running(session=session) is not None:
        raise Refused(Refusal.DRILL_RUNNING)
    if somebody_waits(session=session):
        raise Refused(Refusal.SOMEBODY_WAITS)
    try:
        with session.begin_nested():
            drill = _write(session, ordered_by, secret, timezone, now, hour_key)
    except IntegrityError:
        # Another scheduler, or a lead with the same thought, was first.
        raise Refused(Refusal.DRILL_RUNNING) from None
    audit.record(
        session=session,
        actor=None if hour_key else ordered_by,
        verb="drill.begin",
        subject_type="drill",
        subject_id=drill.id,
        now=now,
        hour_key=hour_key,
    )
    return drill


def _write(
    session: Session, ordered_by: StaffMember, secret: str, timezone: str, now: datetime, hour_key: str | None
) -> Drill:
    language = "zh-CN"
    door = people.open_door(session=session, secret=secret, language=language, now=now, synthetic=True)
    person = door.conversation.beneficiary
    # Nobody can come back to a person who does not exist.
    person.is_drill, person.return_code_hash = True, None
    session.flush()
    conversations.post(
        session=session,
        conversation_id=door.conversation.id,
        client_key=secrets.token_hex(16),
        text=secrets.choice(lines()[language]),
        now=now,
        timezone=timezone,
    )
    case = crises.open_case_of(session=session, beneficiary_id=person.id)
    if case is None:
        raise LookupError("the line of a drill raised no case")
    local = now.astimezone(ZoneInfo(timezone))
    drill = Drill(
        hour_key=hour_key,
        weekday=local.weekday(),
        hour=local.hour,
        ordered_by=ordered_by,
        case_id=case.id,
        started_at=now,
    )
    session.add(drill)
    session.flush()
    live.publish(session=session, channel=live.DESK, kind="case", now=now, case_id=case.id)
    return drill


def hour_key_of(now: datetime, timezone: str) -> tuple[str, int, int, int]:
    """Return the name of the present hour of the present week, its weekday, its hour, and the minute."""
    local = now.astimezone(ZoneInfo(timezone))
    year, week, _day = local.isocalendar()
    return f"{year}-W{week:02}-{local.weekday()}-{local.hour}", local.weekday(), local.hour, local.minute


def minute_of(hour_key: str, secret: str) -> int:
    """Return the minute at which a planned drill begins: the same for every scheduler, and known to nobody."""
    return int(people.keyed_hash(secret, f"drill {hour_key}")[:8], 16) % FIRST_MINUTES


def planned(*, session: Session, secret: str, timezone: str, now: datetime) -> DrillHour | None:
    """Return the hour whose drill is due: its minute has come and no drill has begun in it this week."""
    key, weekday, hour, minute = hour_key_of(now, timezone)
    row = session.get(DrillHour, (weekday, hour))
    if row is None or minute < minute_of(key, secret):
        return None
    known = session.scalar(select(Drill.id).where(Drill.hour_key == key))
    return row if known is None else None


def begin_planned(*, session: Session, secret: str, timezone: str, now: datetime) -> bool:
    """Begin the drill that is due; while somebody waits it is tried again until its hour is over. Tell if one began."""
    row = planned(session=session, secret=secret, timezone=timezone, now=now)
    if row is None:
        return False
    key = hour_key_of(now, timezone)[0]
    try:
        begin(session=session, ordered_by=row.set_by, secret=secret, timezone=timezone, now=now, hour_key=key)
    except Refused:
        return False
    return True


def latest(*, session: Session, limit: int = 30) -> Sequence[Drill]:
    """Return the drills, the newest first."""
    return session.scalars(select(Drill).order_by(Drill.id.desc()).limit(limit)).all()
