"""Notices outside the site. Neutral words only: nothing on a lock screen may tell what a notice is about."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, time, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from sqlalchemy import func, or_, select
from sqlalchemy.orm import Session

from care import audit, outbox
from care.wording import say, when
from models.beneficiaries import Beneficiary
from models.contacts import Channel, ContactPoint
from models.crises import CrisisCase
from models.outbox import DeliveryWay, OutboxKind, OutboxRow
from models.staff import StaffMember

Recipient = StaffMember | Beneficiary

# Seconds between tries. An alarm hurries; an ordinary notice leaves a gateway the time to come back.
URGENT_WAITS = (2, 4, 8, 15, 30, 60)
ORDINARY_WAITS = (30, 120, 600, 1800, 3600, 3 * 3600)
# After so many tries a notice is given up, in the open: about five minutes for an alarm, about nine hours otherwise.
URGENT_TRIES = 10
ORDINARY_TRIES = 8
# Reasons to let a notice go that are no fault of a channel.
HARMLESS = ("no_longer_needed", "too_late", "paused", "not_active", "no_address")


@dataclass(frozen=True)
class QuietHours:
    """From when until when, in the base's own time, an ordinary notice waits for the morning."""

    start: time
    end: time

    def until(self, now: datetime, timezone: str) -> datetime | None:
        """Return when the quiet hours that run now are over; None outside them."""
        local = now.astimezone(ZoneInfo(timezone))
        clock = local.time()
        if self.start == self.end:
            return None
        over_midnight = self.start > self.end
        inside = (clock >= self.start or clock < self.end) if over_midnight else self.start <= clock < self.end
        if not inside:
            return None
        day = local.date() + timedelta(days=1 if over_midnight and clock >= self.start else 0)
        return datetime.combine(day, self.end, local.tzinfo)


@dataclass(frozen=True)
class Letter:
    """What a channel is given to carry."""

    row_id: int
    channel: Channel
    address: str
    subject: str
    body: str


@dataclass(frozen=True)
class Rules:
    """What differs from base to base when a notice is written."""

    timezone: str
    quiet: QuietHours
    # What goes before the path of a link, without a slash at its end.
    public_url: str


def addresses(*, session: Session, to: Recipient) -> Sequence[ContactPoint]:
    """Return the confirmed addresses of a person that are not paused, oldest first."""
    mine = ContactPoint.staff_id if isinstance(to, StaffMember) else ContactPoint.beneficiary_id
    return session.scalars(
        select(ContactPoint)
        .where(mine == to.id, ContactPoint.confirmed_at.is_not(None), ContactPoint.paused.is_(False))
        .order_by(ContactPoint.id)
    ).all()


def tell(
    *,
    session: Session,
    to: Recipient,
    words: str,
    now: datetime,
    dedupe_key: str,
    not_before: datetime | None = None,
    not_after: datetime | None = None,
    link: str | None = None,
    urgent: bool = False,
    case_id: int | None = None,
    **parts: str | datetime,
) -> list[OutboxRow]:
    """Queue one notice for each confirmed address of the person; return the rows, none when they are queued already.

    `words` names a sentence "notice.…" of care/data/wording.json; `parts` fill it, and a moment among them is
    written in the base's time and the person's language. `link` is a path of this site. After `not_after` the
    notice has lost its sense and is let go. Raises KeyError for an unknown sentence.
    """
    _must_exist(words)
    rows = [
        queue_to(
            session=session,
            contact=contact,
            words=words,
            now=now,
            dedupe_key=dedupe_key,
            not_before=not_before,
            not_after=not_after,
            link=link,
            urgent=urgent,
            at_once=False,
            case_id=case_id,
            **parts,
        )
        for contact in addresses(session=session, to=to)
    ]
    return [row for row in rows if row is not None]


def queue_to(
    *,
    session: Session,
    contact: ContactPoint,
    words: str,
    now: datetime,
    dedupe_key: str,
    not_before: datetime | None = None,
    not_after: datetime | None = None,
    link: str | None = None,
    urgent: bool = False,
    at_once: bool = False,
    case_id: int | None = None,
    **parts: str | datetime,
) -> OutboxRow | None:
    """Queue one notice for one address; `at_once` is for what the person has asked for this minute."""
    ids: dict[str, Any] = {"words": words, "at_once": at_once}
    if not_after is not None:
        ids["not_after"] = not_after.isoformat()
    if case_id is not None:
        ids["case_id"] = case_id
    row = outbox.queue(
        session=session,
        kind=OutboxKind.NOTICE,
        dedupe_key=f"{dedupe_key}:{contact.id}",
        now=now,
        **ids,
    )
    if row is None:
        return None
    row.contact, row.urgent = contact, urgent
    row.not_before = max(now, not_before or now)
    row.sealed = {"link": link, "parts": {name: _packed(value) for name, value in parts.items()}}
    session.flush()
    return row


def _must_exist(words: str) -> None:
    if not words.startswith("notice."):
        raise KeyError(words)
    say(words, "zh-CN")


def _packed(value: str | datetime) -> Any:
    return {"at": value.isoformat()} if isinstance(value, datetime) else value


