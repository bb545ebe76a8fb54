"""Neutral words to every confirmed address, once; alarms at any hour, the rest by day; nothing gives up in silence."""

from __future__ import annotations

import json
from datetime import UTC, datetime, time, timedelta
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import select

from care import alarms, crises, notices, outbox
from care.notices import Letter, QuietHours, Rules
from models.audit import AuditEntry
from models.contacts import Channel, ContactPoint
from models.duty import DutyPosition
from models.outbox import DeliveryWay, OutboxKind, OutboxRow
from models.staff import RoleName
from tests.fixtures.world import ZONE, World, at_once
from triage.levels import Level

QUIET = QuietHours(time(21, 0), time(8, 0))
RULES = Rules(timezone=ZONE, quiet=QUIET, public_url="https://base.example")
NIGHT = datetime(2026, 3, 2, 15, 0, tzinfo=UTC)  # 23:00 at the base
SENTENCES = {
    key: words
    for key, words in json.loads(
        (Path(__file__).resolve().parents[2] / "care/data/wording.json").read_text("utf-8")
    ).items()
    if key.startswith("notice.")
}
# What a stranger who sees the screen must not learn.
TELLING = {
    "zh-CN": ("心理", "危机", "咨询", "自杀", "求助", "预约", "辅导", "情绪", "救助", "低保", "量表", "评估"),
    "en": ("psych", "crisis", "counsel", "suicid", "appointment", "therap", "mental", "mood", "welfare", "screening"),
}


def address(
    world: World, staff_id: int, *, channel: Channel = Channel.EMAIL, confirmed: bool = True, paused: bool = False
) -> int:
    """Give a colleague an address."""
    with world.work() as session:
        number = len(session.scalars(select(ContactPoint)).all())
        row = ContactPoint(
            staff_id=staff_id,
            channel=channel,
            address=f"address-{number}@mail.example",
            address_hash=f"h{number}",
            created_at=world.clock(),
            confirmed_at=world.clock() if confirmed else None,
            paused=paused,
        )
        session.add(row)
        session.flush()
        return row.id


def tell(world: World, staff_id: int, words: str = "notice.desk", key: str = "k", **more: Any) -> list[int]:
    with world.work() as session:
        rows = notices.tell(
            session=session,
            to=world.actor(session, staff_id),
            words=words,
            now=world.clock(),
            dedupe_key=key,
            **more,
        )
        return [row.id for row in rows]


def take(world: World, row_id: int) -> Letter | None:
    with world.work() as session:
        return notices.take(session=session, row_id=row_id, now=world.clock(), rules=RULES)


def row_of(world: World, row_id: int) -> OutboxRow:
    with world.look() as session:
        row = session.get_one(OutboxRow, row_id)
        session.expunge_all()
        return row


@pytest.mark.parametrize("language", list(TELLING))
@pytest.mark.parametrize("key", SENTENCES)
def test_no_notice_tells_a_stranger_what_it_is_about(key: str, language: str) -> None:
    words = SENTENCES[key][language].lower()
    assert [word for word in TELLING[language] if word in words] == []
    assert "{who}" not in words
    assert "{name}" not in words


def test_every_confirmed_address_is_told_and_no_other(world: World) -> None:
    member, decoy = world.colleague("li"), world.colleague("decoy")
    mail, sms = address(world, member), address(world, member, channel=Channel.SMS)
    address(world, member, confirmed=False)
    address(world, member, paused=True)
    address(world, decoy)
    told = tell(world, member)
    assert [row_of(world, number).contact_id for number in told] == [mail, sms]


def test_the_same_notice_is_queued_once_however_often_it_is_asked_for(any_world: World) -> None:
    member = any_world.colleague("li")
    address(any_world, member)
    at_once(*[lambda: tell(any_world, member) for _ in range(8)])
    assert tell(any_world, member) == []
    with any_world.look() as session:
        assert len(session.scalars(select(OutboxRow)).all()) == 1


def test_unknown_words_are_a_mistake_of_the_caller_and_not_silent(world: World) -> None:
    member = world.colleague("li")
    for words in ("notice.no_such", "crisis.suicide"):
        with pytest.raises(KeyError):
            tell(world, member, words)


