"""Offers of freed times to those who wait: made, taken, declined, lapsed, and passed on to the next."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from sqlalchemy import select
from sqlalchemy.orm import Session

from care import (
    appointment_links,
    appointment_news,
    appointments,
    booking_checks,
    calendar,
    notices,
    reminders,
    waiting_list,
)
from care.booking_checks import Request
from care.notices import QuietHours
from care.refusals import Refusal, Refused
from models.appointments import Appointment
from models.calendar import HoldKind
from models.services import Mode, Service
from models.staff import StaffMember
from models.waiting_list import FreedTime, OfferState, PartOfDay, WaitingOffer, WaitingWish, WishState

# How long a freed time is kept for one person, counted in hours in which people read messages.
KEPT_FOR = timedelta(hours=4)
# A time that begins sooner than this is offered to nobody any more: there is no way left to come.
LAST_CALL = timedelta(hours=2)
ANSWER_BEFORE_START = timedelta(hours=1)


@dataclass(frozen=True)
class Freed:
    """A time that somebody gave back."""

    service: Service
    staff_id: int
    mode: Mode
    starts_at: datetime
    room_id: int | None = None


def offer(
    *,
    session: Session,
    freed: Freed,
    secret: str,
    now: datetime,
    quiet: QuietHours = reminders.QUIET,
    timezone: str = reminders.BASE_ZONE,
) -> WaitingOffer | None:
    """Offer a freed time to whoever needs it most and can come; None when nobody on the list can."""
    if freed.starts_at - LAST_CALL < now:
        return None
    waiting = [
        wish
        for wish in waiting_list.standing(session=session, service_id=freed.service.id)
        if wish.state is WishState.WAITING and _suits(wish, freed, timezone)
    ]
    asked = _asked_before(session, freed, [wish.id for wish in waiting])
    for wish in waiting:
        if wish.id in asked:
            continue
        made = _offer_to(session, wish, freed, secret, now, quiet, timezone)
        if made is not None:
            return made
    return None


def _suits(wish: WaitingWish, freed: Freed, timezone: str) -> bool:
    local = freed.starts_at.astimezone(ZoneInfo(timezone))
    if wish.staff_id not in (None, freed.staff_id) or wish.mode not in (None, freed.mode):
        return False
    if (wish.from_day and local.date() < wish.from_day) or (wish.until_day and local.date() > wish.until_day):
        return False
    return wish.part_of_day is PartOfDay.ANY or wish.part_of_day is _part(local.hour)


def _part(hour: int) -> PartOfDay:
    if hour < 12:
        return PartOfDay.MORNING
    return PartOfDay.AFTERNOON if hour < 18 else PartOfDay.EVENING


def _asked_before(session: Session, freed: Freed, wish_ids: Sequence[int]) -> set[int]:
    """Return who has been offered this very time already."""
    return set(
        session.scalars(
            select(WaitingOffer.wish_id).where(
                WaitingOffer.wish_id.in_(wish_ids),
                WaitingOffer.staff_id == freed.staff_id,
                WaitingOffer.starts_at == freed.starts_at,
            )
        )
    )


def _offer_to(
    session: Session,
    wish: WaitingWish,
    freed: Freed,
    secret: str,
    now: datetime,
    quiet: QuietHours,
    timezone: str,
) -> WaitingOffer | None:
    request = Request(
        service=freed.service,
        starts_at=freed.starts_at,
        mode=freed.mode,
        beneficiary_id=wish.beneficiary_id,
        staff_id=freed.staff_id,
        language=wish.language,
        specialty=wish.specialty,
        room_id=freed.room_id,
        by_staff=True,
    )
    try:
        slot = booking_checks.possible(session=session, request=request, now=now)[0]
        slot, hold = appointments.take_first(
            session=session,
            slots=[slot],
            beneficiary_id=wish.beneficiary_id,
            service=freed.service,
            kind=HoldKind.OFFER,
        )
    except Refused:
        return None
    token = appointment_links.new_token()
    row = WaitingOffer(
        wish=wish,
        staff_id=slot.staff_id,
        room_id=slot.room_id,
        mode=slot.mode,
        starts_at=slot.starts_at,
        ends_at=slot.ends_at,
        hold_id=hold.id,
        token_hash=appointment_links.stored_form(secret=secret, token=token),
        offered_at=now,
        until=_until(now, slot.starts_at, quiet, timezone),
    )
    session.add(row)
    wish.state = WishState.OFFERED
    session.flush()
    waiting_list.trace(session=session, actor=None, verb="waiting.offer", wish=wish, now=now, offer_id=row.id)
    notices.tell(
        session=session,
        to=wish.beneficiary,
        words="notice.offer",
        now=now,
        dedupe_key=f"offer:{row.id}",
        not_after=row.until,
        link=appointment_links.OFFER_PATH.format(token=token),
        when=row.until,
    )
    return row


def _until(now: datetime, starts_at: datetime, quiet: QuietHours, timezone: str) -> datetime:
    """Return until when the time is kept: quiet hours do not count, and an hour is left for the way."""
    begins = quiet.until(now, timezone) or now
    until = begins + KEPT_FOR
    morning = quiet.until(until, timezone)
    if morning is not None:
        # Offered in the evening, it is kept until everybody has had the morning to read it.
        until = morning + timedelta(hours=1)
    return min(until, starts_at - ANSWER_BEFORE_START)


def follow(*, session: Session, secret: str, token: str) -> WaitingOffer:
    """Return the offer behind a token, over or not; refuse NOT_FOUND for a forged one."""
    stored = appointment_links.stored_form(secret=secret, token=token)
    found = session.scalars(select(WaitingOffer).where(WaitingOffer.token_hash == stored)).first()
    if found is None or not token:
        raise Refused(Refusal.NOT_FOUND)
    return found


def accept(
    *,
    session: Session,
    actor: StaffMember | None,
    offered: WaitingOffer,
    now: datetime,
    secret: str | None = None,
) -> Appointment:
    """Take the offer: the time that was kept becomes an appointment, without a moment in which it is free."""
    _lock(session, offered)
    if offered.state is OfferState.TAKEN and offered.appointment is not None:
        return offered.appointment
    if offered.state is not OfferState.OPEN or now >= offered.until:
        raise Refused(Refusal.OFFER_OVER)
    hold, wish = offered.hold, offered.wish
    assert hold is not None, "an open offer holds its time"
    hold.kind = HoldKind.APPOINTMENT
    row = Appointment(
        service=wish.service,
        beneficiary_id=wish.beneficiary_id,
        staff_id=offered.staff_id,
        room_id=offered.room_id,
        mode=offered.mode,
        starts_at=offered.starts_at,
        ends_at=offered.ends_at,
        hold_id=hold.id,
        booked_at=now,
        booked_by_id=actor.id if actor else None,
    )
    session.add(row)
    session.flush()
    offered.state, offered.ended_at, offered.appointment_id, offered.hold_id = OfferState.TAKEN, now, row.id, None
    wish.state, wish.ended_at = WishState.TAKEN, now
    session.flush()
    session.expire(offered, ["appointment", "hold"])
    reminders.plan(session=session, appointment=row, now=now)
    waiting_list.trace(session=session, actor=actor, verb="waiting.accept", wish=wish, now=now, appointment_id=row.id)
    appointment_news.booked(session=session, appointment=row, actor=actor, secret=secret, now=now)
    return row


def decline(
    *,
    session: Session,
    actor: StaffMember | None,
    offered: WaitingOffer,
    secret: str,
    now: datetime,
    timezone: str = reminders.BASE_ZONE,
) -> WaitingOffer | None:
    """Say no to this time and go on waiting; return the offer to the next person, if there is one."""
    _lock(session, offered)
    if offered.state is OfferState.DECLINED:
        return None
    if offered.state is not OfferState.OPEN:
        raise Refused(Refusal.OFFER_OVER)
    return _end(session, actor, offered, OfferState.DECLINED, secret, now, timezone)


def leave(*, session: Session, actor: StaffMember | None, wish: WaitingWish, secret: str, now: datetime) -> WaitingWish:
    """Take a wish back for good; a time that is kept for the person goes on to the next."""
    for offered in wish.offers:
        if offered.state is OfferState.OPEN:
            decline(session=session, actor=actor, offered=offered, secret=secret, now=now)
    return waiting_list.leave(session=session, actor=actor, wish=wish, now=now)


def lapsed(*, session: Session, now: datetime) -> Sequence[int]:
    """Return the numbers of the offers that nobody has answered in time."""
    return session.scalars(
        select(WaitingOffer.id)
        .where(WaitingOffer.state == OfferState.OPEN, WaitingOffer.until <= now)
        .order_by(WaitingOffer.until)
    ).all()


def lapse(*, session: Session, offer_id: int, secret: str, now: datetime, timezone: str = reminders.BASE_ZONE) -> bool:
    """Let an unanswered offer lapse and pass the time on; tell whether it was still open."""
    offered = session.get(WaitingOffer, offer_id)
    if offered is None:
        return False
    _lock(session, offered)
    if offered.state is not OfferState.OPEN or offered.until > now:
        return False
    _end(session, None, offered, OfferState.LAPSED, secret, now, timezone)
    return True


def _end(
    session: Session,
    actor: StaffMember | None,
    offered: WaitingOffer,
    state: OfferState,
    secret: str,
    now: datetime,
    timezone: str,
) -> WaitingOffer | None:
    hold, wish = offered.hold, offered.wish
    offered.state, offered.ended_at, offered.hold_id = state, now, None
    wish.state = WishState.WAITING
    session.flush()
    if hold is not None:
        calendar.release(session=session, hold=hold)
    session.expire(offered, ["hold"])
    waiting_list.trace(
        session=session, actor=actor, verb=f"waiting.{state.value}", wish=wish, now=now, offer_id=offered.id
    )
    again = Freed(wish.service, offered.staff_id, offered.mode, offered.starts_at, offered.room_id)
    return offer(session=session, freed=again, secret=secret, now=now, timezone=timezone)


def _lock(session: Session, offered: WaitingOffer) -> None:
    session.refresh(offered, with_for_update=True)


def freed_times(*, session: Session) -> Sequence[int]:
    """Return the numbers of the freed times that nobody was asked about yet, the oldest first."""
    return session.scalars(select(FreedTime.id).where(FreedTime.handled_at.is_(None)).order_by(FreedTime.id)).all()


def offer_freed(
    *, session: Session, freed_id: int, secret: str, now: datetime, timezone: str = reminders.BASE_ZONE
) -> WaitingOffer | None:
    """Offer one freed time to those who wait, once; None when nobody on the list can come."""
    row = session.get(FreedTime, freed_id, with_for_update={"of": FreedTime})
    if row is None or row.handled_at is not None:
        return None
    row.handled_at = now
    session.flush()
    given = Freed(row.service, row.staff_id, row.mode, row.starts_at, row.room_id)
    return offer(session=session, freed=given, secret=secret, now=now, timezone=timezone)
