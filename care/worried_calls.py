"""What follows a report about somebody: the call to the one who is worried, and finding out who the person is."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import or_, select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from care import audit, case_codes, crises, duty, duty_gaps, follow_up_ladders, kept_away, live, notices, seen_flags
from care.refusals import Refusal, Refused
from models.crises import CrisisCase, FlagSource, UncheckedReason
from models.staff import StaffMember
from models.worried_reports import WorriedReport
from triage.levels import Level


def _locked(session: Session, report_id: int) -> WorriedReport:
    report = session.scalars(
        select(WorriedReport)
        .where(WorriedReport.id == report_id)
        .with_for_update()
        .execution_options(populate_existing=True)
    ).first()
    if report is None:
        raise Refused(Refusal.NOT_FOUND)
    return report


def note_call(*, session: Session, report_id: int, actor: StaffMember, now: datetime) -> WorriedReport:
    """Note that the one who is worried has been called; whoever was first stays named."""
    report = _locked(session, report_id)
    if report.called_at is None:
        report.called_at, report.called_by_id = now, actor.id
        _trace(session, actor, "worried.call", report, now)
    return report


def standing(*, session: Session, owner_id: int | None = None) -> Sequence[WorriedReport]:
    """Return the calls that are promised and not made, the earliest first; of one owner where that is asked."""
    query = select(WorriedReport).where(WorriedReport.called_at.is_(None), WorriedReport.due_at.is_not(None))
    if owner_id is not None:
        query = query.where(WorriedReport.owner_id == owner_id)
    return session.scalars(query.order_by(WorriedReport.due_at, WorriedReport.id)).all()


def needs_somebody(*, session: Session, now: datetime) -> bool:
    """Tell whether a promised call is late, or stands in the name of somebody who was deactivated."""
    found = session.scalar(
        select(WorriedReport.id)
        .join(StaffMember, StaffMember.id == WorriedReport.owner_id)
        .where(WorriedReport.called_at.is_(None), or_(WorriedReport.due_at < now, StaffMember.active.is_(False)))
        .limit(1)
    )
    return found is not None


def hand_on(*, session: Session, now: datetime) -> int:
    """Give the calls of colleagues who were deactivated to whose turn it is; return how many."""
    left = [one for one in standing(session=session) if one.owner is not None and not one.owner.active]
    heir = duty.who_answers(session=session, at=now) if left else None
    owner = heir[0] if heir else duty.last_resort(session=session, at=now)
    if owner is None:
        return 0
    for report in left:
        report.owner = owner
        session.flush()
        _trace(session, None, "worried.hand_on", report, now)
    return len(left)


def tell_of_late(*, session: Session, now: datetime) -> int:
    """Tell the owner and the leads once of each call whose time has passed; return how many notices were queued."""
    queued = 0
    for report in standing(session=session):
        if report.due_at is None or report.due_at >= now:
            continue
        people = {one.id: one for one in (report.owner, *duty_gaps.leads(session=session)) if one and one.active}
        for person in people.values():
            queued += len(
                notices.tell(
                    session=session,
                    to=person,
                    words="notice.desk",
                    now=now,
                    dedupe_key=f"worried-late-{report.id}",
                    link=f"/staff/cases/{report.case_id}",
                )
            )
    return queued


def identify(*, session: Session, report_id: int, code: str, actor: StaffMember, now: datetime) -> CrisisCase:
    """Say which person of ours it is: the report and its alarm go to that person's one case.

    Where the person has no open case, the case itself moves. Where one is open, it is raised, and the case that was
    opened for an unknown person is closed as joined; at the top two levels its second reader confirms that.
    Raise Refused: NOT_FOUND, UNKNOWN_CODE, ALREADY_NAMED (code).
    """
    report = _locked(session, report_id)
    if report.known or report.identified_at is not None:
        raise Refused(Refusal.ALREADY_NAMED, "code")
    person = case_codes.find(session=session, typed=code)
    if person is None or person.id == report.beneficiary_id:
        raise Refused(Refusal.UNKNOWN_CODE, "code")
    old = session.get_one(CrisisCase, report.case_id)
    moved = _moved(session, old, person.id, now)
    case = old if moved else _joined(session, old, report, person.id, actor, now)
    reports = session.scalars(select(WorriedReport).where(WorriedReport.case_id == old.id)).all()
    for one in reports if moved else (report,):
        one.beneficiary_id, one.case_id = person.id, case.id
        one.identified_at, one.identified_by_id = now, actor.id
    session.flush()
    _trace(session, actor, "worried.identify", report, now)
    return case


def _moved(session: Session, case: CrisisCase, beneficiary_id: int, now: datetime) -> bool:
    """Let the open case belong to the person; tell False when the person has one already, or this one is closed."""
    if case.closed_at is not None or crises.open_case_of(session=session, beneficiary_id=beneficiary_id) is not None:
        return False
    try:
        with session.begin_nested():
            case.beneficiary_id = beneficiary_id
    except IntegrityError:
        # Another voice opened the person's own case in this very moment: this one joins it.
        session.refresh(case)
        return False
    session.refresh(case)
    follow_up_ladders.case_opened(session=session, case=case, now=now)
    return True


def _joined(
    session: Session,
    old: CrisisCase,
    report: WorriedReport,
    beneficiary_id: int,
    actor: StaffMember,
    now: datetime,
) -> CrisisCase:
    person = case_codes.by_number(session=session, beneficiary_id=beneficiary_id)
    # Locked before its level is read: whatever arrives from here on opens a case of its own and is not closed away.
    session.refresh(old, with_for_update=True)
    level = max(old.risk, Level(report.level.value), key=lambda one: one.rank)
    case = crises.raise_flag(
        session=session,
        beneficiary=person,
        conversation=None,
        signal=crises.Signal(
            source=FlagSource.STAFF if report.staff_id else FlagSource.INFORMANT,
            level=level,
            reasons=tuple(report.reasons),
            raised_by=actor,
            # Whom the report may mean is kept away from the person's own case, too.
            about=tuple(kept_away.of_case(session=session, case_id=old.id)),
        ),
        now=now,
    )
    if old.closed_at is None:
        crises.close(
            session=session,
            case_id=old.id,
            actor=actor,
            reason=f"→ {person.code}",
            seen_flag_id=seen_flags.newest(session=session, case_id=old.id),
            now=now,
            unchecked=crises.Unchecked(UncheckedReason.WRONG_PERSON),
        )
    return case


def _trace(session: Session, actor: StaffMember | None, verb: str, report: WorriedReport, now: datetime) -> None:
    audit.record(
        session=session,
        actor=actor,
        verb=verb,
        subject_type="crisis_case",
        subject_id=report.case_id,
        now=now,
        report_id=report.id,
    )
    live.publish(session=session, channel=live.DESK, kind="case", now=now, case_id=report.case_id)
    session.flush()
