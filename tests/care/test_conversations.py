"""Every message a person types is stored and assessed once, whatever it is and however often it arrives."""

from __future__ import annotations

import pytest
from sqlalchemy import func, select

from care import conversations
from care.refusals import Refusal, Refused
from models.conversations import Message, MessageKind, Sender
from models.crises import CrisisCase, CrisisFlag
from models.outbox import OutboxRow
from models.staff import RoleName
from tests.fixtures.world import ZONE, World, at_once

DANGER = "我不想活了"
CALM = "今天天气不错"


def count(world: World, table: type) -> int:
    with world.look() as session:
        return session.scalar(select(func.count()).select_from(table)) or 0


def kinds(posted: conversations.Posted) -> list[MessageKind]:
    return [reply.kind for reply in posted.replies]


def test_a_calm_message_is_stored_and_the_bot_is_asked_after_the_commit(world: World) -> None:
    other = world.person()
    number = world.person()
    posted = world.says(number, CALM)
    assert [message.text for message in world.messages(number)] == [CALM]
    assert world.messages(other) == []
    assert posted.replies == []
    assert count(world, CrisisFlag) == 0
    with world.look() as session:
        row = session.scalars(select(OutboxRow)).one()
    assert row.payload["message_id"] == posted.message.id
    assert row.delivered_at is None


def test_words_of_danger_raise_a_case_and_are_answered_in_the_same_transaction(world: World) -> None:
    world.chain()
    calm, number = world.person(), world.person()
    world.says(calm, CALM)
    posted = world.says(number, DANGER)
    assert kinds(posted) == [MessageKind.CRISIS]
    with world.look() as session:
        case = session.scalars(select(CrisisCase)).one()
        assert case.conversation_id == number
        assert [flag.message_id for flag in case.flags] == [posted.message.id]
        assert case.flags[0].reasons
        assert case.flags[0].pattern_ids


