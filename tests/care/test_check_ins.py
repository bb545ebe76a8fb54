"""Asked again only with a yes, never in a crisis, and self-esteem and loneliness only on a calm day."""

from __future__ import annotations

from typing import Any

import pytest
from sqlalchemy import select

from care import check_in_answers, check_ins, human, transcript
from care.refusals import Refusal, Refused
from models.beneficiaries import AgeBand, Beneficiary, Consent, ConsentPurpose
from models.check_ins import CheckIn, CheckInPlan, CheckInState, PlanEnd
from models.contacts import Channel, ContactPoint
from models.conversations import Conversation, Message, MessageKind, Sender
from models.crises import CrisisCase, LevelName
from models.duty import DutyTurn
from models.outbox import OutboxRow
from models.screenings import ScreeningScore
from tests.fixtures.world import SECRET, ZONE, World, at_once
from triage.calm import CALM_KEYS
from triage.instruments import item_by_key
from triage.levels import Level


@pytest.fixture
def kept(world: World) -> World:
    """A world whose rows stay readable after the unit of work."""
    world.sessions.configure(expire_on_commit=False)
    return world


def person(world: World, band: AgeBand = AgeBand.ADULT) -> tuple[int, int]:
    """Return (conversation, beneficiary)."""
    conversation = world.person()
    number = world.conversation(conversation).beneficiary_id
    with world.work() as session:
        session.get_one(Beneficiary, number).age_band = band
    return conversation, number


def agree(world: World, number: int) -> int:
    with world.work() as session:
        return check_ins.agree(session=session, beneficiary=session.get_one(Beneficiary, number), now=world.clock()).id


def withdraw(world: World, number: int) -> bool:
    with world.work() as session:
        return check_ins.withdraw(session=session, beneficiary_id=number, now=world.clock())


def sweep(world: World) -> int:
    with world.look() as session:
        due = check_ins.to_look_at(session=session, now=world.clock())
    done = 0
    for check_in_id in due:
        with world.work() as session:
            done += check_ins.look_after(session=session, check_in_id=check_in_id, secret=SECRET, now=world.clock())
    return done


def states(world: World, plan_id: int) -> list[str]:
    with world.look() as session:
        rows = session.scalars(select(CheckIn).where(CheckIn.plan_id == plan_id).order_by(CheckIn.week))
        return [row.state.value for row in rows]


def link(world: World, number: int) -> str:
    with world.work() as session:
        return check_ins.open_now(
            session=session, beneficiary=session.get_one(Beneficiary, number), secret=SECRET, now=world.clock()
        )


def begin(world: World, token: str, distress: Any = 3) -> None:
    with world.work() as session:
        found = check_ins.follow(session=session, secret=SECRET, token=token)
        check_in_answers.begin(session=session, check_in=found, distress=distress, now=world.clock(), timezone=ZONE)


def asked(world: World, token: str) -> str | None:
    with world.look() as session:
        found = check_ins.follow(session=session, secret=SECRET, token=token)
        item = check_in_answers.question(session=session, check_in=found)
        return item.key if item else None


def answer(world: World, token: str, key: str, value: int) -> None:
    with world.work() as session:
        check_in_answers.answer(
            session=session,
            check_in=check_ins.follow(session=session, secret=SECRET, token=token),
            item_key=key,
            value=value,
            now=world.clock(),
            timezone=ZONE,
        )


def all_answers(world: World, token: str, **special: int) -> list[str]:
    """Answer everything with the mildest option, or with the special one; return what was asked."""
    seen = []
    while (key := asked(world, token)) is not None:
        seen.append(key)
        mild = min(item_by_key(key).values) if not key.startswith("rses") else 3
        answer(world, token, key, special.get(key.replace("-", "_").replace(".", "_"), mild))
    return seen


def refusal(deed: Any, *args: Any, **more: Any) -> Refusal:
    with pytest.raises(Refused) as refused:
        deed(*args, **more)
    return refused.value.refusal


