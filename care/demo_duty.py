"""Invented addresses, the ordinary week and an offered turn for a demonstration."""

from __future__ import annotations

from datetime import datetime, time, timedelta

from sqlalchemy import select
from sqlalchemy.orm import Session

from care import contacts, duty, duty_patterns, duty_swaps, staff
from models.contacts import Channel, ContactPoint
from models.duty import DutyPosition

# Nobody is reached there: the domain is kept free for examples, and the numbers are not given out.
ADDRESSES = (
    ("zhangmin", Channel.EMAIL, "zhangmin@nuanyang.example"),
    ("liqiang", Channel.EMAIL, "liqiang@nuanyang.example"),
    ("wangfang", Channel.EMAIL, "wangfang@nuanyang.example"),
    ("zhaolei", Channel.EMAIL, "zhaolei@nuanyang.example"),
    ("linxiao", Channel.EMAIL, "linxiao@nuanyang.example"),
)
WEEK = (
    ("zhangmin", DutyPosition.ON_CALL, "08:00", "20:00"),
    ("liqiang", DutyPosition.ON_CALL, "20:00", "08:00"),
    ("liqiang", DutyPosition.STAND_IN, "08:00", "20:00"),
    ("zhangmin", DutyPosition.STAND_IN, "20:00", "08:00"),
    ("wangfang", DutyPosition.SUPERVISOR, "00:00", "00:00"),
    ("zhaolei", DutyPosition.BASE_LEADER, "00:00", "00:00"),
)


def load(*, session: Session, now: datetime, secret: str) -> int:
    """Add the addresses, the week and the offer unless they are there; return how many addresses were added."""
    if session.scalar(select(ContactPoint.id).limit(1)) is not None:
        return 0
    added = 0
    for username, channel, address in ADDRESSES:
        member = staff.by_username(session=session, typed=username)
        if member is None or not member.active:
            continue
        row = contacts.add(session=session, owner=member, channel=channel, address=address, secret=secret, now=now)
        row.confirmed_at, row.code_hash = now, None
        added += 1
    _week(session, now)
    _offer(session, now)
    return added


def _week(session: Session, now: datetime) -> None:
    planner = staff.by_username(session=session, typed="wangfang")
    if planner is None or duty_patterns.slots(session=session):
        return
    for username, position, starts, ends in WEEK:
        member = staff.by_username(session=session, typed=username)
        if member is None or not member.active:
            continue
        duty_patterns.add_slot(
            session=session,
            actor=planner,
            staff=member,
            position=position,
            weekdays=range(7),
            starts=time.fromisoformat(starts),
            ends=time.fromisoformat(ends),
            now=now,
        )


def _offer(session: Session, now: datetime) -> None:
    giver, taker = (staff.by_username(session=session, typed=name) for name in ("zhangmin", "chenyu"))
    if giver is None or taker is None:
        return
    ahead = duty.turns_between(session=session, start=now + timedelta(days=5), end=now + timedelta(days=7))
    turn = next((one for one in ahead if one.staff_id == giver.id and one.starts_at > now), None)
    if turn is None or taker not in duty_swaps.who_may_take(session=session, turn=turn):
        return
    duty_swaps.offer(session=session, actor=giver, turn_id=turn.id, to_staff_id=taker.id, now=now)
