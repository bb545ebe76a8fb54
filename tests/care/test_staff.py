"""Accounts of colleagues, without a site around them."""

from __future__ import annotations

from collections.abc import Sequence

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from care import crises, people, staff, transcript
from care import desk as chat_desk
from care.staff import Declined, Problem
from models.audit import AuditEntry
from models.conversations import Owner
from models.crises import CrisisCase, FlagSource
from models.staff import Role, RoleName, StaffMember
from tests.fixtures.desk import START
from triage.levels import Level


def _create(
    session: Session,
    username: str = "zhangmin",
    roles: Sequence[RoleName] = (RoleName.COUNSELOR,),
    actor: StaffMember | None = None,
    display_name: str = "张敏",
) -> StaffMember:
    return staff.create(
        session=session,
        actor=actor,
        username=username,
        display_name=display_name,
        roles=roles,
        password_hash="$argon2id$example",
        now=START,
    )


@pytest.mark.parametrize(
    ("password", "problem"),
    [
        ("a long walk by the river", None),
        ("我每天早上都要去河边走一走", None),
        ("Tr0ub4dor&3x", None),
        ("ninesigns", Problem.TOO_SHORT),
        ("", Problem.TOO_SHORT),
        ("aaaaaaaaaaaaaaa", Problem.TOO_EASY),
        ("abababababab", Problem.TOO_EASY),
        ("1234567890", Problem.TOO_EASY),
        ("20240117202401", Problem.TOO_EASY),
        ("qwertyuiop", Problem.TOO_EASY),
        ("Password2026!", Problem.TOO_EASY),
        ("ｐａｓｓｗｏｒｄ１２３", Problem.TOO_EASY),
        ("nuanyang2026", Problem.TOO_EASY),
        ("my-zhangmin-key", Problem.LIKE_USERNAME),
    ],
)
def test_weakness(password: str, problem: Problem | None) -> None:
    assert staff.weakness(password, "zhangmin") is problem


def test_made_passwords_are_strong_and_never_the_same() -> None:
    made = {staff.new_password() for _ in range(200)}
    assert len(made) == 200
    assert all(staff.weakness(one, "zhangmin") is None for one in made)


@pytest.mark.parametrize("username", ["ab", "a", "", "zhang min", "张敏", "-zhang", "zhang.", "x" * 65, "a@b.example"])
def test_username_that_cannot_be_typed_everywhere_is_declined(desk_session: Session, username: str) -> None:
    with pytest.raises(Declined) as declined:
        _create(desk_session, username)
    assert (declined.value.problem, declined.value.field) == (Problem.USERNAME_SHAPE, "username")


def test_username_is_kept_in_one_form_and_taken_once(desk_session: Session) -> None:
    assert _create(desk_session, " ＺhangMin ").username == "zhangmin"
    _create(desk_session, "zhangming")
    with pytest.raises(Declined) as declined:
        _create(desk_session, "ZHANGMIN")
    assert declined.value.problem is Problem.USERNAME_TAKEN
    # The refusal left the unit of work usable.
    assert len(desk_session.scalars(select(StaffMember)).all()) == 2


def test_account_without_role_or_name_is_declined(desk_session: Session) -> None:
    with pytest.raises(Declined) as no_role:
        _create(desk_session, roles=())
    with pytest.raises(Declined) as no_name:
        _create(desk_session, display_name="  ")
    assert (no_role.value.problem, no_name.value.problem) == (Problem.NO_ROLE, Problem.NAME_MISSING)


def test_roles_are_made_once(desk_session: Session) -> None:
    staff.ensure_roles(session=desk_session)
    staff.ensure_roles(session=desk_session)
    assert {role.name for role in desk_session.scalars(select(Role))} == {role.value for role in RoleName}


