"""The number of whoever gave the base a piece of their mind is not kept for good."""

from __future__ import annotations

import secrets
from datetime import timedelta

from sqlalchemy import select

from care import voice_answers, voice_owners, voices
from models.audit import AuditEntry
from models.staff import RoleName
from models.voices import Voice
from schedules.jobs.voices import forget_voice_numbers
from schedules.runner import Tools
from tests.fixtures.world import SECRET, ZONE, World


def _send(world: World, phone: str) -> int:
    with world.work() as session:
        sent = voices.send(
            session=session,
            secret=SECRET,
            form_key=secrets.token_urlsafe(32),
            form=voices.Form("complaint", "等了两个小时也没有人理我。", phone=phone),
            person=None,
            language="zh-CN",
            now=world.clock(),
            timezone=ZONE,
            days=10,
        )
        session.flush()
        return int(sent.voice.id)


def _answer(world: World, voice_id: int) -> None:
    with world.work() as session:
        part = voice_owners.owner_part(session=session, voice_id=voice_id)
        assert part is not None
        voice_answers.answer(
            session=session, voice_id=voice_id, actor=part.staff, words="对不起，我们改。", now=world.clock()
        )


def test_ninety_days_after_the_answer_the_number_is_erased_once_and_the_words_stay(world: World) -> None:
    world.colleague("lead", RoleName.SUPERVISOR)
    old, young, waiting = (_send(world, f"1380000555{one}") for one in range(3))
    _answer(world, old)
    world.clock.advance(seconds=1)
    _answer(world, young)
    world.clock.advance(seconds=timedelta(days=90).total_seconds() - 1)
    tools = Tools(sessions=world.sessions, clock=world.clock, line=None, timezone=ZONE)  # type: ignore[arg-type]
    assert forget_voice_numbers(tools) == 1
    assert forget_voice_numbers(tools) == 0
    with world.look() as session:
        numbers = {voice.id: voice.phone for voice in session.scalars(select(Voice))}
        assert numbers == {old: None, young: "13800005551", waiting: "13800005552"}
        assert session.get_one(Voice, old).words == "等了两个小时也没有人理我。"
        verbs = session.scalars(select(AuditEntry.subject_id).where(AuditEntry.verb == "voice.forget_number")).all()
        assert verbs == [old]


def test_a_number_of_a_voice_without_an_answer_is_not_erased_by_a_late_sweep(world: World) -> None:
    world.colleague("lead", RoleName.SUPERVISOR)
    waiting = _send(world, "13800005550")
    world.clock.advance(days=400)
    with world.work() as session:
        assert not voice_answers.forget_number(session=session, voice_id=waiting, now=world.clock())
    with world.look() as session:
        assert session.get_one(Voice, waiting).phone == "13800005550"