def body_of(row: OutboxRow, language: str, rules: Rules) -> str:
    """Return the words of a notice as they go out."""
    sealed = row.sealed or {}
    parts = {
        name: when(datetime.fromisoformat(value["at"]), language, rules.timezone) if isinstance(value, dict) else value
        for name, value in sealed.get("parts", {}).items()
    }
    sentence = say(row.payload["words"], language, **parts)
    link = sealed.get("link")
    return f"{sentence}\n{rules.public_url.rstrip('/')}{link}" if link else sentence


def language_of(contact: ContactPoint) -> str:
    """Return the language that the owner of an address reads."""
    owner = contact.staff or contact.beneficiary
    return owner.language if owner else "zh-CN"


def take(*, session: Session, row_id: int, now: datetime, rules: Rules) -> Letter | None:
    """Take a notice in hand and write it; None when it waits, has lost its sense, or another worker has it."""
    row = outbox.claim(session=session, row_id=row_id, now=now)
    if row is None:
        return None
    reason = _no_longer(session, row, now)
    if reason is not None:
        outbox.give_up(row=row, reason=reason, now=now)
        row.sealed = None
        return None
    morning = None if row.urgent or row.payload.get("at_once") else rules.quiet.until(now, rules.timezone)
    if morning is not None:
        # Nobody was disturbed, so this was no try.
        row.not_before, row.claimed_until, row.attempts = morning, None, row.attempts - 1
        return None
    contact = row.contact
    assert contact is not None
    language = language_of(contact)
    return Letter(
        row.id, contact.channel, contact.address, say("notice.subject", language), body_of(row, language, rules)
    )


def _no_longer(session: Session, row: OutboxRow, now: datetime) -> str | None:
    contact = row.contact
    if contact is None:
        return "no_address"
    if contact.staff is not None and not contact.staff.active:
        return "not_active"
    if not row.payload.get("at_once") and not contact.is_in_use:
        return "paused"
    last = row.payload.get("not_after")
    if last is not None and now > datetime.fromisoformat(last):
        return "too_late"
    case_id = row.payload.get("case_id")
    if case_id is not None:
        case = session.get(CrisisCase, case_id, populate_existing=True)
        if case is None or case.closed_at is not None or case.acknowledged_at is not None:
            return "no_longer_needed"
    return None


def arrived(*, session: Session, row_id: int, way: DeliveryWay, now: datetime) -> None:
    """Note that a channel has taken the notice, or that it is only kept in the development outbox."""
    row = session.get_one(OutboxRow, row_id)
    outbox.delivered(row=row, now=now)
    row.delivered_by = way
    if way is DeliveryWay.CHANNEL:
        row.sealed = None
        if row.contact is not None:
            row.contact.failed_at = None
    _trace(session, row, "notice.sent" if way is DeliveryWay.CHANNEL else "notice.kept_in_outbox", now)


def not_taken(*, session: Session, row_id: int, error: str, now: datetime) -> None:
    """Note that a channel has refused the notice: it is tried again later, and given up in the open at last."""
    row = session.get_one(OutboxRow, row_id)
    if row.attempts < (URGENT_TRIES if row.urgent else ORDINARY_TRIES):
        outbox.failed(row=row, error=error, now=now, waits=URGENT_WAITS if row.urgent else ORDINARY_WAITS)
        return
    outbox.give_up(row=row, reason=error, now=now)
    row.sealed = None
    if row.contact is not None:
        row.contact.failed_at = now
    _trace(session, row, "notice.given_up", now, error=error[:64])


def _trace(session: Session, row: OutboxRow, verb: str, now: datetime, **more: Any) -> None:
    audit.record(
        session=session,
        actor=None,
        verb=verb,
        subject_type="outbox",
        subject_id=row.id,
        now=now,
        channel=row.contact.channel.value if row.contact else None,
        case_id=row.payload.get("case_id"),
        **more,
    )


def latest(*, session: Session, limit: int, only_trouble: bool = False) -> Sequence[OutboxRow]:
    """Return the newest notices; only those that failed, found no address or still wait after a try where asked."""
    query = select(OutboxRow).where(OutboxRow.kind.in_((OutboxKind.NOTICE, OutboxKind.CRISIS_NOTICE)))
    if only_trouble:
        query = query.where(
            or_(
                OutboxRow.given_up_at.is_not(None) & OutboxRow.last_error.not_in(HARMLESS),
                OutboxRow.delivered_by == DeliveryWay.NO_ADDRESS,
                OutboxRow.delivered_at.is_(None) & OutboxRow.given_up_at.is_(None) & (OutboxRow.attempts > 0),
            )
        )
    else:
        # An alarm that was turned into notices is told of by these.
        query = query.where(or_(OutboxRow.kind == OutboxKind.NOTICE, OutboxRow.delivered_by == DeliveryWay.NO_ADDRESS))
    return session.scalars(query.order_by(OutboxRow.id.desc()).limit(limit)).all()


def troubled_since(*, session: Session, since: datetime) -> int:
    """Return how many notices have been given up, or found no address, since a moment."""
    return int(
        session.scalar(
            select(func.count())
            .select_from(OutboxRow)
            .where(
                OutboxRow.kind.in_((OutboxKind.NOTICE, OutboxKind.CRISIS_NOTICE)),
                or_(
                    (OutboxRow.given_up_at >= since) & OutboxRow.last_error.not_in(HARMLESS),
                    (OutboxRow.delivered_at >= since) & (OutboxRow.delivered_by == DeliveryWay.NO_ADDRESS),
                ),
            )
        )
        or 0
    )
