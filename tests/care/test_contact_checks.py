"""Whom a person fears is not rung as their emergency contact: asked about first, warned of, never silently."""

from __future__ import annotations

from functools import partial
from typing import Any

import pytest
from sqlalchemy import select

from care import case_file, contact_checks, crises, glass_openings, interventions
from care.contact_checks import Offer
from care.refusals import Refusal, Refused
from models.audit import AuditEntry
from models.beneficiaries import EmergencyContact
from models.contact_checks import ContactCheck
from models.conversations import Conversation
from models.crises import FlagSource
from models.glass_openings import GlassPart
from models.interventions import Basis, StepKind
from models.outbox import OutboxKind, OutboxRow
from models.staff import RoleName
from tests.care.test_notices import address
from tests.fixtures.world import World, at_once
from triage.levels import Level


@pytest.fixture
def officer(world: World) -> int:
    """A duty officer, and two leads with an address; a decoy beside each subject."""
    for name in ("lead", "other"):
        address(world, world.colleague(name, RoleName.SUPERVISOR))
    return world.colleague("officer", RoleName.DUTY_OFFICER)


def named(world: World, *, harm: bool) -> tuple[int, int]:
    """A person with an emergency contact and an open case; return the person and the case."""
    number = world.person()
    with world.work() as session:
        conversation = session.get_one(Conversation, number)
        person = conversation.beneficiary_id
        session.add(EmergencyContact(beneficiary_id=person, name="丈夫", phone="13800000000", at=world.clock()))
        case = crises.raise_flag(
            session=session,
            beneficiary=conversation.beneficiary,
            conversation=conversation,
            signal=crises.Signal(
                source=FlagSource.STAFF,
                level=Level.RED,
                reasons=("is_being_hurt" if harm else "staff_words",),
            ),
            now=world.clock(),
        )
        return person, case.id


def offer(world: World, person: int) -> Offer:
    with world.look() as session:
        contact = session.scalars(select(EmergencyContact).where(EmergencyContact.beneficiary_id == person)).one()
        return contact_checks.offer(session=session, contact=contact)


def judge(world: World, who: int, person: int, *, safe: bool, words: str = "") -> int:
    with world.work() as session:
        return contact_checks.judge(
            session=session,
            beneficiary_id=person,
            actor=world.actor(session, who),
            safe=safe,
            words=words,
            now=world.clock(),
        ).id


def refused(deed: Any, *given: Any, **more: Any) -> Refusal:
    with pytest.raises(Refused) as caught:
        deed(*given, **more)
    return caught.value.refusal


def told(world: World) -> int:
    with world.look() as session:
        rows = session.scalars(select(OutboxRow).where(OutboxRow.kind == OutboxKind.NOTICE))
        return len([row for row in rows if row.dedupe_key.startswith("contact-check")])


def test_without_harm_the_contact_is_offered_and_with_harm_it_is_asked_about_first(world: World, officer: int) -> None:
    calm, hurt = named(world, harm=False)[0], named(world, harm=True)[0]
    assert (offer(world, calm), offer(world, hurt)) == (Offer.OPEN, Offer.ASK)
    world.clock.advance(minutes=1)
    judge(world, officer, hurt, safe=True)
    assert offer(world, hurt) is Offer.OPEN
    assert told(world) == 0


def test_an_answer_before_newer_harm_or_before_another_contact_does_not_count(world: World, officer: int) -> None:
    person = named(world, harm=True)[0]
    world.clock.advance(minutes=1)
    judge(world, officer, person, safe=True)
    world.clock.advance(minutes=1)
    with world.work() as session:
        contact = session.scalars(select(EmergencyContact)).one()
        contact.name, contact.at = "他", world.clock()
    assert offer(world, person) is Offer.ASK
    world.clock.advance(minutes=1)
    judge(world, officer, person, safe=True)
    assert offer(world, person) is Offer.OPEN
    world.clock.advance(minutes=1)
    with world.work() as session:
        conversation = session.scalars(select(Conversation).where(Conversation.beneficiary_id == person)).one()
        crises.raise_flag(
            session=session,
            beneficiary=conversation.beneficiary,
            conversation=conversation,
            signal=crises.Signal(source=FlagSource.BOT, level=Level.RED, reasons=("is_being_hurt",)),
            now=world.clock(),
        )
    assert offer(world, person) is Offer.ASK


