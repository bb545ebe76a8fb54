"""Somebody would like to help: the form from the public page, the check by named colleagues, yes or no."""

from __future__ import annotations

import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import func, select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from care import audit, live, qualifications, skills, staff
from care.people import keyed_hash
from care.refusals import Refusal, Refused
from models.applications import Application, ApplicationCheck, ApplicationState
from models.qualifications import Qualification
from models.staff import RoleName, StaffMember, Team
from models.stations import Station

LONGEST_NAME = staff.LONGEST_NAME
LONGEST_ABOUT = 1_000
LONGEST_NOTE = 500
# A form key is 43 signs of randomness (256 bits); shorter ones were not made by our page.
SHORTEST_KEY = 32
LONGEST_KEY = 64
WISHES = ("visit", "chat", "group", "errand", "office")
TIMES = ("weekday", "evening", "weekend")
# Who was declined can ask why for half a year; then nothing that identifies them is left.
KEPT_AFTER_DECISION = timedelta(days=180)
_DAYS_IN_A_MONTH = 365 / 12


@dataclass(frozen=True)
class Check:
    """One step of the check; what was seen there can count as a qualification of the new volunteer."""

    item: str
    grants: str | None = None


# All four are needed: the volunteer regulations ask who somebody is, the law on minors asks for the record.
CHECKS = (
    Check("identity"),
    Check("talk"),
    Check("record", grants="check.no_record"),
    Check("privacy", grants="training.privacy"),
)


@dataclass(frozen=True)
class Form:
    """What somebody typed on the public page."""

    name: str
    phone: str
    about: str = ""
    station_id: int | None = None
    languages: Sequence[str] = ()
    wishes: Sequence[str] = ()
    times: Sequence[str] = ()
    adult: bool = False
    agreed: bool = False


def tidy_phone(typed: str) -> str:
    """Return the digits of a number in one form; refuse what no telephone could have."""
    digits = "".join(sign for sign in unicodedata.normalize("NFKC", typed) if sign in "0123456789")
    if len(digits) == 13 and digits.startswith("86"):
        digits = digits[2:]
    if not 7 <= len(digits) <= 15 or len(typed) > 40:
        raise Refused(Refusal.WRONG_VALUE, "phone")
    return digits


def _tidy(typed: str, longest: int, field: str) -> str:
    """Return the words without invisible control signs; line breaks stay."""
    kept = "".join(sign for sign in typed if sign in "\n\t" or unicodedata.category(sign) not in ("Cc", "Cs", "Cn"))
    if len(kept.strip()) > longest:
        raise Refused(Refusal.TOO_LONG, field)
    return kept.strip()


def apply(
    *, session: Session, secret: str, form_key: str, form: Form, language: str, now: datetime
) -> Application | None:
    """Take an application in; None when the same telephone has one open already, which nobody outside is told."""
    if not SHORTEST_KEY <= len(form_key) <= LONGEST_KEY:
        raise Refused(Refusal.WRONG_VALUE, "form_key")
    name = " ".join(_tidy(form.name, LONGEST_NAME, "name").split())
    # A name of nothing but invisible signs would be an empty line in the inbox.
    if not any(sign.isalpha() for sign in name):
        raise Refused(Refusal.EMPTY, "name")
    phone, about = tidy_phone(form.phone), _tidy(form.about, LONGEST_ABOUT, "about")
    if not form.adult or not form.agreed:
        raise Refused(Refusal.NOT_AGREED, "adult" if not form.adult else "agreed")
    if form.station_id is not None and session.get(Station, form.station_id) is None:
        raise Refused(Refusal.WRONG_VALUE, "station_id")
    key_hash, phone_hash = keyed_hash(secret, form_key), keyed_hash(secret, phone)
    row = Application(
        form_key_hash=key_hash,
        phone_hash=phone_hash,
        name=name,
        phone=phone,
        about=about or None,
        station_id=form.station_id,
        languages=skills.known_languages(list(form.languages)),
        wishes=[wish for wish in WISHES if wish in form.wishes],
        times=[time for time in TIMES if time in form.times],
        language=language,
        received_at=now,
    )
    try:
        with session.begin_nested():
            session.add(row)
    except IntegrityError:
        return _again(session, key_hash, phone_hash, now)
    _trace(session, None, "application.receive", row, now)
    return row


def _again(session: Session, key_hash: str, phone_hash: str, now: datetime) -> Application | None:
    sent_twice = session.scalars(select(Application).where(Application.form_key_hash == key_hash)).first()
    if sent_twice is not None:
        return sent_twice
    first = session.scalars(
        select(Application).where(Application.phone_hash == phone_hash, Application.state == ApplicationState.RECEIVED)
    ).first()
    if first is not None:
        # What the first one says stays as it is: whoever sent the second may be somebody else.
        first.repeated_at = now
        _trace(session, None, "application.repeat", first, now)
    return None


def inbox(*, session: Session) -> Sequence[Application]:
    """Return what waits for a decision, the oldest first."""
    return session.scalars(
        select(Application)
        .where(Application.state == ApplicationState.RECEIVED)
        .order_by(Application.received_at, Application.id)
    ).all()


def waiting_count(*, session: Session) -> int:
    """Return how many applications wait."""
    waiting = select(func.count()).select_from(Application).where(Application.state == ApplicationState.RECEIVED)
    return session.scalar(waiting) or 0


def decided(*, session: Session, limit: int = 50) -> Sequence[Application]:
    """Return what was decided last, the newest first."""
    return session.scalars(
        select(Application)
        .where(Application.state != ApplicationState.RECEIVED)
        .order_by(Application.decided_at.desc(), Application.id.desc())
        .limit(limit)
    ).all()


