"""Applications: taken in once, checked by named colleagues, decided, and erased when their time is over."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta

import pytest
from sqlalchemy import func, select

from care import applications, qualifications
from care.applications import CHECKS, Form
from care.refusals import Refusal, Refused
from care.staff import Declined, Problem
from models.applications import Application, ApplicationState
from models.staff import RoleName, StaffMember, Team
from schedules.jobs import people as jobs
from schedules.runner import Tools
from tests.fixtures.people import station
from tests.fixtures.world import SECRET, ZONE, World, at_once

KEY = "a" * 43
GOOD = Form(name="林 晓", phone="138 0000 5550", about="想陪老人说说话", adult=True, agreed=True)


def _apply(world: World, form: Form = GOOD, key: str = KEY) -> int | None:
    with world.work() as session:
        row = applications.apply(
            session=session, secret=SECRET, form_key=key, form=form, language="zh-CN", now=world.clock()
        )
        return row.id if row else None


def _form(**more: object) -> Form:
    return Form(**{**GOOD.__dict__, **more})  # type: ignore[arg-type]


def _count(world: World) -> int:
    with world.look() as session:
        return session.scalar(select(func.count()).select_from(Application)) or 0


def _act(world: World, actor: int, deed: Callable[..., object], row_id: int, **more: object) -> None:
    with world.work() as session:
        deed(session=session, actor=world.actor(session, actor), application_id=row_id, now=world.clock(), **more)


def _check_all(world: World, actor: int, row_id: int, *, but: str = "") -> None:
    for step in CHECKS:
        if step.item != but:
            _act(world, actor, applications.check, row_id, item=step.item, note="看过原件")


def _approve(world: World, actor: int, row_id: int, username: str = "linxiao") -> int:
    with world.work() as session:
        member = applications.approve(
            session=session,
            actor=world.actor(session, actor),
            application_id=row_id,
            username=username,
            password_hash="!",
            now=world.clock(),
        )
        return member.id


@pytest.fixture
def lead(world: World) -> int:
    return world.colleague("lead", RoleName.SUPERVISOR)


def test_application_is_taken_in_with_known_words_only(world: World) -> None:
    where = station(world)
    row_id = _apply(
        world, _form(station_id=where, languages=["wu", "klingon"], wishes=["visit", "fly"], times=["weekend", "x"])
    )
    with world.look() as session:
        row = session.get_one(Application, row_id)
        assert (row.name, row.phone, row.station_id) == ("林 晓", "13800005550", where)
        assert (row.languages, row.wishes, row.times) == (["wu"], ["visit"], ["weekend"])


def test_name_and_number_lie_encrypted(world: World) -> None:
    _apply(world)
    with world.engine.connect() as connection:
        stored = connection.exec_driver_sql("SELECT name, phone, about, phone_hash FROM applications").one()
    assert all("林" not in str(part) and "13800005550" not in str(part) for part in stored)


def test_same_form_sent_by_ten_taps_at_once_is_one_application(any_world: World) -> None:
    results = at_once(*[lambda: _apply(any_world)] * 10)
    assert len(set(results)) == 1
    assert _count(any_world) == 1


def test_second_application_of_a_telephone_changes_nothing_and_tells_nobody_outside(world: World, lead: int) -> None:
    first = _apply(world)
    world.clock.advance(hours=2)
    again = _apply(world, _form(name="别人", phone="+86 13800005550", about="换了内容"), key="b" * 43)
    assert again is None
    with world.look() as session:
        row = session.get_one(Application, first)
        assert (row.name, row.about, row.repeated_at) == ("林 晓", "想陪老人说说话", world.clock())
    assert _count(world) == 1
    _act(world, lead, applications.decline, int(str(first)), reason="暂时没有合适的岗位")
    assert _apply(world, key="c" * 43) is not None


@pytest.mark.parametrize(
    ("more", "refusal", "field"),
    [
        ({"name": " \u200b\x00 "}, Refusal.EMPTY, "name"),
        ({"name": ""}, Refusal.EMPTY, "name"),
        ({"name": "名" * 41}, Refusal.TOO_LONG, "name"),
        ({"phone": "1234"}, Refusal.WRONG_VALUE, "phone"),
        ({"phone": "1" * 60}, Refusal.WRONG_VALUE, "phone"),
        ({"about": "字" * 1001}, Refusal.TOO_LONG, "about"),
        ({"adult": False}, Refusal.NOT_AGREED, "adult"),
        ({"agreed": False}, Refusal.NOT_AGREED, "agreed"),
        ({"station_id": 4711}, Refusal.WRONG_VALUE, "station_id"),
    ],
)
def test_hostile_or_incomplete_form_is_refused_by_name_and_leaves_nothing(
    world: World, more: dict[str, object], refusal: Refusal, field: str
) -> None:
    with pytest.raises(Refused) as refused:
        _apply(world, _form(**more))
    assert (refused.value.refusal, refused.value.field) == (refusal, field)
    assert _count(world) == 0


def test_form_key_that_our_page_did_not_make_is_refused(world: World) -> None:
    for key in ("", "short", "k" * 65):
        with pytest.raises(Refused):
            _apply(world, key=key)


def test_words_that_look_like_a_programme_stay_words(world: World) -> None:
    hostile = "<script>alert(1)</script>'; DROP TABLE applications; --"
    row_id = _apply(world, _form(about=hostile + "\x00\x1b"))
    with world.look() as session:
        assert session.get_one(Application, row_id).about == hostile


def test_approval_waits_for_every_step(world: World, lead: int) -> None:
    row_id = int(str(_apply(world)))
    for step in CHECKS:
        with pytest.raises(Refused) as refused:
            _approve(world, lead, row_id)
        assert refused.value.refusal is Refusal.CHECKS_MISSING
        _act(world, lead, applications.check, row_id, item=step.item, note="看过原件")
    _approve(world, lead, row_id)


def test_approved_volunteer_has_an_account_a_team_and_what_was_seen_in_the_check(world: World, lead: int) -> None:
    row_id = int(str(_apply(world, _form(languages=["wu"]))))
    _check_all(world, lead, row_id)
    world.clock.advance(days=3)
    staff_id = _approve(world, lead, row_id)
    with world.look() as session:
        member = session.get_one(StaffMember, staff_id)
        assert (member.team, member.languages, member.phone) == (Team.VOLUNTEER, ["wu"], "13800005550")
        assert [role.name for role in member.roles] == ["volunteer"]
        at = world.clock()
        for kind, held in (("check.no_record", True), ("training.privacy", True), ("training.chat", False)):
            assert qualifications.holds(session=session, staff_id=staff_id, kind=kind, at=at) is held
        # The year runs from the day on which the certificate was seen, not from the approval.
        year = timedelta(days=365)
        assert not qualifications.holds(
            session=session, staff_id=staff_id, kind="check.no_record", at=at - timedelta(days=3) + year
        )


def test_name_that_is_taken_leaves_the_application_open(world: World, lead: int) -> None:
    row_id = int(str(_apply(world)))
    _check_all(world, lead, row_id)
    with pytest.raises(Declined) as declined:
        _approve(world, lead, row_id, username="lead")
    assert declined.value.problem is Problem.USERNAME_TAKEN
    _approve(world, lead, row_id)


def test_two_who_approve_at_once_make_one_account(any_world: World) -> None:
    lead = any_world.colleague("lead", RoleName.SUPERVISOR)
    row_id = int(str(_apply(any_world)))
    _check_all(any_world, lead, row_id)
    names = ("lin-one", "lin-two", "lin-three")
    results = at_once(*[lambda name=name: _approve(any_world, lead, row_id, name) for name in names])
    assert sum(isinstance(one, int) for one in results) == 1
    assert all(isinstance(one, int) or one.refusal is Refusal.ALREADY_DECIDED for one in results)  # type: ignore[union-attr]
    with any_world.look() as session:
        made = session.scalars(select(StaffMember).where(StaffMember.username.in_(names))).all()
        assert len(made) == 1


def test_step_that_is_done_stays_with_who_did_it(world: World, lead: int) -> None:
    second = world.colleague("second", RoleName.BASE_MANAGER)
    row_id = int(str(_apply(world)))
    _act(world, lead, applications.check, row_id, item="talk", note="当面谈过")
    _act(world, second, applications.check, row_id, item="talk", note="我也谈过")
    with world.look() as session:
        (done,) = session.get_one(Application, row_id).checks
        assert (done.checked_by_id, done.note) == (lead, "当面谈过")


def test_step_needs_what_was_seen_and_must_be_one_of_ours(world: World, lead: int) -> None:
    row_id = int(str(_apply(world)))
    for item, note in (("talk", "  "), ("horoscope", "白羊座")):
        with pytest.raises(Refused):
            _act(world, lead, applications.check, row_id, item=item, note=note)


def test_decided_application_takes_no_more_steps(world: World, lead: int) -> None:
    row_id = int(str(_apply(world)))
    _act(world, lead, applications.decline, row_id, reason="暂时没有合适的岗位")
    for deed, more in (
        (applications.check, {"item": "talk", "note": "谈过"}),
        (applications.decline, {"reason": "再一次"}),
        (applications.withdraw, {}),
    ):
        with pytest.raises(Refused) as refused:
            _act(world, lead, deed, row_id, **more)
        assert refused.value.refusal is Refusal.ALREADY_DECIDED


def test_withdrawn_application_keeps_nothing_that_identifies(world: World, lead: int) -> None:
    row_id = int(str(_apply(world)))
    _act(world, lead, applications.check, row_id, item="identity", note="身份证 末四位 1234")
    _act(world, lead, applications.withdraw, row_id)
    with world.look() as session:
        row = session.get_one(Application, row_id)
        assert (row.name, row.phone, row.about, row.phone_hash) == (None, None, None, None)
        assert [done.note for done in row.checks] == [""]
        assert row.state is ApplicationState.WITHDRAWN


def test_half_a_year_after_the_decision_the_details_are_erased_once(world: World, lead: int) -> None:
    old, young, waiting = (
        int(str(_apply(world, _form(phone=f"1380000555{number}"), key=str(number) * 43))) for number in (1, 2, 3)
    )
    _act(world, lead, applications.decline, old, reason="暂时没有合适的岗位")
    world.clock.advance(seconds=1)
    _act(world, lead, applications.decline, young, reason="暂时没有合适的岗位")
    world.clock.advance(days=180, seconds=-1)
    tools = Tools(sessions=world.sessions, clock=world.clock, line=None, timezone=ZONE)  # type: ignore[arg-type]
    assert jobs.erase_old_applications(tools) == 1
    assert jobs.erase_old_applications(tools) == 0
    with world.look() as session:
        names = {row_id: session.get_one(Application, row_id).name for row_id in (old, young, waiting)}
        assert names == {old: None, young: "林 晓", waiting: "林 晓"}
        assert session.get_one(Application, old).reason == "暂时没有合适的岗位"
