"""The step that seals who an emergency contact is, and counts the rings of a line, keeps every row that is there."""

from __future__ import annotations

from typing import Any

from sqlalchemy import select, text

from models.beneficiaries import Beneficiary, EmergencyContact
from models.migrate import downgrade, upgrade
from models.reply_alarms import ReplyAlarm, ReplyStep
from models.staff import RoleName
from tests.fixtures.world import World


def _raw(world: World, query: str) -> list[tuple[Any, ...]]:
    with world.engine.connect() as connection:
        return [tuple(row) for row in connection.execute(text(query))]


def _base_with_rows(world: World) -> None:
    officer, number, other = world.colleague("officer", RoleName.DUTY_OFFICER), world.person(), world.person()
    messages = [world.says(one, "您在吗").message.id for one in (number, other)]
    with world.work() as session:
        people = session.scalars(select(Beneficiary).order_by(Beneficiary.id)).all()
        for person, relation in zip(people, ("妹妹", ""), strict=True):
            session.add(
                EmergencyContact(
                    beneficiary_id=person.id, name="周小梅", phone="010-5550-0142", relation=relation, at=world.clock()
                )
            )
        for hop, message, step in (
            (1, messages[0], ReplyStep.OWNER),
            (2, messages[0], ReplyStep.SUPERVISOR),
            (3, messages[0], ReplyStep.EVERYBODY),
            (1, messages[1], ReplyStep.OWNER),
        ):
            session.add(
                ReplyAlarm(
                    conversation_id=number,
                    message_id=message,
                    hop_no=hop,
                    step=step,
                    staff_id=officer,
                    at=world.clock(),
                    seconds=60 * hop,
                )
            )


def test_what_was_written_in_the_clear_is_sealed_and_can_be_read_back(any_world: World) -> None:
    _base_with_rows(any_world)
    assert all(
        "妹妹".encode() not in bytes(row[0]) for row in _raw(any_world, "SELECT relation FROM emergency_contacts")
    )

    downgrade(any_world.engine, "0015")
    assert _raw(any_world, "SELECT relation FROM emergency_contacts ORDER BY id") == [("妹妹",), ("",)]

    upgrade(any_world.engine)
    sealed = _raw(any_world, "SELECT relation FROM emergency_contacts ORDER BY id")
    assert all("妹妹".encode() not in bytes(row[0]) for row in sealed)
    with any_world.look() as session:
        rows = session.scalars(select(EmergencyContact).order_by(EmergencyContact.id)).all()
        assert [(one.name, one.phone, one.relation) for one in rows] == [
            ("周小梅", "010-5550-0142", "妹妹"),
            ("周小梅", "010-5550-0142", ""),
        ]
        assert [one.at for one in rows] == [any_world.clock()] * 2


def test_the_rings_of_before_keep_their_places(any_world: World) -> None:
    _base_with_rows(any_world)
    downgrade(any_world.engine, "0015")
    assert _raw(any_world, "SELECT step FROM reply_alarms ORDER BY id") == [("owner",), ("supervisor",), ("owner",)]
    upgrade(any_world.engine)
    with any_world.look() as session:
        rows = session.scalars(select(ReplyAlarm).order_by(ReplyAlarm.id)).all()
        assert [(one.hop_no, one.step, one.seconds) for one in rows] == [
            (1, ReplyStep.OWNER, 60),
            (2, ReplyStep.SUPERVISOR, 120),
            (1, ReplyStep.OWNER, 60),
        ]
