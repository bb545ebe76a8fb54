"""No case is closed before somebody has asked; an answer may raise it, and what was signed stays as it was."""

from __future__ import annotations

from typing import Any

import pytest
from sqlalchemy import select, text, update
from sqlalchemy.exc import IntegrityError

from care import crises, risk_checks, seen_flags
from care.refusals import Refusal, Refused
from models.audit import AuditEntry
from models.crises import CrisisCase, LevelName, UncheckedReason
from models.migrate import downgrade, upgrade
from models.risk_checks import RiskCheck, RiskCheckDraft
from models.staff import RoleName
from tests.fixtures.world import World, at_once
from triage.levels import Level

CALM: dict[str, str] = {
    "thoughts": "none",
    "plan": "none",
    "means": "none",
    "time_frame": "none",
    "attempts": "never",
    "company": "trusted",
    "company_words": "姐姐今晚住在她家",
    "protects": "several",
    "judgement": "blue",
    "judgement_words": "说话平静，家里有人。",
}


def sign(world: World, case_id: int, staff_id: int, *, key: str = "k" * 32, **fields: str) -> int:
    with world.work() as session:
        return risk_checks.sign(
            session=session,
            author=world.actor(session, staff_id),
            case_id=case_id,
            key=key,
            fields=CALM | fields,
            now=world.clock(),
        ).id


def save(world: World, case_id: int, staff_id: int, version: int, **fields: str) -> int:
    with world.work() as session:
        return risk_checks.save(
            session=session,
            author=world.actor(session, staff_id),
            case_id=case_id,
            version=version,
            fields=fields,
            now=world.clock(),
        ).version


def close(world: World, case_id: int, staff_id: int, unchecked: crises.Unchecked | None = None) -> None:
    with world.work() as session:
        crises.close(
            session=session,
            case_id=case_id,
            seen_flag_id=seen_flags.newest(session=session, case_id=case_id),
            actor=world.actor(session, staff_id),
            reason="见过面，安全",
            now=world.clock(),
            unchecked=unchecked,
        )


def refusal(deed: Any, *args: Any, **more: Any) -> tuple[Refusal, str | None]:
    with pytest.raises(Refused) as refused:
        deed(*args, **more)
    return refused.value.refusal, refused.value.field


def test_a_case_without_a_check_or_a_signed_reason_cannot_be_closed(any_world: World) -> None:
    officer = any_world.colleague("officer", RoleName.DUTY_OFFICER)
    case_id, decoy = any_world.flag(any_world.person(), Level.ORANGE), any_world.flag(any_world.person(), Level.ORANGE)
    sign(any_world, decoy, officer)
    assert refusal(close, any_world, case_id, officer) == (Refusal.RISK_CHECK_MISSING, "unchecked")
    # Whoever goes around the verb meets the database.
    with pytest.raises(IntegrityError), any_world.work() as session:
        session.execute(
            update(CrisisCase)
            .where(CrisisCase.id == case_id)
            .values(closed_at=any_world.clock(), closing_reason="x", closed_by_id=officer)
        )
    assert any_world.case(case_id).closed_at is None

    sign(any_world, case_id, officer, key="a" * 32)
    close(any_world, case_id, officer)
    assert any_world.case(case_id).closed_at == any_world.clock()
    assert any_world.case(decoy).closed_at is None


def test_a_signed_reason_closes_and_carries_its_name(any_world: World) -> None:
    officer = any_world.colleague("officer", RoleName.DUTY_OFFICER)
    case_id = any_world.flag(any_world.person(), Level.ORANGE)
    close(any_world, case_id, officer, crises.Unchecked(UncheckedReason.WRONG_PERSON, " 打错了 "))
    case = any_world.case(case_id)
    assert (case.unchecked_reason, case.unchecked_words, case.unchecked_by_id) == (
        UncheckedReason.WRONG_PERSON,
        "打错了",
        officer,
    )


@pytest.mark.parametrize(
    ("reason", "expected"),
    [
        (UncheckedReason.OTHER, (Refusal.REASON_MISSING, "unchecked_words")),
        (UncheckedReason.BEFORE_THE_RULE, (Refusal.WRONG_VALUE, "unchecked")),
        (UncheckedReason.EXERCISE, (Refusal.WRONG_VALUE, "unchecked")),
    ],
)
def test_a_reason_that_does_not_hold_is_refused(
    world: World, reason: UncheckedReason, expected: tuple[Refusal, str]
) -> None:
    officer = world.colleague("officer", RoleName.DUTY_OFFICER)
    case_id = world.flag(world.person(), Level.ORANGE)
    assert refusal(close, world, case_id, officer, crises.Unchecked(reason)) == expected


