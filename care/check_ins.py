"""Check-ins: asked again after 2, 4 and 12 weeks for as long as the person agrees, by a neutral notice with a link."""

from __future__ import annotations

import secrets
from datetime import datetime, timedelta

from sqlalchemy import select, update
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from care import audit, crises, live, notices, people, transcript
from care.people import keyed_hash
from care.refusals import Refusal, Refused
from care.wording import say
from models.beneficiaries import AgeBand, Beneficiary, Consent, ConsentPurpose
from models.check_ins import CheckIn, CheckInPlan, CheckInState, PlanEnd
from models.conversations import MessageKind, Owner, Sender

WEEKS = (2, 4, 12)
# An invitation that nobody followed is let go after this; the next one comes by itself.
OPEN_FOR = timedelta(days=14)
# While a crisis case is open nobody sends questionnaires; one that cannot be sent for so long is let go.
WAIT_OUT_A_CRISIS = timedelta(days=7)
LONGEST_WAIT = timedelta(days=28)
PATH = "/check-in/{token}"
LONGEST_TOKEN = 128
_RUNNING = (CheckInState.PLANNED, CheckInState.INVITED)


def standing(*, session: Session, beneficiary_id: int) -> CheckInPlan | None:
    """Return what the person has agreed to and not taken back."""
    return session.scalars(
        select(CheckInPlan).where(CheckInPlan.beneficiary_id == beneficiary_id, CheckInPlan.ended_at.is_(None))
    ).first()


def agree(*, session: Session, beneficiary: Beneficiary, now: datetime) -> CheckInPlan:
    """Plan three check-ins; agreeing twice is agreeing once. Refuse NOT_AGREED for a child without a guardian's yes."""
    if beneficiary.age_band is AgeBand.UNDER_14 and not beneficiary.guardian_consent:
        raise Refused(Refusal.NOT_AGREED)
    found = standing(session=session, beneficiary_id=beneficiary.id)
    if found is not None:
        return found
    plan = CheckInPlan(
        beneficiary_id=beneficiary.id,
        agreed_at=now,
        check_ins=[CheckIn(week=week, due_at=now + timedelta(weeks=week)) for week in WEEKS],
    )
    try:
        with session.begin_nested():
            session.add(plan)
    except IntegrityError:
        # Two taps in the same moment; both get the plan that was first.
        return session.scalars(
            select(CheckInPlan).where(CheckInPlan.beneficiary_id == beneficiary.id, CheckInPlan.ended_at.is_(None))
        ).one()
    _note_consent(session, beneficiary.id, given=True, now=now)
    _trace(session, "check_in.agree", plan, now)
    return plan


def withdraw(*, session: Session, beneficiary_id: int, now: datetime) -> bool:
    """Take the consent back at once: nothing more is sent, and links that are out open nothing."""
    plan = session.scalars(
        select(CheckInPlan)
        .where(CheckInPlan.beneficiary_id == beneficiary_id, CheckInPlan.ended_at.is_(None))
        .with_for_update()
    ).first()
    if plan is None:
        return False
    for one in plan.check_ins:
        if one.state in _RUNNING:
            one.state, one.ended_at = CheckInState.WITHDRAWN, now
    plan.ended_at, plan.ended_how = now, PlanEnd.WITHDRAWN
    _note_consent(session, beneficiary_id, given=False, now=now)
    session.flush()
    _trace(session, "check_in.withdraw", plan, now)
    return True


def _note_consent(session: Session, beneficiary_id: int, *, given: bool, now: datetime) -> None:
    session.add(Consent(beneficiary_id=beneficiary_id, purpose=ConsentPurpose.FOLLOW_UP, given=given, at=now))
    session.flush()


def _trace(session: Session, verb: str, plan: CheckInPlan, now: datetime, **more: object) -> None:
    audit.record(
        session=session, actor=None, verb=verb, subject_type="check_in_plan", subject_id=plan.id, now=now, **more
    )


def to_look_at(*, session: Session, now: datetime) -> list[int]:
    """Return the numbers of check-ins that are to be sent, and of invitations that nobody followed in time."""
    query = (
        select(CheckIn.id)
        .join(CheckIn.plan)
        .where(
            CheckInPlan.ended_at.is_(None),
            ((CheckIn.state == CheckInState.PLANNED) & (CheckIn.due_at <= now))
            | ((CheckIn.state == CheckInState.INVITED) & (CheckIn.invited_at <= now - OPEN_FOR)),
        )
        .order_by(CheckIn.id)
    )
    return list(session.scalars(query))


def look_after(*, session: Session, check_in_id: int, secret: str, now: datetime) -> bool:
    """Send one invitation, put it off, or let it go; a second run finds nothing to do."""
    one = session.scalars(
        select(CheckIn).where(CheckIn.id == check_in_id).with_for_update().execution_options(populate_existing=True)
    ).first()
    if one is None or one.plan.ended_at is not None or one.state not in _RUNNING:
        return False
    if one.state is CheckInState.INVITED:
        if one.invited_at is None or one.invited_at > now - OPEN_FOR:
            return False
        close(session=session, check_in=one, state=CheckInState.LAPSED, now=now)
        return True
    if one.due_at > now:
        return False
    if crises.open_case_of(session=session, beneficiary_id=one.plan.beneficiary_id) is not None:
        return _put_off(session, one, now)
    _invite(session, one, secret, now)
    return True


