"""Certificates count when somebody else has confirmed them and while they run; roles name what is missing."""

from __future__ import annotations

from datetime import timedelta

import pytest
from sqlalchemy import select

from care import qualifications
from care.refusals import Refusal, Refused
from models.audit import AuditEntry
from models.qualifications import Qualification
from models.staff import RoleName, Team
from tests.fixtures.people import holds, nothing_is_needed, teammate
from tests.fixtures.world import World, at_once

YEAR = timedelta(days=365)


def _record(world: World, actor_id: int, staff_id: int, **more: object) -> int:
    with world.work() as session:
        plain = {
            "kind": "training.chat",
            "evidence": "结业证书 2026-014",
            "valid_from": world.clock(),
            "expires_at": world.clock() + YEAR,
        }
        row = qualifications.record(
            session=session, actor=world.actor(session, actor_id), staff_id=staff_id, now=world.clock(), **plain | more
        )
        return row.id


def _confirm(world: World, actor_id: int, row_id: int) -> None:
    with world.work() as session:
        qualifications.confirm(
            session=session, actor=world.actor(session, actor_id), qualification_id=row_id, now=world.clock()
        )


def _holds(world: World, staff_id: int, kind: str = "training.chat") -> bool:
    with world.look() as session:
        return qualifications.holds(session=session, staff_id=staff_id, kind=kind, at=world.clock())


@pytest.fixture
def lead(world: World) -> int:
    return world.colleague("lead", RoleName.SUPERVISOR)


@pytest.fixture
def volunteer(world: World) -> int:
    return teammate(world, "lin", Team.VOLUNTEER)


def test_certificate_counts_only_once_somebody_else_has_confirmed_it(world: World, lead: int, volunteer: int) -> None:
    decoy = teammate(world, "decoy", Team.VOLUNTEER)
    row_id = _record(world, volunteer, volunteer)
    assert not _holds(world, volunteer)
    _confirm(world, lead, row_id)
    assert _holds(world, volunteer)
    assert not _holds(world, volunteer, "training.visit")
    assert not _holds(world, decoy)


def test_nobody_confirms_their_own(world: World, volunteer: int) -> None:
    row_id = _record(world, volunteer, volunteer)
    with pytest.raises(Refused) as refused:
        _confirm(world, volunteer, row_id)
    assert refused.value.refusal is Refusal.NOT_ONES_OWN
    assert not _holds(world, volunteer)


def test_last_moment_counts_and_the_one_after_does_not(world: World, lead: int, volunteer: int) -> None:
    _confirm(world, lead, _record(world, lead, volunteer))
    world.clock.advance(days=365, seconds=-1)
    assert _holds(world, volunteer)
    world.clock.advance(seconds=1)
    assert not _holds(world, volunteer)


def test_certificate_that_begins_later_does_not_count_yet(world: World, lead: int, volunteer: int) -> None:
    begins = world.clock() + timedelta(days=3)
    _confirm(world, lead, _record(world, lead, volunteer, valid_from=begins))
    assert not _holds(world, volunteer)
    world.clock.advance(days=3)
    assert _holds(world, volunteer)


def test_withdrawn_one_counts_no_more_and_stays_with_its_reason(world: World, lead: int, volunteer: int) -> None:
    row_id = _record(world, lead, volunteer)
    _confirm(world, lead, row_id)
    with world.work() as session:
        qualifications.withdraw(
            session=session,
            actor=world.actor(session, lead),
            qualification_id=row_id,
            reason="证书被吊销",
            now=world.clock(),
        )
    assert not _holds(world, volunteer)
    with world.look() as session:
        assert session.get_one(Qualification, row_id).withdrawal_reason == "证书被吊销"
        verbs = session.scalars(select(AuditEntry.verb).order_by(AuditEntry.id)).all()
        assert verbs == ["qualification.record", "qualification.confirm", "qualification.withdraw"]


def test_withdrawing_needs_a_reason(world: World, lead: int, volunteer: int) -> None:
    row_id = _record(world, lead, volunteer)
    with world.work() as session, pytest.raises(Refused) as refused:
        qualifications.withdraw(
            session=session, actor=world.actor(session, lead), qualification_id=row_id, reason="  ", now=world.clock()
        )
    assert refused.value.refusal is Refusal.REASON_MISSING


@pytest.mark.parametrize(
    ("more", "refusal", "field"),
    [
        ({"kind": "training.flying"}, Refusal.WRONG_VALUE, "kind"),
        ({"evidence": " \n"}, Refusal.EVIDENCE_MISSING, "evidence"),
        ({"evidence": "字" * 501}, Refusal.TOO_LONG, "evidence"),
        ({"expires_at": None, "staff_id": 4711}, Refusal.NOT_FOUND, "staff_id"),
    ],
)
def test_certificate_that_cannot_be_written_down_is_refused_by_name(
    world: World, lead: int, volunteer: int, more: dict[str, object], refusal: Refusal, field: str
) -> None:
    with pytest.raises(Refused) as refused:
        _record(world, lead, int(str(more.pop("staff_id", volunteer))), **more)
    assert (refused.value.refusal, refused.value.field) == (refusal, field)