@pytest.mark.parametrize("excused", [True, False])
def test_a_new_flag_makes_the_check_the_excuse_and_the_proposal_worth_nothing(world: World, excused: bool) -> None:
    first, second = (world.colleague(name, RoleName.DUTY_OFFICER) for name in ("first", "second"))
    number = world.person()
    case_id = world.flag(number, Level.RED)
    if not excused:
        sign(world, case_id, first)
    close(world, case_id, first, crises.Unchecked(UncheckedReason.DECLINED) if excused else None)
    assert world.case(case_id).closing_reason
    world.flag(number, Level.YELLOW)
    case = world.case(case_id)
    assert (case.risk_check_id, case.unchecked_reason, case.closing_reason) == (None, None, None)
    assert refusal(close, world, case_id, second) == (Refusal.RISK_CHECK_MISSING, "unchecked")


@pytest.mark.parametrize(
    ("answers", "level"),
    [
        ({}, "yellow"),
        ({"thoughts": "wish"}, "orange"),
        ({"thoughts": "thoughts"}, "orange"),
        ({"thoughts": "now"}, "red"),
        ({"thoughts": "now", "means": "at_hand"}, "emergency"),
        ({"means": "at_hand"}, "yellow"),
        ({"thoughts": "thoughts", "means": "at_hand"}, "red"),
        ({"thoughts": "not_said", "thoughts_words": "只是哭", "means": "at_hand"}, "red"),
        ({"plan": "idea"}, "orange"),
        ({"plan": "plan"}, "red"),
        ({"plan": "prepared"}, "red"),
        ({"time_frame": "later"}, "yellow"),
        ({"time_frame": "week"}, "orange"),
        ({"time_frame": "three_days"}, "red"),
        ({"time_frame": "now"}, "emergency"),
        ({"attempts": "earlier"}, "yellow"),
        ({"attempts": "recent"}, "red"),
        ({"attempts": "just_now"}, "emergency"),
        ({"judgement": "red"}, "red"),
        ({"judgement": "green"}, "yellow"),
    ],
)
def test_answers_and_judgement_raise_the_case_and_never_lower_it(
    world: World, answers: dict[str, str], level: str
) -> None:
    officer = world.colleague("officer", RoleName.DUTY_OFFICER)
    case_id, high = world.flag(world.person(), Level.YELLOW), world.flag(world.person(), Level.EMERGENCY)
    check_id = sign(world, case_id, officer, **answers)
    sign(world, high, officer, key="b" * 32, **answers)
    case = world.case(case_id)
    assert case.level.value == level
    assert case.risk_check_id == check_id
    assert world.case(high).level is LevelName.EMERGENCY
    raised = level != "yellow"
    assert [flag.reasons for flag in case.flags] == [["a_reason"], ["risk_check"]][: 1 + raised]
    # To have asked is to have spoken with the person, unless the answers start a new clock.
    assert (case.contacted_at is None) is raised


def test_the_same_form_sent_twice_signs_once(any_world: World) -> None:
    officer = any_world.colleague("officer", RoleName.DUTY_OFFICER)
    case_id = any_world.flag(any_world.person(), Level.ORANGE)
    done = at_once(*[lambda: sign(any_world, case_id, officer, plan="plan")] * 2)
    assert len({one for one in done if isinstance(one, int)}) == 1
    with any_world.look() as session:
        assert len(session.scalars(select(RiskCheck)).all()) == 1
        verbs = session.scalars(select(AuditEntry.verb).where(AuditEntry.verb == "risk_check.sign")).all()
    assert len(verbs) == 1
    assert sign(any_world, case_id, officer, plan="plan") == done[0]


def test_a_signed_check_is_never_changed_and_another_may_follow(world: World) -> None:
    officer = world.colleague("officer", RoleName.DUTY_OFFICER)
    case_id = world.flag(world.person(), Level.ORANGE)
    first = sign(world, case_id, officer)
    with pytest.raises(RuntimeError), world.work() as session:
        session.get_one(RiskCheck, first).judgement_words = "later"
    second = sign(world, case_id, officer, key="c" * 32, thoughts="thoughts")
    assert world.case(case_id).risk_check_id == second != first
    with world.look() as session:
        assert [one.id for one in risk_checks.of_case(session=session, case_id=case_id)] == [second, first]


