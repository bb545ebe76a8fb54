"""Whom a report may mean is not rung by that case, takes no part in it, and the alarm passes on."""

from __future__ import annotations

from functools import partial
from typing import Any

import pytest
from sqlalchemy import select

from care import (
    alarms,
    case_changes,
    crises,
    desk,
    interventions,
    kept_away,
    risk_checks,
    seen_flags,
    transfers,
    worried_reports,
)
from care.refusals import Refusal, Refused
from models.audit import AuditEntry
from models.conversations import Conversation
from models.crises import CrisisCase, UncheckedReason
from models.duty import DutyPosition
from models.interventions import Basis, StepKind
from models.kept_away import KeptWhy
from models.outbox import OutboxKind, OutboxRow
from models.staff import RoleName, StaffMember
from tests.care.test_notices import address
from tests.fixtures.world import SECRET, ZONE, World, at_once
from triage.levels import Level


def name(world: World, staff_id: int, called: str) -> None:
    with world.work() as session:
        session.get_one(StaffMember, staff_id).display_name = called


def report(world: World, words: str, *, staff_id: int | None = None, key: str = "k" * 16, **more: Any) -> CrisisCase:
    with world.work() as session:
        staff = session.get_one(StaffMember, staff_id) if staff_id else None
        found = worried_reports.tell(
            session=session,
            secret=SECRET,
            form_key=key,
            form=worried_reports.Form(**{"sight": "soon", "words": words, "about": "三楼的老太太"} | more),
            origin=worried_reports.Origin(staff=staff),
            language="zh-CN",
            now=world.clock(),
            timezone=ZONE,
        )
        number = found.case_id
    return world.case(number)


def flag_about(world: World, conversation_id: int, level: Level, staff_id: int) -> CrisisCase:
    return world.case(world.flag(conversation_id, level, about=(staff_id,)))


def refused(world: World, who: int, verb: Any, /, **more: Any) -> Refusal:
    with pytest.raises(Refused) as caught, world.work() as session:
        verb(session=session, actor=world.actor(session, who), now=world.clock(), **more)
    return caught.value.refusal


def test_the_one_whom_a_report_names_is_passed_by_and_the_next_rung_rings(world: World) -> None:
    chain = world.chain()
    name(world, chain[DutyPosition.ON_CALL], "王建国")
    case = report(world, "王老师一直骂她打她，她说不想活了")
    assert [(hop.position, hop.staff_id) for hop in case.escalations] == [
        (DutyPosition.ON_CALL, None),
        (DutyPosition.STAND_IN, chain[DutyPosition.STAND_IN]),
    ]
    assert case.owner_id == chain[DutyPosition.STAND_IN]
    # Another case rings them as ever.
    assert world.case(world.flag(world.person(), Level.RED)).owner_id == chain[DutyPosition.ON_CALL]


def test_round_and_round_the_alarm_never_rings_them_and_tells_everybody_else(world: World) -> None:
    chain = world.chain()
    meant = chain[DutyPosition.SUPERVISOR]
    name(world, meant, "赵敏")
    case = report(world, "赵敏打她，她要寻短见")
    for _ in range(9):
        world.clock.advance(minutes=3)
        with world.work() as session:
            assert crises.climb_if_due(session=session, case_id=case.id, now=world.clock())
    rung = {hop.staff_id for hop in world.case(case.id).escalations}
    assert rung == {None, *chain.values()} - {meant}
    with world.work() as session:
        row = session.scalars(
            select(OutboxRow).where(OutboxRow.kind == OutboxKind.CRISIS_NOTICE).order_by(OutboxRow.id.desc())
        ).first()
        assert row is not None
        assert row.payload["everybody"]
        stored = session.get_one(CrisisCase, case.id)
        told = {one.id for one in alarms._whom(session, row, stored, world.clock())}
    assert told == set(chain.values()) - {meant}


def test_with_only_them_on_the_roster_somebody_else_is_told(world: World) -> None:
    meant, manager = world.colleague("o", RoleName.DUTY_OFFICER), world.colleague("m", RoleName.BASE_MANAGER)
    world.turn(meant)
    name(world, meant, "王建国")
    case = report(world, "王建国打她，她说活不下去了")
    assert (case.owner_id, {hop.staff_id for hop in case.escalations}) == (manager, {None})


