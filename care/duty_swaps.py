"""A turn changes hands: offered to a colleague, accepted by them, approved by a lead; until then nothing changes."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import or_, select, update
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from care import audit, duty, duty_gaps, live, notices
from care.refusals import Refusal, Refused
from models.duty import DutySwap, DutyTurn, SwapState
from models.staff import RoleName, StaffMember

# Whoever may be on call at all.
MAY_SERVE = (RoleName.COUNSELOR, RoleName.DUTY_OFFICER, RoleName.SUPERVISOR, RoleName.BASE_MANAGER)
_OPEN = (SwapState.OFFERED, SwapState.ACCEPTED)


def offer(*, session: Session, actor: StaffMember, turn_id: int, to_staff_id: int, now: datetime) -> DutySwap:
    """Ask a colleague to take one's own turn; one open offer per turn."""
    turn = session.get(DutyTurn, turn_id)
    if turn is None or turn.staff_id != actor.id:
        raise Refused(Refusal.NOT_FOUND)
    if turn.starts_at <= now:
        raise Refused(Refusal.TURN_HAS_BEGUN)
    taker = session.get(StaffMember, to_staff_id)
    if taker is None or not taker.active or not taker.has_any(*MAY_SERVE):
        raise Refused(Refusal.NOT_ACTIVE, "to_staff_id")
    if taker.id == actor.id:
        raise Refused(Refusal.SAME_PERSON, "to_staff_id")
    if _is_taken(session, taker.id, turn):
        raise Refused(Refusal.COLLIDES, "to_staff_id")
    swap = DutySwap(turn_id=turn.id, from_staff_id=actor.id, to_staff_id=taker.id, offered_at=now)
    try:
        with session.begin_nested():
            session.add(swap)
    except IntegrityError:
        raise Refused(Refusal.ALREADY_OFFERED) from None
    _note(session, actor, "duty_swap.offer", swap, now)
    _tell(session, taker, swap, now)
    return swap


def answer(*, session: Session, actor: StaffMember, swap_id: int, accept: bool, now: datetime) -> DutySwap:
    """Say yes or no to an offer; a yes goes on to the leads."""
    swap = _swap(session, swap_id)
    if swap.to_staff_id != actor.id:
        raise Refused(Refusal.NOT_FOUND)
    turn = swap.turn
    if accept and turn.starts_at <= now:
        raise Refused(Refusal.TURN_HAS_BEGUN)
    if accept and _is_taken(session, actor.id, turn):
        raise Refused(Refusal.COLLIDES)
    state = SwapState.ACCEPTED if accept else SwapState.DECLINED
    _move(session, swap, (SwapState.OFFERED,), state, answered_at=now)
    _note(session, actor, "duty_swap.accept" if accept else "duty_swap.decline", swap, now)
    if not accept:
        _tell(session, swap.from_staff, swap, now)
        return swap
    for lead in duty_gaps.leads(session=session):
        if lead.id not in (swap.from_staff_id, swap.to_staff_id):
            _tell(session, lead, swap, now)
    return swap


def withdraw(*, session: Session, actor: StaffMember, swap_id: int, now: datetime) -> DutySwap:
    """Take one's own offer back before it is approved."""
    swap = _swap(session, swap_id)
    if swap.from_staff_id != actor.id:
        raise Refused(Refusal.NOT_FOUND)
    _move(session, swap, _OPEN, SwapState.WITHDRAWN)
    _note(session, actor, "duty_swap.withdraw", swap, now)
    return swap


def decide(*, session: Session, actor: StaffMember, swap_id: int, approve: bool, now: datetime) -> DutySwap:
    """Approve or refuse an accepted hand-over. Approved, the turn changes hands in this very transaction."""
    swap = _swap(session, swap_id)
    if actor.id in (swap.from_staff_id, swap.to_staff_id):
        raise Refused(Refusal.NOT_THE_DECIDER)
    if approve and swap.turn.starts_at <= now:
        raise Refused(Refusal.TURN_HAS_BEGUN)
    if approve and not swap.to_staff.active:
        raise Refused(Refusal.NOT_ACTIVE)
    state = SwapState.APPROVED if approve else SwapState.REFUSED
    _move(session, swap, (SwapState.ACCEPTED,), state, decided_at=now, decided_by_id=actor.id)
    if approve:
        _hand_over(session, swap)
        duty.announce(session=session, now=now)
    _note(session, actor, "duty_swap.approve" if approve else "duty_swap.refuse", swap, now)
    for person in (swap.from_staff, swap.to_staff):
        _tell(session, person, swap, now)
    return swap