def test_only_administrators_touch_administrators(desk_session: Session) -> None:
    manager = _create(desk_session, "manager", (RoleName.BASE_MANAGER,))
    admin = _create(desk_session, "the-admin", (RoleName.ADMIN,))
    with pytest.raises(Declined) as making:
        _create(desk_session, "second", (RoleName.ADMIN,), actor=manager)
    with pytest.raises(Declined) as ending:
        staff.deactivate(session=desk_session, actor=manager, staff_id=admin.id, now=START)
    with pytest.raises(Declined) as resetting:
        staff.give_new_password(session=desk_session, actor=manager, staff_id=admin.id, password_hash="x", now=START)
    assert {one.value.problem for one in (making, ending, resetting)} == {Problem.ONLY_ADMINS}
    assert _create(desk_session, "second", (RoleName.ADMIN,), actor=admin).has_any(RoleName.ADMIN)


def test_deactivating_ends_sessions_and_gives_conversations_back(desk_session: Session) -> None:
    leaving, staying = _create(desk_session, "leaving"), _create(desk_session, "staying")
    manager = _create(desk_session, "manager", (RoleName.BASE_MANAGER,))
    held = people.open_door(session=desk_session, secret="s", language="en", now=START).conversation
    other = people.open_door(session=desk_session, secret="s", language="en", now=START).conversation
    for member, conversation in ((leaving, held), (staying, other)):
        chat_desk.take_over(session=desk_session, conversation_id=conversation.id, actor=member, now=START)
    before = leaving.fs_uniquifier, staying.fs_uniquifier
    staff.deactivate(session=desk_session, actor=manager, staff_id=leaving.id, now=START)
    assert not leaving.active
    assert leaving.fs_uniquifier != before[0]
    assert (staying.active, staying.fs_uniquifier) == (True, before[1])
    assert (held.owner, held.human_requested_at) == (Owner.BOT, START)
    assert other.owner is Owner.STAFF
    last = transcript.messages_after(session=desk_session, conversation_id=held.id, seq=0)[-1]
    assert "张敏" in last.text


def test_case_that_a_leaving_colleague_had_taken_rings_again(desk_session: Session) -> None:
    leaving, manager = _create(desk_session, "leaving"), _create(desk_session, "manager", (RoleName.BASE_MANAGER,))
    left, spoken = (_case(desk_session) for _ in range(2))
    for case in (left, spoken):
        crises.acknowledge(session=desk_session, case_id=case.id, actor=leaving, now=START)
    crises.note_contact(session=desk_session, beneficiary_id=spoken.beneficiary_id, actor=leaving, now=START)
    hops = left.hops
    staff.deactivate(session=desk_session, actor=manager, staff_id=leaving.id, now=START, seen_ahead=True)
    assert (left.acknowledged_by_id, left.owner_id) == (None, manager.id)
    assert left.climbs_at is not None
    assert left.hops > hops
    # Having been spoken with once is not being looked after: it rings for the next one too.
    assert (spoken.acknowledged_by_id, spoken.owner_id) == (None, manager.id)


def _case(session: Session) -> CrisisCase:
    conversation = people.open_door(session=session, secret="s", language="en", now=START).conversation
    return crises.raise_flag(
        session=session,
        beneficiary=conversation.beneficiary,
        conversation=conversation,
        signal=crises.Signal(source=FlagSource.STAFF, level=Level.RED, reasons=("staff_words",)),
        now=START,
    )


def test_what_is_done_to_accounts_leaves_a_trace_without_passwords(desk_session: Session) -> None:
    member, admin = _create(desk_session), _create(desk_session, "the-admin", (RoleName.ADMIN,))
    staff.give_new_password(
        session=desk_session, actor=admin, staff_id=member.id, password_hash="$argon2id$other", now=START
    )
    staff.deactivate(session=desk_session, actor=admin, staff_id=member.id, now=START)
    staff.reactivate(session=desk_session, actor=admin, staff_id=member.id, now=START)
    rows = desk_session.scalars(select(AuditEntry).where(AuditEntry.subject_id == member.id)).all()
    assert [row.verb for row in rows] == [
        "staff.create",
        "staff.new_password",
        "staff.deactivate",
        "staff.reactivate",
    ]
    assert all("argon2" not in str(row.details) for row in rows)