def test_the_last_one_left_at_the_base_is_rung_even_so_and_still_cannot_take_it(world: World) -> None:
    meant = world.colleague("o", RoleName.DUTY_OFFICER)
    world.turn(meant)
    name(world, meant, "王建国")
    case = report(world, "王建国打她，她说活不下去了")
    assert case.owner_id == meant
    with world.work() as session:
        row = session.scalars(select(OutboxRow).where(OutboxRow.kind == OutboxKind.CRISIS_NOTICE)).first()
        assert row is not None
        told = [one.id for one in alarms._whom(session, row, session.get_one(CrisisCase, case.id), world.clock())]
    assert told == [meant]
    assert refused(world, meant, crises.acknowledge, case_id=case.id) is Refusal.KEPT_AWAY


def test_they_neither_take_nor_close_nor_lower_the_case_nor_silence_it(world: World) -> None:
    chain = world.chain()
    meant, other = chain[DutyPosition.ON_CALL], chain[DutyPosition.STAND_IN]
    number = world.person()
    case = flag_about(world, number, Level.ORANGE, meant)
    seen = case.flags[-1].id
    assert refused(world, meant, crises.acknowledge, case_id=case.id) is Refusal.KEPT_AWAY
    close = {"case_id": case.id, "reason": "ok", "seen_flag_id": seen}
    unchecked = crises.Unchecked(UncheckedReason.DECLINED)
    assert refused(world, meant, crises.close, unchecked=unchecked, **close) is Refusal.KEPT_AWAY
    lower = {"case_id": case.id, "to_level": Level.YELLOW, "reason": "calm", "seen_flag_id": seen}
    assert refused(world, meant, case_changes.propose_lowering, **lower) is Refusal.KEPT_AWAY
    with world.work() as session:
        person = session.get_one(Conversation, number).beneficiary_id
        crises.note_contact(
            session=session, beneficiary_id=person, actor=world.actor(session, meant), now=world.clock()
        )
    assert (world.case(case.id).contacted_at, world.case(case.id).climbs_at) == (None, case.climbs_at)
    with world.work() as session:
        crises.acknowledge(session=session, case_id=case.id, actor=world.actor(session, other), now=world.clock())
    assert world.case(case.id).acknowledged_by_id == other


def test_a_report_about_whoever_has_the_case_already_rings_somebody_else_at_once(world: World) -> None:
    chain = world.chain()
    meant = chain[DutyPosition.ON_CALL]
    number = world.person()
    case_id = world.flag(number, Level.RED)
    with world.work() as session:
        actor = world.actor(session, meant)
        desk.take_over(session=session, conversation_id=number, actor=actor, now=world.clock())
        crises.acknowledge(session=session, case_id=case_id, actor=actor, now=world.clock())
    case = flag_about(world, number, Level.YELLOW, meant)
    assert (case.id, case.acknowledged_at, case.owner_id) == (case_id, None, chain[DutyPosition.STAND_IN])
    assert case.climbs_at is not None
    # Raised higher, with them still in the chat: that they see the words is not an answer any more.
    case = world.case(world.flag(number, Level.EMERGENCY))
    assert (case.acknowledged_at, case.owner_id) == (None, chain[DutyPosition.SUPERVISOR])


@pytest.mark.parametrize(
    ("called", "words", "is_meant"),
    [
        ("王建国", "王阿姨说活不下去了", False),
        ("王建国", "王阿姨天天打她，她说活不下去了", True),
        ("王建国", "小王说不想活了", False),
        ("王建国", "王老师来过以后她说不想活了", True),
        ("王建国", "王建国来过以后她说不想活了", True),
        ("Lin", "She stands on the line and does not want to live", False),
        ("Lin", "Since Lin came she does not want to live", True),
    ],
)
def test_a_neighbour_s_name_keeps_a_colleague_away_only_over_harm(
    world: World, called: str, words: str, is_meant: bool
) -> None:
    meant = world.chain()[DutyPosition.ON_CALL]
    name(world, meant, called)
    case = report(world, words)
    with world.look() as session:
        assert (meant in kept_away.of_case(session=session, case_id=case.id)) is is_meant


def test_a_colleague_s_own_report_keeps_somebody_away_only_over_harm(world: World) -> None:
    chain = world.chain()
    meant, writer = chain[DutyPosition.ON_CALL], world.colleague("w", RoleName.SOCIAL_WORKER)
    name(world, meant, "王建国")
    name(world, writer, "李芳")
    asks = report(world, "我已经跟王老师说过，她说不想活了", staff_id=writer)
    assert asks.owner_id == meant
    harm = report(world, "她说自己一直被王老师打，李老师亲眼看见伤", staff_id=writer, key="j" * 16)
    with world.look() as session:
        assert kept_away.of_case(session=session, case_id=harm.id) == {meant}