def test_a_warning_has_words_stays_and_is_told_to_every_lead(world: World, officer: int) -> None:
    person, decoy = named(world, harm=False)[0], named(world, harm=False)[0]
    assert refused(judge, world, officer, person, safe=False) is Refusal.REASON_MISSING
    assert refused(judge, world, officer, person, safe=False, words="x" * 501) is Refusal.TOO_LONG
    first = judge(world, officer, person, safe=False, words="她说打她的就是他")
    assert judge(world, officer, person, safe=False, words="再按一次") == first
    assert (offer(world, person), offer(world, decoy), told(world)) == (Offer.UNSAFE, Offer.OPEN, 2)
    # The person names somebody else: a colleague looks at the warning, it does not go by itself.
    with world.work() as session:
        session.scalars(select(EmergencyContact)).first().at = world.clock.advance(minutes=1)  # type: ignore[union-attr]
    assert offer(world, person) is Offer.UNSAFE
    assert refused(judge, world, officer, person, safe=True) is Refusal.REASON_MISSING
    judge(world, officer, person, safe=True, words="换成了妹妹")
    assert (offer(world, person), told(world)) == (Offer.OPEN, 4)
    with world.look() as session:
        verbs = session.scalars(select(AuditEntry.verb).where(AuditEntry.verb.like("emergency_contact.%"))).all()
        kept = session.scalars(select(ContactCheck).order_by(ContactCheck.id)).all()
        assert [(one.safe, one.ended_at is None) for one in kept] == [(False, False), (True, True)]
    assert list(verbs) == ["emergency_contact.not_safe", "emergency_contact.safe"]


def test_a_relative_is_rung_only_with_a_word_on_who_it_is(world: World, officer: int) -> None:
    case_id = named(world, harm=True)[1]

    def step(key: str, reason: str) -> None:
        with world.work() as session:
            actor = world.actor(session, officer)
            for kind in (StepKind.ASK, StepKind.PLAN):
                taken = interventions.Step(kind=kind, basis=Basis.CONSENT)
                interventions.take(
                    session=session, case_id=case_id, actor=actor, step=taken, key=f"{key}-{kind}", now=world.clock()
                )
            taken = interventions.Step(kind=StepKind.RELATIVE, basis=Basis.CONSENT, reason=reason)
            interventions.take(session=session, case_id=case_id, actor=actor, step=taken, key=key, now=world.clock())

    assert refused(step, "first", "") is Refusal.CONTACT_NOT_SAFE
    step("second", "打给妹妹，不是丈夫")


def test_whom_the_case_may_be_about_gets_neither_number_nor_door_nor_a_word_on_it(world: World, officer: int) -> None:
    person, case_id = named(world, harm=True)
    lead = world.colleague("meant", RoleName.SUPERVISOR)

    def opens(who: int) -> None:
        with world.work() as session:
            glass_openings.break_glass(
                session=session,
                beneficiary_id=person,
                actor=world.actor(session, who),
                part=GlassPart.ALL,
                reason="danger",
                now=world.clock(),
            )

    def sees(who: int) -> None:
        with world.work() as session:
            case_file.see_emergency_contact(
                session=session, beneficiary_id=person, actor=world.actor(session, who), now=world.clock()
            )

    opens(lead)
    with world.work() as session:
        crises.keep_away(
            session=session,
            case_id=case_id,
            staff_id=lead,
            actor=world.actor(session, officer),
            words="她说就是他",
            now=world.clock(),
        )
    assert [refused(deed, lead) for deed in (opens, sees)] == [Refusal.KEPT_AWAY] * 2
    assert refused(judge, world, lead, person, safe=True) is Refusal.KEPT_AWAY
    # What they had opened a minute earlier is shut.
    with world.look() as session:
        actor = world.actor(session, lead)
        found = session.get_one(Conversation, 1).beneficiary
        shown = glass_openings.seen(session=session, beneficiary=found, actor=actor, now=world.clock())
        assert shown.name_until is None
    opens(officer)
    sees(officer)


def test_of_two_warnings_in_the_same_second_one_stands(any_world: World) -> None:
    one, two = any_world.colleague("a", RoleName.DUTY_OFFICER), any_world.colleague("b", RoleName.COUNSELOR)
    person = named(any_world, harm=True)[0]
    found = at_once(*[partial(judge, any_world, who, person, safe=False, words="怕他") for who in (one, two)])
    assert found[0] == found[1]
    assert offer(any_world, person) is Offer.UNSAFE