def test_nobody_is_asked_without_a_yes_and_a_yes_plans_three(kept: World) -> None:
    _talk, number = person(kept)
    decoy_talk, _decoy = person(kept)
    assert refusal(link, kept, number) is Refusal.NOT_FOUND
    plan = agree(kept, number)
    assert agree(kept, number) == plan
    kept.clock.advance(weeks=1)
    assert sweep(kept) == 0
    assert refusal(link, kept, number) is Refusal.TOO_EARLY
    kept.clock.advance(weeks=1)
    assert (sweep(kept), sweep(kept)) == (1, 0)
    assert states(kept, plan) == ["invited", "planned", "planned"]
    assert kept.messages(decoy_talk) == []
    with kept.look() as session:
        given = session.scalars(select(Consent).where(Consent.purpose == ConsentPurpose.FOLLOW_UP)).all()
        assert [row.given for row in given] == [True]


def test_two_taps_in_the_same_moment_make_one_plan(any_world: World) -> None:
    any_world.sessions.configure(expire_on_commit=False)
    _talk, number = person(any_world)
    results = at_once(*[lambda: agree(any_world, number)] * 3)
    assert len(set(results)) == 1


def test_two_who_take_the_consent_back_in_the_same_moment_take_it_back_once(any_world: World) -> None:
    any_world.sessions.configure(expire_on_commit=False)
    _talk, number = person(any_world)
    plan = agree(any_world, number)
    results = at_once(*[lambda: withdraw(any_world, number)] * 3)
    assert sorted(results, key=str) == [False, False, True]
    assert states(any_world, plan) == ["withdrawn"] * 3
    with any_world.look() as session:
        given = session.scalars(
            select(Consent.given).where(Consent.beneficiary_id == number).order_by(Consent.id)
        ).all()
    assert given == [True, False]


def test_two_sweeps_in_the_same_moment_invite_once(any_world: World) -> None:
    any_world.sessions.configure(expire_on_commit=False)
    talk, number = person(any_world)
    agree(any_world, number)
    any_world.clock.advance(weeks=2)
    results = at_once(*[lambda: sweep(any_world)] * 3)
    assert sorted(results, key=str) == [0, 0, 1]
    assert len(any_world.messages(talk)) == 1


def test_the_notice_is_neutral_carries_a_secret_link_and_the_chat_says_it_too(kept: World) -> None:
    talk, number = person(kept)
    with kept.work() as session:
        session.add(
            ContactPoint(
                beneficiary_id=number,
                channel=Channel.SMS,
                address="13800005550",
                address_hash="h",
                created_at=kept.clock(),
                confirmed_at=kept.clock(),
            )
        )
    agree(kept, number)
    kept.clock.advance(weeks=2)
    sweep(kept)
    with kept.look() as session:
        (notice,) = session.scalars(select(OutboxRow)).all()
        assert notice.payload["words"] == "notice.check_in"
        token = str((notice.sealed or {})["link"]).removeprefix("/check-in/")
        assert len(token) >= 40
        (one,) = session.scalars(select(CheckIn).where(CheckIn.state == CheckInState.INVITED)).all()
        assert token not in str(one.token_hash)
        assert check_ins.follow(session=session, secret=SECRET, token=token).id == one.id
    assert any("问问您" in message.text for message in kept.messages(talk))


@pytest.mark.parametrize("token", ["", "x" * 43, "' OR 1=1 --", "é" * 400])
def test_a_forged_link_opens_nothing(kept: World, token: str) -> None:
    _talk, number = person(kept)
    agree(kept, number)
    assert refusal(asked, kept, token) is Refusal.NOT_FOUND


def test_whoever_takes_the_consent_back_is_left_alone_at_once(kept: World) -> None:
    _talk, number = person(kept)
    plan = agree(kept, number)
    kept.clock.advance(weeks=2)
    sweep(kept)
    token = link(kept, number)
    assert (withdraw(kept, number), withdraw(kept, number)) == (True, False)
    kept.clock.advance(weeks=20)
    assert sweep(kept) == 0
    assert states(kept, plan) == ["withdrawn"] * 3
    assert refusal(begin, kept, token) is Refusal.LINK_OVER
    # A change of mind is a new yes.
    assert agree(kept, number) != plan