def _put_off(session: Session, one: CheckIn, now: datetime) -> bool:
    """People in a crisis are looked after by people; the questionnaire waits."""
    first_due = one.plan.agreed_at + timedelta(weeks=one.week)
    if now - first_due > LONGEST_WAIT:
        close(session=session, check_in=one, state=CheckInState.LAPSED, now=now)
    else:
        one.due_at = now + WAIT_OUT_A_CRISIS
        session.flush()
    return True


def _invite(session: Session, one: CheckIn, secret: str, now: datetime) -> None:
    token = fresh_link(session=session, check_in=one, secret=secret, now=now)
    beneficiary = one.plan.beneficiary
    notices.tell(
        session=session,
        to=beneficiary,
        words="notice.check_in",
        now=now,
        dedupe_key=f"check-in-{one.id}",
        not_after=now + OPEN_FOR,
        link=PATH.format(token=token),
    )
    conversation = people.current_conversation(session=session, beneficiary=beneficiary, now=now)
    conversation = transcript.locked(session=session, conversation_id=conversation.id)
    if conversation.owner is Owner.BOT:
        transcript.append(
            session=session,
            conversation=conversation,
            sender=Sender.SYSTEM,
            kind=MessageKind.NOTICE,
            text=say("check_in.invite", conversation.language),
            now=now,
            client_key=f"check-in-{one.id}",
        )
    _trace(session, "check_in.invite", one.plan, now, week=one.week)
    live.publish(session=session, channel=live.DESK, kind="check_in", now=now, check_in_id=one.id)


def fresh_link(*, session: Session, check_in: CheckIn, secret: str, now: datetime) -> str:
    """Make the invitation open and return its token; an older link of the same invitation opens nothing any more."""
    token = secrets.token_urlsafe(32)
    check_in.token_hash = _stored(secret, token)
    check_in.state = CheckInState.INVITED
    check_in.invited_at = check_in.invited_at or now
    session.flush()
    return token


def _stored(secret: str, token: str) -> str:
    return keyed_hash(secret, f"check-in:{token[:LONGEST_TOKEN]}")


def open_now(*, session: Session, beneficiary: Beneficiary, secret: str, now: datetime) -> str:
    """Return a link for the next check-in of a person who is here already; refuse NOT_FOUND without one."""
    plan = standing(session=session, beneficiary_id=beneficiary.id)
    following = next_of(plan)
    if following is None:
        raise Refused(Refusal.NOT_FOUND)
    if following.state is CheckInState.PLANNED and following.due_at > now:
        raise Refused(Refusal.TOO_EARLY)
    return fresh_link(session=session, check_in=following, secret=secret, now=now)


def next_of(plan: CheckInPlan | None) -> CheckIn | None:
    """Return the check-in that is open, or comes next."""
    running = [one for one in plan.check_ins if one.state in _RUNNING] if plan else []
    return min(running, key=lambda one: (one.state is not CheckInState.INVITED, one.due_at), default=None)


def follow(*, session: Session, secret: str, token: str) -> CheckIn:
    """Return the check-in behind a token, over or not; refuse NOT_FOUND for a forged one."""
    found = session.scalars(select(CheckIn).where(CheckIn.token_hash == _stored(secret, token))).first()
    if found is None:
        raise Refused(Refusal.NOT_FOUND)
    return found


def skip(*, session: Session, check_in: CheckIn, now: datetime) -> None:
    """Leave this one out; the next comes as planned."""
    if check_in.state not in _RUNNING:
        raise Refused(Refusal.LINK_OVER)
    close(session=session, check_in=check_in, state=CheckInState.SKIPPED, now=now)


def close(*, session: Session, check_in: CheckIn, state: CheckInState, now: datetime) -> bool:
    """End one check-in, once, and the plan with the last; tell whether this call did it."""
    ended = session.execute(
        update(CheckIn)
        .where(CheckIn.id == check_in.id, CheckIn.state.in_(_RUNNING))
        .values(state=state, ended_at=now)
        .execution_options(synchronize_session=False)
    )
    if getattr(ended, "rowcount", 0) != 1:
        return False
    session.refresh(check_in)
    plan = check_in.plan
    session.refresh(plan, ["check_ins"])
    if plan.ended_at is None and all(one.state not in _RUNNING for one in plan.check_ins):
        plan.ended_at, plan.ended_how = now, PlanEnd.ALL_DONE
    session.flush()
    _trace(session, f"check_in.{state.value}", plan, now, week=check_in.week)
    live.publish(session=session, channel=live.DESK, kind="check_in", now=now, check_in_id=check_in.id)
    return True
