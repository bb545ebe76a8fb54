"""People who need us often: seen as such, with an agreed plan instead of a new beginning each time."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from functools import lru_cache
from pathlib import Path
from zoneinfo import ZoneInfo

from sqlalchemy import func, select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from care import audit, live
from care.refusals import Refusal, Refused
from models.beneficiaries import Beneficiary
from models.contact_plans import ContactPlan
from models.conversations import Conversation, Message, Sender
from models.crises import CrisisCase
from models.staff import StaffMember

_FILE = Path(__file__).parent / "data" / "frequent_contacts.json"
FIELDS = ("who", "how_often", "helps", "helps_not")
LONGEST = 2_000
# A plan that nobody looks at for longer than this is no plan.
LONGEST_REVIEW = timedelta(days=180)


@dataclass(frozen=True)
class Rules:
    """From how many days or cases on, within how many days, somebody counts as a frequent contact."""

    days: int
    days_written: int
    cases: int


@dataclass(frozen=True)
class Frequency:
    """How often the person has needed us lately."""

    days: int
    days_written: int
    cases: int
    is_frequent: bool


@lru_cache(maxsize=1)
def rules() -> Rules:
    """Return the numbers of the base."""
    data = json.loads(_FILE.read_text("utf-8"))
    return Rules(int(data["days"]), int(data["days_written"]), int(data["cases"]))


def frequency(*, session: Session, beneficiary_id: int, now: datetime) -> Frequency:
    """Count days with words of the person and cases; a day is one of UTC, so a night at the base counts once."""
    asked = rules()
    since = now - timedelta(days=asked.days)
    written = session.scalar(
        select(func.count(func.distinct(func.date(Message.at))))
        .join(Conversation, Conversation.id == Message.conversation_id)
        .where(Conversation.beneficiary_id == beneficiary_id, Message.sender == Sender.PERSON, Message.at > since)
    )
    opened = session.scalar(
        select(func.count()).where(CrisisCase.beneficiary_id == beneficiary_id, CrisisCase.opened_at > since)
    )
    days, cases = int(written or 0), int(opened or 0)
    return Frequency(asked.days, days, cases, days >= asked.days_written or cases >= asked.cases)


def frequent(*, session: Session, now: datetime) -> list[Beneficiary]:
    """Return everybody who counts as a frequent contact now, by code."""
    asked = rules()
    since = now - timedelta(days=asked.days)
    by_days = (
        select(Conversation.beneficiary_id)
        .join(Message, Message.conversation_id == Conversation.id)
        .where(Message.sender == Sender.PERSON, Message.at > since)
        .group_by(Conversation.beneficiary_id)
        .having(func.count(func.distinct(func.date(Message.at))) >= asked.days_written)
    )
    by_cases = (
        select(CrisisCase.beneficiary_id)
        .where(CrisisCase.opened_at > since)
        .group_by(CrisisCase.beneficiary_id)
        .having(func.count() >= asked.cases)
    )
    rows = session.scalars(
        select(Beneficiary).where(Beneficiary.id.in_(by_days) | Beneficiary.id.in_(by_cases)).order_by(Beneficiary.code)
    )
    return list(rows)


def newest(*, session: Session, beneficiary_id: int) -> ContactPlan | None:
    """Return the plan that holds now."""
    return session.scalars(
        select(ContactPlan)
        .where(ContactPlan.beneficiary_id == beneficiary_id)
        .order_by(ContactPlan.version_no.desc())
        .limit(1)
    ).first()


def plans(*, session: Session) -> list[ContactPlan]:
    """Return the newest plan of everybody who has one, the earliest review first."""
    last = select(func.max(ContactPlan.id)).group_by(ContactPlan.beneficiary_id)
    rows = session.scalars(select(ContactPlan).where(ContactPlan.id.in_(last)).order_by(ContactPlan.review_on))
    return list(rows)


def versions(*, session: Session, beneficiary_id: int) -> Sequence[ContactPlan]:
    """Return every version, the newest first."""
    return session.scalars(
        select(ContactPlan).where(ContactPlan.beneficiary_id == beneficiary_id).order_by(ContactPlan.version_no.desc())
    ).all()


def see(*, session: Session, beneficiary_id: int, actor: StaffMember, now: datetime) -> Beneficiary:
    """Open the plan to read or write it; the look is recorded."""
    person = _person(session, beneficiary_id)
    audit.record(
        session=session,
        actor=actor,
        verb="contact_plan.see",
        subject_type="beneficiary",
        subject_id=person.id,
        now=now,
    )
    return person


def _person(session: Session, beneficiary_id: int) -> Beneficiary:
    person = session.get(Beneficiary, beneficiary_id)
    if person is None:
        raise Refused(Refusal.NOT_FOUND)
    return person


@dataclass(frozen=True)
class Words:
    """What a version says."""

    who: str
    how_often: str
    helps: str
    helps_not: str
    with_person: bool
    review_on: date | None


def write(
    *,
    session: Session,
    author: StaffMember,
    beneficiary_id: int,
    above: int,
    words: Words,
    now: datetime,
    timezone: str,
) -> ContactPlan:
    """Write the version that follows the one the author has seen (0 for the first); the same words change nothing.

    Raise Refused: NOT_FOUND, EMPTY (who, how_often), TOO_LONG, WRONG_VALUE (review_on), CHANGED_MEANWHILE (who).
    """
    person = _person(session, beneficiary_id)
    kept = {name: _tidy(getattr(words, name), name) for name in FIELDS}
    for name in ("who", "how_often"):
        if not kept[name]:
            raise Refused(Refusal.EMPTY, name)
    today = now.astimezone(ZoneInfo(timezone)).date()
    if words.review_on is None or not today <= words.review_on <= today + LONGEST_REVIEW:
        raise Refused(Refusal.WRONG_VALUE, "review_on")
    kept_all = {**kept, "with_person": words.with_person, "review_on": words.review_on}
    standing = newest(session=session, beneficiary_id=person.id)
    if standing is not None and all(getattr(standing, name) == value for name, value in kept_all.items()):
        return standing
    if (standing.version_no if standing else 0) != above:
        raise Refused(Refusal.CHANGED_MEANWHILE, "who")
    plan = ContactPlan(beneficiary_id=person.id, version_no=above + 1, author_id=author.id, made_at=now, **kept_all)
    try:
        with session.begin_nested():
            session.add(plan)
    except IntegrityError:
        # The database numbers the versions: a colleague wrote the same one a moment earlier.
        raise Refused(Refusal.CHANGED_MEANWHILE, "who") from None
    audit.record(
        session=session,
        actor=author,
        verb="contact_plan.write",
        subject_type="beneficiary",
        subject_id=person.id,
        now=now,
        version=plan.version_no,
    )
    live.publish(session=session, channel=live.DESK, kind="contact_plan", now=now, beneficiary_id=person.id)
    return plan


def _tidy(typed: str, name: str) -> str | None:
    words = typed.replace("\r\n", "\n").strip()
    if len(words) > LONGEST:
        raise Refused(Refusal.TOO_LONG, name)
    return words or None
