"""Who answers a voice, who must never see it, and what happens when nobody does."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from datetime import datetime, timedelta

from sqlalchemy import func, select, update
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from care import audit, duty_gaps, leave, live, notices, working_days
from models.staff import RoleName, StaffMember
from models.voices import Part, Voice, VoiceKind, VoicePart

# Those who answer: a supervisor first, the base manager where a lead is meant or an answer is late.
LEADS = (RoleName.SUPERVISOR, RoleName.BASE_MANAGER)
# Two days are enough to ask around and still answer in time.
REMIND_BEFORE = timedelta(days=2)
# How people call a colleague whose given name they do not know: 王老师, 王主任.
_OF_WORK = "老师|医生|大夫|主任|师傅|社工|咨询师|督导|经理|站长|书记"
# How they call anybody, a neighbour and the person in danger too: 王阿姨, 小王.
_OF_ANYBODY = "大姐|大哥|阿姨|姐|哥|先生|女士"


def named_in(*, session: Session, text: str, only_at_work: bool = False) -> list[StaffMember]:
    """Return every colleague whom these words may mean: rather one too many than one who reads about themselves.

    With `only_at_work` a surname counts only with a title of somebody's work, not as one calls a neighbour.
    """
    everybody = session.scalars(select(StaffMember).order_by(StaffMember.id)).unique()
    return [one for one in everybody if _may_mean(one.display_name.strip(), text, only_at_work)]


def _may_mean(name: str, text: str, only_at_work: bool) -> bool:
    if len(name) < 2:
        return False
    # A name in letters is a word of its own: "Lin" is not in "line".
    if re.search(rf"(?<![a-z]){re.escape(name)}(?![a-z])", text, re.IGNORECASE):
        return True
    surname = name[0]
    if not "\u4e00" <= surname <= "\u9fff":
        return False
    if re.search(f"{surname}(?:{_OF_WORK})", text):
        return True
    return not only_at_work and bool(re.search(f"{surname}(?:{_OF_ANYBODY})|[小老]{surname}", text))


def free_to_answer(*, session: Session, voice: Voice, roles: Iterable[RoleName] = LEADS) -> list[StaffMember]:
    """Return the leads whom the voice is not about."""
    meant = {one.id for one in subjects_of(session=session, voice_id=voice.id)}
    return [one for one in duty_gaps.leads(session=session, roles=roles) if one.id not in meant]


def subjects_of(*, session: Session, voice_id: int) -> Sequence[StaffMember]:
    """Return the colleagues whom a voice is about."""
    return (
        session.scalars(
            select(StaffMember)
            .join(VoicePart, VoicePart.staff_id == StaffMember.id)
            .where(VoicePart.voice_id == voice_id, VoicePart.part == Part.SUBJECT)
        )
        .unique()
        .all()
    )


def owner_part(*, session: Session, voice_id: int) -> VoicePart | None:
    """Return who owes the answer at this moment."""
    return session.scalars(
        select(VoicePart).where(VoicePart.voice_id == voice_id, VoicePart.part == Part.OWNER)
    ).first()


def choose(*, session: Session, voice: Voice, now: datetime) -> StaffMember | None:
    """Return who should answer: here today, with the fewest open voices; None while every lead is meant."""
    subjects = subjects_of(session=session, voice_id=voice.id)
    about_a_lead = voice.kind is VoiceKind.COMPLAINT and any(one.has_any(*LEADS) for one in subjects)
    first = RoleName.BASE_MANAGER if about_a_lead else RoleName.SUPERVISOR
    free = free_to_answer(session=session, voice=voice)
    load = _open_by_owner(session)
    away = leave.spans(session=session, staff_ids=[one.id for one in free], start=now, end=now + timedelta(days=1))
    return min(
        free,
        key=lambda one: (bool(away.get(one.id)), not one.has_any(first), load.get(one.id, 0), one.id),
        default=None,
    )


def _open_by_owner(session: Session) -> dict[int, int]:
    rows = session.execute(
        select(VoicePart.staff_id, func.count())
        .join(Voice, Voice.id == VoicePart.voice_id)
        .where(VoicePart.part == Part.OWNER, Voice.answered_at.is_(None))
        .group_by(VoicePart.staff_id)
    )
    return {row[0]: row[1] for row in rows}


def give(*, session: Session, voice: Voice, to: StaffMember | None, actor: StaffMember | None, now: datetime) -> bool:
    """Make somebody the owner and tell them; False when the database knows that the voice is about them."""
    present = owner_part(session=session, voice_id=voice.id)
    if present is not None and to is not None and present.staff_id == to.id:
        return True
    try:
        with session.begin_nested():
            if present is not None:
                session.delete(present)
                session.flush()
            if to is not None:
                session.add(VoicePart(voice_id=voice.id, staff_id=to.id, part=Part.OWNER, since=now))
                session.flush()
    except IntegrityError:
        return False
    session.expire(voice, ["parts"])
    audit.record(
        session=session,
        actor=actor,
        verb="voice.give",
        subject_type="voice",
        subject_id=voice.id,
        now=now,
        to=to.id if to else None,
    )
    live.publish(session=session, channel=live.DESK, kind="voice", now=now, voice_id=voice.id)
    if to is not None and actor is not to:
        tell(session=session, to=to, voice=voice, what="given", now=now)
    return True


def tell(*, session: Session, to: StaffMember, voice: Voice, what: str, now: datetime, urgent: bool = False) -> None:
    """Send the neutral words that something waits at the desk."""
    notices.tell(
        session=session,
        to=to,
        words="notice.urgent" if urgent else "notice.desk",
        now=now,
        dedupe_key=f"voice-{what}-{voice.id}-{to.id}",
        link=f"/staff/voices/{voice.id}",
        urgent=urgent,
    )


def due_soon(*, session: Session, now: datetime, timezone: str) -> list[int]:
    """Return the numbers of open voices whose promised day comes within so many days."""
    today = working_days.today(now, timezone)
    return list(
        session.scalars(
            select(Voice.id)
            .where(Voice.answered_at.is_(None), Voice.due_on >= today, Voice.due_on <= today + REMIND_BEFORE)
            .order_by(Voice.id)
        )
    )


def remind(*, session: Session, voice_id: int, now: datetime) -> bool:
    """Tell the owner that the promised day is near, once for each owner; tell whether somebody owes an answer."""
    voice = session.get(Voice, voice_id, populate_existing=True)
    if voice is None or voice.answered_at is not None:
        return False
    owner = owner_part(session=session, voice_id=voice.id)
    if owner is None or not owner.staff.active:
        return False
    tell(session=session, to=owner.staff, voice=voice, what="soon", now=now)
    return True


def waiting_for_the_sweep(*, session: Session, now: datetime, timezone: str) -> list[int]:
    """Return the numbers of voices that are late and have not climbed, or whose owner is missing or has left."""
    late = session.scalars(
        select(Voice.id).where(
            Voice.answered_at.is_(None),
            Voice.climbed_at.is_(None),
            Voice.due_on < working_days.today(now, timezone),
        )
    )
    owned = select(VoicePart.voice_id).join(VoicePart.staff).where(VoicePart.part == Part.OWNER, StaffMember.active)
    orphans = session.scalars(select(Voice.id).where(Voice.answered_at.is_(None), Voice.id.not_in(owned)))
    return sorted({*late, *orphans})


def look_after(*, session: Session, voice_id: int, now: datetime, timezone: str) -> bool:
    """Find an owner where there is none, and let a late voice climb to the base leader, once; tell what was done."""
    voice = session.get(Voice, voice_id, populate_existing=True)
    if voice is None or voice.answered_at is not None:
        return False
    changed = _adopt(session, voice, now)
    if voice.due_on < working_days.today(now, timezone) and voice.climbed_at is None:
        changed = _climb(session, voice, now) or changed
    return changed


def _adopt(session: Session, voice: Voice, now: datetime) -> bool:
    present = owner_part(session=session, voice_id=voice.id)
    if present is not None and present.staff.active:
        return False
    heir = choose(session=session, voice=voice, now=now)
    return heir is not None and give(session=session, voice=voice, to=heir, actor=None, now=now)


def _climb(session: Session, voice: Voice, now: datetime) -> bool:
    taken = session.execute(
        update(Voice)
        .where(Voice.id == voice.id, Voice.climbed_at.is_(None), Voice.answered_at.is_(None))
        .values(climbed_at=now)
        .execution_options(synchronize_session=False)
    )
    if getattr(taken, "rowcount", 0) != 1:
        return False
    session.refresh(voice)
    before = owner_part(session=session, voice_id=voice.id)
    late_owner = before.staff if before else None
    managers = free_to_answer(session=session, voice=voice, roles=(RoleName.BASE_MANAGER,))
    audit.record(
        session=session,
        actor=None,
        verb="voice.climb",
        subject_type="voice",
        subject_id=voice.id,
        now=now,
        late_owner=late_owner.id if late_owner else None,
    )
    if managers and (late_owner is None or late_owner not in managers):
        load = _open_by_owner(session)
        leader = min(managers, key=lambda one: (load.get(one.id, 0), one.id))
        give(session=session, voice=voice, to=leader, actor=None, now=now)
    told = {one.id: one for one in (*managers, *((late_owner,) if late_owner and late_owner.active else ()))}
    for one in told.values():
        tell(session=session, to=one, voice=voice, what="late", now=now)
    live.publish(session=session, channel=live.DESK, kind="voice", now=now, voice_id=voice.id)
    return True
