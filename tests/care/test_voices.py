"""A word to the base: no name needed, an answer by a date, never in the hands of the one whom it is about."""

from __future__ import annotations

import secrets
from datetime import date
from typing import Any

import pytest
from sqlalchemy import select, text
from sqlalchemy.exc import IntegrityError

from care import holidays, kept_away, people, voice_answers, voice_owners, voice_reports, voices, working_days
from care.refusals import Refusal, Refused
from models.audit import AuditEntry
from models.beneficiaries import Beneficiary
from models.contacts import Channel, ContactPoint
from models.conversations import Conversation, Message, Sender
from models.crises import CrisisCase, LevelName
from models.duty import DutyPosition
from models.holidays import DayKind
from models.outbox import OutboxRow
from models.staff import RoleName, StaffMember
from models.voices import Part, Voice, VoicePart
from tests.fixtures.world import SECRET, ZONE, World, at_once

CALM = "上周来站里办事，等了两个小时也没有人理我。"
DANGER = "等了两个小时没人理。我不想活了，药都买好了。"


def send(
    world: World, words: str = CALM, *, key: str | None = None, person: int | None = None, **more: Any
) -> voices.Sent:
    with world.work() as session:
        sent = voices.send(
            session=session,
            secret=SECRET,
            form_key=key or secrets.token_urlsafe(32),
            form=voices.Form(**{"kind": "complaint", "words": words} | more),
            person=session.get(Beneficiary, person) if person else None,
            language="zh-CN",
            now=world.clock(),
            timezone=ZONE,
            days=10,
        )
        session.flush()
        return sent


def owner(world: World, voice_id: int) -> int | None:
    with world.look() as session:
        return session.scalar(
            select(VoicePart.staff_id).where(VoicePart.voice_id == voice_id, VoicePart.part == Part.OWNER)
        )


def number(sent: voices.Sent) -> int:
    return int(sent.voice.__dict__["id"])


@pytest.fixture
def kept(world: World) -> World:
    """A world whose rows stay readable after the unit of work."""
    world.sessions.configure(expire_on_commit=False)
    return world


def answer(world: World, voice_id: int, staff_id: int, words: str = "对不起，我们改。") -> None:
    with world.work() as session:
        voice_answers.answer(
            session=session, voice_id=voice_id, actor=world.actor(session, staff_id), words=words, now=world.clock()
        )


def read(world: World, code: str) -> list[Voice]:
    with world.work() as session:
        return voice_answers.by_code(session=session, secret=SECRET, typed=code, now=world.clock())


def refusal(deed: Any, *args: Any, **more: Any) -> tuple[Refusal, str | None]:
    with pytest.raises(Refused) as refused:
        deed(*args, **more)
    return refused.value.refusal, refused.value.field


def test_the_answer_is_promised_in_working_days_over_holidays_and_make_up_days(world: World) -> None:
    with world.work() as session:
        holidays.seed(session=session, years=[2026], now=world.clock())
    with world.look() as session:
        # Friday 13 February: Saturday 14 is a make-up day, 15 to 23 is Spring Festival.
        assert working_days.after(session=session, day=date(2026, 2, 13), count=1) == date(2026, 2, 14)
        assert working_days.after(session=session, day=date(2026, 2, 13), count=2) == date(2026, 2, 24)
        assert working_days.after(session=session, day=date(2026, 3, 2), count=10) == date(2026, 3, 16)
    head = world.colleague("head", RoleName.BASE_MANAGER)
    with world.work() as session:
        manager = world.actor(session, head)
        holidays.decree(
            session=session,
            actor=manager,
            day=date(2026, 3, 3),
            kind=DayKind.HOLIDAY,
            name_zh="",
            name_en="",
            now=world.clock(),
        )
        assert working_days.after(session=session, day=date(2026, 3, 2), count=1) == date(2026, 3, 4)


def test_a_word_without_a_name_gets_an_owner_a_date_and_a_code_that_opens_the_answer(kept: World) -> None:
    lead = kept.colleague("fang", RoleName.SUPERVISOR)
    sent, decoy = send(kept), send(kept, "谢谢小组里的每一个人。", kind="praise")
    assert sent.code is not None
    assert sent.voice.due_on == date(2026, 3, 16)
    assert owner(kept, number(sent)) == lead
    assert read(kept, sent.code)[0].answer is None
    answer(kept, number(sent), lead)
    (found,) = read(kept, sent.code.lower().replace("-", " "))
    assert (found.answer, found.seen_at) == ("对不起，我们改。", kept.clock())
    assert read(kept, decoy.code or "")[0].answer is None
    assert refusal(read, kept, "AAAA-BBBB-CCCC-DDDD") == (Refusal.WRONG_CODE, "code")
    with kept.look() as session:
        stored = session.execute(text("SELECT words, answer FROM voices")).all()
        assert not any("等了".encode() in bytes(words) for words, _answer in stored)


