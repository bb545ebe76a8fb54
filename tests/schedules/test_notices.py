"""The scheduler carries notices: urgent ones at once, each once, and a failing gateway harms no other."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest
from sqlalchemy import select

from care import callbacks, human, notices, opening
from care.gateways import Post
from config import Gateways
from models.contacts import Channel, ContactPoint
from models.conversations import Conversation, MessageKind
from models.crises import CallBack
from models.duty import DutyTurn
from models.live import LiveEvent
from models.outbox import DeliveryWay, OutboxKind, OutboxRow
from models.staff import RoleName, StaffMember
from schedules.jobs import duty as duty_jobs
from schedules.jobs import outbox as jobs
from schedules.runner import Tools
from tests.care.test_notices import NIGHT, address, tell
from tests.fixtures.post import mail_server, web_address
from tests.fixtures.world import ZONE, World
from tests.schedules.test_sweeps import tools_of
from triage.levels import Level


@pytest.fixture
def tools(world: World) -> Tools:
    return replace(tools_of(world), public_url="https://base.example")


def ways(world: World) -> list[tuple[DeliveryWay | None, str | None]]:
    with world.look() as session:
        rows = session.scalars(select(OutboxRow).where(OutboxRow.kind == OutboxKind.NOTICE).order_by(OutboxRow.id))
        return [(row.delivered_by, row.last_error) for row in rows]


def test_without_a_gateway_notices_are_kept_with_their_words(world: World, tools: Tools) -> None:
    member = world.colleague("li")
    address(world, member)
    (row,) = tell(world, member)
    assert jobs.send_ordinary_notices(tools) == 1
    assert jobs.send_ordinary_notices(tools) == 0
    assert ways(world) == [(DeliveryWay.DEVELOPMENT_OUTBOX, None)]
    with world.look() as session:
        assert session.get_one(OutboxRow, row).sealed is not None


def test_an_alarm_reaches_a_mailbox_in_one_sweep_in_the_middle_of_the_night(world: World, tools: Tools) -> None:
    world.clock.moment = NIGHT
    chain = world.chain()
    for staff_id in chain.values():
        address(world, staff_id)
    world.flag(world.person(), Level.EMERGENCY)
    with mail_server() as server:
        url = f"mailto://127.0.0.1:{server.port}?from=desk@base.example&to={{address}}&mode=insecure"
        sent = jobs.send_notices(replace(tools, post=Post(Gateways(email=url))))
    assert sent == 2  # the alarm itself, and one mail
    assert server.recipients == ["address-0@mail.example"]
    body = server.letters[0].get_body(preferencelist=("plain",))
    assert body is not None
    assert "https://base.example/staff/" in body.get_content()
    assert ways(world) == [(DeliveryWay.CHANNEL, None)]


def test_one_gateway_that_fails_keeps_no_other_notice_back(world: World, tools: Tools) -> None:
    member = world.colleague("li")
    address(world, member)
    address(world, member, channel=Channel.SMS)
    with world.work() as session:
        session.scalars(select(ContactPoint).where(ContactPoint.channel == Channel.SMS)).one().address = "13800000000"
    tell(world, member)
    with web_address() as gateway:
        gateways = Gateways(
            email="mailto://127.0.0.1:9?from=desk@base.example&to={address}&mode=insecure",
            sms=f"json://127.0.0.1:{gateway.port}/send?:to={{address}}",
        )
        assert jobs.send_ordinary_notices(replace(tools, post=Post(gateways))) == 1
    assert ways(world) == [(None, "refused"), (DeliveryWay.CHANNEL, None)]
    assert len(gateway.posts) == 1


def test_alarms_and_ordinary_notices_leave_by_different_sweeps(world: World, tools: Tools) -> None:
    member = world.colleague("li")
    address(world, member)
    tell(world, member)
    assert jobs.send_notices(tools) == 0
    tell(world, member, key="alarm", urgent=True)
    assert jobs.send_notices(tools) == 1
    assert [way for way, _ in ways(world)] == [None, DeliveryWay.DEVELOPMENT_OUTBOX]


def test_a_worker_that_died_with_a_notice_in_its_hands_loses_nothing(world: World, tools: Tools) -> None:
    member = world.colleague("li")
    address(world, member)
    (row,) = tell(world, member)
    with world.work() as session:
        notices.take(session=session, row_id=row, now=world.clock(), rules=tools.rules)
    world.clock.advance(seconds=29)
    assert jobs.send_ordinary_notices(tools) == 0
    world.clock.advance(seconds=2)
    assert jobs.send_ordinary_notices(tools) == 1


def hours_told(world: World) -> int:
    with world.look() as session:
        return len(session.scalars(select(LiveEvent).where(LiveEvent.channel == "hours")).all())


def seen(world: World, turn: int, minutes_ago: float) -> None:
    with world.work() as session:
        session.get_one(DutyTurn, turn).seen_at = world.clock() - timedelta(minutes=minutes_ago)


def test_loss_of_presence_is_told_to_the_open_chats_once(world: World, tools: Tools) -> None:
    turn = world.turn(world.colleague("officer"), here=True)
    seen(world, turn, 0)
    duty_jobs.watch_the_desk(tools)
    before = hours_told(world)
    world.clock.advance(minutes=2.9)
    assert duty_jobs.watch_the_desk(tools) == 0
    world.clock.advance(minutes=0.2)
    assert duty_jobs.watch_the_desk(tools) == 1
    assert duty_jobs.watch_the_desk(tools) == 0
    assert hours_told(world) == before + 1


def test_the_end_of_a_turn_and_a_deactivation_are_told_too(world: World, tools: Tools) -> None:
    member = world.colleague("officer")
    world.turn(member, starts=-1, hours=2, here=True)
    duty_jobs.watch_the_desk(tools)
    world.clock.advance(hours=1)
    assert duty_jobs.watch_the_desk(tools) == 1
    second = world.colleague("second")
    world.turn(second, here=True)
    assert duty_jobs.watch_the_desk(tools) == 1
    with world.work() as session:
        session.get_one(StaffMember, second).active = False
    assert duty_jobs.watch_the_desk(tools) == 1


def waiting_person(world: World) -> int:
    number = world.person()
    with world.work() as session:
        conversation = session.get_one(Conversation, number)
        human.request(session=session, conversation=conversation, now=world.clock(), timezone=ZONE)
    return number


def test_whoever_waits_when_the_desk_empties_gets_a_name_and_a_time_instead(world: World, tools: Tools) -> None:
    officer, morning = world.colleague("officer"), world.colleague("morning")
    turn = world.turn(officer, here=True)
    seen(world, turn, 0)
    world.turn(morning, starts=14)
    duty_jobs.watch_the_desk(tools)
    number, decoy = waiting_person(world), world.person()
    world.clock.advance(minutes=3.1)
    duty_jobs.watch_the_desk(tools)
    assert duty_jobs.promise_instead(tools) == 0  # The desk may only be changing hands.
    world.clock.advance(seconds=61)
    assert duty_jobs.promise_instead(tools) == 1
    assert duty_jobs.promise_instead(tools) == 0
    assert world.messages(number)[-1].kind is MessageKind.CALL_BACK
    assert all(message.kind is not MessageKind.CALL_BACK for message in world.messages(decoy))
    with world.look() as session:
        # It is still the officer's turn: whoever is late is the one who answers.
        assert [row.owner_id for row in callbacks.standing(session=session)] == [officer]


def test_nothing_is_promised_while_somebody_is_there_or_nobody_is_planned(world: World, tools: Tools) -> None:
    turn = world.turn(world.colleague("officer"), starts=-1, hours=2, here=True)
    seen(world, turn, 0)
    duty_jobs.watch_the_desk(tools)
    waiting_person(world)
    world.clock.advance(minutes=2)
    assert duty_jobs.promise_instead(tools) == 0
    world.clock.advance(hours=2)
    duty_jobs.watch_the_desk(tools)
    world.clock.advance(minutes=2)
    assert duty_jobs.promise_instead(tools) == 0
    with world.look() as session:
        assert opening.closed_since(session=session) is not None


def test_a_promise_of_somebody_who_left_finds_a_new_owner_and_a_late_one_is_told(world: World, tools: Tools) -> None:
    gone, heir = world.colleague("gone"), world.colleague("heir")
    lead = world.colleague("lead", RoleName.SUPERVISOR)
    for staff_id in (gone, heir, lead):
        address(world, staff_id)
    world.turn(gone, starts=2, hours=2)
    world.turn(heir, starts=5)
    waiting_person(world)
    assert duty_jobs.keep_promises(tools) == 0
    with world.work() as session:
        session.get_one(StaffMember, gone).active = False
    assert duty_jobs.keep_promises(tools) == 1
    with world.look() as session:
        row = session.scalars(select(CallBack)).one()
        assert row.owner_id == heir
    world.clock.moment = row.due_at + timedelta(seconds=1)
    assert duty_jobs.keep_promises(tools) == 2
    assert duty_jobs.keep_promises(tools) == 0


def test_leads_are_told_of_gaps_once_a_day_when_the_office_has_opened(world: World, tools: Tools) -> None:
    lead, officer = world.colleague("lead", RoleName.SUPERVISOR), world.colleague("officer", RoleName.DUTY_OFFICER)
    for staff_id in (lead, officer):
        address(world, staff_id)
    world.clock.moment = world.clock().replace(hour=0, minute=59)  # 08:59 at the base
    assert duty_jobs.tell_of_gaps(tools) == 0
    world.clock.advance(minutes=1)
    assert duty_jobs.tell_of_gaps(tools) == 1
    world.clock.advance(hours=5)
    assert duty_jobs.tell_of_gaps(tools) == 0
    world.clock.advance(hours=19)
    assert duty_jobs.tell_of_gaps(tools) == 1


def test_a_roster_without_gaps_near_by_disturbs_nobody(world: World, tools: Tools) -> None:
    world.chain()
    address(world, world.colleague("lead", RoleName.SUPERVISOR))
    assert duty_jobs.tell_of_gaps(tools) == 0