def test_while_a_crisis_case_is_open_the_questionnaire_waits_and_is_let_go_at_last(kept: World) -> None:
    kept.chain()
    talk, number = person(kept)
    plan = agree(kept, number)
    kept.flag(talk, Level.ORANGE)
    kept.clock.advance(weeks=2)
    assert sweep(kept) == 1
    assert states(kept, plan)[0] == "planned"
    for _week in range(5):
        kept.clock.advance(days=7)
        sweep(kept)
    assert states(kept, plan)[0] == "lapsed"


def test_an_invitation_that_nobody_follows_is_let_go_and_the_plan_ends_with_the_last(kept: World) -> None:
    _talk, number = person(kept)
    plan = agree(kept, number)
    for _fortnight in range(8):
        kept.clock.advance(weeks=2)
        sweep(kept)
    assert states(kept, plan) == ["lapsed"] * 3
    with kept.look() as session:
        assert session.get_one(CheckInPlan, plan).ended_how is PlanEnd.ALL_DONE


def test_a_calm_day_asks_loneliness_and_self_esteem_after_the_screening_and_shows_the_change(kept: World) -> None:
    _talk, number = person(kept)
    plan = agree(kept, number)
    kept.clock.advance(weeks=2)
    token = link(kept, number)
    begin(kept, token)
    seen = all_answers(kept, token)
    assert tuple(seen[-13:]) == CALM_KEYS
    assert states(kept, plan)[0] == "answered"
    kept.clock.advance(weeks=2)
    again = link(kept, number)
    begin(kept, again, 2)
    all_answers(kept, again, ucla_3_1=3, ucla_3_2=3, ucla_3_3=3)
    with kept.look() as session:
        trends = check_in_answers.calm_trends(session=session, beneficiary_id=number)
        assert [(point.total, point.since_first) for point in trends["ucla-3"]] == [(3, None), (9, 6)]
        assert [point.since_first for point in trends["rses"]] == [None, 0]
        (case,) = session.scalars(select(CrisisCase)).all()
        assert case.level is LevelName.BLUE


@pytest.mark.parametrize(
    ("distress", "special"), [(6, {}), (10, {}), (2, {"asq_1": 1}), (2, {"phq_9_1": 3, "phq_9_2": 3, "phq_9_9": 2})]
)
def test_in_distress_neither_is_asked_nor_taken(kept: World, distress: int, special: dict[str, int]) -> None:
    kept.chain()
    _talk, number = person(kept)
    agree(kept, number)
    kept.clock.advance(weeks=2)
    token = link(kept, number)
    begin(kept, token, distress)
    seen = all_answers(kept, token, **special)
    assert not set(seen) & set(CALM_KEYS)
    with kept.look() as session:
        found = set(session.scalars(select(ScreeningScore.instrument)))
        assert not found & {"rses", "ucla-3"}


def test_a_question_of_a_calm_day_is_refused_before_the_screening_is_done(kept: World) -> None:
    _talk, number = person(kept)
    agree(kept, number)
    kept.clock.advance(weeks=2)
    token = link(kept, number)
    begin(kept, token, 1)
    assert refusal(answer, kept, token, "rses.1", 3) is Refusal.NOT_CALM
    assert refusal(answer, kept, token, "no.such", 1) is Refusal.NOT_FOUND
    assert refusal(answer, kept, token, "phq-9.1", 77) is Refusal.WRONG_VALUE


@pytest.mark.parametrize("distress", [11, -1, "3", None, True])
def test_a_number_that_is_none_begins_nothing(kept: World, distress: Any) -> None:
    _talk, number = person(kept)
    agree(kept, number)
    kept.clock.advance(weeks=2)
    assert refusal(begin, kept, link(kept, number), distress) is Refusal.WRONG_VALUE


