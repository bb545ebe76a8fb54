"""An address is used only after its code came back, and only by its owner."""

from __future__ import annotations

from datetime import timedelta

import pytest
from sqlalchemy import select

from care import contacts, notices
from care.refusals import Refusal, Refused
from models.audit import AuditEntry
from models.beneficiaries import Beneficiary
from models.contacts import Channel, ContactPoint
from models.outbox import OutboxRow
from models.staff import StaffMember
from tests.fixtures.world import SECRET, World, at_once


def add(world: World, staff_id: int, address: str = "li@mail.example", channel: Channel = Channel.EMAIL) -> int:
    with world.work() as session:
        return contacts.add(
            session=session,
            owner=world.actor(session, staff_id),
            channel=channel,
            address=address,
            secret=SECRET,
            now=world.clock(),
        ).id


def code_of(world: World, contact_id: int) -> str:
    """Read the code as the owner of the address would."""
    with world.look() as session:
        row = session.scalars(
            select(OutboxRow).where(OutboxRow.contact_id == contact_id).order_by(OutboxRow.id.desc())
        ).first()
        assert row is not None
        assert row.sealed is not None
        return str(row.sealed["parts"]["code"])


def confirm(world: World, staff_id: int, contact_id: int, code: str) -> bool:
    with world.work() as session:
        return contacts.confirm(
            session=session,
            owner=world.actor(session, staff_id),
            contact_id=contact_id,
            code=code,
            secret=SECRET,
            now=world.clock(),
        )


def in_use(world: World, staff_id: int) -> list[str]:
    with world.look() as session:
        return [one.address for one in contacts.confirmed(session=session, owner=world.actor(session, staff_id))]


def test_an_address_is_used_once_its_code_came_back(world: World) -> None:
    member, decoy = world.colleague("li"), world.colleague("decoy")
    first, other = add(world, member), add(world, decoy, "decoy@mail.example")
    assert in_use(world, member) == []
    assert confirm(world, member, first, f" {code_of(world, first)[:3]} {code_of(world, first)[3:]} ")
    assert in_use(world, member) == ["li@mail.example"]
    assert in_use(world, decoy) == []
    assert other != first
    with world.look() as session:
        verbs = session.scalars(select(AuditEntry.verb).where(AuditEntry.subject_id == first)).all()
        assert "contact.confirm" in verbs


def test_nothing_readable_of_the_address_is_in_the_table(world: World) -> None:
    add(world, world.colleague("li"), "13800000000", Channel.SMS)
    with world.engine.connect() as connection:
        stored = str(connection.exec_driver_sql("SELECT * FROM contact_points").all())
        stored += str(connection.exec_driver_sql("SELECT * FROM outbox").all())
        stored += str(connection.exec_driver_sql("SELECT * FROM audit_entries").all())
    assert "13800000000" not in stored


@pytest.mark.parametrize("later", [timedelta(minutes=15, seconds=1), timedelta(minutes=-1)])
def test_an_old_code_confirms_nothing(world: World, later: timedelta) -> None:
    member = world.colleague("li")
    number = add(world, member)
    code = code_of(world, number)
    world.clock.moment += later
    assert not confirm(world, member, number, code)
    assert in_use(world, member) == []


def test_five_wrong_guesses_wear_a_code_out(world: World) -> None:
    member = world.colleague("li")
    number = add(world, member)
    code = code_of(world, number)
    wrong = "000000" if code != "000000" else "111111"
    for _ in range(contacts.TRIES):
        assert not confirm(world, member, number, wrong)
    assert not confirm(world, member, number, code)


def test_fifty_guessers_at_once_have_five_guesses_together(any_world: World) -> None:
    member = any_world.colleague("li")
    number = add(any_world, member)
    at_once(*[lambda: confirm(any_world, member, number, "not the code") for _ in range(20)])
    with any_world.look() as session:
        assert session.get_one(ContactPoint, number).code_tries == contacts.TRIES


def test_a_code_opens_no_address_of_somebody_else(world: World) -> None:
    member, stranger = world.colleague("li"), world.colleague("stranger")
    number = add(world, member)
    with pytest.raises(Refused) as refused:
        confirm(world, stranger, number, code_of(world, number))
    assert refused.value.refusal is Refusal.NOT_FOUND
    other = add(world, stranger, "s@mail.example")
    assert not confirm(world, stranger, other, code_of(world, number))


def test_a_new_code_replaces_the_old_and_is_sent_once_a_minute_at_most(world: World) -> None:
    member = world.colleague("li")
    number = add(world, member)
    old = code_of(world, number)

    def again() -> None:
        with world.work() as session:
            contacts.send_code(
                session=session,
                owner=world.actor(session, member),
                contact_id=number,
                secret=SECRET,
                now=world.clock(),
            )

    with pytest.raises(Refused) as refused:
        again()
    assert refused.value.refusal is Refusal.SLOW_DOWN
    world.clock.advance(seconds=61)
    again()
    new = code_of(world, number)
    assert (old == new) or not confirm(world, member, number, old)
    assert confirm(world, member, number, new)


