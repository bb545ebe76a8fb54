"""What a page had shown: nobody closes or lowers a case over a sign of danger that they have not seen."""

from __future__ import annotations

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from care.refusals import Refusal, Refused
from models.crises import CrisisCase, CrisisFlag


def newest(*, session: Session, case_id: int) -> int:
    """Return the number of the newest flag of the case, 0 where there is none."""
    return session.scalar(select(func.max(CrisisFlag.id)).where(CrisisFlag.case_id == case_id)) or 0


def must_be_seen(*, session: Session, case: CrisisCase, seen_flag_id: int) -> None:
    """Raise Refused(NEW_FLAG_ARRIVED) unless the page knew the newest flag; the case must be locked already.

    Every voice locks the case before it adds a flag, so nothing can arrive between this look and the commit. Only
    the very number counts: 0, and a number that is higher than any, are from no page of this case.
    """
    if newest(session=session, case_id=case.id) != seen_flag_id:
        raise Refused(Refusal.NEW_FLAG_ARRIVED)