def test_nobody_who_is_meant_is_promised_to_call_the_one_who_is_worried(world: World) -> None:
    meant, other = world.colleague("o", RoleName.DUTY_OFFICER), world.colleague("c", RoleName.COUNSELOR)
    world.turn(meant, here=True)
    world.turn(other, DutyPosition.STAND_IN, here=True)
    name(world, meant, "王建国")
    case = report(world, "王建国打她，她说活不下去了", reporter_phone="13800000000")
    with world.look() as session:
        found = worried_reports.of_case(session=session, case_id=case.id)[0]
        assert found.owner_id == other


def test_a_lead_who_is_not_meant_lets_back_whom_the_words_did_not_mean(world: World) -> None:
    chain = world.chain()
    meant, lead = chain[DutyPosition.ON_CALL], chain[DutyPosition.SUPERVISOR]
    number = world.person()
    case = flag_about(world, number, Level.RED, meant)
    with world.work() as session:
        kept_away.add(
            session=session,
            case=session.get_one(CrisisCase, case.id),
            staff_ids=[chain[DutyPosition.BASE_LEADER]],
            why=KeptWhy.REPORT,
            now=world.clock(),
        )
    let: dict[str, Any] = {"case_id": case.id, "staff_id": meant, "words": "同名的邻居"}
    # Nobody for themselves, no colleague without that duty, and no lead who is meant as well.
    assert refused(world, meant, kept_away.let_back, **let) is Refusal.NOT_YOURS
    assert refused(world, chain[DutyPosition.STAND_IN], kept_away.let_back, **let) is Refusal.NOT_YOURS
    assert refused(world, chain[DutyPosition.BASE_LEADER], kept_away.let_back, **let) is Refusal.KEPT_AWAY
    assert refused(world, lead, kept_away.let_back, **let | {"staff_id": lead}) is Refusal.NOT_FOUND
    assert refused(world, lead, kept_away.let_back, **let | {"words": " "}) is Refusal.REASON_MISSING
    for _ in range(2):
        with world.work() as session:
            kept_away.let_back(session=session, actor=world.actor(session, lead), now=world.clock(), **let)
    with world.work() as session:
        crises.acknowledge(session=session, case_id=case.id, actor=world.actor(session, meant), now=world.clock())
    with world.look() as session:
        verbs = session.scalars(
            select(AuditEntry.verb).where(AuditEntry.verb.in_(("crisis.keep_away", "crisis.let_back")))
        ).all()
    assert list(verbs) == ["crisis.keep_away", "crisis.keep_away", "crisis.let_back"]
    # Their name comes up again: the rule holds again.
    assert flag_about(world, number, Level.RED, meant).acknowledged_by_id is None


def test_what_a_page_had_shown_is_asked_only_of_those_who_may_decide(world: World) -> None:
    meant = world.chain()[DutyPosition.ON_CALL]
    case = flag_about(world, world.person(), Level.ORANGE, meant)
    with world.look() as session:
        assert seen_flags.newest(session=session, case_id=case.id) > 0
    close = {"case_id": case.id, "reason": "ok", "seen_flag_id": 0}
    assert refused(world, meant, crises.close, **close) is Refusal.KEPT_AWAY


def keep(world: World, who: int, case_id: int, staff_id: int, words: str = "她说打她的就是他") -> None:
    with world.work() as session:
        crises.keep_away(
            session=session,
            case_id=case_id,
            staff_id=staff_id,
            actor=world.actor(session, who),
            words=words,
            now=world.clock(),
        )


def told_of_keeping(world: World) -> list[int | None]:
    with world.look() as session:
        rows = session.scalars(select(OutboxRow).where(OutboxRow.kind == OutboxKind.NOTICE).order_by(OutboxRow.id))
        return [row.contact.staff_id for row in rows if row.dedupe_key.startswith("kept-") and row.contact]


