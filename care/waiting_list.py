"""The waiting list: a freed time is offered by need, then by wait, is kept for a while, and goes on to the next."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime

from sqlalchemy import select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from care import audit, live
from care.refusals import Refusal, Refused
from models.appointments import Appointment
from models.beneficiaries import Beneficiary, Intake, Urgency
from models.crises import CrisisCase
from models.services import Mode, Service
from models.staff import StaffMember
from models.waiting_list import FreedTime, PartOfDay, WaitingWish, WishState

STANDING = (WishState.WAITING, WishState.OFFERED)
_URGENCY = (Urgency.NOW, Urgency.TODAY, Urgency.WEEK, Urgency.TALK)


def ask(
    *,
    session: Session,
    actor: StaffMember | None,
    beneficiary: Beneficiary,
    service: Service,
    now: datetime,
    staff_id: int | None = None,
    mode: Mode | None = None,
    language: str | None = None,
    specialty: str | None = None,
    from_day: date | None = None,
    until_day: date | None = None,
    part_of_day: PartOfDay = PartOfDay.ANY,
) -> WaitingWish:
    """Put a person on the list of a service; refuse ALREADY_WAITING when they are on it."""
    if not service.active or service.is_group:
        raise Refused(Refusal.NOT_FOUND, "service_id")
    if mode is not None and mode not in service.modes:
        raise Refused(Refusal.NOT_THIS_WAY, "mode")
    if until_day is not None and until_day < (from_day or now.date()):
        raise Refused(Refusal.ENDS_BEFORE_IT_STARTS, "until_day")
    row = WaitingWish(
        beneficiary_id=beneficiary.id,
        service=service,
        staff_id=staff_id,
        mode=mode,
        language=language,
        specialty=specialty,
        from_day=from_day,
        until_day=until_day,
        part_of_day=part_of_day,
        asked_at=now,
        asked_by_id=actor.id if actor else None,
    )
    try:
        with session.begin_nested():
            session.add(row)
    except IntegrityError:
        raise Refused(Refusal.ALREADY_WAITING) from None
    trace(session=session, actor=actor, verb="waiting.ask", wish=row, now=now)
    return row


def leave(*, session: Session, actor: StaffMember | None, wish: WaitingWish, now: datetime) -> WaitingWish:
    """Take a wish back for which no offer is open; care.waiting_offers.leave declines one that is."""
    session.refresh(wish, with_for_update={"of": WaitingWish})
    if wish.state is WishState.WAITING:
        wish.state, wish.ended_at = WishState.LEFT, now
        session.flush()
        trace(session=session, actor=actor, verb="waiting.leave", wish=wish, now=now)
    return wish


def standing(*, session: Session, service_id: int | None = None) -> list[WaitingWish]:
    """Return who waits, whoever needs it most first, then whoever has waited longest."""
    query = select(WaitingWish).where(WaitingWish.state.in_(STANDING))
    if service_id is not None:
        query = query.where(WaitingWish.service_id == service_id)
    return by_need(session=session, wishes=session.scalars(query).all())


def of_person(*, session: Session, beneficiary_id: int) -> Sequence[WaitingWish]:
    """Return the person's wishes, the latest first."""
    return session.scalars(
        select(WaitingWish)
        .where(WaitingWish.beneficiary_id == beneficiary_id)
        .order_by(WaitingWish.asked_at.desc(), WaitingWish.id.desc())
    ).all()


def by_need(*, session: Session, wishes: Sequence[WaitingWish]) -> list[WaitingWish]:
    """Return the wishes in order: level of an open crisis case, what the person said of the urgency, the wait."""
    people = [wish.beneficiary_id for wish in wishes]
    levels = {
        case.beneficiary_id: case.risk
        for case in session.scalars(
            select(CrisisCase).where(CrisisCase.beneficiary_id.in_(people), CrisisCase.closed_at.is_(None))
        )
    }
    urgency = {
        row[0]: row[1]
        for row in session.execute(
            select(Intake.beneficiary_id, Intake.urgency).where(Intake.beneficiary_id.in_(people))
        )
    }

    def place(wish: WaitingWish) -> tuple[int, int, datetime, int]:
        level = levels.get(wish.beneficiary_id)
        said = urgency.get(wish.beneficiary_id)
        return (
            -level.rank if level else 1,
            _URGENCY.index(said) if said in _URGENCY else len(_URGENCY),
            wish.asked_at,
            wish.id,
        )

    return sorted(wishes, key=place)


def pass_over(*, session: Session, now: datetime, today: date) -> int:
    """End the wishes whose last day is over; return how many. `today` is the date at the base."""
    rows = session.scalars(
        select(WaitingWish).where(WaitingWish.state == WishState.WAITING, WaitingWish.until_day < today)
    ).all()
    for wish in rows:
        wish.state, wish.ended_at = WishState.PASSED, now
        trace(session=session, actor=None, verb="waiting.passed", wish=wish, now=now)
    session.flush()
    return len(rows)


def freed_time(*, appointment: Appointment, now: datetime) -> FreedTime:
    """Return the note of the time that an appointment is about to give back; the sweep offers it to those who wait."""
    return FreedTime(
        service_id=appointment.service_id,
        staff_id=appointment.staff_id,
        room_id=appointment.room_id,
        mode=appointment.mode,
        starts_at=appointment.starts_at,
        freed_at=now,
    )


def trace(
    *, session: Session, actor: StaffMember | None, verb: str, wish: WaitingWish, now: datetime, **more: object
) -> None:
    """Leave the trace of what happened to a wish, and let the pages know."""
    session.flush()
    audit.record(
        session=session,
        actor=actor,
        verb=verb,
        subject_type="waiting_wish",
        subject_id=wish.id,
        now=now,
        beneficiary_id=wish.beneficiary_id,
        **more,
    )
    live.publish(session=session, channel=live.DESK, kind="waiting_list", now=now, wish_id=wish.id)
