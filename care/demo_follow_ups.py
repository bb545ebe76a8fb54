"""An invented person a week after a crisis: the steps that helped, two contacts that were kept, one for today."""

from __future__ import annotations

from datetime import datetime, timedelta

from sqlalchemy import select
from sqlalchemy.orm import Session

from care import crises, follow_ups, intakes, interventions, people, risk_checks, seen_flags, staff
from care.interventions import Step
from models.crises import CrisisCase, FlagSource
from models.follow_ups import FollowUp, FollowUpLadder, FollowUpState, Way, Worry
from models.interventions import Basis, StepKind
from models.staff import StaffMember
from triage.levels import Level

_CHECK = {
    "thoughts": "wish",
    "thoughts_words": "说过“不想醒来”，没有想过怎么做。",
    "plan": "none",
    "means": "none",
    "time_frame": "none",
    "attempts": "never",
    "company": "trusted",
    "company_words": "弟弟这几天住在家里。",
    "protects": "several",
    "protects_words": "孙子下个月上小学。",
    "judgement": "orange",
    "judgement_words": "愿意接电话，弟弟知道情况。",
}


def load(*, session: Session, now: datetime, secret: str) -> int:
    """Add the person unless a ladder is there already; return how many were added."""
    counselor = staff.by_username(session=session, typed="chenyu")
    if counselor is None or session.scalar(select(FollowUpLadder.id).limit(1)) is not None:
        return 0
    # The contact after one week is due in two hours.
    start = now - timedelta(days=7) + timedelta(hours=2)
    case = _case(session, start - timedelta(hours=1), secret, counselor)
    _steps(session, case, counselor, start - timedelta(minutes=40))
    risk_checks.sign(
        session=session,
        author=counselor,
        case_id=case.id,
        key=f"demo-follow-up-{case.id}",
        fields=_CHECK,
        now=start - timedelta(minutes=20),
    )
    words = "见过面。弟弟陪着，知道找谁。"
    crises.close(
        session=session,
        case_id=case.id,
        actor=counselor,
        reason=words,
        seen_flag_id=seen_flags.newest(session=session, case_id=case.id),
        now=start,
    )
    _contacts(session, case, counselor, start)
    return 1


def _case(session: Session, now: datetime, secret: str, counselor: StaffMember) -> CrisisCase:
    door = people.open_door(session=session, secret=secret, language="zh-CN", now=now, synthetic=True)
    intakes.update(
        session=session,
        conversation=door.conversation,
        now=now,
        fields={
            "called": "老韩",
            "age_band": "60-plus",
            "station": "riverside",
            "worries": ["illness", "loneliness"],
            "urgency": "week",
            "consents": {"care": True, "contact": True, "share": True},
        },
    )
    signal = crises.Signal(source=FlagSource.STAFF, level=Level.ORANGE, reasons=("staff_words",), raised_by=counselor)
    talk = door.conversation
    case = crises.raise_flag(session=session, beneficiary=talk.beneficiary, conversation=talk, signal=signal, now=now)
    crises.acknowledge(session=session, case_id=case.id, actor=counselor, now=now + timedelta(minutes=3))
    return case


def _steps(session: Session, case: CrisisCase, counselor: StaffMember, now: datetime) -> None:
    steps = (
        Step(StepKind.ASK, Basis.CONSENT, "愿意让弟弟今晚过来。"),
        Step(StepKind.PLAN, Basis.CONSENT, "今晚不一个人；难受就打12356。"),
        Step(StepKind.RELATIVE, Basis.CONSENT, "弟弟已出发，住到周末。"),
    )
    for number, step in enumerate(steps):
        interventions.take(
            session=session,
            case_id=case.id,
            actor=counselor,
            step=step,
            key=f"demo-step-{case.id}-{number}",
            now=now + timedelta(minutes=number),
        )


def _contacts(session: Session, case: CrisisCase, counselor: StaffMember, start: datetime) -> None:
    words = (
        ("h24", 24, Worry.SOME, "睡了五个小时，弟弟在。还会想到那天，没有轻生的念头。"),
        ("h72", 71, Worry.NONE, "去了茶话会，午饭吃得下。约好下周再聊。"),
    )
    for step, hours, worry, said in words:
        row = session.scalars(
            select(FollowUp)
            .join(FollowUp.ladder)
            .where(
                FollowUpLadder.case_id == case.id,
                FollowUp.step == step,
                FollowUp.state == FollowUpState.PLANNED,
            )
        ).one()
        follow_ups.reached(
            session=session,
            follow_up_id=row.id,
            actor=counselor,
            contact=follow_ups.Contact(way=Way.PHONE, worry=worry, words=said),
            key=f"demo-contact-{row.id}",
            now=start + timedelta(hours=hours),
        )
