"""At orange one gentle, direct question is asked, and its answer is scored: it can raise, it never lowers."""

from __future__ import annotations

from datetime import timedelta

import pytest
from sqlalchemy import select

from care import conversations
from care.conversations import Posted
from care.safety_question import PAYLOAD, Answer
from models.conversations import Message, MessageKind
from models.crises import CrisisCase, CrisisFlag, LevelName
from models.outbox import OutboxRow
from models.triage_records import TriageDecision
from tests.fixtures.world import ZONE, World

TIRED = "活着没什么意思"
CALM = "今天食堂的菜不错"


def tap(world: World, number: int, card: Message, answer: Answer, key: str = "tap") -> Posted:
    place = next(place for place, button in enumerate(card.buttons) if button["payload"] == PAYLOAD + answer)
    with world.work() as session:
        posted = conversations.post(
            session=session,
            conversation_id=number,
            client_key=key,
            text="",
            button=(card.id, place),
            now=world.clock(),
            timezone=ZONE,
        )
        session.expunge_all()
        return posted


def asked(world: World) -> tuple[int, Message]:
    world.chain()
    world.says(world.person(), CALM)
    number = world.person()
    (card,) = world.says(number, TIRED).replies
    assert card.kind is MessageKind.CRISIS
    assert card.extra["asks_safety"]
    return number, card


def case_of(world: World, number: int) -> CrisisCase:
    with world.look() as session:
        return session.scalars(select(CrisisCase).where(CrisisCase.conversation_id == number)).one()


def reasons(world: World, number: int) -> list[str]:
    with world.look() as session:
        flags = session.scalars(select(CrisisFlag).where(CrisisFlag.case_id == case_of(world, number).id)).all()
        return [reason for flag in flags for reason in flag.reasons]


def test_the_card_at_orange_asks_plainly_and_offers_four_answers_and_a_person(world: World) -> None:
    _number, card = asked(world)
    assert "我想直接问您一句" in card.text
    assert [button["payload"] for button in card.buttons] == [
        *(PAYLOAD + one for one in Answer),
        "site:human",
    ]


def test_a_clear_wish_is_answered_without_a_question(world: World) -> None:
    world.chain()
    number = world.person()
    (card,) = world.says(number, "我今晚就去跳河，遗书写好了").replies
    assert not card.extra["asks_safety"]
    assert "我想直接问您一句" not in card.text


def test_yes_right_now_raises_to_red_and_shows_the_card_of_now(world: World) -> None:
    number, card = asked(world)
    posted = tap(world, number, card, Answer.NOW)
    assert case_of(world, number).level is LevelName.RED
    assert "says_yes_now" in reasons(world, number)
    assert [reply.kind for reply in posted.replies] == [MessageKind.CRISIS]


@pytest.mark.parametrize("answer", [Answer.SOMETIMES, Answer.UNSAID, Answer.NO])
def test_any_other_answer_leaves_the_level_and_is_thanked_for(world: World, answer: Answer) -> None:
    number, card = asked(world)
    posted = tap(world, number, card, answer)
    assert case_of(world, number).level is LevelName.ORANGE
    assert [reply.kind for reply in posted.replies] == [MessageKind.NOTICE]
    assert posted.replies[0].buttons[0]["payload"] == "site:human"


def test_a_no_is_kept_beside_the_message_and_lowers_nothing(world: World) -> None:
    number, card = asked(world)
    before = case_of(world, number).due_at
    posted = tap(world, number, card, Answer.NO)
    with world.look() as session:
        decision = session.get_one(TriageDecision, posted.message.id)
        assert decision.reasons == ["says_no_when_asked"]
    after = case_of(world, number)
    assert (after.level, after.due_at, after.closed_at) == (LevelName.ORANGE, before, None)


@pytest.mark.parametrize(
    ("words", "level"), [("有", LevelName.RED), ("现在就有", LevelName.RED), ("有时候会想", LevelName.ORANGE)]
)
def test_a_typed_answer_is_read_from_the_table_of_words(world: World, words: str, level: LevelName) -> None:
    number, _card = asked(world)
    world.clock.advance(minutes=2)
    world.says(number, words)
    assert case_of(world, number).level is level


def test_the_same_word_means_nothing_where_nothing_was_asked(world: World) -> None:
    world.chain()
    number = world.person()
    world.says(number, CALM)
    assert world.says(number, "有").replies == []
    with world.look() as session:
        assert session.scalars(select(CrisisCase)).all() == []


def test_a_typed_answer_that_comes_after_other_words_or_late_is_no_answer(world: World) -> None:
    number, _card = asked(world)
    world.clock.advance(minutes=31)
    world.says(number, "有")
    assert case_of(world, number).level is LevelName.ORANGE


def test_the_question_is_not_asked_again_within_hours_but_again_the_next_day(world: World) -> None:
    number, _card = asked(world)
    world.clock.advance(hours=1)
    (again,) = world.says(number, TIRED + "，真的").replies
    assert not again.extra.get("asks_safety")
    world.clock.moment += timedelta(hours=23)
    (next_day,) = world.says(number, "活着没什么意思，还是这样").replies
    assert next_day.extra["asks_safety"]


def test_a_double_tap_answers_once(world: World) -> None:
    number, card = asked(world)
    first, second = (tap(world, number, card, Answer.NOW, key="same") for _ in range(2))
    assert second.repeated
    assert first.message.id == second.message.id
    assert reasons(world, number).count("says_yes_now") == 1


def test_the_bot_is_not_asked_about_the_answer(world: World) -> None:
    number, card = asked(world)
    posted = tap(world, number, card, Answer.NO)
    with world.look() as session:
        errands = [row.payload["message_id"] for row in session.scalars(select(OutboxRow)) if row.conversation_id]
    assert posted.message.id not in errands


def test_every_typed_message_leaves_its_decision_calm_ones_too(world: World) -> None:
    number, _card = asked(world)
    calm = world.says(world.person(), CALM).message.id
    with world.look() as session:
        rows = {row.message_id: row for row in session.scalars(select(TriageDecision))}
    assert rows[calm].level is LevelName.GREEN
    assert rows[calm].model_hash
    assert rows[calm].lexicon_version
    assert sum(row.level is LevelName.ORANGE for row in rows.values()) == 1
    assert number
