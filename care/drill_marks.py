"""What the crisis chain does with a drill: the one place where it learns that a case was one.

`care.crises` calls `taken` while it holds the case. Until then a drill looks like anybody else, so that what is
measured is what a person would meet.
"""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from care import audit, transcript
from care.wording import say
from models.conversations import MessageKind, Sender
from models.crises import CrisisCase
from models.drills import Drill
from models.staff import StaffMember


def of_case(*, session: Session, case_id: int) -> Drill | None:
    """Return the drill to which the case belongs, held for this unit of work where the database can."""
    return session.scalars(
        select(Drill)
        .where(Drill.case_id == case_id)
        .with_for_update(of=Drill)
        .execution_options(populate_existing=True)
    ).first()


def taken(*, session: Session, case: CrisisCase, actor: StaffMember, now: datetime) -> None:
    """Note how long it took until a colleague was there, once, and let the desk say that nobody is in danger."""
    if not case.beneficiary.is_drill:
        return
    drill = of_case(session=session, case_id=case.id)
    if drill is None or drill.taken_at is not None or drill.ended_at is not None:
        return
    drill.taken_at, drill.taken_by_id = now, actor.id
    # A clock that was set back must not make anybody faster than the alarm.
    drill.seconds = max(0, round((now - drill.started_at).total_seconds()))
    case.beneficiary.unveiled_at = now
    if case.conversation is not None:
        # Said where the colleague is looking now; nobody else reads this chat.
        transcript.append(
            session=session,
            conversation=case.conversation,
            sender=Sender.SYSTEM,
            kind=MessageKind.NOTICE,
            text=say("drill.over", actor.language, seconds=str(drill.seconds)),
            now=now,
        )
    audit.record(
        session=session,
        actor=actor,
        verb="drill.taken",
        subject_type="drill",
        subject_id=drill.id,
        now=now,
        seconds=drill.seconds,
    )
    session.flush()
