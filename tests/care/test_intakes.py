"""What the person told us is kept answer by answer, checked field by field, and never asked twice."""

from __future__ import annotations

from typing import Any

import pytest
from sqlalchemy import select

from care import intakes
from care.refusals import Refusal, Refused
from models.beneficiaries import Consent
from models.conversations import Conversation
from models.crises import CrisisCase
from models.stations import Station
from tests.fixtures.world import World


@pytest.fixture(autouse=True)
def _stations(world: World) -> None:
    with world.work() as session:
        session.add_all(
            [Station(slug="east", name_zh="东站", name_en="East"), Station(slug="west", name_zh="西站", name_en="West")]
        )


def tell(world: World, number: int, **fields: Any) -> dict[str, Any]:
    with world.work() as session:
        conversation = session.get_one(Conversation, number)
        intakes.update(session=session, conversation=conversation, fields=fields, now=world.clock())
        return intakes.state(conversation.beneficiary)


def refused_field(world: World, number: int, **fields: Any) -> str | None:
    with pytest.raises(Refused) as refused:
        tell(world, number, **fields)
    assert refused.value.refusal is Refusal.WRONG_VALUE
    return refused.value.field


@pytest.mark.parametrize(
    ("field", "value", "stored"),
    [
        ("called", " 王姐 ", "王姐"),
        ("called", "Zoë\u202e", "Zoë"),
        ("age_band", "60-plus", "60-plus"),
        ("station", "west", "west"),
        ("worries", ["money", "sleep", "money"], ["money", "sleep"]),
        ("urgency", "week", "week"),
        ("guardian_consent", False, False),
    ],
)
def test_an_answer_is_kept_and_belongs_to_this_person_only(world: World, field: str, value: Any, stored: Any) -> None:
    number, other = world.person(), world.person()
    assert tell(world, number, **{field: value})[field] == stored
    with world.look() as session:
        assert intakes.state(session.get_one(Conversation, other).beneficiary)[field] != stored


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("called", ""),
        ("called", "\u200b"),
        ("called", "x" * 41),
        ("called", 7),
        ("age_band", "13"),
        ("station", "moon"),
        ("worries", []),
        ("worries", ["money", "aliens"]),
        ("worries", "money"),
        ("urgency", "yesterday"),
        ("consents", {}),
        ("consents", {"care": "yes"}),
        ("consents", {"sell": True}),
        ("guardian_consent", "maybe"),
        ("completed", False),
        ("is_admin", True),
    ],
)
def test_an_answer_that_cannot_be_understood_names_its_field_and_changes_nothing(
    world: World, field: str, value: Any
) -> None:
    number = world.person()
    # A good answer beside the bad one is not stored either: the bot sends both again.
    assert refused_field(world, number, **({"called": "王姐"} | {field: value})) == field
    with world.look() as session:
        assert session.get_one(Conversation, number).beneficiary.called is None


@pytest.mark.parametrize("phone", ["13800138000", "+86 138 0013 8000", "0532-1234 5678", "１３８００１３８０００"])
def test_an_emergency_contact_with_a_phone(world: World, phone: str) -> None:
    number = world.person()
    state = tell(world, number, emergency_contact={"name": "李四", "phone": phone, "relation": "儿子"})
    assert state["has_emergency_contact"] is True
    tell(world, number, emergency_contact={"name": "李五", "phone": phone, "relation": ""})
    with world.look() as session:
        contact = session.get_one(Conversation, number).beneficiary.emergency_contact
        assert contact is not None
        assert contact.name == "李五"


@pytest.mark.parametrize("phone", ["", "abc", "12", "1" * 30, "138'; --", None])
def test_a_phone_that_is_none_is_refused(world: World, phone: Any) -> None:
    field = refused_field(world, world.person(), emergency_contact={"name": "李四", "phone": phone})
    assert field == "emergency_contact.phone"


def test_declining_a_contact_is_an_answer(world: World) -> None:
    state = tell(world, world.person(), emergency_contact=None)
    assert (state["has_emergency_contact"], state["emergency_contact_declined"]) == (False, True)


def test_a_change_of_mind_about_consent_is_a_new_row_and_the_last_word_counts(world: World) -> None:
    number = world.person()
    tell(world, number, consents={"care": True, "share": True})
    state = tell(world, number, consents={"share": False})
    assert state["consents"] == {"care": True, "share": False}
    with world.look() as session:
        assert len(session.scalars(select(Consent)).all()) == 3


def test_only_what_is_missing_is_asked(world: World) -> None:
    number = world.person()
    with world.look() as session:
        assert intakes.missing(session.get_one(Conversation, number).beneficiary) == list(intakes.QUESTIONS)
    state = tell(world, number, called="王姐", worries=["money"])
    assert state["missing"] == ["age_band", "station", "urgency", "consents"]


def test_whoever_says_now_is_on_the_desk_although_no_word_was_alarming(world: World) -> None:
    number, calm = world.person(), world.person()
    tell(world, calm, urgency="today")
    tell(world, number, urgency="now")
    with world.look() as session:
        assert [case.conversation_id for case in session.scalars(select(CrisisCase))] == [number]
