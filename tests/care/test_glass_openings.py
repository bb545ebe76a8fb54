"""A name is shown for a reason, everything at once for a grave one; for minutes, under a name, and a lead is told."""

from __future__ import annotations

import secrets
from typing import Any

import pytest
from sqlalchemy import select, text

from care import glass_openings, intakes
from care.refusals import Refusal, Refused
from models.audit import AuditEntry
from models.beneficiaries import Beneficiary
from models.contacts import Channel, ContactPoint
from models.conversations import Conversation
from models.glass_openings import GlassOpening, GlassPart, GlassReview
from models.outbox import OutboxKind, OutboxRow
from models.staff import RoleName
from tests.fixtures.world import World, at_once
from triage.levels import Level


def named(world: World) -> int:
    """Let somebody come who has said a name and whom to call; return the number of the person."""
    chat = world.person()
    with world.work() as session:
        conversation = session.get_one(Conversation, chat)
        intakes.update(
            session=session,
            conversation=conversation,
            fields={
                "called": "王小梅",
                "emergency_contact": {"name": "王大海", "phone": "13900000000", "relation": "哥哥"},
            },
            now=world.clock(),
        )
        session.add(
            ContactPoint(
                beneficiary_id=conversation.beneficiary_id,
                channel=Channel.SMS,
                address="13800000000",
                address_hash=secrets.token_hex(32),
                created_at=world.clock(),
            )
        )
        return conversation.beneficiary_id


def break_glass(world: World, person: int, staff_id: int, part: GlassPart = GlassPart.ALL, **more: str) -> int:
    with world.work() as session:
        return glass_openings.break_glass(
            session=session,
            beneficiary_id=person,
            actor=world.actor(session, staff_id),
            part=part,
            now=world.clock(),
            **{"reason": "danger"} | more,
        ).id


def seen(world: World, person: int, staff_id: int) -> glass_openings.Seen:
    with world.look() as session:
        found = glass_openings.seen(
            session=session,
            beneficiary=session.get_one(Beneficiary, person),
            actor=world.actor(session, staff_id),
            now=world.clock(),
        )
        session.expunge_all()
        return found


def review(world: World, opening_id: int, lead: int, verdict: str = "fitting", words: str = "") -> None:
    with world.work() as session:
        glass_openings.review(
            session=session,
            opening_id=opening_id,
            actor=world.actor(session, lead),
            verdict=verdict,
            words=words,
            now=world.clock(),
        )


def refusal(deed: Any, *args: Any, **more: Any) -> tuple[Refusal, str | None]:
    with pytest.raises(Refused) as refused:
        deed(*args, **more)
    return refused.value.refusal, refused.value.field


def reachable(world: World, staff_id: int) -> None:
    """Give a colleague a confirmed address, so that a notice has somewhere to go."""
    with world.work() as session:
        session.add(
            ContactPoint(
                staff_id=staff_id,
                channel=Channel.EMAIL,
                address="a@example.org",
                address_hash=secrets.token_hex(32),
                created_at=world.clock(),
                confirmed_at=world.clock(),
            )
        )


def test_nothing_is_shown_before_and_nothing_after_a_quarter_of_an_hour(world: World) -> None:
    officer, other = (world.colleague(name, RoleName.DUTY_OFFICER) for name in ("officer", "other"))
    person, decoy = named(world), named(world)
    assert seen(world, person, officer) == glass_openings.Seen()
    break_glass(world, person, officer)
    found = seen(world, person, officer)
    assert found.name == "王小梅"
    assert found.addresses == [("sms", "13800000000")]
    assert found.emergency_contact is not None
    assert found.emergency_contact.phone == "13900000000"
    # For this colleague, about this person, and for no other.
    assert seen(world, person, other) == glass_openings.Seen()
    assert seen(world, decoy, officer) == glass_openings.Seen()
    world.clock.advance(minutes=15, seconds=-1)
    assert seen(world, person, officer).name == "王小梅"
    world.clock.advance(seconds=1)
    assert seen(world, person, officer) == glass_openings.Seen()
    world.clock.advance(hours=-2)
    assert seen(world, person, officer) == glass_openings.Seen()


def test_the_name_alone_shows_no_way_to_the_door_and_disturbs_no_lead(world: World) -> None:
    lead, officer = world.colleague("lead", RoleName.SUPERVISOR), world.colleague("officer", RoleName.COUNSELOR)
    reachable(world, lead)
    person = named(world)
    break_glass(world, person, officer, GlassPart.NAME, reason="speaking")
    found = seen(world, person, officer)
    assert (found.name, found.addresses, found.emergency_contact) == ("王小梅", [], None)
    with world.look() as session:
        assert session.scalars(select(OutboxRow).where(OutboxRow.kind == OutboxKind.NOTICE)).all() == []
        assert glass_openings.waiting_for(session=session, actor=world.actor(session, lead)) == 0
        assert len(glass_openings.listed(session=session, now=world.clock())) == 1