def test_a_notice_is_written_in_the_language_and_the_time_of_its_reader(world: World) -> None:
    member = world.colleague("li")
    number = address(world, member)
    (row,) = tell(world, member, "notice.reminder", when=world.clock() + timedelta(days=1), link="/a/secret-token")
    letter = take(world, row)
    assert letter is not None
    assert letter.body == (
        "【暖阳】提醒您：3月3日（周二）10:00的安排。要改时间或取消，请点开下面的链接。\nhttps://base.example/a/secret-token"
    )
    assert (letter.channel, letter.subject, letter.address) == (
        Channel.EMAIL,
        "暖阳",
        f"address-{number - 1}@mail.example",
    )


def test_the_secret_link_is_not_readable_in_the_table_and_forgotten_once_sent(world: World) -> None:
    member = world.colleague("li")
    address(world, member)
    (row,) = tell(world, member, link="/a/secret-token")
    with world.engine.connect() as connection:
        assert "secret-token" not in str(connection.exec_driver_sql("SELECT * FROM outbox").all())
    take(world, row)
    with world.work() as session:
        notices.arrived(session=session, row_id=row, way=DeliveryWay.CHANNEL, now=world.clock())
    assert row_of(world, row).sealed is None


@pytest.mark.parametrize(
    ("hour", "until"),
    [(20.99, None), (21, 8), (23, 8), (0, 8), (7.99, 8), (8, None), (12, None)],
)
def test_quiet_hours(hour: float, until: int | None) -> None:
    midnight = datetime(2026, 3, 2, 16, 0, tzinfo=UTC)
    found = QUIET.until(midnight + timedelta(hours=hour), ZONE)
    assert (found.astimezone(UTC).hour if found else None) == (0 if until else None)
    if found:
        assert timedelta(0) < found - (midnight + timedelta(hours=hour)) <= timedelta(hours=11)


def test_quiet_hours_by_day_and_none_at_all() -> None:
    noon = datetime(2026, 3, 2, 5, 0, tzinfo=UTC)
    assert QuietHours(time(12), time(14)).until(noon, ZONE) == noon + timedelta(hours=1)
    assert QuietHours(time(0), time(0)).until(noon, ZONE) is None


def test_at_night_an_ordinary_notice_waits_and_an_alarm_does_not(world: World) -> None:
    member = world.colleague("li")
    address(world, member)
    world.clock.moment = NIGHT
    (ordinary,) = tell(world, member)
    (alarm,) = tell(world, member, key="alarm", urgent=True)
    assert take(world, ordinary) is None
    assert take(world, alarm) is not None
    waiting = row_of(world, ordinary)
    assert (waiting.not_before, waiting.attempts, waiting.given_up_at) == (NIGHT + timedelta(hours=9), 0, None)
    world.clock.advance(hours=9)
    assert take(world, ordinary) is not None


@pytest.mark.parametrize(
    ("spoil", "reason"),
    [
        ("paused", "paused"),
        ("inactive", "not_active"),
        ("late", "too_late"),
    ],
)
def test_a_notice_that_has_lost_its_sense_is_let_go(world: World, spoil: str, reason: str) -> None:
    member = world.colleague("li")
    contact = address(world, member)
    (row,) = tell(world, member, not_after=world.clock() + timedelta(hours=1))
    with world.work() as session:
        if spoil == "paused":
            session.get_one(ContactPoint, contact).paused = True
        elif spoil == "inactive":
            world.actor(session, member).active = False
    world.clock.advance(minutes=61 if spoil == "late" else 1)
    assert take(world, row) is None
    gone = row_of(world, row)
    assert (gone.last_error, gone.sealed) == (reason, None)


def test_two_workers_never_carry_the_same_notice(any_world: World) -> None:
    member = any_world.colleague("li")
    address(any_world, member)
    (row,) = tell(any_world, member)
    taken = at_once(*[lambda: take(any_world, row) for _ in range(6)])
    assert sum(isinstance(one, Letter) for one in taken) == 1


