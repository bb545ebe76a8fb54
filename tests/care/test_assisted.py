"""Filling in together: only with the person there and willing, marked as such, and as alarming as anywhere."""

from __future__ import annotations

import secrets
from typing import Any

import pytest
from sqlalchemy import select

from care import assisted, people
from care.refusals import Refusal, Refused
from models.assisted import AssistedSession, Present
from models.beneficiaries import AgeBand, Beneficiary
from models.crises import CrisisCase, LevelName
from models.screenings import AnswerMode, Screening, ScreeningAnswer
from models.staff import RoleName
from tests.fixtures.world import SECRET, ZONE, World, at_once
from triage.instruments import item_by_key


@pytest.fixture
def kept(world: World) -> World:
    """A world whose rows stay readable after the unit of work."""
    world.sessions.configure(expire_on_commit=False)
    return world


def begin(world: World, staff_id: int, *, key: str | None = None, **more: Any) -> int:
    with world.work() as session:
        plain = {"code": "", "present": "nobody_else", "person_there": True, "agreed": True}
        return assisted.begin(
            session=session,
            secret=SECRET,
            actor=world.actor(session, staff_id),
            key=key or secrets.token_urlsafe(32),
            language="zh-CN",
            now=world.clock(),
            **plain | more,
        ).id


def answer(world: World, sitting: int, staff_id: int, key: str, *values: str) -> None:
    with world.work() as session:
        assisted.answer(
            session=session,
            sitting_id=sitting,
            actor=world.actor(session, staff_id),
            key=key,
            values=values,
            now=world.clock(),
            timezone=ZONE,
        )


def asked(world: World, sitting: int) -> str | None:
    with world.look() as session:
        step = assisted.next_step(session=session, sitting=session.get_one(AssistedSession, sitting))
        if step is None:
            return None
        return step.ask.value if step.ask else step.item.key if step.item else None


ANSWERS = {"age_band": ("60-plus",), "worries": ("illness", "sleep"), "urgency": ("week",)}


def all_answers(world: World, sitting: int, staff_id: int, **special: str) -> list[str]:
    seen = []
    while (key := asked(world, sitting)) is not None:
        seen.append(key)
        if key in special:
            values: tuple[str, ...] = (special[key],)
        elif "." in key:
            values = (special.get(key.replace("-", "_").replace(".", "_"), str(min(item_by_key(key).values))),)
        else:
            values = ANSWERS.get(key, ("yes",))
        answer(world, sitting, staff_id, key, *values)
    return seen


def refusal(deed: Any, *args: Any, **more: Any) -> tuple[Refusal, str | None]:
    with pytest.raises(Refused) as refused:
        deed(*args, **more)
    return refused.value.refusal, refused.value.field


def test_a_new_person_is_asked_one_thing_after_the_other_and_every_answer_is_marked(kept: World) -> None:
    worker = kept.colleague("sun", RoleName.SOCIAL_WORKER)
    sitting = begin(kept, worker, present="family")
    seen = all_answers(kept, sitting, worker)
    assert seen[:6] == ["age_band", "worries", "urgency", "care", "share", "contact"]
    assert seen[6] == "phq-9.1"
    with kept.look() as session:
        row = session.get_one(AssistedSession, sitting)
        assert (row.staff_id, row.present, row.agreed, row.person_there) == (worker, Present.FAMILY, True, True)
        assert set(session.scalars(select(ScreeningAnswer.mode))) == {AnswerMode.ASSISTED}
        assert session.scalars(select(Screening.complete)).all() == [True]
        person = session.get_one(Beneficiary, row.beneficiary_id)
        assert person.age_band is AgeBand.OLDER
        assert person.intake is not None
        assert person.intake.worries == ["illness", "sleep"]


@pytest.mark.parametrize(
    ("wrong", "expected"),
    [
        ({"person_there": False}, (Refusal.NOT_PRESENT, "person_there")),
        ({"agreed": False}, (Refusal.NOT_PRESENT, "agreed")),
        ({"present": "the cat"}, (Refusal.WRONG_VALUE, "present")),
        ({"code": "NY-XXXXX"}, (Refusal.UNKNOWN_CODE, "code")),
        ({"key": "short"}, (Refusal.WRONG_VALUE, "key")),
    ],
)
def test_nobody_is_filled_in_for_behind_their_back(world: World, wrong: dict[str, Any], expected: Any) -> None:
    worker = world.colleague("sun", RoleName.SOCIAL_WORKER)
    assert refusal(begin, world, worker, **wrong) == expected
    with world.look() as session:
        assert session.scalars(select(AssistedSession.id)).all() == []


