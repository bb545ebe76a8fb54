"""A worry about somebody rings at once, joins the one case of the person, and promises nobody who is away."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import select, text

from care import (
    bot_voice,
    case_codes,
    crises,
    intakes,
    screenings,
    seen_flags,
    staff,
    worried_calls,
    worried_reports,
)
from care.refusals import Refusal, Refused
from care.worried_reports import Form, Origin
from models.audit import AuditEntry
from models.beneficiaries import Beneficiary
from models.conversations import Conversation
from models.crises import CrisisCase, CrisisFlag, FlagSource, LevelName, UncheckedReason
from models.screenings import AnswerMode
from models.staff import RoleName
from models.worried_reports import ReportDoor, WorriedReport
from tests.fixtures.world import SECRET, ZONE, World, at_once
from triage.levels import Level

PLAIN = {"sight": "wish", "words": "他说活着没意思，好几天没吃饭", "about": "三楼的王大爷，一个人住"}


def tell(
    world: World, *, key: str = "k" * 32, by: int | None = None, chat: int | None = None, **typed: str
) -> WorriedReport:
    with world.work() as session:
        report = worried_reports.tell(
            session=session,
            secret=SECRET,
            form_key=key,
            form=Form(**PLAIN | typed),
            origin=Origin(
                staff=world.actor(session, by) if by else None,
                conversation=session.get_one(Conversation, chat) if chat else None,
            ),
            language="zh-CN",
            now=world.clock(),
            timezone=ZONE,
        )
        session.flush()
        session.refresh(report)
        session.expunge_all()
        return report


def identify(world: World, report_id: int, code: str, by: int) -> int:
    with world.work() as session:
        return worried_calls.identify(
            session=session, report_id=report_id, code=code, actor=world.actor(session, by), now=world.clock()
        ).id


def code_of(world: World, conversation_id: int) -> str:
    with world.look() as session:
        return session.get_one(Conversation, conversation_id).beneficiary.code


def refusal(deed: Any, *args: Any, **more: Any) -> tuple[Refusal, str | None]:
    with pytest.raises(Refused) as refused:
        deed(*args, **more)
    return refused.value.refusal, refused.value.field


@pytest.mark.parametrize(
    ("sight", "level"), [("now", "emergency"), ("soon", "red"), ("wish", "orange"), ("changed", "yellow")]
)
def test_what_was_seen_sets_the_lowest_level(world: World, sight: str, level: str) -> None:
    world.chain()
    report = tell(world, sight=sight, words="邻居很担心她", about="二楼的李阿姨")
    case = world.case(report.case_id)
    assert (case.level.value, report.level.value) == (level, level)
    assert case.flags[0].source is FlagSource.INFORMANT
    assert case.flags[0].reasons[0] == f"worried_{sight}"
    assert case.hops == 1


def test_words_may_raise_what_was_ticked_and_never_lower_it(world: World) -> None:
    assert tell(world, sight="changed", words="她手里拿着刀，说现在就去死").level in (
        LevelName.RED,
        LevelName.EMERGENCY,
    )
    assert tell(world, key="l" * 32, sight="now", words="今天天气不错").level is LevelName.EMERGENCY


def test_an_unknown_person_gets_a_code_and_no_way_in(world: World) -> None:
    decoy = world.person()
    report = tell(world)
    with world.look() as session:
        person = session.get_one(Beneficiary, report.beneficiary_id)
        assert person.code.startswith("NY-")
        assert person.return_code_hash is None
        assert session.scalars(select(CrisisCase)).one().beneficiary_id == person.id
        assert session.get_one(Conversation, decoy).beneficiary_id != person.id
        stored = session.execute(text("SELECT words, about FROM worried_reports")).one()
    assert all("王大爷".encode() not in bytes(one) for one in stored)


def test_every_door_feeds_the_one_case_of_the_person(any_world: World) -> None:
    worker = any_world.colleague("worker", RoleName.SOCIAL_WORKER)
    chat = any_world.person()
    code = code_of(any_world, chat)
    any_world.says(chat, "我不想活了")
    with any_world.work() as session:
        conversation = session.get_one(Conversation, chat)
        when = {"session": session, "conversation": conversation, "now": any_world.clock()}
        intakes.update(**when, fields={"urgency": "now"})
        screenings.record_answer(**when, item_key="asq.1", value=1, mode=AnswerMode.TAP, timezone=ZONE)
        bot_voice.raise_flag(**when, level=Level.ORANGE, reasons=("passive",), message_number=None, timezone=ZONE)
    tell(any_world, by=worker, code=code, sight="soon", about="")
    unknown = tell(any_world, key="u" * 32, reporter_phone="13800000000")
    identify(any_world, unknown.id, code, worker)
    with any_world.look() as session:
        cases = session.scalars(select(CrisisCase).where(CrisisCase.closed_at.is_(None))).all()
        assert len(cases) == 1
        assert cases[0].level in (LevelName.RED, LevelName.EMERGENCY)
        sources = session.scalars(select(CrisisFlag.source).where(CrisisFlag.case_id == cases[0].id)).all()
        told = session.scalars(
            select(AuditEntry).where(AuditEntry.subject_type == "crisis_case", AuditEntry.subject_id == cases[0].id)
        ).all()
    assert set(sources) >= {
        FlagSource.MESSAGE,
        FlagSource.REQUEST,
        FlagSource.STAFF,
        FlagSource.INFORMANT,
        FlagSource.BOT,
        FlagSource.SCREENING,
    }
    # Each opening and raising stands in the timeline with its source.
    assert {one.details["source"] for one in told if one.verb in ("crisis.open", "crisis.flag")} == {
        one.value for one in sources
    }


def test_twenty_voices_in_the_same_moment_open_one_case(any_world: World) -> None:
    worker = any_world.colleague("worker", RoleName.COUNSELOR)
    chat = any_world.person()
    code = code_of(any_world, chat)
    deeds = [lambda number=number: tell(any_world, key=f"{number:032}", by=worker, code=code) for number in range(10)]
    deeds += [lambda: any_world.flag(chat, Level.RED) for _ in range(10)]  # type: ignore[misc]
    done = at_once(*deeds)
    assert [one for one in done if isinstance(one, Exception)] == []
    with any_world.look() as session:
        assert len(session.scalars(select(CrisisCase)).all()) == 1
        assert len(session.scalars(select(CrisisFlag)).all()) == 20
        assert session.scalars(select(CrisisCase.level)).one() is LevelName.RED


def test_the_same_form_sent_twice_is_one_report_one_person_one_case(any_world: World) -> None:
    done = at_once(*[lambda: tell(any_world).id] * 3)
    assert len(set(done)) == 1
    with any_world.look() as session:
        assert len(session.scalars(select(WorriedReport)).all()) == 1
        assert len(session.scalars(select(Beneficiary)).all()) == 1
        assert len(session.scalars(select(CrisisFlag)).all()) == 1


def test_a_call_is_promised_by_whoever_is_here(world: World) -> None:
    here, away = (world.colleague(name, RoleName.DUTY_OFFICER) for name in ("here", "away"))
    world.turn(here, here=True)
    world.turn(away, starts=8)
    report = tell(world, sight="soon", reporter_phone="+86 138 0000 0000")
    assert (report.owner_id, report.reporter_phone) == (here, "13800000000")
    assert report.due_at == world.clock() + timedelta(minutes=15)
    # Without a number there is nothing to promise; the case rings all the same.
    silent = tell(world, key="s" * 32)
    assert (silent.owner_id, silent.due_at) == (None, None)
    assert world.case(silent.case_id).hops >= 1


def test_without_anybody_here_the_promise_has_a_name_and_a_time_or_is_not_made(world: World) -> None:
    later = world.colleague("later", RoleName.DUTY_OFFICER)
    nobody = tell(world, key="n" * 32, reporter_phone="13800000000")
    assert (nobody.owner_id, nobody.due_at) == (None, None)
    world.turn(later, starts=5)
    report = tell(world, reporter_phone="13800000000")
    assert report.owner_id == later
    assert report.due_at == world.clock() + timedelta(hours=6)


def test_a_late_call_is_told_and_a_deactivated_owner_is_replaced(world: World) -> None:
    lead = world.colleague("lead", RoleName.BASE_MANAGER)
    owner, heir = (world.colleague(name, RoleName.DUTY_OFFICER) for name in ("owner", "heir"))
    world.turn(owner, here=True)
    report = tell(world, reporter_phone="13800000000")
    world.turn(heir, starts=-1)
    with world.work() as session:
        assert not worried_calls.needs_somebody(session=session, now=world.clock())
        staff.deactivate(
            session=session, actor=world.actor(session, lead), staff_id=owner, now=world.clock(), seen_ahead=True
        )
    with world.work() as session:
        assert worried_calls.needs_somebody(session=session, now=world.clock())
        assert worried_calls.hand_on(session=session, now=world.clock()) == 1
        assert session.get_one(WorriedReport, report.id).owner_id == heir
    world.clock.advance(hours=2)
    with world.work() as session:
        assert worried_calls.needs_somebody(session=session, now=world.clock())
        worried_calls.tell_of_late(session=session, now=world.clock())
        worried_calls.note_call(
            session=session, report_id=report.id, actor=world.actor(session, heir), now=world.clock()
        )
        worried_calls.note_call(
            session=session, report_id=report.id, actor=world.actor(session, lead), now=world.clock()
        )
        assert session.get_one(WorriedReport, report.id).called_by_id == heir
        assert worried_calls.standing(session=session) == []
        assert not worried_calls.needs_somebody(session=session, now=world.clock())


def test_finding_out_who_it_is_moves_the_case_or_joins_the_open_one(world: World) -> None:
    officer, second = world.colleague("officer", RoleName.DUTY_OFFICER), world.colleague("two", RoleName.SUPERVISOR)
    free, busy = world.person(), world.person()
    open_case = world.flag(busy, Level.ORANGE)
    first, other = tell(world, sight="soon"), tell(world, key="o" * 32, sight="soon")
    moved = identify(world, first.id, code_of(world, free), officer)
    assert moved == first.case_id
    assert world.case(moved).beneficiary_id == world.conversation(free).beneficiary_id

    joined = identify(world, other.id, code_of(world, busy).lower(), officer)
    assert joined == open_case
    assert world.case(open_case).level is LevelName.RED
    # The case of the unknown person waits for its second reader, and rings until then.
    left = world.case(other.case_id)
    assert (left.closed_at, left.unchecked_reason) == (None, UncheckedReason.WRONG_PERSON)
    assert left.climbs_at is not None
    with world.work() as session:
        actor = world.actor(session, second)
        crises.close(
            session=session,
            case_id=left.id,
            seen_flag_id=seen_flags.newest(session=session, case_id=left.id),
            actor=actor,
            reason="",
            now=world.clock(),
        )
    assert world.case(left.id).closed_at is not None
    assert refusal(identify, world, other.id, code_of(world, free), officer) == (Refusal.ALREADY_NAMED, "code")


def test_a_guessed_code_tells_a_stranger_nothing(world: World) -> None:
    chat = world.person()
    report = tell(world, code=code_of(world, chat))
    assert report.beneficiary_id != world.conversation(chat).beneficiary_id
    worker = world.colleague("worker", RoleName.VOLUNTEER)
    assert refusal(tell, world, key="w" * 32, by=worker, code="NY-XXXXX") == (Refusal.UNKNOWN_CODE, "code")
    with world.look() as session:
        assert case_codes.find(session=session, typed="NY-XXXXX") is None
        assert len(session.scalars(select(WorriedReport)).all()) == 1


@pytest.mark.parametrize(
    ("typed", "found"),
    [
        ({"words": " \u200b"}, (Refusal.EMPTY, "words")),
        ({"sight": "sleepy"}, (Refusal.WRONG_VALUE, "sight")),
        ({"about": ""}, (Refusal.PERSON_MISSING, "about")),
        ({"reporter_phone": "12"}, (Refusal.WRONG_VALUE, "reporter_phone")),
        ({"person_place": "路" * 301}, (Refusal.TOO_LONG, "person_place")),
        ({"words": "她瘦了" * 2000}, (Refusal.TOO_LONG, "words")),
        ({"key": "short"}, (Refusal.WRONG_VALUE, "form_key")),
    ],
)
def test_what_cannot_be_used_is_named_and_nothing_is_kept(
    world: World, typed: dict[str, str], found: tuple[Refusal, str]
) -> None:
    calm = {"sight": "changed", "words": "她最近不太出门"}
    assert refusal(tell, world, **calm | typed) == found
    with world.look() as session:
        assert session.scalars(select(Beneficiary)).all() == []


@pytest.mark.parametrize(
    "typed",
    [
        {"about": ""},
        {"reporter_phone": "12"},
        {"person_place": "路" * 301},
        {"words": "她要跳楼" * 1500},
        {"sight": "?"},
    ],
)
def test_a_slip_in_the_form_keeps_no_alarm_from_ringing(world: World, typed: dict[str, str]) -> None:
    report = tell(world, **{"sight": "now", "words": "她现在站在楼顶要跳楼"} | typed)
    assert world.case(report.case_id).level in (LevelName.EMERGENCY, LevelName.RED)


def test_from_the_chat_the_report_knows_its_conversation_and_opens_a_case_of_its_own(world: World) -> None:
    chat = world.person()
    report = tell(world, chat=chat)
    assert (report.door, report.conversation_id) == (ReportDoor.CHAT, chat)
    assert report.beneficiary_id != world.conversation(chat).beneficiary_id
    # The same sentence stands in the chat, in case the page is lost; without a number it promises no call.
    assert "没有留下电话" in world.messages(chat)[-1].text


def test_a_person_with_an_open_case_cannot_be_deleted_and_a_colleague_who_leaves_rings_the_next(
    any_world: World,
) -> None:
    lead = any_world.colleague("lead", RoleName.BASE_MANAGER)
    members = any_world.chain()
    taker = any_world.colleague("taker", RoleName.COUNSELOR)
    report = tell(any_world, sight="soon")
    with any_world.work() as session:
        crises.acknowledge(
            session=session, case_id=report.case_id, actor=any_world.actor(session, taker), now=any_world.clock()
        )
    with any_world.work() as session:
        staff.deactivate(
            session=session,
            actor=any_world.actor(session, lead),
            staff_id=taker,
            now=any_world.clock(),
            seen_ahead=True,
        )
    case = any_world.case(report.case_id)
    assert case.acknowledged_at is None
    assert case.owner_id in members.values()
    with any_world.look() as session, pytest.raises(Exception, match=r"(?i)foreign key"):
        session.execute(text("DELETE FROM beneficiaries"))