def test_breaking_it_is_audited_and_told_to_every_other_lead_at_once(world: World) -> None:
    lead, second = world.colleague("lead", RoleName.SUPERVISOR), world.colleague("second", RoleName.BASE_MANAGER)
    for one in (lead, second):
        reachable(world, one)
    person = named(world)
    opening = break_glass(world, person, lead)
    break_glass(world, person, lead)
    with world.look() as session:
        told = session.scalars(select(OutboxRow).where(OutboxRow.kind == OutboxKind.NOTICE)).all()
        assert [row.contact.staff_id for row in told if row.contact] == [second]
        assert all("王小梅" not in str(row.payload) + str(row.sealed) for row in told)
        entry = session.scalars(select(AuditEntry).where(AuditEntry.verb == "glass.break")).one()
        assert (entry.staff_id, entry.subject_id, entry.details["opening_id"]) == (lead, person, opening)
        assert glass_openings.waiting_for(session=session, actor=world.actor(session, second)) == 1
        assert glass_openings.waiting_for(session=session, actor=world.actor(session, lead)) == 0


def test_one_tap_is_enough_and_another_reason_needs_words(world: World) -> None:
    officer = world.colleague("officer", RoleName.DUTY_OFFICER)
    person = named(world)
    assert refusal(break_glass, world, person, officer, reason="") == (Refusal.WRONG_VALUE, "reason")
    assert refusal(break_glass, world, person, officer, reason="other") == (Refusal.REASON_MISSING, "words")
    long = "长" * 501
    assert refusal(break_glass, world, person, officer, reason="other", words=long) == (Refusal.TOO_LONG, "words")
    assert refusal(break_glass, world, 4711, officer) == (Refusal.NOT_FOUND, None)
    break_glass(world, person, officer, reason="other", words="家属在楼下")
    with world.look() as session:
        assert "家属".encode() not in bytes(session.execute(text("SELECT words FROM glass_openings")).scalar_one())


def test_closing_hides_at_once_and_a_later_opening_is_a_row_of_its_own(world: World) -> None:
    officer = world.colleague("officer", RoleName.DUTY_OFFICER)
    person = named(world)
    case_id = world.flag(world.person(), Level.RED)
    first = break_glass(world, person, officer)
    with world.work() as session:
        actor = world.actor(session, officer)
        assert glass_openings.close(session=session, beneficiary_id=person, actor=actor, now=world.clock()) == 1
        assert glass_openings.close(session=session, beneficiary_id=person, actor=actor, now=world.clock()) == 0
    assert seen(world, person, officer) == glass_openings.Seen()
    second = break_glass(world, person, officer)
    world.clock.advance(hours=1)
    third = break_glass(world, person, officer)
    assert len({first, second, third}) == 3
    with world.look() as session:
        assert session.get_one(GlassOpening, third).case_id is None
        assert session.get_one(GlassOpening, second).ended_at is not None
    assert case_id


def test_ten_taps_in_the_same_moment_are_one_opening(any_world: World) -> None:
    officer = any_world.colleague("officer", RoleName.DUTY_OFFICER)
    person = named(any_world)
    done = at_once(*[lambda: break_glass(any_world, person, officer)] * 10)
    assert len(set(done)) == 1
    with any_world.look() as session:
        assert len(session.scalars(select(GlassOpening)).all()) == 1


def test_a_lead_looks_at_what_others_opened_once_and_never_at_their_own(any_world: World) -> None:
    lead, second = (any_world.colleague(name, RoleName.SUPERVISOR) for name in ("lead", "second"))
    person = named(any_world)
    opening = break_glass(any_world, person, lead)
    assert refusal(review, any_world, opening, lead) == (Refusal.OWN_OPENING, None)
    assert refusal(review, any_world, opening, second, "sleepy") == (Refusal.WRONG_VALUE, "verdict")
    assert refusal(review, any_world, opening, second, "to_talk_about") == (Refusal.REASON_MISSING, "words")
    assert refusal(review, any_world, 4711, second) == (Refusal.NOT_FOUND, None)
    third = any_world.colleague("third", RoleName.BASE_MANAGER)
    done = at_once(*[lambda who=who: review(any_world, opening, who) for who in (second, third)])
    assert [one.refusal for one in done if isinstance(one, Refused)] == [Refusal.ALREADY_REVIEWED]
    with any_world.look() as session:
        assert session.get_one(GlassOpening, opening).review is GlassReview.FITTING