@pytest.mark.parametrize(
    ("channel", "typed", "stored"),
    [
        (Channel.EMAIL, " Li.Na@Mail.Example ", "Li.Na@mail.example"),
        (Channel.SMS, "+86 138-0000 0000", "13800000000"),
        (Channel.SMS, "１３８００００００００", "13800000000"),
        (Channel.SMS, "+852 6123 4567", "+85261234567"),
        (Channel.DINGTALK, "0086 138 0000 0000", "13800000000"),
        (Channel.WECOM, "693A91f6-7aaa-4bc4-97a0-0ec2aaaa5aaa", "693A91f6-7aaa-4bc4-97a0-0ec2aaaa5aaa"),
    ],
)
def test_an_address_is_tidied(channel: Channel, typed: str, stored: str) -> None:
    assert contacts.tidy(channel, typed) == stored


@pytest.mark.parametrize(
    ("channel", "typed"),
    [
        (Channel.EMAIL, "li"),
        (Channel.EMAIL, "a@b"),
        (Channel.EMAIL, "a@mail.example,b@mail.example"),
        (Channel.EMAIL, "a@mail.example\nBcc: b@mail.example"),
        (Channel.EMAIL, "x" * 300 + "@mail.example"),
        (Channel.SMS, "12356"),
        (Channel.SMS, "1380000000a"),
        (Channel.WECOM, "https://qyapi.weixin.qq.com/x"),
        (Channel.DINGTALK, "10000000000"),
    ],
)
def test_what_cannot_be_an_address_is_refused(channel: Channel, typed: str) -> None:
    with pytest.raises(Refused) as refused:
        contacts.tidy(channel, typed)
    assert (refused.value.refusal, refused.value.field) == (Refusal.WRONG_VALUE, "address")


def test_the_same_address_is_listed_once_however_often_it_is_sent(any_world: World) -> None:
    member = any_world.colleague("li")
    results = at_once(*[lambda: add(any_world, member, "13800000000", Channel.SMS) for _ in range(8)])
    refusals = [one.refusal for one in results if isinstance(one, Refused)]
    assert refusals == [Refusal.ALREADY_THERE] * 7
    # Another person may share a family phone.
    assert add(any_world, any_world.colleague("wife"), "13800000000", Channel.SMS)


def test_nobody_collects_addresses_without_end(world: World) -> None:
    member = world.colleague("li")
    for number in range(contacts.AT_MOST):
        add(world, member, f"l{number}@mail.example")
    with pytest.raises(Refused) as refused:
        add(world, member, "one.more@mail.example")
    assert refused.value.refusal is Refusal.TOO_MANY_ADDRESSES


def test_a_paused_address_is_spared_and_a_removed_one_forgotten(world: World) -> None:
    member = world.colleague("li")
    number = add(world, member)
    confirm(world, member, number, code_of(world, number))

    def pause(paused: bool) -> None:
        with world.work() as session:
            owner = world.actor(session, member)
            contacts.pause(session=session, owner=owner, contact_id=number, paused=paused, now=world.clock())

    pause(True)
    assert in_use(world, member) == []
    pause(False)
    with world.work() as session:
        owner = world.actor(session, member)
        notices.tell(session=session, to=owner, words="notice.desk", now=world.clock(), dedupe_key="k")
        contacts.remove(session=session, owner=owner, contact_id=number, now=world.clock())
    with world.look() as session:
        rows = session.scalars(select(OutboxRow)).all()
        assert session.scalars(select(ContactPoint)).all() == []
        assert {(row.contact_id, row.last_error, row.sealed) for row in rows} == {(None, "no_address", None)}


def test_a_test_message_needs_a_confirmed_address_and_is_sent_once_a_minute(world: World) -> None:
    member = world.colleague("li")
    number = add(world, member)

    def try_it() -> None:
        with world.work() as session:
            owner = world.actor(session, member)
            contacts.send_test(session=session, owner=owner, contact_id=number, now=world.clock())

    with pytest.raises(Refused) as refused:
        try_it()
    assert refused.value.refusal is Refusal.NOT_CONFIRMED
    confirm(world, member, number, code_of(world, number))
    try_it()
    with pytest.raises(Refused) as refused:
        try_it()
    assert refused.value.refusal is Refusal.SLOW_DOWN


def test_a_person_who_is_helped_has_addresses_too(world: World) -> None:
    conversation = world.person()
    with world.work() as session:
        person = session.scalars(select(Beneficiary)).one()
        row = contacts.add(
            session=session, owner=person, channel=Channel.SMS, address="13800000001", secret=SECRET, now=world.clock()
        )
        code = str(session.scalars(select(OutboxRow)).one().sealed["parts"]["code"])  # type: ignore[index]
        assert contacts.confirm(
            session=session, owner=person, contact_id=row.id, code=code, secret=SECRET, now=world.clock()
        )
        told = notices.tell(session=session, to=person, words="notice.changed", now=world.clock(), dedupe_key="k")
        assert [one.contact_id for one in told] == [row.id]
        assert session.scalars(select(StaffMember)).all() == []
    assert conversation