@pytest.mark.parametrize(("urgent", "tries", "longest"), [(True, 10, 600), (False, 8, 12 * 3600)])
def test_a_channel_that_fails_is_tried_again_ever_later_and_given_up_in_the_open(
    world: World, urgent: bool, tries: int, longest: float
) -> None:
    member = world.colleague("li")
    contact = address(world, member)
    (row,) = tell(world, member, urgent=urgent)
    begun, waits = world.clock(), []
    for _ in range(tries):
        world.clock.moment = max(world.clock(), row_of(world, row).not_before)
        assert outbox_due(world) == [row]
        if take(world, row) is None:
            # The night came; the morning is the next try.
            world.clock.moment = row_of(world, row).not_before
            assert take(world, row) is not None
        with world.work() as session:
            notices.not_taken(session=session, row_id=row, error="refused", now=world.clock())
        waits.append((row_of(world, row).not_before - world.clock()).total_seconds())
    assert waits[:-1] == sorted(waits[:-1])
    ended = row_of(world, row)
    assert (ended.given_up_at, ended.last_error, ended.sealed) == (world.clock(), "refused", None)
    assert world.clock() - begun <= timedelta(seconds=longest)
    with world.look() as session:
        assert session.get_one(ContactPoint, contact).failed_at == world.clock()
        entry = session.scalars(select(AuditEntry).where(AuditEntry.verb == "notice.given_up")).one()
        assert (entry.subject_id, entry.details["channel"]) == (row, "email")
        assert notices.troubled_since(session=session, since=world.clock()) == 1
        assert [one.id for one in notices.latest(session=session, limit=9, only_trouble=True)] == [row]


def outbox_due(world: World) -> list[int]:
    with world.look() as session:
        return list(outbox.due(session=session, kind=OutboxKind.NOTICE, now=world.clock()))


def ring(world: World) -> None:
    with world.look() as session:
        due = list(outbox.due(session=session, kind=OutboxKind.CRISIS_NOTICE, now=world.clock()))
    for number in due:
        with world.work() as session:
            alarms.ring(session=session, row_id=number, now=world.clock())


def told(world: World) -> list[tuple[int, bool]]:
    with world.look() as session:
        rows = session.scalars(select(OutboxRow).where(OutboxRow.kind == OutboxKind.NOTICE).order_by(OutboxRow.id))
        return [(row.contact.staff_id, row.urgent) for row in rows if row.contact and row.contact.staff_id]


def test_an_alarm_rings_the_person_of_its_hop_at_every_address_and_nobody_else(world: World) -> None:
    chain = world.chain()
    for staff_id in chain.values():
        address(world, staff_id)
    address(world, chain[DutyPosition.ON_CALL], channel=Channel.SMS)
    case = world.flag(world.person(), Level.EMERGENCY)
    ring(world)
    ring(world)
    assert told(world) == [(chain[DutyPosition.ON_CALL], True)] * 2
    world.clock.advance(seconds=61)
    with world.work() as session:
        crises.climb_if_due(session=session, case_id=case, now=world.clock())
    ring(world)
    assert told(world)[2:] == [(chain[DutyPosition.STAND_IN], True)]


def test_after_the_last_hop_everybody_is_told(world: World) -> None:
    chain = world.chain()
    off_duty, volunteer = world.colleague("lead", RoleName.SUPERVISOR), world.colleague("v", RoleName.VOLUNTEER)
    for staff_id in (*chain.values(), off_duty, volunteer):
        address(world, staff_id)
    case = world.flag(world.person(), Level.EMERGENCY)
    for _ in range(4):
        world.clock.advance(seconds=61)
        with world.work() as session:
            crises.climb_if_due(session=session, case_id=case, now=world.clock())
    with world.look() as session:
        last = session.scalars(
            select(OutboxRow).where(OutboxRow.kind == OutboxKind.CRISIS_NOTICE).order_by(OutboxRow.id.desc())
        ).first()
        assert last is not None
        assert last.payload["everybody"]
    with world.work() as session:
        alarms.ring(session=session, row_id=last.id, now=world.clock())
    assert {staff_id for staff_id, _ in told(world)} == {*chain.values(), off_duty}


def test_an_alarm_that_finds_no_address_is_in_trouble_and_not_silent(world: World) -> None:
    world.chain()
    world.flag(world.person(), Level.RED)
    ring(world)
    assert told(world) == []
    with world.look() as session:
        trouble = notices.latest(session=session, limit=9, only_trouble=True)
        assert [row.delivered_by for row in trouble] == [DeliveryWay.NO_ADDRESS]
        assert session.scalars(select(AuditEntry).where(AuditEntry.verb == "notice.no_address")).one()


def test_an_alarm_that_was_answered_meanwhile_rings_no_phone(world: World) -> None:
    chain = world.chain()
    officer = chain[DutyPosition.ON_CALL]
    address(world, officer)
    case = world.flag(world.person(), Level.RED)
    ring(world)
    with world.work() as session:
        crises.acknowledge(session=session, case_id=case, actor=world.actor(session, officer), now=world.clock())
    (number,) = outbox_due(world)
    assert take(world, number) is None
    assert row_of(world, number).last_error == "no_longer_needed"