@pytest.mark.parametrize("name", [*risk_checks.QUESTIONS, "judgement", "judgement_words"])
def test_an_answer_that_is_missing_is_named(world: World, name: str) -> None:
    officer = world.colleague("officer", RoleName.DUTY_OFFICER)
    case_id = world.flag(world.person(), Level.ORANGE)
    reason = Refusal.REASON_MISSING if name == "judgement_words" else Refusal.EMPTY
    assert refusal(sign, world, case_id, officer, **{name: ""}) == (reason, name)
    if name != "judgement_words":
        assert refusal(sign, world, case_id, officer, **{name: "sleepy"}) == (Refusal.WRONG_VALUE, name)
    assert world.case(case_id).risk_check_id is None


def test_no_answer_to_the_first_question_needs_words(world: World) -> None:
    officer = world.colleague("officer", RoleName.DUTY_OFFICER)
    case_id = world.flag(world.person(), Level.ORANGE)
    found = refusal(sign, world, case_id, officer, thoughts="not_said")
    assert found == (Refusal.REASON_MISSING, "thoughts_words")


def test_a_draft_survives_a_closed_laptop_and_an_older_window_is_told(any_world: World) -> None:
    officer, other = (any_world.colleague(name, RoleName.DUTY_OFFICER) for name in ("officer", "other"))
    case_id, decoy = any_world.flag(any_world.person(), Level.ORANGE), any_world.flag(any_world.person(), Level.ORANGE)
    assert save(any_world, case_id, officer, 0, plan="idea", plan_words="还没想好") == 1
    assert save(any_world, case_id, officer, 1, plan="plan") == 2
    assert refusal(save, any_world, case_id, officer, 1, plan="none") == (Refusal.NOTE_CHANGED, "thoughts")
    assert save(any_world, case_id, other, 0, plan="none") == 1
    assert save(any_world, decoy, officer, 0, thoughts="none") == 1
    with any_world.look() as session:
        draft = risk_checks.draft_of(session=session, author=any_world.actor(session, officer), case_id=case_id)
        assert draft is not None
        assert draft.fields == {"plan": "plan"}
    sign(any_world, case_id, officer)
    with any_world.look() as session:
        left = session.scalars(select(RiskCheckDraft).order_by(RiskCheckDraft.id)).all()
        assert [(one.case_id, one.author_id) for one in left] == [(case_id, other), (decoy, officer)]


def test_words_are_bounded_and_stored_unreadable(world: World) -> None:
    officer = world.colleague("officer", RoleName.DUTY_OFFICER)
    case_id = world.flag(world.person(), Level.ORANGE)
    long = "长" * (risk_checks.LONGEST_WORDS + 1)
    assert refusal(save, world, case_id, officer, 0, plan_words=long) == (Refusal.TOO_LONG, "plan_words")
    assert refusal(sign, world, case_id, officer, plan_words=long) == (Refusal.TOO_LONG, "plan_words")
    sign(world, case_id, officer, plan_words="桥边")
    with world.look() as session:
        stored = session.execute(text("SELECT plan_words, judgement_words FROM risk_checks")).one()
    assert all("桥边".encode() not in bytes(one) and "平静".encode() not in bytes(one) for one in stored)


@pytest.mark.parametrize("deed", [sign, lambda world, case, staff: save(world, case, staff, 0)])
def test_a_closed_or_unknown_case_takes_no_check(world: World, deed: Any) -> None:
    officer = world.colleague("officer", RoleName.DUTY_OFFICER)
    case_id = world.flag(world.person(), Level.ORANGE)
    close(world, case_id, officer, crises.Unchecked(UncheckedReason.NOT_REACHED))
    assert refusal(deed, world, case_id, officer)[0] is Refusal.CASE_CLOSED
    assert refusal(deed, world, 4711, officer)[0] is Refusal.NOT_FOUND


def test_cases_closed_before_the_rule_say_so_after_the_update(any_world: World) -> None:
    officer = any_world.colleague("officer", RoleName.DUTY_OFFICER)
    case_id, open_case = (any_world.flag(any_world.person(), Level.ORANGE) for _ in range(2))
    close(any_world, case_id, officer, crises.Unchecked(UncheckedReason.NOT_REACHED))
    downgrade(any_world.engine, "0008")
    upgrade(any_world.engine)
    assert any_world.case(case_id).unchecked_reason is UncheckedReason.BEFORE_THE_RULE
    assert any_world.case(case_id).closed_at is not None
    assert [flag.reasons for flag in any_world.case(case_id).flags] == [["a_reason"]]
    assert any_world.case(open_case).unchecked_reason is None
