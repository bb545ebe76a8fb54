"""The smallest step that helps: consent or a reason, a second reader, and whoever was sent is waited for."""

from __future__ import annotations

import secrets
from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import select, update

from care import crises, intervention_alarms, intervention_duties, interventions
from care.interventions import Step
from care.refusals import Refusal, Refused
from models.beneficiaries import AgeBand, Beneficiary
from models.conversations import Conversation
from models.crises import FlagSource
from models.interventions import (
    Basis,
    CaseDuty,
    DutyKind,
    DutyOutcome,
    Intervention,
    ReportedTo,
    StepEnd,
    StepKind,
    Verdict,
)
from models.staff import RoleName
from tests.care.test_risk_checks import sign
from tests.fixtures.follow_ups import close
from tests.fixtures.world import World, at_once
from triage.levels import Level

ASK = Step(StepKind.ASK, Basis.CONSENT, "她愿意今晚去姐姐家")
POLICE = Step(StepKind.POLICE, Basis.LIFE_IN_DANGER, reason="电话里没有声音了，门反锁")


def take(world: World, case_id: int, staff_id: int, step: Step, key: str | None = None) -> int:
    with world.work() as session:
        return interventions.take(
            session=session,
            case_id=case_id,
            actor=world.actor(session, staff_id),
            step=step,
            key=key or secrets.token_hex(16),
            now=world.clock(),
        ).id


def do(world: World, verb: Any, number: int, staff_id: int, **more: Any) -> int:
    named = "duty_id" if verb in (intervention_duties.done, intervention_duties.refuse) else "step_id"
    with world.work() as session:
        return verb(
            session=session, actor=world.actor(session, staff_id), now=world.clock(), **{named: number}, **more
        ).id


def refusal(deed: Any, *args: Any, **more: Any) -> tuple[Refusal, str | None]:
    with pytest.raises(Refused) as refused:
        deed(*args, **more)
    return refused.value.refusal, refused.value.field


def stored(world: World, step_id: int) -> Intervention:
    with world.look() as session:
        row = session.get_one(Intervention, step_id)
        session.expunge(row)
        return row


def duties(world: World, case_id: int) -> dict[DutyKind, CaseDuty]:
    with world.look() as session:
        found = intervention_duties.of_case(session=session, case_id=case_id)
        session.expunge_all()
        return {row.kind: row for row in found}


def ring_all(world: World) -> int:
    with world.look() as session:
        due = intervention_alarms.due(session=session, now=world.clock())
    rang = 0
    for number in due:
        with world.work() as session:
            rang += intervention_alarms.ring(session=session, case_id=number, now=world.clock())
    return rang


def aged(world: World, number: int, band: AgeBand) -> None:
    with world.work() as session:
        person = world.conversation(number).beneficiary_id
        session.execute(update(Beneficiary).where(Beneficiary.id == person).values(age_band=band))


@pytest.mark.parametrize("basis", [Basis.LIFE_IN_DANGER, Basis.LAW])
def test_without_a_yes_there_is_a_reason(world: World, basis: Basis) -> None:
    officer = world.colleague("o", RoleName.DUTY_OFFICER)
    case_id = world.flag(world.person(), Level.RED)
    assert refusal(take, world, case_id, officer, Step(StepKind.ASK, basis, reason=" ")) == (
        Refusal.REASON_MISSING,
        "reason",
    )
    assert (
        stored(world, take(world, case_id, officer, Step(StepKind.ASK, basis, reason="没有回答"))).reason == "没有回答"
    )


def test_a_bigger_step_says_why_a_smaller_one_was_left_out(world: World) -> None:
    officer = world.colleague("o", RoleName.DUTY_OFFICER)
    case_id, decoy = world.flag(world.person(), Level.RED), world.flag(world.person(), Level.RED)
    relative = Step(StepKind.RELATIVE, Basis.CONSENT)
    for kind in (StepKind.ASK, StepKind.PLAN):
        assert refusal(take, world, case_id, officer, relative) == (Refusal.REASON_MISSING, "reason")
        take(world, case_id, officer, Step(kind, Basis.CONSENT))
    take(world, case_id, officer, relative)
    assert refusal(take, world, decoy, officer, relative) == (Refusal.REASON_MISSING, "reason")


