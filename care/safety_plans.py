"""The safety plan: written together with the person, a new version each time, never a promise asked of them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from care import audit
from care.refusals import Refusal, Refused
from models.beneficiaries import Beneficiary
from models.safety_plans import SafetyPlan
from models.staff import StaffMember

# The six steps in their order: from what one notices alone to what others do.
STEPS = ("warning_signs", "own_ways", "people_and_places", "people_to_ask", "professionals", "surroundings")
LONGEST_STEP = 2_000


def newest(*, session: Session, beneficiary_id: int) -> SafetyPlan | None:
    """Return the plan that holds now."""
    return session.scalars(
        select(SafetyPlan)
        .where(SafetyPlan.beneficiary_id == beneficiary_id)
        .order_by(SafetyPlan.version_no.desc())
        .limit(1)
    ).first()


def versions(*, session: Session, beneficiary_id: int) -> Sequence[SafetyPlan]:
    """Return every version, the newest first."""
    return session.scalars(
        select(SafetyPlan).where(SafetyPlan.beneficiary_id == beneficiary_id).order_by(SafetyPlan.version_no.desc())
    ).all()


def see(*, session: Session, beneficiary_id: int, actor: StaffMember, now: datetime) -> Sequence[SafetyPlan]:
    """Open the plan to read it, with its older versions; the look is recorded."""
    person = _person(session, beneficiary_id)
    audit.record(
        session=session,
        actor=actor,
        verb="safety_plan.see",
        subject_type="beneficiary",
        subject_id=person.id,
        now=now,
    )
    return versions(session=session, beneficiary_id=person.id)


def _person(session: Session, beneficiary_id: int) -> Beneficiary:
    person = session.get(Beneficiary, beneficiary_id)
    if person is None:
        raise Refused(Refusal.NOT_FOUND)
    return person


def write(
    *,
    session: Session,
    author: StaffMember,
    beneficiary_id: int,
    above: int,
    steps: Mapping[str, str],
    now: datetime,
) -> SafetyPlan:
    """Write the version that follows the one the author has seen (0 for the first).

    The same words again, for instance a form that was sent twice, are the version that is there already.
    """
    person = _person(session, beneficiary_id)
    words = {name: _words(steps, name) for name in STEPS}
    if not any(words.values()):
        raise Refused(Refusal.EMPTY_PLAN, STEPS[0])
    standing = newest(session=session, beneficiary_id=person.id)
    if standing is not None and all(getattr(standing, name) == words[name] for name in STEPS):
        return standing
    if (standing.version_no if standing else 0) != above:
        raise Refused(Refusal.PLAN_CHANGED, STEPS[0])
    plan = SafetyPlan(beneficiary_id=person.id, version_no=above + 1, author_id=author.id, made_at=now, **words)
    try:
        with session.begin_nested():
            session.add(plan)
    except IntegrityError:
        # The database numbers the versions: a colleague wrote the same one a moment earlier.
        raise Refused(Refusal.PLAN_CHANGED, STEPS[0]) from None
    audit.record(
        session=session,
        actor=author,
        verb="safety_plan.write",
        subject_type="beneficiary",
        subject_id=person.id,
        now=now,
        version=plan.version_no,
    )
    return plan


def _words(steps: Mapping[str, str], name: str) -> str | None:
    words = (steps.get(name) or "").replace("\r\n", "\n").strip()
    if len(words) > LONGEST_STEP:
        raise Refused(Refusal.TOO_LONG, name)
    return words or None
