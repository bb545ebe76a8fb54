"""Whoever needs us often is seen as such, and a plan says who, how often, what helps and what does not."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest
from sqlalchemy import select, text

from care import contact_plans, crises, seen_flags
from care.refusals import Refusal, Refused
from models.beneficiaries import Beneficiary
from models.contact_plans import ContactPlan
from models.crises import UncheckedReason
from models.staff import RoleName
from tests.fixtures.world import ZONE, World, at_once
from triage.levels import Level

PLAN: dict[str, Any] = {
    "who": "陈瑜，不在时找张敏",
    "how_often": "每周二下午二十分钟",
    "helps": "先听她说完",
    "helps_not": "换人，重新问一遍",
    "with_person": True,
    "review_on": date(2026, 5, 1),
}


def write(world: World, person: int, author: int, above: int = 0, **more: Any) -> int:
    with world.work() as session:
        return contact_plans.write(
            session=session,
            author=world.actor(session, author),
            beneficiary_id=person,
            above=above,
            words=contact_plans.Words(**PLAN | more),
            now=world.clock(),
            timezone=ZONE,
        ).version_no


def refusal(deed: Any, *args: Any, **more: Any) -> tuple[Refusal, str | None]:
    with pytest.raises(Refused) as refused:
        deed(*args, **more)
    return refused.value.refusal, refused.value.field


def frequency(world: World, person: int) -> contact_plans.Frequency:
    with world.look() as session:
        return contact_plans.frequency(session=session, beneficiary_id=person, now=world.clock())


def frequent(world: World) -> list[int]:
    with world.look() as session:
        return [one.id for one in contact_plans.frequent(session=session, now=world.clock())]


def test_eight_days_with_words_in_four_weeks_make_a_frequent_contact(any_world: World) -> None:
    chat, decoy = any_world.person(), any_world.person()
    person = any_world.conversation(chat).beneficiary_id
    for number in range(8):
        assert not frequency(any_world, person).is_frequent
        any_world.says(chat, f"今天第{number}天")
        any_world.says(chat, "再说一句")
        any_world.says(decoy, "在吗") if number < 7 else None
        any_world.clock.advance(days=1)
    found = frequency(any_world, person)
    assert (found.days_written, found.cases, found.is_frequent) == (8, 0, True)
    assert frequent(any_world) == [person]
    any_world.clock.advance(days=27)
    assert not frequency(any_world, person).is_frequent
    assert frequent(any_world) == []


def test_three_cases_in_four_weeks_make_one_too(world: World) -> None:
    officer = world.colleague("officer", RoleName.DUTY_OFFICER)
    chat = world.person()
    person = world.conversation(chat).beneficiary_id
    for number in range(3):
        assert frequency(world, person).cases == number
        case_id = world.flag(chat, Level.ORANGE)
        with world.work() as session:
            crises.close(
                session=session,
                case_id=case_id,
                seen_flag_id=seen_flags.newest(session=session, case_id=case_id),
                actor=world.actor(session, officer),
                reason="见过面",
                now=world.clock(),
                unchecked=crises.Unchecked(UncheckedReason.NOT_REACHED),
            )
    assert frequency(world, person).is_frequent
    assert frequent(world) == [person]


def test_a_plan_grows_by_versions_and_an_older_page_is_told(any_world: World) -> None:
    author = any_world.colleague("author", RoleName.COUNSELOR)
    person = any_world.conversation(any_world.person()).beneficiary_id
    assert write(any_world, person, author) == 1
    assert write(any_world, person, author) == 1
    assert write(any_world, person, author, above=1, helps="散步") == 2
    assert refusal(write, any_world, person, author, above=1, helps="听戏") == (Refusal.CHANGED_MEANWHILE, "who")
    done = at_once(
        *[lambda number=number: write(any_world, person, author, above=2, helps=f"第{number}种") for number in range(4)]
    )
    assert [one for one in done if isinstance(one, int)] == [3]
    with any_world.look() as session:
        rows = contact_plans.versions(session=session, beneficiary_id=person)
        assert [row.version_no for row in rows] == [3, 2, 1]
        assert [row.version_no for row in contact_plans.plans(session=session)] == [3]
        newest = contact_plans.newest(session=session, beneficiary_id=person)
        assert newest is not None
        assert newest.version_no == 3


@pytest.mark.parametrize(
    ("given", "found"),
    [
        ({"who": " "}, (Refusal.EMPTY, "who")),
        ({"how_often": ""}, (Refusal.EMPTY, "how_often")),
        ({"helps": "长" * 2001}, (Refusal.TOO_LONG, "helps")),
        ({"review_on": None}, (Refusal.WRONG_VALUE, "review_on")),
        ({"review_on": date(2026, 3, 1)}, (Refusal.WRONG_VALUE, "review_on")),
        ({"review_on": date(2026, 8, 30)}, (Refusal.WRONG_VALUE, "review_on")),
    ],
)
def test_a_plan_names_somebody_and_a_day_on_which_it_is_looked_at(
    world: World, given: dict[str, Any], found: tuple[Refusal, str]
) -> None:
    author = world.colleague("author", RoleName.COUNSELOR)
    person = world.conversation(world.person()).beneficiary_id
    assert refusal(write, world, person, author, **given) == found
    assert refusal(write, world, 4711, author) == (Refusal.NOT_FOUND, None)
    with world.look() as session:
        assert session.scalars(select(ContactPlan)).all() == []


def test_a_version_is_never_changed_and_is_stored_unreadable(world: World) -> None:
    author = world.colleague("author", RoleName.COUNSELOR)
    person = world.conversation(world.person()).beneficiary_id
    write(world, person, author)
    with pytest.raises(RuntimeError), world.work() as session:
        session.scalars(select(ContactPlan)).one().helps = "later"
    with world.look() as session:
        stored = session.execute(text("SELECT who, how_often, helps, helps_not FROM contact_plans")).one()
        assert all("陈瑜".encode() not in bytes(one) for one in stored)
        assert session.get_one(Beneficiary, person)