def test_one_form_sent_twice_sends_nobody_twice_and_a_closed_case_takes_none(any_world: World) -> None:
    officer, other = any_world.colleague("o", RoleName.DUTY_OFFICER), any_world.colleague("p", RoleName.COUNSELOR)
    case_id, decoy = any_world.flag(any_world.person(), Level.ORANGE), any_world.flag(any_world.person(), Level.ORANGE)
    results = at_once(
        *(lambda: take(any_world, case_id, officer, POLICE, key="k" * 32) for _ in range(2)),
    )
    numbers = {one for one in results if isinstance(one, int)}
    assert len(numbers) == 1, results
    assert {take(any_world, case_id, officer, POLICE, key="k" * 32)} == numbers
    assert refusal(take, any_world, decoy, officer, POLICE, key="k" * 32) == (Refusal.KEY_USED, None)
    assert refusal(take, any_world, case_id, other, POLICE, key="k" * 32) == (Refusal.KEY_USED, None)
    sign(any_world, decoy, officer)
    close(any_world, decoy, officer)
    assert refusal(take, any_world, decoy, officer, ASK) == (Refusal.CASE_CLOSED, None)
    assert refusal(take, any_world, 4711, officer, ASK) == (Refusal.NOT_FOUND, None)


def test_a_question_is_over_when_it_is_written_down_and_police_are_waited_for(world: World) -> None:
    officer = world.colleague("o", RoleName.DUTY_OFFICER)
    case_id = world.flag(world.person(), Level.RED)
    asked, sent = (
        stored(world, take(world, case_id, officer, ASK)),
        stored(world, take(world, case_id, officer, POLICE)),
    )
    assert (asked.ending, asked.alarm_at) == (StepEnd.DONE, None)
    assert (sent.ending, sent.alarm_at) == (None, world.clock() + timedelta(minutes=15))
    for minutes in (0, -5, 241):
        step = Step(StepKind.POLICE, Basis.LIFE_IN_DANGER, reason="x", minutes=minutes)
        assert refusal(take, world, case_id, officer, step) == (Refusal.WRONG_VALUE, "minutes")


def test_while_nobody_says_whether_they_arrived_the_case_rings_and_climbs(world: World) -> None:
    world.chain()
    officer = world.colleague("o", RoleName.DUTY_OFFICER)
    case_id, decoy = world.flag(world.person(), Level.RED), world.flag(world.person(), Level.RED)
    for number in (case_id, decoy):
        with world.work() as session:
            actor = world.actor(session, officer)
            crises.acknowledge(session=session, case_id=number, actor=actor, now=world.clock())
            crises.note_contact(
                session=session, beneficiary_id=world.case(number).beneficiary_id, actor=actor, now=world.clock()
            )
    step_id = take(world, case_id, officer, POLICE)
    world.clock.advance(minutes=14)
    assert ring_all(world) == 0
    hops = world.case(case_id).hops
    world.clock.advance(minutes=1)
    assert (ring_all(world), ring_all(world)) == (1, 0)
    assert (world.case(case_id).hops, world.case(case_id).acknowledged_at) == (hops + 1, None)
    # Taking the case is not an answer: five minutes later it rings again.
    with world.work() as session:
        crises.acknowledge(session=session, case_id=case_id, actor=world.actor(session, officer), now=world.clock())
    world.clock.advance(minutes=5)
    assert ring_all(world) == 1
    do(world, interventions.finish, step_id, officer, ending=StepEnd.ARRIVED, words="")
    world.clock.advance(minutes=30)
    assert ring_all(world) == 0
    assert stored(world, step_id).alarms == 2
    assert world.case(decoy).acknowledged_at is not None


