"""The demonstration: complete, invented, and the same after a second load."""

from __future__ import annotations

import itertools
from datetime import timedelta

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from care import demo, duty
from models.beneficiaries import Beneficiary
from models.conversations import Conversation
from models.crises import CrisisCase
from models.duty import DutyPosition, DutyTurn
from models.follow_ups import FollowUp
from models.notes import SessionNote
from models.outbox import OutboxKind, OutboxRow
from models.screenings import Screening
from models.staff import RoleName, StaffMember
from models.stations import Station
from tests.fixtures.desk import START
from triage.levels import Level

ZONE = "Asia/Shanghai"


def _load(session: Session, now=START, passwords: dict[str, str] | None = None):  # type: ignore[no-untyped-def]
    made = demo.load_people(session=session, now=now, hashed=lambda one: f"hash of {one}", passwords=passwords or {})
    demo.load_roster(session=session, now=now, timezone=ZONE)
    demo.load_conversations(session=session, now=now, timezone=ZONE, secret="secret")
    session.flush()
    return made


def _count(session: Session, table: type) -> int:
    return session.scalar(select(func.count()).select_from(table)) or 0


def test_every_role_has_somebody_and_every_password_is_its_own(desk_session: Session) -> None:
    made = _load(desk_session)
    held = {role.name for member in desk_session.scalars(select(StaffMember)) for role in member.roles}
    assert held == {role.value for role in RoleName}
    assert len(set(made.values())) == len(demo.PEOPLE)


def test_every_hour_of_two_weeks_has_somebody_on_every_rung(desk_session: Session) -> None:
    _load(desk_session)
    midnight = START.replace(hour=16) - timedelta(days=1)
    moments = [midnight + timedelta(days=day, hours=hour) for day in range(14) for hour in (0, 3, 7, 8, 12, 19, 20, 23)]
    empty = [
        (at, position)
        for at, position in itertools.product(moments, DutyPosition)
        if duty.holder(session=desk_session, position=position, at=at) is None
    ]
    assert not empty


def test_both_duty_officers_can_check_in_at_any_hour(desk_session: Session) -> None:
    _load(desk_session)
    officers = [member for member in desk_session.scalars(select(StaffMember)) if member.has_any(RoleName.DUTY_OFFICER)]
    assert len(officers) == 2
    for hour in range(24):
        for officer in officers:
            duty.check_in(session=desk_session, actor=officer, now=START + timedelta(hours=hour))


def test_second_load_adds_nothing_and_changes_no_password(desk_session: Session) -> None:
    _load(desk_session)
    tables = (StaffMember, Station, DutyTurn, Beneficiary, Conversation, CrisisCase, Screening)
    before = [_count(desk_session, table) for table in tables]
    assert _load(desk_session) == {}
    assert [_count(desk_session, table) for table in tables] == before


def test_load_on_a_later_day_extends_the_roster_without_overlap(desk_session: Session) -> None:
    _load(desk_session)
    _load(desk_session, now=START + timedelta(days=3))
    at = START + timedelta(days=16, hours=20)
    assert duty.holder(session=desk_session, position=DutyPosition.ON_CALL, at=at) is not None
    turns = desk_session.scalars(select(DutyTurn).order_by(DutyTurn.position, DutyTurn.starts_at)).all()
    for one, following in itertools.pairwise(turns):
        assert one.position is not following.position or one.ends_at <= following.starts_at


def test_hours_that_somebody_else_already_holds_are_left_alone(desk_session: Session) -> None:
    made = demo.load_people(session=desk_session, now=START, hashed=str, passwords={})
    assert made
    anna = desk_session.scalars(select(StaffMember).where(StaffMember.username == "anna")).one()
    begin = START + timedelta(days=2)
    taken = DutyTurn(staff=anna, position=DutyPosition.BASE_LEADER, starts_at=begin, ends_at=begin + timedelta(hours=1))
    desk_session.add(taken)
    demo.load_roster(session=desk_session, now=START, timezone=ZONE)
    holding = [
        turn
        for turn in duty.turns_between(session=desk_session, start=begin, end=begin + timedelta(hours=1))
        if turn.position is DutyPosition.BASE_LEADER
    ]
    assert holding == [taken]


def test_known_password_is_used_again_where_the_account_is_missing(desk_session: Session) -> None:
    made = _load(desk_session, passwords={"zhangmin": "kept from before"})
    assert made["zhangmin"] == "kept from before"


def test_conversations_are_marked_as_invented_and_ring_nobody(desk_session: Session) -> None:
    _load(desk_session)
    assert all(person.synthetic for person in desk_session.scalars(select(Beneficiary)))
    cases = desk_session.scalars(select(CrisisCase)).all()
    assert sorted(case.closed_at is None for case in cases) == [False, False, True]
    # The one that stood at orange was closed a week ago; its follow-ups are what a counselor finds.
    assert all(not case.risk.is_at_least(Level.ORANGE) for case in cases if case.closed_at is None)
    assert [row.state.value for row in desk_session.scalars(select(FollowUp).order_by(FollowUp.step_no))] == [
        "reached",
        "reached",
        *(["planned"] * 8),
    ]
    # One screening of the talks, and four earlier ones that make a trend.
    assert [screening.complete for screening in desk_session.scalars(select(Screening))] == [True] * 5
    (note,) = desk_session.scalars(select(SessionNote))
    assert note.beneficiary.synthetic
    waiting = desk_session.scalars(
        select(OutboxRow).where(
            OutboxRow.kind == OutboxKind.BOT_TURN, OutboxRow.given_up_at.is_(None), OutboxRow.delivered_at.is_(None)
        )
    ).all()
    assert waiting == []


def test_no_place_and_no_phone_of_the_demonstration_is_real(desk_session: Session) -> None:
    _load(desk_session)
    contacts = [person.emergency_contact for person in desk_session.scalars(select(Beneficiary))]
    # 555 numbers are given to nobody.
    assert all("555" in contact.phone for contact in contacts if contact is not None)