def by_id(*, session: Session, application_id: int) -> Application:
    """Return the application; refuse an unknown number."""
    row = session.get(Application, application_id)
    if row is None:
        raise Refused(Refusal.NOT_FOUND)
    return row


def check(
    *, session: Session, actor: StaffMember, application_id: int, item: str, note: str, now: datetime
) -> ApplicationCheck:
    """Say "I have done this step" with what was seen; a step that is done already stays with who did it."""
    row = _open(session, application_id)
    if item not in {one.item for one in CHECKS}:
        raise Refused(Refusal.WRONG_VALUE, "item")
    seen = _tidy(note, LONGEST_NOTE, "note")
    if not seen:
        raise Refused(Refusal.EVIDENCE_MISSING, "note")
    done = ApplicationCheck(application_id=row.id, item=item, note=seen, checked_at=now, checked_by_id=actor.id)
    try:
        with session.begin_nested():
            session.add(done)
    except IntegrityError:
        return session.scalars(
            select(ApplicationCheck).where(ApplicationCheck.application_id == row.id, ApplicationCheck.item == item)
        ).one()
    session.expire(row, ["checks"])
    _trace(session, actor, "application.check", row, now, item=item)
    return done


def missing_checks(application: Application) -> list[str]:
    """Return the steps that nobody has done yet."""
    done = {one.item for one in application.checks}
    return [one.item for one in CHECKS if one.item not in done]


def approve(
    *,
    session: Session,
    actor: StaffMember,
    application_id: int,
    username: str,
    password_hash: str,
    now: datetime,
) -> StaffMember:
    """Say yes once every step is done: an account, and what was seen in the check counts from the day it was seen.

    Raises staff.Declined when the name to sign in with cannot be used.
    """
    row = _open(session, application_id)
    if missing_checks(row):
        raise Refused(Refusal.CHECKS_MISSING)
    member = staff.create(
        session=session,
        actor=actor,
        username=username,
        display_name=row.name or "",
        roles=[RoleName.VOLUNTEER],
        password_hash=password_hash,
        now=now,
        language=row.language,
    )
    member.team, member.station_id = Team.VOLUNTEER, row.station_id
    member.languages, member.phone = list(row.languages), row.phone
    session.add_all(_granted(row, member))
    row.state, row.decided_at, row.decided_by_id, row.staff_id = ApplicationState.APPROVED, now, actor.id, member.id
    _trace(session, actor, "application.approve", row, now, staff_id=member.id)
    return member


def _granted(row: Application, member: StaffMember) -> list[Qualification]:
    kinds, seen = qualifications.kinds(), {one.item: one for one in row.checks}
    granted = []
    for step in CHECKS:
        if step.grants is None:
            continue
        done, months = seen[step.item], kinds[step.grants].usual_months
        granted.append(
            Qualification(
                staff_id=member.id,
                kind=step.grants,
                evidence=done.note,
                valid_from=done.checked_at,
                expires_at=done.checked_at + timedelta(days=round(months * _DAYS_IN_A_MONTH)) if months else None,
                recorded_at=done.checked_at,
                recorded_by_id=done.checked_by_id,
                confirmed_at=done.checked_at,
                confirmed_by_id=done.checked_by_id,
            )
        )
    return granted


def decline(*, session: Session, actor: StaffMember, application_id: int, reason: str, now: datetime) -> Application:
    """Say no with a reason that the person may hear."""
    row = _open(session, application_id)
    said = _tidy(reason, LONGEST_NOTE, "reason")
    if not said:
        raise Refused(Refusal.REASON_MISSING, "reason")
    row.state, row.decided_at, row.decided_by_id, row.reason = ApplicationState.DECLINED, now, actor.id, said
    _trace(session, actor, "application.decline", row, now)
    return row


def withdraw(*, session: Session, actor: StaffMember, application_id: int, now: datetime) -> Application:
    """The person has changed their mind: what identifies them is erased at once."""
    row = _open(session, application_id)
    row.state, row.decided_at, row.decided_by_id = ApplicationState.WITHDRAWN, now, actor.id
    _erase(row, now)
    _trace(session, actor, "application.withdraw", row, now)
    return row


def due_for_erasure(*, session: Session, now: datetime) -> Sequence[Application]:
    """Return the decided applications whose time is over; an approved one lives on in the account."""
    return session.scalars(
        select(Application).where(
            Application.state != ApplicationState.RECEIVED,
            Application.erased_at.is_(None),
            Application.decided_at <= now - KEPT_AFTER_DECISION,
        )
    ).all()


def erase(*, session: Session, application: Application, now: datetime) -> None:
    """Erase what identifies the person; that there was an application, and what was decided, stays."""
    _erase(application, now)
    _trace(session, None, "application.erase", application, now)


def _erase(row: Application, now: datetime) -> None:
    row.name = row.phone = row.about = row.phone_hash = None
    row.erased_at = now
    for done in row.checks:
        done.note = ""


def _open(session: Session, application_id: int) -> Application:
    row = session.get(Application, application_id, with_for_update=True)
    if row is None:
        raise Refused(Refusal.NOT_FOUND)
    if row.state is not ApplicationState.RECEIVED:
        raise Refused(Refusal.ALREADY_DECIDED)
    return row


def _trace(
    session: Session, actor: StaffMember | None, verb: str, row: Application, now: datetime, **details: object
) -> None:
    session.flush()
    audit.record(
        session=session, actor=actor, verb=verb, subject_type="application", subject_id=row.id, now=now, **details
    )
    live.publish(session=session, channel=live.DESK, kind="application", now=now, application_id=row.id)
    session.flush()