def test_a_clock_set_back_rings_and_not_yet_rests_until_then(world: World) -> None:
    officer = next(iter(world.chain().values()))
    case_id = world.flag(world.person(), Level.RED)
    step_id = take(world, case_id, officer, POLICE)
    do(world, interventions.wait_longer, step_id, officer, minutes=40)
    world.clock.advance(minutes=39)
    assert ring_all(world) == 0
    world.clock.advance(minutes=1)
    assert ring_all(world) == 1
    world.clock.advance(days=-3)
    assert ring_all(world) == 1


def test_a_case_from_which_somebody_was_sent_is_not_closed_before_the_answer(any_world: World) -> None:
    officer = any_world.colleague("o", RoleName.DUTY_OFFICER)
    case_id = any_world.flag(any_world.person(), Level.ORANGE)
    step_id = take(any_world, case_id, officer, POLICE)
    sign(any_world, case_id, officer)
    assert refusal(close, any_world, case_id, officer) == (Refusal.ARRIVAL_OPEN, None)
    do(any_world, interventions.finish, step_id, officer, ending=StepEnd.ARRIVED, words="")
    close(any_world, case_id, officer)
    assert any_world.case(case_id).closed_at is not None


def test_a_step_that_can_wait_is_read_first(any_world: World) -> None:
    officer, reader = any_world.colleague("o", RoleName.DUTY_OFFICER), any_world.colleague("s", RoleName.SUPERVISOR)
    case_id = any_world.flag(any_world.person(), Level.ORANGE)
    worker = Step(StepKind.LOCAL_WORKER, Basis.CONSENT, reason="家人不在本地", ask_first=True)
    step_id = take(any_world, case_id, officer, worker)
    assert stored(any_world, step_id).begun_at is None
    assert refusal(do, any_world, interventions.begin, step_id, officer) == (Refusal.STEP_UNREAD, "reason")
    assert refusal(do, any_world, interventions.finish, step_id, officer, ending=StepEnd.ARRIVED, words="") == (
        Refusal.WRONG_VALUE,
        "ending",
    )
    do(any_world, interventions.read, step_id, reader, verdict=Verdict.AGREED, words="")
    do(any_world, interventions.begin, step_id, officer)
    assert stored(any_world, step_id).alarm_at == any_world.clock() + timedelta(minutes=30)


def test_a_no_before_the_step_ends_it_and_a_no_afterwards_stays_beside_it(world: World) -> None:
    officer, reader = world.colleague("o", RoleName.DUTY_OFFICER), world.colleague("s", RoleName.SUPERVISOR)
    case_id = world.flag(world.person(), Level.RED)
    waits = take(world, case_id, officer, Step(StepKind.POLICE, Basis.LAW, reason="x", ask_first=True))
    begun = take(world, case_id, officer, POLICE)
    for number in (waits, begun):
        assert refusal(do, world, interventions.read, number, reader, verdict=Verdict.NOT_AGREED, words="") == (
            Refusal.REASON_MISSING,
            "reader_words",
        )
        do(world, interventions.read, number, reader, verdict=Verdict.NOT_AGREED, words="先请网格员看一下")
    assert (stored(world, waits).ending, stored(world, begun).ending) == (StepEnd.NOT_AGREED, None)
    assert refusal(do, world, interventions.begin, waits, officer) == (Refusal.STEP_OVER, None)
    with world.look() as session:
        assert interventions.leaves_out(session=session, case_id=case_id, kind=StepKind.AMBULANCE)


def test_nobody_reads_their_own_step_and_only_those_who_lead_read(any_world: World) -> None:
    lead, officer = any_world.colleague("s", RoleName.SUPERVISOR), any_world.colleague("o", RoleName.DUTY_OFFICER)
    second = any_world.colleague("t", RoleName.BASE_MANAGER)
    case_id = any_world.flag(any_world.person(), Level.RED)
    step_id, ask = take(any_world, case_id, lead, POLICE), take(any_world, case_id, lead, ASK)
    agreed: dict[str, Any] = {"verdict": Verdict.AGREED, "words": ""}
    assert refusal(do, any_world, interventions.read, step_id, lead, **agreed) == (Refusal.OWN_STEP, None)
    assert refusal(do, any_world, interventions.read, step_id, officer, **agreed) == (Refusal.NOT_FOUND, None)
    assert refusal(do, any_world, interventions.read, ask, second, **agreed) == (Refusal.NOT_FOUND, None)
    third = any_world.colleague("u", RoleName.SUPERVISOR)
    results = at_once(
        *(
            lambda who=who: do(any_world, interventions.read, step_id, who, **agreed)  # type: ignore[misc]
            for who in (second, third)
        )
    )
    assert [one.refusal for one in results if isinstance(one, Refused)] == [Refusal.ALREADY_READ], results