@pytest.mark.parametrize("heavy", [9, 10])
def test_as_heavy_as_can_be_brings_a_person_at_once_and_only_once(kept: World, heavy: int) -> None:
    kept.chain()
    other, _decoy = person(kept)
    talk, number = person(kept)
    agree(kept, number)
    kept.clock.advance(weeks=2)
    token = link(kept, number)
    begin(kept, token, heavy)
    begin(kept, token, heavy)
    with kept.look() as session:
        (case,) = session.scalars(select(CrisisCase)).all()
        assert (case.beneficiary_id, case.level) == (number, LevelName.YELLOW)
        assert [flag.reasons for flag in case.flags] == [["very_heavy"]]
        assert session.get_one(Conversation, talk).human_requested_at == kept.clock()
        assert session.get_one(Conversation, other).human_requested_at is None
        assert human.newest_words(session=session, beneficiary_id=number)
        told = select(Message).where(Message.kind.in_((MessageKind.NOTICE, MessageKind.CALL_BACK)))
        assert len(session.scalars(told.where(Message.at == kept.clock())).all()) == 1


def test_the_newest_word_about_a_person_is_told_again_and_no_other_notice(kept: World) -> None:
    officer = kept.colleague("officer")
    turn = kept.turn(officer, here=True)
    kept.turn(officer, starts=14)
    talk, number = person(kept)
    other_talk, other = person(kept)
    for one in (talk, other_talk):
        ask_for_a_person(kept, one)
    with kept.look() as session:
        offered = human.newest_words(session=session, beneficiary_id=number)
    assert offered
    # Then the colleague goes, and a name and a time are promised instead; a notice about something else follows.
    kept.clock.advance(minutes=5)
    with kept.work() as session:
        session.get_one(DutyTurn, turn).checked_out_at = kept.clock()
    ask_for_a_person(kept, talk)
    with kept.work() as session:
        transcript.append(
            session=session,
            conversation=session.get_one(Conversation, talk),
            sender=Sender.SYSTEM,
            kind=MessageKind.NOTICE,
            text="回话的程序暂时用不了。",
            now=kept.clock(),
        )
    with kept.look() as session:
        assert "Officer" in human.newest_words(session=session, beneficiary_id=number)
        assert human.newest_words(session=session, beneficiary_id=other) == offered


def ask_for_a_person(world: World, number: int) -> None:
    with world.work() as session:
        conversation = session.get_one(Conversation, number)
        human.request(session=session, conversation=conversation, now=world.clock(), timezone=ZONE)


def test_a_heavy_but_bearable_number_opens_no_case(kept: World) -> None:
    _talk, number = person(kept)
    agree(kept, number)
    kept.clock.advance(weeks=2)
    begin(kept, link(kept, number), 8)
    with kept.look() as session:
        assert session.scalars(select(CrisisCase)).all() == []


def test_an_alarming_answer_rings_at_once_with_the_screening_unfinished(kept: World) -> None:
    kept.chain()
    _talk, number = person(kept)
    agree(kept, number)
    kept.clock.advance(weeks=2)
    token = link(kept, number)
    begin(kept, token)
    while (key := asked(kept, token)) != "asq.1":
        assert key is not None
        answer(kept, token, key, 0)
    answer(kept, token, "asq.1", 1)
    with kept.look() as session:
        (case,) = session.scalars(select(CrisisCase)).all()
        assert case.level is LevelName.ORANGE


def test_a_double_tap_stores_one_answer_even_at_once(any_world: World) -> None:
    any_world.sessions.configure(expire_on_commit=False)
    _talk, number = person(any_world)
    agree(any_world, number)
    any_world.clock.advance(weeks=2)
    token = link(any_world, number)
    begin(any_world, token)
    first = asked(any_world, token)
    assert first is not None
    results = at_once(*[lambda: answer(any_world, token, first, 0)] * 3)
    assert results == [None] * 3
    assert asked(any_world, token) != first


def test_a_child_without_a_guardians_yes_is_not_asked_again(kept: World) -> None:
    _talk, number = person(kept, AgeBand.UNDER_14)
    assert refusal(agree, kept, number) is Refusal.NOT_AGREED