def test_what_is_known_is_not_asked_again_and_another_worker_does_not_sit_in(kept: World) -> None:
    worker, other = (kept.colleague(name, RoleName.SOCIAL_WORKER) for name in ("sun", "lan"))
    talk = kept.person()
    with kept.work() as session:
        person = session.get_one(Beneficiary, kept.conversation(talk).beneficiary_id)
        person.age_band, code = AgeBand.ADULT, person.code
    sitting = begin(kept, worker, code=code.lower())
    assert asked(kept, sitting) == "worries"
    assert refusal(begin, kept, other, code=code) == (Refusal.OWNED_BY_COLLEAGUE, "code")
    assert begin(kept, worker, code=code) == sitting
    assert refusal(answer, kept, sitting, other, "worries", "money") == (Refusal.NOT_FOUND, None)


def test_an_alarming_answer_rings_at_once(kept: World) -> None:
    kept.chain()
    worker = kept.colleague("sun", RoleName.SOCIAL_WORKER)
    sitting = begin(kept, worker)
    all_answers(kept, sitting, worker, asq_1="1", asq_5="1")
    with kept.look() as session:
        (case,) = session.scalars(select(CrisisCase)).all()
        assert case.level is LevelName.RED
        assert assisted.danger(session=session, sitting=session.get_one(AssistedSession, sitting))


def test_same_form_sent_twice_and_at_once_begins_once(any_world: World) -> None:
    any_world.sessions.configure(expire_on_commit=False)
    worker = any_world.colleague("sun", RoleName.SOCIAL_WORKER)
    talk = any_world.person()
    with any_world.look() as session:
        code = session.get_one(Beneficiary, any_world.conversation(talk).beneficiary_id).code
    key = secrets.token_urlsafe(32)
    results = at_once(*[lambda: begin(any_world, worker, key=key, code=code)] * 4)
    assert len({result for result in results if isinstance(result, int)}) == 1
    assert begin(any_world, worker, key=key, code=code) in results


def test_the_paper_code_brings_the_person_back_and_ends_the_old_one(kept: World) -> None:
    worker = kept.colleague("sun", RoleName.SOCIAL_WORKER)
    with kept.work() as session:
        door = people.open_door(session=session, secret=SECRET, language="zh-CN", now=kept.clock())
        old, code, number = door.return_code, door.conversation.beneficiary.code, door.conversation.beneficiary_id
    sitting = begin(kept, worker, code=code)
    with kept.work() as session:
        fresh = assisted.paper_code(
            session=session, secret=SECRET, sitting_id=sitting, actor=kept.actor(session, worker), now=kept.clock()
        )
    with kept.work() as session:
        back = people.resume(session=session, secret=SECRET, typed_code=fresh, now=kept.clock())
        assert back.conversation.beneficiary_id == number
        with pytest.raises(Refused):
            people.resume(session=session, secret=SECRET, typed_code=old or "", now=kept.clock())


def test_after_the_end_nothing_is_written_any_more(kept: World) -> None:
    worker = kept.colleague("sun", RoleName.SOCIAL_WORKER)
    sitting = begin(kept, worker)
    for _twice in range(2):
        with kept.work() as session:
            assisted.end(session=session, sitting_id=sitting, actor=kept.actor(session, worker), now=kept.clock())
    assert refusal(answer, kept, sitting, worker, "age_band", "60-plus")[0] is Refusal.SITTING_OVER


@pytest.mark.parametrize(
    ("key", "values"),
    [("age_band", ("old",)), ("worries", ("gold",)), ("urgency", ()), ("care", ("maybe",)), ("phq-9.1", ("0",))],
)
def test_what_is_no_answer_is_refused(kept: World, key: str, values: tuple[str, ...]) -> None:
    worker = kept.colleague("sun", RoleName.SOCIAL_WORKER)
    sitting = begin(kept, worker)
    assert refusal(answer, kept, sitting, worker, key, *values)[0] in (Refusal.WRONG_VALUE, Refusal.EMPTY)
    assert asked(kept, sitting) == "age_band"