def _hand_over(session: Session, swap: DutySwap) -> None:
    try:
        with session.begin_nested():
            moved = session.execute(
                update(DutyTurn)
                .where(DutyTurn.id == swap.turn_id, DutyTurn.staff_id == swap.from_staff_id)
                .values(staff_id=swap.to_staff_id)
                .execution_options(synchronize_session=False)
            )
    except IntegrityError:
        # The colleague was put on another turn meanwhile; the database refuses both at once.
        raise Refused(Refusal.COLLIDES) from None
    if getattr(moved, "rowcount", 0) != 1:
        raise Refused(Refusal.SWAP_IS_OVER)
    session.refresh(swap.turn)


def open_for(*, session: Session, staff: StaffMember, now: datetime) -> Sequence[DutySwap]:
    """Return the open offers that a colleague has made or been asked, whose turn has not begun."""
    return [swap for swap in _open(session, now) if staff.id in (swap.from_staff_id, swap.to_staff_id)]


def to_decide(*, session: Session, now: datetime) -> Sequence[DutySwap]:
    """Return the accepted offers that wait for a lead."""
    return [swap for swap in _open(session, now) if swap.state is SwapState.ACCEPTED]


def decided(*, session: Session, limit: int = 20) -> Sequence[DutySwap]:
    """Return the latest offers that are over."""
    return session.scalars(
        select(DutySwap).where(DutySwap.state.not_in(_OPEN)).order_by(DutySwap.id.desc()).limit(limit)
    ).all()


def who_may_take(*, session: Session, turn: DutyTurn) -> Sequence[StaffMember]:
    """Return the colleagues who could take a turn, by name: active, allowed to serve, and not on another turn then."""
    busy = select(DutyTurn.staff_id).where(DutyTurn.starts_at < turn.ends_at, DutyTurn.ends_at > turn.starts_at)
    found = session.scalars(
        select(StaffMember)
        .where(StaffMember.active, StaffMember.id != turn.staff_id, StaffMember.id.not_in(busy))
        .order_by(StaffMember.display_name, StaffMember.id)
    ).all()
    return [one for one in found if one.has_any(*MAY_SERVE)]


def _open(session: Session, now: datetime) -> Sequence[DutySwap]:
    return session.scalars(
        select(DutySwap)
        .join(DutySwap.turn)
        .where(or_(*(DutySwap.state == state for state in _OPEN)), DutyTurn.starts_at > now)
        .order_by(DutyTurn.starts_at, DutySwap.id)
    ).all()


def _swap(session: Session, swap_id: int) -> DutySwap:
    swap = session.get(DutySwap, swap_id, populate_existing=True)
    if swap is None:
        raise Refused(Refusal.NOT_FOUND)
    return swap


def _move(
    session: Session,
    swap: DutySwap,
    states: Sequence[SwapState],
    state: SwapState,
    **values: datetime | int,
) -> None:
    moved = session.execute(
        update(DutySwap)
        .where(DutySwap.id == swap.id, DutySwap.state.in_(states))
        .values(state=state, **values)
        .execution_options(synchronize_session=False)
    )
    if getattr(moved, "rowcount", 0) != 1:
        raise Refused(Refusal.SWAP_IS_OVER)
    session.refresh(swap)


def _is_taken(session: Session, staff_id: int, turn: DutyTurn) -> bool:
    found = session.scalar(
        select(DutyTurn.id)
        .where(
            DutyTurn.staff_id == staff_id,
            DutyTurn.id != turn.id,
            DutyTurn.starts_at < turn.ends_at,
            DutyTurn.ends_at > turn.starts_at,
        )
        .limit(1)
    )
    return found is not None


def _note(session: Session, actor: StaffMember, verb: str, swap: DutySwap, now: datetime) -> None:
    audit.record(
        session=session,
        actor=actor,
        verb=verb,
        subject_type="duty_swap",
        subject_id=swap.id,
        now=now,
        turn=swap.turn_id,
        to=swap.to_staff_id,
    )
    live.publish(session=session, channel=live.DESK, kind="duty", now=now)


def _tell(session: Session, person: StaffMember, swap: DutySwap, now: datetime) -> None:
    notices.tell(
        session=session,
        to=person,
        words="notice.roster",
        now=now,
        dedupe_key=f"duty-swap-{swap.id}-{swap.state.value}",
        not_after=swap.turn.starts_at,
        link="/staff/duty/swaps",
    )
