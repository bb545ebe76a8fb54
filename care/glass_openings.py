"""The glass: a name, a number, an address are shown at once to whoever says why, for minutes; a lead is told."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from sqlalchemy import select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from care import audit, case_file, duty_gaps, kept_away, live
from care.refusals import Refusal, Refused
from models.beneficiaries import Beneficiary, EmergencyContact
from models.contacts import ContactPoint
from models.glass_openings import GlassOpening, GlassPart, GlassReason, GlassReview
from models.staff import StaffMember

# Long enough for a call, short enough that a screen left alone shows nothing for long.
MINUTES = 15
LONGEST_WORDS = 500
# Openings that nobody has looked at are listed for this long; the audit entries stay longer.
LISTED_FOR = timedelta(days=90)
LISTED_AT_MOST = 200


@dataclass(frozen=True)
class Seen:
    """What lies open for one colleague now; empty where nothing does."""

    name: str | None = None
    name_until: datetime | None = None
    all_until: datetime | None = None
    addresses: list[tuple[str, str]] = field(default_factory=list)
    emergency_contact: EmergencyContact | None = None


def break_glass(
    *,
    session: Session,
    beneficiary_id: int,
    actor: StaffMember,
    part: GlassPart,
    reason: str,
    now: datetime,
    words: str = "",
) -> GlassOpening:
    """Open the glass for a quarter of an hour; a second tap while it is open opens nothing new.

    Whoever opens everything is told to the leads in the same transaction. Raise Refused: NOT_FOUND, WRONG_VALUE
    (reason), REASON_MISSING, TOO_LONG (words).
    """
    person = session.get(Beneficiary, beneficiary_id)
    if person is None:
        raise Refused(Refusal.NOT_FOUND)
    # Whom the person's case may be about gets neither their number nor their door.
    kept_away.must_be_free_of_person(session=session, beneficiary_id=person.id, actor=actor)
    why, said = _reason(reason, words)
    standing = _unended(session, actor, person.id, part)
    if standing is not None:
        if standing.holds(now):
            return standing
        standing.ended_at = max(standing.opened_at, min(standing.until, now))
        session.flush()
    case = case_file.open_case(session=session, beneficiary_id=person.id)
    opening = GlassOpening(
        staff_id=actor.id,
        beneficiary_id=person.id,
        case_id=case.id if case else None,
        part=part,
        reason=why,
        words=said,
        opened_at=now,
        minutes=MINUTES,
    )
    try:
        with session.begin_nested():
            session.add(opening)
    except IntegrityError:
        # The other tab of the same colleague was a moment earlier.
        earlier = _unended(session, actor, person.id, part)
        if earlier is None:
            raise
        return earlier
    _trace(session, actor, "glass.break" if part is GlassPart.ALL else "glass.name", opening, now)
    if part is GlassPart.ALL:
        duty_gaps.tell_leads(
            session=session,
            words="notice.desk",
            link="/staff/glass",
            dedupe_key=f"glass-{opening.id}",
            now=now,
            without={actor.id},
        )
    return opening


def _reason(typed: str, words: str) -> tuple[GlassReason, str | None]:
    try:
        why = GlassReason(typed)
    except ValueError:
        raise Refused(Refusal.WRONG_VALUE, "reason") from None
    said = words.strip()
    if why is GlassReason.OTHER and not said:
        raise Refused(Refusal.REASON_MISSING, "words")
    if len(said) > LONGEST_WORDS:
        raise Refused(Refusal.TOO_LONG, "words")
    return why, said or None


def _unended(session: Session, actor: StaffMember, beneficiary_id: int, part: GlassPart) -> GlassOpening | None:
    return session.scalars(
        select(GlassOpening).where(
            GlassOpening.staff_id == actor.id,
            GlassOpening.beneficiary_id == beneficiary_id,
            GlassOpening.part == part,
            GlassOpening.ended_at.is_(None),
        )
    ).first()


def close(*, session: Session, beneficiary_id: int, actor: StaffMember, now: datetime) -> int:
    """Hide everything again that this colleague has opened about the person; return how many openings ended."""
    rows = [_unended(session, actor, beneficiary_id, part) for part in GlassPart]
    ended = [row for row in rows if row is not None and row.holds(now)]
    for row in ended:
        row.ended_at = now
        _trace(session, actor, "glass.close", row, now)
    session.flush()
    return len(ended)


def seen(*, session: Session, beneficiary: Beneficiary, actor: StaffMember, now: datetime) -> Seen:
    """Return what lies open for this colleague about the person; names and numbers are read for nobody else."""
    held = {part: _unended(session, actor, beneficiary.id, part) for part in GlassPart}
    until = {part: row.until for part, row in held.items() if row is not None and row.holds(now)}
    if not until or actor.id in kept_away.of_person(session=session, beneficiary_id=beneficiary.id):
        return Seen()
    everything = GlassPart.ALL in until
    return Seen(
        name=beneficiary.called,
        name_until=max(until.values()),
        all_until=until.get(GlassPart.ALL),
        addresses=_addresses(session, beneficiary) if everything else [],
        emergency_contact=beneficiary.emergency_contact if everything else None,
    )


def _addresses(session: Session, beneficiary: Beneficiary) -> list[tuple[str, str]]:
    rows = session.scalars(
        select(ContactPoint).where(ContactPoint.beneficiary_id == beneficiary.id).order_by(ContactPoint.id)
    )
    return [(row.channel.value, row.address) for row in rows]


def listed(*, session: Session, now: datetime) -> Sequence[GlassOpening]:
    """Return the openings of the last months for the leads: those nobody has looked at first, then the newest."""
    rows = session.scalars(
        select(GlassOpening)
        .where(GlassOpening.opened_at > now - LISTED_FOR)
        .order_by(GlassOpening.reviewed_at.is_not(None), GlassOpening.opened_at.desc(), GlassOpening.id.desc())
        .limit(LISTED_AT_MOST)
    )
    return rows.all()


def waiting_for(*, session: Session, actor: StaffMember) -> int:
    """Return how many full openings by others no lead has looked at yet."""
    rows = session.scalars(
        select(GlassOpening.id).where(
            GlassOpening.reviewed_at.is_(None), GlassOpening.part == GlassPart.ALL, GlassOpening.staff_id != actor.id
        )
    ).all()
    return len(rows)


def review(
    *, session: Session, opening_id: int, actor: StaffMember, verdict: str, words: str, now: datetime
) -> GlassOpening:
    """Say as a lead whether the opening was fitting; nobody looks at their own.

    Raise Refused: NOT_FOUND, OWN_OPENING, ALREADY_REVIEWED, WRONG_VALUE (verdict), REASON_MISSING, TOO_LONG (words).
    """
    opening = session.scalars(
        select(GlassOpening)
        .where(GlassOpening.id == opening_id)
        .with_for_update()
        .execution_options(populate_existing=True)
    ).first()
    if opening is None:
        raise Refused(Refusal.NOT_FOUND)
    if opening.staff_id == actor.id:
        raise Refused(Refusal.OWN_OPENING)
    if opening.reviewed_at is not None:
        raise Refused(Refusal.ALREADY_REVIEWED)
    try:
        found = GlassReview(verdict)
    except ValueError:
        raise Refused(Refusal.WRONG_VALUE, "verdict") from None
    said = words.strip()
    if found is GlassReview.TO_TALK_ABOUT and not said:
        raise Refused(Refusal.REASON_MISSING, "words")
    if len(said) > LONGEST_WORDS:
        raise Refused(Refusal.TOO_LONG, "words")
    opening.reviewed_at, opening.reviewed_by_id = now, actor.id
    opening.review, opening.review_words = found, said or None
    _trace(session, actor, "glass.review", opening, now)
    session.flush()
    return opening


def _trace(session: Session, actor: StaffMember, verb: str, opening: GlassOpening, now: datetime) -> None:
    session.flush()
    audit.record(
        session=session,
        actor=actor,
        verb=verb,
        subject_type="beneficiary",
        subject_id=opening.beneficiary_id,
        now=now,
        opening_id=opening.id,
        reason=opening.reason.value,
        case_id=opening.case_id,
    )
    live.publish(session=session, channel=live.DESK, kind="glass", now=now, opening_id=opening.id)