def test_the_same_form_sent_twice_and_at_once_is_one_voice(any_world: World) -> None:
    kept = any_world
    kept.sessions.configure(expire_on_commit=False)
    kept.colleague("fang", RoleName.SUPERVISOR)
    key = secrets.token_urlsafe(32)
    first, again = send(kept, key=key), send(kept, key=key)
    assert first.code
    assert again.code is None
    assert number(first) == number(again)
    other = secrets.token_urlsafe(32)
    results = at_once(*[lambda: send(kept, key=other)] * 4)
    assert len({number(one) for one in results if isinstance(one, voices.Sent)}) == 1
    with kept.look() as session:
        assert len(session.scalars(select(Voice.id)).all()) == 2


@pytest.mark.parametrize(
    ("form", "expected"),
    [
        ({"words": " \u200b\n"}, (Refusal.EMPTY, "words")),
        ({"words": "长" * 5_001}, (Refusal.TOO_LONG, "words")),
        ({"about": "名" * 101}, (Refusal.TOO_LONG, "about")),
        ({"phone": "call me"}, (Refusal.WRONG_VALUE, "phone")),
        ({"code": "AAAA-BBBB"}, (Refusal.WRONG_CODE, "code")),
        ({"kind": "threat"}, (Refusal.WRONG_VALUE, "kind")),
    ],
)
def test_a_form_that_cannot_be_meant_is_refused_and_nothing_is_stored(
    world: World, form: dict[str, Any], expected: tuple[Refusal, str]
) -> None:
    assert refusal(send, world, **{"words": CALM} | form) == expected
    with world.look() as session:
        assert session.scalars(select(Voice.id)).all() == []


@pytest.mark.parametrize("wrong", [{}, {"phone": "call me"}, {"code": "AAAA"}, {"kind": "?"}, {"key": "short"}])
def test_a_crisis_line_inside_a_complaint_opens_a_case_whatever_else_is_wrong(
    kept: World, wrong: dict[str, Any]
) -> None:
    kept.chain()
    sent = send(kept, DANGER, **wrong)
    assert sent.conversation_id
    assert sent.chat_key
    with kept.look() as session:
        (case,) = session.scalars(select(CrisisCase)).all()
        assert case.level in (LevelName.RED, LevelName.EMERGENCY)
        messages = kept.messages(sent.conversation_id)
        # The desk reads the alarming sentence and not the complaint around it; the person gets the fixed card.
        assert messages[0].sender is Sender.PERSON
        assert "不想活" in messages[0].text
        assert "两个小时" not in messages[0].text
        assert any("12356" in message.text for message in messages[1:])


def test_words_of_danger_of_a_known_person_open_the_case_of_that_person(kept: World) -> None:
    kept.chain()
    conversation, decoy = kept.person(), kept.person()
    person = kept.conversation(conversation).beneficiary_id
    sent = send(kept, DANGER, person=person)
    assert (sent.conversation_id, sent.chat_key) == (conversation, None)
    # They did not ask for the answer in the chat, so the voice itself stays without a name.
    assert sent.voice.beneficiary_id is None
    assert kept.messages(decoy) == []


def test_a_calm_word_opens_no_case_and_no_conversation(kept: World) -> None:
    assert send(kept).conversation_id is None
    with kept.look() as session:
        assert session.scalars(select(CrisisCase.id)).all() == []
        assert session.scalars(select(Message.id)).all() == []


@pytest.mark.parametrize(
    "words",
    ["张敏对我很不耐烦。", "那个张老师对我吼。", "小张收了我的证不还。", "老张不在。"],
)
def test_a_complaint_about_a_colleague_is_never_given_to_them_nor_shown_to_them(kept: World, words: str) -> None:
    named, other = kept.colleague("zhang", RoleName.SUPERVISOR), kept.colleague("fang", RoleName.SUPERVISOR)
    with kept.work() as session:
        session.get_one(StaffMember, named).display_name = "张敏"
        session.get_one(StaffMember, other).display_name = "王芳"
    voice_id = number(send(kept, words))
    assert owner(kept, voice_id) == other
    with kept.look() as session:
        listed = voice_answers.listed(
            session=session, viewer=kept.actor(session, named), now=kept.clock(), timezone=ZONE
        )
        assert not any(listed.values())
        with pytest.raises(Refused):
            voice_answers.see(session=session, voice_id=voice_id, viewer=kept.actor(session, named))
    with kept.work() as session:
        lead = kept.actor(session, other)
        with pytest.raises(Refused) as refused:
            voice_answers.hand_over(session=session, voice_id=voice_id, actor=lead, to_staff_id=named, now=kept.clock())
        assert refused.value.refusal is Refusal.VOICE_IS_ABOUT_THEM
    assert owner(kept, voice_id) == other
    # Whoever goes around the verb meets the database.
    with pytest.raises(IntegrityError), kept.work() as session:
        session.execute(
            text("INSERT INTO voice_parts (voice_id, staff_id, part, since) VALUES (:v, :s, 'owner', :n)"),
            {"v": voice_id, "s": named, "n": "2026-03-02 00:00:00"},
        )


