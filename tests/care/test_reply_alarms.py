"""A person whose line nobody answers is not forgotten: the owner is rung, whoever supervises, then everybody again."""

from __future__ import annotations

import secrets
from typing import Any

from sqlalchemy import select

from care import desk, reply_alarms
from models.audit import AuditEntry
from models.contacts import Channel, ContactPoint
from models.duty import DutyPosition
from models.outbox import OutboxKind, OutboxRow
from models.reply_alarms import ReplyAlarm, ReplyStep
from models.staff import RoleName
from tests.fixtures.world import World, at_once
from triage.levels import Level


def act(world: World, verb: Any, who: int, /, **more: Any) -> None:
    with world.work() as session:
        verb(session=session, actor=world.actor(session, who), now=world.clock(), **more)


def write(world: World, who: int, number: int, text: str = "我在听") -> None:
    act(
        world, desk.write, who, conversation_id=number, text=text, client_key=f"{text}-{world.clock().isoformat()}"[:64]
    )


def sweep(world: World) -> int:
    with world.look() as session:
        due = reply_alarms.due(session=session, now=world.clock())
    rung = 0
    for number in due:
        with world.work() as session:
            rung += reply_alarms.ring(session=session, conversation_id=number, now=world.clock())
    return rung


def rings(world: World) -> list[tuple[int, str, int | None, int]]:
    with world.look() as session:
        rows = session.scalars(select(ReplyAlarm).order_by(ReplyAlarm.id)).all()
        return [(row.conversation_id, row.step.value, row.staff_id, row.seconds) for row in rows]


def test_the_owner_is_rung_after_three_minutes_and_the_supervisor_after_six(world: World) -> None:
    officer, lead = world.colleague("officer", RoleName.DUTY_OFFICER), world.colleague("lead", RoleName.SUPERVISOR)
    world.turn(lead, DutyPosition.SUPERVISOR)
    number, answered = world.person(), world.person()
    for one in (number, answered):
        world.says(one, "你好")
        act(world, desk.take_over, officer, conversation_id=one)
        write(world, officer, one)
    world.clock.advance(minutes=10)
    world.says(number, "您还在吗")
    world.says(answered, "您还在吗")
    write(world, officer, answered, "在的")
    world.clock.advance(minutes=2, seconds=59)
    assert sweep(world) == 0
    world.clock.advance(seconds=1)
    assert sweep(world) == 1
    assert sweep(world) == 0
    world.clock.advance(minutes=3)
    assert sweep(world) == 1
    world.clock.advance(minutes=5, seconds=59)
    assert sweep(world) == 0
    assert rings(world) == [(number, "owner", officer, 180), (number, "supervisor", lead, 360)]
    with world.look() as session:
        traces = session.scalars(select(AuditEntry.details).where(AuditEntry.verb == "conversation.unanswered")).all()
        assert [one["step"] for one in traces] == ["owner", "supervisor"]
        assert set(reply_alarms.rung_in(session=session, conversation_ids=[number, answered])) == {number}


def test_somebody_in_danger_is_rung_for_after_one_minute(world: World) -> None:
    officer = world.colleague("officer", RoleName.DUTY_OFFICER)
    number, calm = world.person(), world.person()
    world.flag(number, Level.RED)
    for one in (number, calm):
        act(world, desk.take_over, officer, conversation_id=one)
        world.says(one, "您在吗")
    world.clock.advance(minutes=1)
    assert sweep(world) == 1
    assert [one[:2] for one in rings(world)] == [(number, "owner")]


def test_the_clock_of_an_older_line_starts_when_the_colleague_comes(world: World) -> None:
    officer = world.colleague("officer", RoleName.DUTY_OFFICER)
    number = world.person()
    world.says(number, "有人吗")
    world.clock.advance(minutes=30)
    act(world, desk.take_over, officer, conversation_id=number)
    assert sweep(world) == 0
    world.clock.advance(minutes=3)
    assert sweep(world) == 1


def test_nothing_rings_for_a_chat_of_the_bot_an_answered_one_or_one_that_has_ended(world: World) -> None:
    officer = world.colleague("officer", RoleName.DUTY_OFFICER)
    with_bot, answered, back, ended = (world.person() for _ in range(4))
    world.says(with_bot, "你好")
    for one in (answered, back, ended):
        act(world, desk.take_over, officer, conversation_id=one)
        world.says(one, "你好")
    write(world, officer, answered)
    act(world, desk.hand_back, officer, conversation_id=back)
    act(world, desk.close, officer, conversation_id=ended)
    world.clock.advance(hours=1)
    assert sweep(world) == 0