def test_a_failure_after_the_assessment_leaves_neither_message_nor_flag(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    number = world.person()
    monkeypatch.setattr(conversations, "queue_bot_turn", lambda **_: 1 / 0)
    with pytest.raises(ZeroDivisionError):
        world.says(number, DANGER)
    assert world.messages(number) == []
    assert count(world, CrisisCase) == 0


def test_the_same_client_key_is_stored_once_and_answered_the_same(world: World) -> None:
    number = world.person()
    first = world.says(number, DANGER, key="one")
    second = world.says(number, DANGER, key="one")
    assert second.repeated
    assert second.message.id == first.message.id
    assert [reply.id for reply in second.replies] == [reply.id for reply in first.replies]
    assert count(world, CrisisFlag) == 1


def test_a_double_tap_in_the_same_moment_is_stored_once(any_world: World) -> None:
    number = any_world.person()
    results = at_once(*[lambda: any_world.says(number, DANGER, key="one")] * 6)
    stored = [message for message in any_world.messages(number) if message.sender is Sender.PERSON]
    assert len(stored) == 1
    assert all(isinstance(result, conversations.Posted) for result in results)


def test_many_tabs_at_once_number_their_messages_without_a_gap(any_world: World) -> None:
    number = any_world.person()
    at_once(*[lambda n=n: any_world.says(number, f"{CALM} {n}") for n in range(12)])
    assert [message.seq for message in any_world.messages(number)] == list(range(1, 13))


@pytest.mark.parametrize("text", ["", "   ", "\n\t", "\u200b\u200d\ufeff", "\u202e\u202c", "\x00\x07"])
def test_nothing_to_read_is_refused_and_not_stored(world: World, text: str) -> None:
    number = world.person()
    with pytest.raises(Refused) as refused:
        world.says(number, text)
    assert refused.value.refusal is Refusal.EMPTY
    assert world.messages(number) == []


@pytest.mark.parametrize(
    "text",
    [
        "字" * 10_000,
        "😀😭🙏",
        "\u202eمرحبا بالعالم",
        "我\u200b很\u200b累",
        "'; DROP TABLE messages; --",
        "<script>alert(1)</script>",
        '/answer{"item":"phq-9.1","value":3}',
        "/restart",
        "\ud800 half a sign",
        "{{ 7 * 7 }} %s {0}",
    ],
    ids=["long", "emoji", "rtl", "zero-width", "sql", "script", "intent", "restart", "surrogate", "template"],
)
def test_any_readable_words_are_kept(world: World, text: str) -> None:
    number = world.person()
    world.says(number, text)
    stored = world.messages(number)[0].text
    assert stored == text.encode("utf-8", "backslashreplace").decode()


def test_words_longer_than_any_story_are_refused_whole(world: World) -> None:
    number = world.person()
    world.says(number, "字" * conversations.LONGEST_MESSAGE)
    with pytest.raises(Refused) as refused:
        world.says(number, "字" * (conversations.LONGEST_MESSAGE + 1))
    assert refused.value.refusal is Refusal.TOO_LONG


def test_a_flood_is_slowed_down_but_words_of_danger_are_never_turned_away(world: World) -> None:
    number = world.person()
    for turn in range(conversations.FLOOD_LIMIT):
        world.says(number, f"{CALM} {turn}")
    with pytest.raises(Refused) as refused:
        world.says(number, CALM)
    assert refused.value.refusal is Refusal.SLOW_DOWN
    assert kinds(world.says(number, DANGER)) == [MessageKind.CRISIS]
    world.says(world.person(), CALM)  # somebody else is not slowed down
    world.clock.advance(seconds=11)
    world.says(number, CALM)


def test_the_long_card_is_not_said_twice_within_ten_minutes(world: World) -> None:
    number = world.person()
    assert kinds(world.says(number, DANGER)) == [MessageKind.CRISIS]
    assert kinds(world.says(number, DANGER)) == [MessageKind.NOTICE]
    world.clock.advance(minutes=11)
    assert kinds(world.says(number, DANGER)) == [MessageKind.CRISIS]


def test_a_higher_level_gets_the_long_card_again(world: World) -> None:
    number = world.person()
    world.says(number, DANGER)
    assert kinds(world.says(number, "药已经吃了一瓶")) == [MessageKind.CRISIS]


def test_just_kidding_lowers_nothing(world: World) -> None:
    number = world.person()
    world.says(number, DANGER)
    world.says(number, "开玩笑的，我没事")
    with world.look() as session:
        assert session.scalars(select(CrisisCase)).one().level.value == "red"


def test_a_button_must_have_been_offered_in_this_conversation(world: World) -> None:
    number, other = world.person(), world.person()
    card = world.says(number, DANGER).replies[0]
    foreign = world.says(other, DANGER).replies[0]
    own_words = world.messages(number)[0]
    for wrong in ((card.id, 9), (card.id, -1), (foreign.id, 0), (own_words.id, 0), (999_999, 0)):
        with pytest.raises(Refused) as refused:
            world.says(number, "", button=wrong)
        assert refused.value.refusal is Refusal.NO_SUCH_BUTTON


def test_the_button_for_a_person_works_while_the_bot_is_down(world: World) -> None:
    officer = world.colleague("officer", RoleName.DUTY_OFFICER)
    world.turn(officer, here=True)
    number = world.person()
    card = world.says(number, DANGER).replies[0]
    answered = world.says(number, "", button=(card.id, 0))
    assert kinds(answered) == [MessageKind.NOTICE]
    assert world.conversation(number).human_requested_at == world.clock()


def test_nothing_can_be_written_into_an_ended_conversation(world: World) -> None:
    number = world.person()
    with world.work() as session:
        session.get_one(conversations.Conversation, number).closed_at = world.clock()
    with pytest.raises(Refused) as refused:
        world.says(number, CALM)
    assert refused.value.refusal is Refusal.CLOSED


def test_while_a_colleague_speaks_danger_raises_the_case_but_no_card_interrupts(world: World) -> None:
    officer = world.colleague("officer", RoleName.DUTY_OFFICER)
    number = world.person()
    with world.work() as session:
        conversation = session.get_one(conversations.Conversation, number)
        conversation.owner, conversation.owner_staff_id = conversations.Owner.STAFF, officer
    posted = world.says(number, DANGER)
    assert posted.replies == []
    assert count(world, CrisisCase) == 1
    assert count(world, OutboxRow) == 0
    case = world.case(1)
    assert case.acknowledged_by_id == officer
    assert case.climbs_at is not None


def test_a_message_knows_what_it_answers(world: World) -> None:
    number = world.person()
    posted = world.says(number, DANGER)
    with world.look() as session:
        replies = session.scalars(select(Message).where(Message.reply_to_id == posted.message.id)).all()
        assert [reply.sender for reply in replies] == [Sender.SYSTEM]


@pytest.mark.parametrize("key", ["", "k" * 65, "\ud800", "键", "a\nb", "a\x00b"])
def test_a_key_that_no_browser_of_ours_makes_is_refused(world: World, key: str) -> None:
    conversation_id = world.person()
    with world.work() as session, pytest.raises(Refused) as refused:
        conversations.post(
            session=session,
            conversation_id=conversation_id,
            client_key=key,
            text="在吗",
            now=world.clock(),
            timezone=ZONE,
        )
    assert (refused.value.refusal, refused.value.field) == (Refusal.WRONG_VALUE, "client_key")


@pytest.mark.parametrize("message_id", [0, -1, 2**31, 10**30])
def test_a_button_of_a_message_that_cannot_exist_is_refused(any_world: World, message_id: int) -> None:
    conversation_id = any_world.person()
    with pytest.raises(Refused) as refused:
        any_world.says(conversation_id, "", button=(message_id, 0))
    assert refused.value.refusal is Refusal.NO_SUCH_BUTTON
