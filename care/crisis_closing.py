"""Before a case closes: a risk check or a signed reason why there is none, and at the top two levels a proposal."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy.orm import Session

from care import audit, case_changes, live
from care.refusals import Refusal, Refused
from models.crises import CrisisCase, UncheckedReason
from models.staff import StaffMember


@dataclass(frozen=True)
class Unchecked:
    """Why the risk check could not be gone through, signed by whoever closes the case."""

    reason: UncheckedReason
    words: str = ""


def need_a_check(*, case: CrisisCase, unchecked: Unchecked | None, actor: StaffMember) -> None:
    """Raise Refused where nobody has asked since the newest flag and nobody signs why."""
    if case.risk_check_id is not None:
        return
    if unchecked is None:
        if case.unchecked_reason is None:
            raise Refused(Refusal.RISK_CHECK_MISSING, "unchecked")
        return
    words = unchecked.words.strip()
    if unchecked.reason is UncheckedReason.BEFORE_THE_RULE:
        raise Refused(Refusal.WRONG_VALUE, "unchecked")
    if unchecked.reason is UncheckedReason.EXERCISE and not case.beneficiary.synthetic:
        raise Refused(Refusal.WRONG_VALUE, "unchecked")
    if unchecked.reason is UncheckedReason.OTHER and not words:
        raise Refused(Refusal.REASON_MISSING, "unchecked_words")
    case.unchecked_reason, case.unchecked_words, case.unchecked_by_id = unchecked.reason, words or None, actor.id


def propose(*, session: Session, case: CrisisCase, actor: StaffMember, reason: str, now: datetime) -> None:
    """Keep the wish to close for a second reader; the case and its clocks stay as they are."""
    if not reason.strip():
        raise Refused(Refusal.SECOND_READER_NEEDED)
    case.closing_reason, case.closed_by_id = reason.strip(), actor.id
    case_changes.note_closing(session=session, case=case, actor=actor, now=now)
    audit.record(
        session=session,
        actor=actor,
        verb="crisis.propose_closing",
        subject_type="crisis_case",
        subject_id=case.id,
        now=now,
    )
    live.publish(session=session, channel=live.DESK, kind="case", now=now, case_id=case.id)
    session.flush()