def test_certificate_that_ends_before_it_begins_is_refused(world: World, lead: int, volunteer: int) -> None:
    for end, refusal in (
        (world.clock(), Refusal.ENDS_BEFORE_IT_STARTS),
        (world.clock() + YEAR * 40, Refusal.WRONG_VALUE),
    ):
        with pytest.raises(Refused) as refused:
            _record(world, lead, volunteer, expires_at=end)
        assert refused.value.refusal is refusal


def test_same_form_sent_by_ten_hands_at_once_is_one_certificate(any_world: World) -> None:
    lead, own = any_world.colleague("lead", RoleName.SUPERVISOR), teammate(any_world, "lin", Team.VOLUNTEER)
    results = at_once(*[lambda: _record(any_world, lead, own)] * 10)
    refused = [one for one in results if isinstance(one, Exception)]
    assert len(refused) == 9
    assert all(isinstance(one, Refused) and one.refusal is Refusal.ALREADY_RECORDED for one in refused)


def test_what_a_role_asks_for_is_named_until_it_is_held(world: World, lead: int, volunteer: int) -> None:
    def missing() -> list[str]:
        with world.look() as session:
            return qualifications.missing_for(session=session, staff_id=volunteer, role="shift.chat", at=world.clock())

    assert missing() == ["training.chat", "training.privacy"]
    holds(world, volunteer, "training.chat", by=lead)
    assert missing() == ["training.privacy"]
    with world.look() as session, pytest.raises(Refused) as refused:
        qualifications.require(session=session, staff_id=volunteer, role="shift.chat", at=world.clock())
    assert refused.value.refusal is Refusal.NOT_TRAINED
    holds(world, volunteer, "training.privacy", by=lead)
    with world.look() as session:
        qualifications.require(session=session, staff_id=volunteer, role="shift.chat", at=world.clock())


def test_role_that_is_not_in_the_table_asks_for_nothing(world: World, volunteer: int) -> None:
    with world.look() as session:
        found = qualifications.missing_for(session=session, staff_id=volunteer, role="shift.tea", at=world.clock())
    assert found == []


def test_table_of_needs_can_be_changed_and_other_lines_stay(world: World, lead: int) -> None:
    nothing_is_needed(world)
    with world.work() as session:
        actor = world.actor(session, lead)
        for role, kinds in (("shift.tea", ["training.privacy"]), ("shift.walk", ["training.first_aid"])):
            qualifications.set_needs(session=session, actor=actor, role=role, wanted=kinds, now=world.clock())
        table = qualifications.set_needs(
            session=session,
            actor=actor,
            role="shift.tea",
            wanted=["training.visit", "training.visit", "check.no_record"],
            now=world.clock(),
        )
    assert table == {"shift.tea": ["check.no_record", "training.visit"], "shift.walk": ["training.first_aid"]}


def test_table_refuses_a_kind_that_nobody_knows(world: World, lead: int) -> None:
    with world.work() as session, pytest.raises(Refused) as refused:
        qualifications.set_needs(
            session=session,
            actor=world.actor(session, lead),
            role="shift.tea",
            wanted=["training.flying"],
            now=world.clock(),
        )
    assert refused.value.field == "kinds"


def test_list_flags_thirty_days_ahead_and_what_has_run_out_but_not_what_was_renewed(
    world: World, lead: int, volunteer: int
) -> None:
    now, day = world.clock(), timedelta(days=1)
    soon = holds(world, volunteer, "training.chat", by=lead, until=now + 30 * day)
    gone = holds(world, volunteer, "training.visit", by=lead, until=now - day)
    holds(world, volunteer, "training.crisis", by=lead, until=now + 30 * day + timedelta(seconds=1))
    holds(world, volunteer, "licence.counselor", by=lead)
    renewed = teammate(world, "renewed", Team.VOLUNTEER)
    _confirm(world, lead, _record(world, lead, renewed, valid_from=now - 100 * day, expires_at=now + day))
    _confirm(world, lead, _record(world, lead, renewed, valid_from=now - day))
    left = world.colleague("left", RoleName.VOLUNTEER, active=False)
    holds(world, left, "training.chat", by=lead, until=now + day)
    with world.look() as session:
        found = qualifications.expiring(session=session, now=now)
        assert [row.id for row in found] == [gone, soon]


def test_list_of_what_waits_leaves_out_the_confirmed_and_the_withdrawn(world: World, lead: int, volunteer: int) -> None:
    waiting = _record(world, volunteer, volunteer)
    holds(world, volunteer, "training.visit", by=lead)
    with world.look() as session:
        assert [row.id for row in qualifications.unconfirmed(session=session)] == [waiting]


def test_every_kind_and_role_has_both_languages() -> None:
    assert all(kind.name("en") and kind.name("zh-CN") for kind in qualifications.kinds().values())
    assert qualifications.role_name("shift.chat", "en") != "shift.chat"
    assert qualifications.role_name("shift.tea", "en") == "shift.tea"
