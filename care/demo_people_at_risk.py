"""Invented: a plan for somebody who comes often, and a name that was opened for a call."""

from __future__ import annotations

from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from sqlalchemy import select
from sqlalchemy.orm import Session

from care import contact_plans, glass_openings, staff
from models.beneficiaries import Beneficiary
from models.contact_plans import ContactPlan
from models.glass_openings import GlassPart, GlassReason


def load(*, session: Session, now: datetime, timezone: str) -> int:
    """Add both for the first synthetic person unless a plan is there; return how many rows were added."""
    person = session.scalars(select(Beneficiary).where(Beneficiary.synthetic).order_by(Beneficiary.id)).first()
    author = staff.by_username(session=session, typed="chenyu")
    if person is None or author is None or session.scalar(select(ContactPlan.id).limit(1)) is not None:
        return 0
    contact_plans.write(
        session=session,
        author=author,
        beneficiary_id=person.id,
        above=0,
        words=contact_plans.Words(
            who="陈瑜；她不在时找张敏",
            how_often="每周二下午四点，二十分钟；平时每天回一条",
            helps="先听完，再问睡得怎么样",
            helps_not="换人，把同样的问题再问一遍",
            with_person=True,
            review_on=(now.astimezone(ZoneInfo(timezone)) + timedelta(days=42)).date(),
        ),
        now=now,
        timezone=timezone,
    )
    glass_openings.break_glass(
        session=session,
        beneficiary_id=person.id,
        actor=author,
        part=GlassPart.NAME,
        reason=GlassReason.SPEAKING.value,
        now=now - timedelta(hours=2),
    )
    return 2