def test_what_waits_for_a_second_reader_is_listed_until_it_is_read(world: World) -> None:
    officer, reader = world.colleague("o", RoleName.DUTY_OFFICER), world.colleague("s", RoleName.SUPERVISOR)
    case_id = world.flag(world.person(), Level.RED)
    take(world, case_id, officer, ASK)
    after, before = (
        take(world, case_id, officer, POLICE),
        take(world, case_id, officer, Step(StepKind.LOCAL_WORKER, Basis.LAW, reason="x", ask_first=True)),
    )
    do(world, interventions.finish, after, officer, ending=StepEnd.ARRIVED, words="")
    with world.look() as session:
        assert [row.id for row in interventions.unread(session=session)] == [before, after]
    do(world, interventions.read, after, reader, verdict=Verdict.AGREED, words="")
    do(world, interventions.finish, before, officer, ending=StepEnd.NOT_NEEDED, words="姐姐到了")
    with world.look() as session:
        assert list(interventions.unread(session=session)) == []


@pytest.mark.parametrize("ending", [StepEnd.NOT_NEEDED, StepEnd.FAILED])
def test_how_a_step_failed_is_said_and_said_once(world: World, ending: StepEnd) -> None:
    officer, other = world.colleague("o", RoleName.DUTY_OFFICER), world.colleague("p", RoleName.COUNSELOR)
    step_id = take(world, world.flag(world.person(), Level.RED), officer, POLICE)
    assert refusal(do, world, interventions.finish, step_id, officer, ending=ending, words="")[1] == "ending_words"
    for _ in range(2):
        do(world, interventions.finish, step_id, officer, ending=ending, words="人已经在医院")
    assert refusal(do, world, interventions.finish, step_id, other, ending=StepEnd.ARRIVED, words="") == (
        Refusal.STEP_OVER,
        None,
    )
    assert refusal(do, world, interventions.finish, step_id, officer, ending=StepEnd.NOT_AGREED, words="x") == (
        Refusal.WRONG_VALUE,
        "ending",
    )


@pytest.mark.parametrize(
    ("band", "level", "asked"),
    [
        (AgeBand.UNDER_14, Level.YELLOW, {DutyKind.GUARDIAN}),
        (AgeBand.FROM_14_TO_17, Level.YELLOW, set()),
        (AgeBand.FROM_14_TO_17, Level.ORANGE, {DutyKind.GUARDIAN}),
        (AgeBand.ADULT, Level.RED, set()),
        (AgeBand.UNKNOWN, Level.RED, set()),
    ],
)
def test_the_guardian_of_a_minor_is_told(world: World, band: AgeBand, level: Level, asked: set[DutyKind]) -> None:
    number = world.person()
    aged(world, number, band)
    assert set(duties(world, world.flag(number, level))) == asked


@pytest.mark.parametrize(
    ("band", "reasons", "asked"),
    [
        (AgeBand.ADULT, ("child_is_being_hurt",), True),
        (AgeBand.ADULT, ("minor_is_hurt",), True),
        (AgeBand.FROM_14_TO_17, ("is_being_hurt",), True),
        (AgeBand.UNKNOWN, ("is_being_hurt", "child_speaks"), True),
        (AgeBand.ADULT, ("is_being_hurt",), False),
        (AgeBand.UNDER_14, ("wishes_to_die",), False),
    ],
)
def test_harm_to_a_minor_is_reported_at_once_and_harm_to_an_adult_is_theirs_to_decide(
    any_world: World, band: AgeBand, reasons: tuple[str, ...], asked: bool
) -> None:
    number = any_world.person()
    aged(any_world, number, band)
    with any_world.work() as session:
        conversation = session.get_one(Conversation, number)
        for _ in range(2):
            case_id = crises.raise_flag(
                session=session,
                beneficiary=conversation.beneficiary,
                conversation=conversation,
                signal=crises.Signal(source=FlagSource.STAFF, level=Level.RED, reasons=reasons),
                now=any_world.clock(),
            ).id
    report = duties(any_world, case_id).get(DutyKind.REPORT)
    assert (report is not None) is asked
    if report is not None:
        assert report.due_at - report.created_at == timedelta(minutes=30)


