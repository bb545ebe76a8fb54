"""What the person told us is kept answer by answer, checked field by field, and never asked twice."""

from __future__ import annotations

from typing import Any

import pytest
from sqlalchemy import select

from care import intakes, transcript
from care.refusals import Refusal, Refused
from models.audit import AuditEntry
from models.beneficiaries import Consent, Intake
from models.conversations import Conversation
from models.crises import CrisisCase
from models.stations import Station
from tests.fixtures.world import World, at_once


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


def card_of(world: World, number: int) -> dict[str, Any]:
    with world.look() as session:
        return intakes.card(session.get_one(Conversation, number).beneficiary)


def approve(world: World, number: int, mark: str, since_when: str | None = None) -> None:
    with world.work() as session:
        intakes.approve(
            session=session,
            conversation=transcript.locked(session=session, conversation_id=number),
            mark=mark,
            since_when=since_when,
            now=world.clock(),
        )


def approvals(world: World) -> int:
    with world.look() as session:
        return len(session.scalars(select(AuditEntry.id).where(AuditEntry.verb == "intake.approve")).all())


def test_the_word_that_a_card_is_right_holds_for_that_card_only(world: World) -> None:
    number, other = world.person(), world.person()
    tell(world, number, worries=["money"])
    tell(world, other, worries=["money"])
    mark = card_of(world, number)["mark"]
    tell(world, number, story="房租也交不上")
    with pytest.raises(Refused) as refused:
        approve(world, number, mark)
    assert refused.value.refusal is Refusal.CARD_CHANGED
    approve(world, number, card_of(world, number)["mark"])
    assert (card_of(world, number)["approved"], card_of(world, other)["approved"]) == (True, False)


def test_nothing_told_has_no_card_to_call_right(world: World) -> None:
    number = world.person()
    tell(world, number, called="王姐")
    assert card_of(world, number)["mark"] is None
    with pytest.raises(Refused) as refused:
        approve(world, number, "")
    assert refused.value.refusal is Refusal.NOTHING_TO_APPROVE


def test_a_card_tapped_right_three_times_in_one_moment_is_approved_once(any_world: World) -> None:
    number = any_world.person()
    tell(any_world, number, worries=["money"])
    mark = card_of(any_world, number)["mark"]
    results = at_once(*[lambda: approve(any_world, number, mark)] * 3)
    assert results == [None] * 3
    assert approvals(any_world) == 1


def test_a_change_in_the_same_moment_never_ends_up_approved_unread(any_world: World) -> None:
    number = any_world.person()
    tell(any_world, number, worries=["money"])
    mark = card_of(any_world, number)["mark"]
    said = at_once(
        lambda: approve(any_world, number, mark),
        lambda: tell_locked(any_world, number, story="房租也交不上"),
    )
    refusals = [one.refusal for one in said if isinstance(one, Refused)]
    assert refusals in ([], [Refusal.CARD_CHANGED])
    # Whoever came first, the words that nobody read are not called right.
    assert card_of(any_world, number)["story"] == "房租也交不上"
    assert card_of(any_world, number)["approved"] is False
    with any_world.look() as session:
        assert session.scalars(select(Intake.approved_at)).all() == [None]


def tell_locked(world: World, number: int, **fields: Any) -> None:
    """Tell as the edges do: with the conversation locked first."""
    with world.work() as session:
        conversation = transcript.locked(session=session, conversation_id=number)
        intakes.update(session=session, conversation=conversation, fields=fields, now=world.clock())