def test_a_complaint_about_the_only_lead_waits_for_another_and_the_sweep_finds_them(kept: World) -> None:
    only = kept.colleague("zhang", RoleName.SUPERVISOR)
    with kept.work() as session:
        session.get_one(StaffMember, only).display_name = "张敏"
    voice_id = number(send(kept, "张敏骂人。"))
    assert owner(kept, voice_id) is None
    manager = kept.colleague("head", RoleName.BASE_MANAGER)
    sweep(kept)
    assert owner(kept, voice_id) == manager


def sweep(world: World) -> int:
    with world.look() as session:
        ids = voice_owners.waiting_for_the_sweep(session=session, now=world.clock(), timezone=ZONE)
    done = 0
    for voice_id in ids:
        with world.work() as session:
            done += voice_owners.look_after(session=session, voice_id=voice_id, now=world.clock(), timezone=ZONE)
    return done


def test_naming_a_subject_takes_the_voice_out_of_their_hands(kept: World) -> None:
    first = kept.colleague("fang", RoleName.SUPERVISOR)
    voice_id = number(send(kept))
    second = kept.colleague("lan", RoleName.SUPERVISOR)
    with kept.work() as session:
        voice_answers.name_subject(
            session=session, voice_id=voice_id, actor=kept.actor(session, first), staff_id=first, now=kept.clock()
        )
    assert owner(kept, voice_id) == second
    assert refusal(answer, kept, voice_id, first) == (Refusal.NOT_FOUND, None)


def test_only_the_owner_answers_and_only_once_even_at_once(any_world: World) -> None:
    kept = any_world
    kept.sessions.configure(expire_on_commit=False)
    first, second = (kept.colleague(name, RoleName.SUPERVISOR) for name in ("fang", "lan"))
    volunteer = kept.colleague("xiao", RoleName.VOLUNTEER)
    voice_id = number(send(kept))
    assert refusal(answer, kept, voice_id, second) == (Refusal.VOICE_NOT_YOURS, "answer")
    assert refusal(answer, kept, voice_id, volunteer) == (Refusal.NOT_FOUND, None)
    assert refusal(answer, kept, voice_id, first, "  ") == (Refusal.EMPTY, "answer")
    results = at_once(*[lambda: answer(kept, voice_id, first)] * 3)
    assert sum(result is None for result in results) == 1
    assert refusal(answer, kept, voice_id, first) == (Refusal.VOICE_ANSWERED, "answer")


def test_a_late_voice_climbs_to_the_base_leader_once_and_tells_both(kept: World) -> None:
    lead = kept.colleague("fang", RoleName.SUPERVISOR)
    manager = kept.colleague("head", RoleName.BASE_MANAGER)
    late, decoy = number(send(kept)), number(send(kept, kind="suggestion"))
    answer(kept, decoy, lead)
    kept.clock.advance(days=14)
    assert sweep(kept) == 0  # 16 March is the last day on which it is in time.
    kept.clock.advance(days=1)
    assert (sweep(kept), sweep(kept)) == (1, 0)
    assert (owner(kept, late), owner(kept, decoy)) == (manager, lead)
    with kept.look() as session:
        assert session.scalars(select(AuditEntry.subject_id).where(AuditEntry.verb == "voice.climb")).all() == [late]
        listed = voice_answers.listed(
            session=session, viewer=kept.actor(session, lead), now=kept.clock(), timezone=ZONE
        )
        assert [one.id for one in listed[voice_answers.Standing.LATE]] == [late]