def test_a_second_unanswered_line_after_an_answer_rings_anew(world: World) -> None:
    officer = world.colleague("officer", RoleName.DUTY_OFFICER)
    number = world.person()
    act(world, desk.take_over, officer, conversation_id=number)
    for _ in range(2):
        world.says(number, "您在吗")
        world.clock.advance(minutes=4)
        assert sweep(world) == 1
        write(world, officer, number)
        world.clock.advance(minutes=1)
    assert [one[1] for one in rings(world)] == ["owner", "owner"]


def test_with_nobody_to_supervise_the_step_is_still_on_record(world: World) -> None:
    officer = world.colleague("officer", RoleName.DUTY_OFFICER)
    number = world.person()
    act(world, desk.take_over, officer, conversation_id=number)
    world.says(number, "您在吗")
    world.clock.advance(minutes=6)
    assert sweep(world) == 2
    assert [one[1:3] for one in rings(world)] == [("owner", officer), ("supervisor", None)]


def test_two_sweeps_at_once_ring_once(any_world: World) -> None:
    officer = any_world.colleague("officer", RoleName.DUTY_OFFICER)
    number = any_world.person()
    act(any_world, desk.take_over, officer, conversation_id=number)
    any_world.says(number, "您在吗")
    any_world.clock.advance(minutes=3)

    def ring() -> int:
        with any_world.work() as session:
            return reply_alarms.ring(session=session, conversation_id=number, now=any_world.clock())

    assert sorted(at_once(ring, ring)) == [0, 1]
    assert [one[1] for one in rings(any_world)] == [ReplyStep.OWNER.value]


def give_address(world: World, staff_id: int) -> None:
    with world.work() as session:
        session.add(
            ContactPoint(
                staff_id=staff_id,
                channel=Channel.EMAIL,
                address=f"{staff_id}@example.org",
                address_hash=secrets.token_hex(32),
                created_at=world.clock(),
                confirmed_at=world.clock(),
            )
        )


def told(world: World, hop_no: int) -> set[int | None]:
    """Return who was sent something about this hop, at once and whatever the hour."""
    with world.look() as session:
        rows = session.scalars(select(OutboxRow).where(OutboxRow.kind == OutboxKind.NOTICE, OutboxRow.urgent)).all()
        return {row.contact.staff_id for row in rows if row.contact and f"-{hop_no}:" in row.dedupe_key}


def test_after_the_supervisor_everybody_is_told_again_and_again_until_somebody_answers(world: World) -> None:
    chain = world.chain()
    officer = chain[DutyPosition.ON_CALL]
    for one in (*chain.values(), world.colleague("volunteer", RoleName.VOLUNTEER)):
        give_address(world, one)
    number = world.person()
    world.flag(number, Level.RED)
    act(world, desk.take_over, officer, conversation_id=number)
    world.says(number, "您在吗")
    for minutes in (1, 1, 1, 3, 3, 3):
        world.clock.advance(minutes=minutes, seconds=-1)
        assert sweep(world) == 0
        world.clock.advance(seconds=1)
        assert (sweep(world), sweep(world)) == (1, 0)
    assert [one[1] for one in rings(world)] == ["owner", "supervisor"] + ["everybody"] * 4
    assert told(world, 2) == {chain[DutyPosition.SUPERVISOR]}
    # Everybody who can help, the owner too, and no volunteer; each time anew.
    assert told(world, 3) == told(world, 6) == set(chain.values())
    write(world, officer, number)
    world.clock.advance(hours=1)
    assert sweep(world) == 0


def test_without_danger_everybody_is_told_more_rarely(world: World) -> None:
    officer = world.colleague("officer", RoleName.DUTY_OFFICER)
    number = world.person()
    act(world, desk.take_over, officer, conversation_id=number)
    world.says(number, "您在吗")
    world.clock.advance(minutes=12)
    # A scheduler that was dead has missed all three; everybody is told once.
    assert sweep(world) == 3
    world.clock.advance(minutes=29)
    assert sweep(world) == 0
    world.clock.advance(minutes=1)
    assert sweep(world) == 1


def test_a_clock_that_was_set_back_silences_no_line(world: World) -> None:
    officer = world.colleague("officer", RoleName.DUTY_OFFICER)
    number = world.person()
    act(world, desk.take_over, officer, conversation_id=number)
    world.says(number, "您在吗")
    world.clock.advance(hours=-2)
    for minutes in (0, 3, 3):
        world.clock.advance(minutes=minutes)
        assert (sweep(world), sweep(world)) == (1, 0)
    assert [(one[1], one[3]) for one in rings(world)] == [("owner", 0), ("supervisor", 0), ("everybody", 0)]
    # It is set right again: what has rung two hours "ago" goes on.
    world.clock.advance(hours=2)
    assert sweep(world) == 1
