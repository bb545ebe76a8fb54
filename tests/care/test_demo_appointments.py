"""The demonstration has a calendar to look at, and loading it again adds nothing."""

from __future__ import annotations

from sqlalchemy import func, select

from care import demo, demo_appointments
from models.appointments import Appointment
from models.availability import WeeklyPlan
from models.groups import GroupSeat
from models.services import Service
from models.waiting_list import WaitingWish
from tests.fixtures.world import ZONE, World

TABLES = (Service, WeeklyPlan, Appointment, GroupSeat, WaitingWish)


def counts(world: World) -> list[int]:
    with world.look() as session:
        return [session.scalar(select(func.count()).select_from(table)) or 0 for table in TABLES]


def test_the_demonstration_fills_the_calendar_once(world: World) -> None:
    with world.work() as session:
        demo.load_people(session=session, now=world.clock(), hashed=lambda word: f"hashed {word}", passwords={})
        demo.load_conversations(session=session, now=world.clock(), timezone=ZONE, secret="secret")
    filled = counts(world)
    assert filled[:2] == [len(demo_appointments.SERVICES), len(demo_appointments.PLANS)]
    assert filled[2] >= 6
    assert filled[3:] == [2, 1]
    with world.work() as session:
        assert demo_appointments.load(session=session, now=world.clock()) == 0
    assert counts(world) == filled