def test_the_answer_is_announced_in_the_chat_of_who_wished_it_without_its_words(kept: World) -> None:
    lead = kept.colleague("fang", RoleName.SUPERVISOR)
    with kept.work() as session:
        door = people.open_door(session=session, secret=SECRET, language="zh-CN", now=kept.clock())
        code, person, conversation = door.return_code, door.conversation.beneficiary_id, door.conversation.id
    with_code = send(kept, code=code)
    in_chat = send(kept, "多放几把椅子。", kind="suggestion", person=person, in_chat=True)
    for one in (with_code, in_chat):
        answer(kept, number(one), lead, "椅子已经添了六把。")
    said = [message.text for message in kept.messages(conversation)]
    assert len(said) == 2
    assert all("回音" in words and "椅子" not in words for words in said)
    assert [one.id for one in read(kept, code or "")] == [number(in_chat), number(with_code)]


def test_danger_in_a_complaint_about_a_colleague_also_wakes_a_lead_who_is_not_meant(kept: World) -> None:
    chain = kept.chain()
    with kept.work() as session:
        for staff_id in chain.values():
            session.get_one(StaffMember, staff_id).display_name = f"同事{staff_id}"
        session.get_one(StaffMember, min(chain.values())).display_name = "张敏"
        for staff_id in chain.values():
            _address(session, staff_id, kept)
    send(kept, "张敏打我。我不想活了。")
    with kept.look() as session:
        told = session.scalars(select(OutboxRow.dedupe_key).where(OutboxRow.dedupe_key.like("voice-danger%"))).all()
        # The alarm goes on to the next rung at once, and its first errand will find nobody to tell.
        case = session.scalars(select(CrisisCase)).one()
        meant = min(chain.values())
        assert kept_away.of_case(session=session, case_id=case.id) == {meant}
        assert case.owner_id == chain[DutyPosition.STAND_IN] != meant
    assert len(told) == 2


def _address(session: Any, staff_id: int, world: World) -> None:
    session.add(
        ContactPoint(
            staff_id=staff_id,
            channel=Channel.EMAIL,
            address=f"a{staff_id}@example.cn",
            address_hash=f"h{staff_id}",
            created_at=world.clock(),
            confirmed_at=world.clock(),
        )
    )


def test_two_leads_hand_over_in_the_same_moment_and_one_owner_is_left(any_world: World) -> None:
    any_world.sessions.configure(expire_on_commit=False)
    first, second = (any_world.colleague(name, RoleName.SUPERVISOR) for name in ("fang", "lan"))
    voice_id = number(send(any_world))

    def hand(to: int) -> None:
        with any_world.work() as session:
            voice_answers.hand_over(
                session=session,
                voice_id=voice_id,
                actor=any_world.actor(session, first),
                to_staff_id=to,
                now=any_world.clock(),
            )

    at_once(lambda: hand(second), lambda: hand(first), lambda: hand(second))
    assert owner(any_world, voice_id) in (first, second)
    with any_world.look() as session:
        assert session.get(Conversation, 1) is None


def reminders(world: World) -> int:
    with world.look() as session:
        return sum(row.dedupe_key.startswith("voice-soon-") for row in session.scalars(select(OutboxRow)))


def remind(world: World) -> list[int]:
    with world.work() as session:
        soon = voice_owners.due_soon(session=session, now=world.clock(), timezone=ZONE)
        for voice_id in soon:
            voice_owners.remind(session=session, voice_id=voice_id, now=world.clock())
        return soon


def test_the_owner_is_reminded_before_the_promised_day_and_not_after_the_answer(kept: World) -> None:
    lead = kept.colleague("remindedlead", RoleName.SUPERVISOR)
    first, answered = number(send(kept)), number(send(kept))
    assert remind(kept) == []
    answer(kept, answered, lead)
    with kept.look() as session:
        due = session.get_one(Voice, first).due_on
    kept.clock.advance(days=(due - kept.clock().date()).days - 2)
    assert remind(kept) == [first]
    sent = reminders(kept)
    assert remind(kept) == [first]
    assert reminders(kept) == sent


def test_the_month_is_counted_without_words(kept: World) -> None:
    lead = kept.colleague("remindedlead", RoleName.SUPERVISOR)
    today = kept.clock().date().replace(day=1)
    answered, _open = number(send(kept)), number(send(kept, kind="praise"))
    kept.clock.advance(days=2)
    answer(kept, answered, lead)
    with kept.look() as session:
        me = kept.actor(session, lead)
        found = voice_reports.month(session=session, viewer=me, first=today, now=kept.clock(), timezone=ZONE)
        before = today.replace(year=today.year - 1)
        empty = voice_reports.month(session=session, viewer=me, first=before, now=kept.clock(), timezone=ZONE)
    assert (found.total, found.answered_in_time, found.answered_late, found.still_in_time) == (2, 1, 0, 1)
    assert found.usual_days == 2.0
    assert (empty.total, empty.usual_days) == (0, None)