def test_whoever_is_there_keeps_a_colleague_away_by_hand_and_the_next_rung_rings_at_once(world: World) -> None:
    chain = world.chain()
    for staff_id in chain.values():
        address(world, staff_id)
    meant, officer = chain[DutyPosition.ON_CALL], chain[DutyPosition.STAND_IN]
    decoy = world.case(world.flag(world.person(), Level.RED))
    case = world.case(world.flag(world.person(), Level.RED))
    assert case.owner_id == meant
    keep(world, officer, case.id, meant)
    stored = world.case(case.id)
    assert (stored.owner_id, stored.hops) == (officer, case.hops + 1)
    assert world.case(decoy.id).owner_id == meant
    # Pressed twice it is one word, one ring, one notice to each lead.
    keep(world, officer, case.id, meant)
    assert world.case(case.id).hops == stored.hops
    assert told_of_keeping(world) == [chain[DutyPosition.SUPERVISOR], chain[DutyPosition.BASE_LEADER]]
    with world.look() as session:
        (row,) = kept_away.rows_of(session=session, case_id=case.id)
        assert (row.why, row.by_id, row.words) == (KeptWhy.LEAD, officer, "她说打她的就是他")


def test_a_lead_who_is_named_by_hand_is_not_told_of_it(world: World) -> None:
    chain = world.chain()
    for staff_id in chain.values():
        address(world, staff_id)
    case_id = world.flag(world.person(), Level.RED)
    keep(world, chain[DutyPosition.ON_CALL], case_id, chain[DutyPosition.SUPERVISOR])
    assert told_of_keeping(world) == [chain[DutyPosition.BASE_LEADER]]


def test_keeping_away_asks_for_a_reason_and_for_a_colleague_who_is_there(world: World) -> None:
    chain = world.chain()
    officer, meant = chain[DutyPosition.STAND_IN], chain[DutyPosition.ON_CALL]
    case_id = world.flag(world.person(), Level.ORANGE)

    def no(who: int, staff_id: int, words: str = "她说就是他") -> Refusal:
        with pytest.raises(Refused) as caught:
            keep(world, who, case_id, staff_id, words)
        return caught.value.refusal

    assert no(officer, meant, "  ") is Refusal.REASON_MISSING
    assert no(officer, meant, "字" * 501) is Refusal.TOO_LONG
    assert no(officer, officer) is Refusal.WRONG_VALUE
    assert no(officer, 10**9) is Refusal.NOT_FOUND
    keep(world, officer, case_id, meant)
    # Whom it may be about does not drive the others from the case.
    assert no(meant, officer) is Refusal.KEPT_AWAY
    with pytest.raises(Refused, match="not_found"):
        keep(world, officer, 10**9, meant)


def test_they_take_no_step_sign_no_check_and_get_no_chat_of_the_person(world: World) -> None:
    chain = world.chain()
    meant, officer = chain[DutyPosition.SUPERVISOR], chain[DutyPosition.ON_CALL]
    number = world.person()
    case_id = world.flag(number, Level.RED)
    with world.work() as session:
        desk.take_over(session=session, conversation_id=number, actor=world.actor(session, officer), now=world.clock())
    keep(world, officer, case_id, meant)
    step = interventions.Step(kind=StepKind.ASK, basis=Basis.CONSENT)
    assert refused(world, meant, interventions.take, case_id=case_id, step=step, key="k" * 16) is Refusal.KEPT_AWAY
    with pytest.raises(Refused, match="kept_away"), world.work() as session:
        risk_checks.sign(
            session=session,
            author=world.actor(session, meant),
            case_id=case_id,
            key="c" * 16,
            fields={},
            now=world.clock(),
        )
    # A supervisor may step in while somebody speaks; not this one, and nobody passes the chat on to them either.
    assert refused(world, meant, desk.take_over, conversation_id=number) is Refusal.KEPT_AWAY
    with world.work() as session:
        offered = transfers.offer(
            session=session,
            conversation_id=number,
            actor=world.actor(session, officer),
            receiver_id=meant,
            reason="下班了",
            now=world.clock(),
        ).id
    assert refused(world, meant, transfers.accept, transfer_id=offered) is Refusal.KEPT_AWAY
    assert world.case(case_id).acknowledged_by_id == officer


def test_taking_the_case_and_being_kept_away_in_the_same_second_leaves_them_without_it(any_world: World) -> None:
    world = any_world
    chain = world.chain()
    meant, officer = chain[DutyPosition.ON_CALL], chain[DutyPosition.STAND_IN]

    def take(case_id: int) -> None:
        with world.work() as session:
            crises.acknowledge(session=session, case_id=case_id, actor=world.actor(session, meant), now=world.clock())

    for _ in range(6):
        case_id = world.flag(world.person(), Level.RED)
        at_once(partial(take, case_id), partial(keep, world, officer, case_id, meant))
        case = world.case(case_id)
        assert (case.acknowledged_by_id, case.owner_id) == (None, officer)
        assert case.climbs_at is not None
        with pytest.raises(Refused, match="kept_away"):
            take(case_id)