def test_a_child_who_writes_of_blows_opens_the_report_in_the_same_moment(world: World) -> None:
    number = world.person()
    world.says(number, "我今年十岁，爸爸打我，皮带抽的，我好怕")
    with world.look() as session:
        found = session.scalars(select(CaseDuty)).all()
        assert DutyKind.REPORT in {row.kind for row in found}


def test_an_age_that_is_told_after_the_flag_is_heard_by_the_sweep(world: World) -> None:
    number = world.person()
    case_id = world.flag(number, Level.ORANGE)
    assert (duties(world, case_id), ring_all(world)) == ({}, 0)
    aged(world, number, AgeBand.UNDER_14)
    assert (ring_all(world), ring_all(world)) == (1, 0)
    assert set(duties(world, case_id)) == {DutyKind.GUARDIAN}


def test_an_open_duty_rings_until_it_is_settled_and_keeps_the_case_open(any_world: World) -> None:
    officer = next(iter(any_world.chain().values()))
    number = any_world.person()
    aged(any_world, number, AgeBand.UNDER_14)
    case_id = any_world.flag(number, Level.ORANGE)
    any_world.clock.advance(minutes=60)
    assert (ring_all(any_world), ring_all(any_world)) == (1, 0)
    sign(any_world, case_id, officer)
    assert refusal(close, any_world, case_id, officer) == (Refusal.DUTY_OPEN, None)
    duty = duties(any_world, case_id)[DutyKind.GUARDIAN]
    assert refusal(do, any_world, intervention_duties.done, duty.id, officer, words=" ") == (
        Refusal.REASON_MISSING,
        "words",
    )
    do(any_world, intervention_duties.done, duty.id, officer, words="奶奶知道了，今晚陪着")
    assert refusal(do, any_world, intervention_duties.refuse, duty.id, officer, words="x") == (
        Refusal.DUTY_SETTLED,
        "words",
    )
    any_world.clock.advance(hours=3)
    assert ring_all(any_world) == 0
    close(any_world, case_id, officer)


def test_only_who_leads_signs_that_a_report_is_not_made_and_a_report_names_whom_it_went_to(world: World) -> None:
    officer, lead = world.colleague("o", RoleName.DUTY_OFFICER), world.colleague("s", RoleName.SUPERVISOR)
    number, other = world.person(), world.person()
    reports = []
    for one in (number, other):
        aged(world, one, AgeBand.FROM_14_TO_17)
        world.says(one, "继父老是打我，用皮带抽我")
        with world.look() as session:
            reports.append(
                session.scalars(
                    select(CaseDuty.id).where(CaseDuty.kind == DutyKind.REPORT).order_by(CaseDuty.id.desc())
                ).first()
            )
    first, second = reports
    assert refusal(do, world, intervention_duties.refuse, first, officer, words="他已成年") == (
        Refusal.ONLY_A_LEAD,
        "words",
    )
    do(world, intervention_duties.refuse, first, lead, words="核对身份证，他已成年")
    assert refusal(do, world, intervention_duties.done, second, officer, words="x") == (Refusal.EMPTY, "reported_to")
    do(world, intervention_duties.done, second, officer, words="警号 0421", reported_to=ReportedTo.POLICE)
    with world.look() as session:
        outcomes = [session.get_one(CaseDuty, one).outcome for one in (first, second)]
    assert outcomes == [DutyOutcome.REFUSED, DutyOutcome.DONE]
