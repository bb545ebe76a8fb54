"""A colleague's own calendar for their phone: a secret address, neutral words, no names, taken back at will."""

from __future__ import annotations

import secrets
from datetime import datetime, timedelta

from icalendar import Calendar, Event
from sqlalchemy import select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from care import agenda, audit
from care.agenda import Entry, EntryKind
from care.people import keyed_hash
from care.refusals import Refusal, Refused
from models.appointments import CalendarFeed
from models.staff import StaffMember

_BYTES = 32
LONGEST_TOKEN = 128
BEHIND = timedelta(days=30)
AHEAD = timedelta(days=180)
# What stands on a lock screen or in a stranger's calendar service tells nothing about anybody.
_WORDS = {
    "zh-CN": {
        "name": "日程",
        "appointment": "安排",
        "group": "小组安排",
        "shift": "班次",
        "follow_up": "安排",
        "duty": "值班",
    },
    "en": {
        "name": "Schedule",
        "appointment": "Busy",
        "group": "Group",
        "shift": "Shift",
        "follow_up": "Busy",
        "duty": "On duty",
    },
}
# A time that is only kept for somebody who has not answered, and one's own leave, are nothing to be reminded of.
_TOLD = (EntryKind.APPOINTMENT, EntryKind.GROUP, EntryKind.SHIFT, EntryKind.FOLLOW_UP, EntryKind.DUTY)


def make_address(*, session: Session, actor: StaffMember, secret: str, now: datetime) -> str:
    """Return the token of a new address for the colleague's own calendar; an older address stops working."""
    for _attempt in range(2):
        revoke(session=session, actor=actor, now=now)
        token = secrets.token_urlsafe(_BYTES)
        row = CalendarFeed(staff_id=actor.id, token_hash=_stored(secret, token), created_at=now)
        try:
            with session.begin_nested():
                session.add(row)
        except IntegrityError:
            # Two windows asked in the same moment; the later one wins.
            continue
        _trace(session, actor, "calendar_feed.make", row, now)
        return token
    raise Refused(Refusal.CHANGED_MEANWHILE)


def revoke(*, session: Session, actor: StaffMember, now: datetime) -> bool:
    """Take the colleague's address back; tell whether there was one."""
    row = standing(session=session, staff_id=actor.id)
    if row is None:
        return False
    row.revoked_at = now
    session.flush()
    _trace(session, actor, "calendar_feed.revoke", row, now)
    return True


def standing(*, session: Session, staff_id: int) -> CalendarFeed | None:
    """Return the address that works now; its token is not known any more."""
    return session.scalars(
        select(CalendarFeed).where(CalendarFeed.staff_id == staff_id, CalendarFeed.revoked_at.is_(None))
    ).first()


def _stored(secret: str, token: str) -> str:
    return keyed_hash(secret, f"calendar-feed:{token[:LONGEST_TOKEN]}")


def read(*, session: Session, secret: str, token: str, now: datetime) -> bytes:
    """Return the calendar behind a token; refuse NOT_FOUND for a forged or revoked one, or one who has left."""
    feed = session.scalars(
        select(CalendarFeed).where(CalendarFeed.token_hash == _stored(secret, token), CalendarFeed.revoked_at.is_(None))
    ).first()
    if feed is None or not feed.staff.active:
        raise Refused(Refusal.NOT_FOUND)
    return calendar_of(session=session, member=feed.staff, now=now)


def calendar_of(*, session: Session, member: StaffMember, now: datetime) -> bytes:
    """Return what stands in the colleague's time, from appointments to turns on duty, as an iCalendar file."""
    words = _WORDS.get(member.language, _WORDS["zh-CN"])
    found = Calendar()
    found.add("prodid", "-//Nuanyang//Calendar//ZH")
    found.add("version", "2.0")
    found.add("method", "PUBLISH")
    found.add("x-wr-calname", words["name"])
    # How often a phone looks again; cancelled appointments should not stay on it for long.
    found.add("refresh-interval;value=duration", "PT1H")
    for entry in agenda.entries(session=session, staff_id=member.id, start=now - BEHIND, end=now + AHEAD):
        if entry.kind in _TOLD:
            found.add_component(_event(entry, words[entry.kind.value], now))
    return bytes(found.to_ical())


def _event(entry: Entry, summary: str, now: datetime) -> Event:
    event = Event()
    # A shift or a follow-up is known by its time: nobody has two of them at once.
    event.add("uid", f"{entry.kind.value}-{entry.subject_id or int(entry.starts_at.timestamp())}@nuanyang")
    event.add("summary", summary)
    event.add("dtstart", entry.starts_at)
    event.add("dtend", entry.ends_at)
    event.add("dtstamp", now)
    event.add("class", "PRIVATE")
    # Whoever is on call can be booked by others meanwhile; a phone should not show the whole day as taken.
    event.add("transp", "TRANSPARENT" if entry.kind is EntryKind.DUTY else "OPAQUE")
    return event


def _trace(session: Session, actor: StaffMember, verb: str, row: CalendarFeed, now: datetime) -> None:
    audit.record(session=session, actor=actor, verb=verb, subject_type="calendar_feed", subject_id=row.id, now=now)
