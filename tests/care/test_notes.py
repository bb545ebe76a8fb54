"""A session note is drafted without loss, signed once, never changed, and read by those with the right only."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import select, text
from sqlalchemy.orm import Session

from care import note_history, notes, qualifications, supervision
from care.refusals import Refusal, Refused
from models.audit import AuditEntry
from models.beneficiaries import Beneficiary
from models.conversations import Conversation
from models.crises import CrisisCase
from models.notes import Contact, Countersignature, NoteDraft, RiskLook, SessionNote
from models.staff import RoleName
from tests.fixtures.world import World, at_once

WORDS: dict[str, Any] = {
    "presenting": "睡不好，担心孩子的学费",
    "done": "一起列了能做的三件事",
    "risk": RiskLook.NOTHING_HEARD,
    "risk_words": "",
    "next_step": "周四再聊，带上社区的表",
    "reason": "",
}


def _person(world: World) -> int:
    return world.conversation(world.person()).beneficiary_id


def _draft(world: World, author: int, person: int, contact: Contact = Contact.PHONE) -> tuple[int, str]:
    with world.work() as session:
        occasion = notes.Occasion(session.get_one(Beneficiary, person), contact, world.clock())
        draft = notes.open_draft(
            session=session, author=world.actor(session, author), occasion=occasion, now=world.clock()
        )
        return draft.id, draft.key


def _sign(world: World, author: int, draft: tuple[int, str], version: int = 1, **changed: Any) -> int:
    with world.work() as session:
        return notes.sign(
            session=session,
            author=world.actor(session, author),
            draft_id=draft[0],
            key=draft[1],
            version=version,
            fields=WORDS | changed,
            now=world.clock(),
        ).id


def _refusal(deed: Callable[[], Any]) -> tuple[Refusal, str | None]:
    with pytest.raises(Refused) as refused:
        deed()
    return refused.value.refusal, refused.value.field


def _count(session: Session, table: type) -> int:
    return len(session.scalars(select(table)).all())


def test_a_draft_survives_a_closed_laptop_and_a_second_window_gets_the_same(any_world: World) -> None:
    author, person = any_world.colleague("lin", RoleName.COUNSELOR), _person(any_world)
    decoy = _draft(any_world, any_world.colleague("other", RoleName.COUNSELOR), person)
    first = _draft(any_world, author, person)
    with any_world.work() as session:
        notes.save(
            session=session,
            author=any_world.actor(session, author),
            draft_id=first[0],
            version=1,
            fields={"presenting": "睡不好"},
            now=any_world.clock(),
        )
    assert _draft(any_world, author, person) == first != decoy
    with any_world.look() as session:
        assert session.get_one(NoteDraft, first[0]).presenting == "睡不好"


def test_an_old_window_does_not_write_over_a_newer_one(world: World) -> None:
    author, person = world.colleague("lin", RoleName.COUNSELOR), _person(world)
    draft = _draft(world, author, person)

    def save(version: int) -> int:
        with world.work() as session:
            return notes.save(
                session=session,
                author=world.actor(session, author),
                draft_id=draft[0],
                version=version,
                fields=WORDS,
                now=world.clock(),
            ).version

    assert save(1) == 2
    assert _refusal(lambda: save(1)) == (Refusal.NOTE_CHANGED, "presenting")


@pytest.mark.parametrize(
    ("changed", "refusal"),
    [
        ({"presenting": " "}, (Refusal.EMPTY, "presenting")),
        ({"done": None}, (Refusal.EMPTY, "done")),
        ({"next_step": ""}, (Refusal.EMPTY, "next_step")),
        ({"risk": None}, (Refusal.EMPTY, "risk")),
        ({"risk": RiskLook.NOT_ASKED}, (Refusal.REASON_MISSING, "risk_words")),
        ({"risk": RiskLook.PLAN, "risk_words": "  "}, (Refusal.REASON_MISSING, "risk_words")),
        ({"done": "长" * 20_001}, (Refusal.TOO_LONG, "done")),
    ],
)
def test_a_half_note_is_not_signed_and_stays_a_draft(
    world: World, changed: dict[str, Any], refusal: tuple[Refusal, str]
) -> None:
    author, person = world.colleague("lin", RoleName.COUNSELOR), _person(world)
    draft = _draft(world, author, person)
    assert _refusal(lambda: _sign(world, author, draft, **changed)) == refusal
    with world.look() as session:
        assert (_count(session, NoteDraft), _count(session, SessionNote)) == (1, 0)


def test_the_same_form_sent_twice_signs_once(any_world: World) -> None:
    author, person = any_world.colleague("lin", RoleName.COUNSELOR), _person(any_world)
    draft = _draft(any_world, author, person)
    signed = at_once(*[lambda: _sign(any_world, author, draft)] * 4)
    ids = {one for one in signed if isinstance(one, int)}
    assert len(ids) == 1
    with any_world.look() as session:
        assert (_count(session, NoteDraft), _count(session, SessionNote)) == (0, 1)


def test_nobody_signs_the_draft_of_a_colleague(world: World) -> None:
    author, other, person = world.colleague("lin"), world.colleague("other", RoleName.COUNSELOR), _person(world)
    draft = _draft(world, author, person)
    assert _refusal(lambda: _sign(world, other, draft))[0] is Refusal.NOT_FOUND
    assert _refusal(lambda: _sign(world, author, (draft[0], "forged")))[0] is Refusal.NOT_FOUND


@pytest.mark.parametrize("table", [SessionNote, Countersignature])
def test_code_that_would_change_the_record_fails(world: World, table: type) -> None:
    author, lead = world.colleague("lin", RoleName.COUNSELOR), world.colleague("lead", RoleName.SUPERVISOR)
    note_id = _sign(world, author, _draft(world, author, _person(world)))
    _countersign(world, lead, note_id)
    for change in (_edit, _delete):
        with pytest.raises(RuntimeError, match="amendment"):
            _changed(world, table, change)


def _changed(world: World, table: type, change: Callable[[Session, Any], None]) -> None:
    with world.work() as session:
        change(session, session.scalars(select(table)).one())


def _edit(_session: Session, row: Any) -> None:
    setattr(row, "done" if isinstance(row, SessionNote) else "remark", "something nicer")


def _delete(session: Session, row: Any) -> None:
    session.delete(row)


def test_words_lie_encrypted(world: World) -> None:
    author, person = world.colleague("lin", RoleName.COUNSELOR), _person(world)
    _sign(world, author, _draft(world, author, person))
    _draft(world, author, person)
    with world.look() as session:
        raw = session.execute(text("SELECT presenting, done, next_step FROM session_notes")).one()
    assert all("睡不好".encode() not in bytes(value) and b"gAAAA" in bytes(value) for value in raw)


def _amend(world: World, author: int, note_id: int, **changed: Any) -> int:
    with world.work() as session:
        draft = notes.open_amendment(
            session=session, author=world.actor(session, author), note_id=note_id, now=world.clock()
        )
        opened = draft.id, draft.key
        version = draft.version
    return _sign(world, author, opened, version, **({"reason": "日期写错了"} | changed))


def test_an_amendment_leaves_the_signed_words_as_they_were(world: World) -> None:
    author, person = world.colleague("lin", RoleName.COUNSELOR), _person(world)
    first = _sign(world, author, _draft(world, author, person))
    second = _amend(world, author, first, done="一起列了四件事")
    assert _refusal(lambda: _amend(world, author, second, reason=" ")) == (Refusal.REASON_MISSING, "reason")
    with world.work() as session:
        (line,) = note_history.of_person(
            session=session,
            reader=world.actor(session, author),
            beneficiary=session.get_one(Beneficiary, person),
            now=world.clock(),
        )
        assert [(note.id, note.done) for note in line.versions] == [(first, WORDS["done"]), (second, "一起列了四件事")]
        assert line.newest.reason == "日期写错了"


def test_two_amendments_of_one_version_do_not_race(any_world: World) -> None:
    author, lead = any_world.colleague("lin", RoleName.COUNSELOR), any_world.colleague("lead", RoleName.SUPERVISOR)
    first = _sign(any_world, author, _draft(any_world, author, _person(any_world)))
    opened = []
    for who in (author, lead):
        with any_world.work() as session:
            draft = notes.open_amendment(
                session=session, author=any_world.actor(session, who), note_id=first, now=any_world.clock()
            )
            opened.append((who, (draft.id, draft.key)))
    results = at_once(*[lambda one=one: _sign(any_world, one[0], one[1], reason="补充") for one in opened])
    refused = [one for one in results if isinstance(one, Refused)]
    assert [one.refusal for one in refused] == [Refusal.NOTE_AMENDED]
    with any_world.look() as session:
        assert _count(session, SessionNote) == 2
        # The words of whoever was second are not lost.
        assert _count(session, NoteDraft) == 1


@pytest.mark.parametrize(
    ("risk", "level"),
    [(RiskLook.PLAN, "red"), (RiskLook.THOUGHTS, "yellow"), (RiskLook.NOTHING_HEARD, None), (RiskLook.NOT_ASKED, None)],
)
def test_danger_that_was_heard_does_not_wait_inside_a_note(world: World, risk: RiskLook, level: str | None) -> None:
    author, person = world.colleague("lin", RoleName.COUNSELOR), _person(world)
    _person(world)
    _sign(world, author, _draft(world, author, person), risk=risk, risk_words="说家里备了药")
    with world.look() as session:
        cases = session.scalars(select(CrisisCase)).all()
        assert [(case.beneficiary_id, case.level.value) for case in cases] == ([(person, level)] if level else [])


def _countersign(world: World, actor: int, note_id: int, remark: str | None = None) -> None:
    with world.work() as session:
        note_history.countersign(
            session=session, actor=world.actor(session, actor), note_id=note_id, remark=remark, now=world.clock()
        )


def _licensed(world: World, staff_id: int, lead: int) -> None:
    with world.work() as session:
        row = qualifications.Qualification(
            staff_id=staff_id,
            kind=notes.LICENCE,
            evidence="证书",
            valid_from=world.clock() - timedelta(days=30),
            recorded_at=world.clock(),
            recorded_by_id=lead,
            confirmed_at=world.clock(),
            confirmed_by_id=lead,
        )
        session.add(row)


def _waiting(world: World, staff_id: int) -> list[int]:
    with world.look() as session:
        waiting = note_history.waiting_for(session=session, supervisor=world.actor(session, staff_id))
        return [note.id for note in waiting]


def test_notes_of_a_colleague_in_training_wait_for_their_supervisor(world: World) -> None:
    lead, other_lead = world.colleague("lead", RoleName.BASE_MANAGER), world.colleague("boss", RoleName.SUPERVISOR)
    trainee, licensed = world.colleague("trainee", RoleName.COUNSELOR), world.colleague("lin", RoleName.COUNSELOR)
    _licensed(world, licensed, other_lead)
    with world.work() as session:
        supervision.set_supervisor(
            session=session,
            actor=world.actor(session, other_lead),
            staff_id=trainee,
            supervisor_id=lead,
            now=world.clock(),
        )
    note = _sign(world, trainee, _draft(world, trainee, _person(world)))
    decoy = _sign(world, licensed, _draft(world, licensed, _person(world)))
    assert (_waiting(world, lead), _waiting(world, licensed), _waiting(world, other_lead)) == ([note], [], [])
    assert _refusal(lambda: _countersign(world, trainee, note))[0] is Refusal.OWN_NOTE
    assert _refusal(lambda: _countersign(world, licensed, note))[0] is Refusal.NOT_FOUND
    assert _refusal(lambda: _countersign(world, other_lead, decoy))[0] is Refusal.NO_COUNTERSIGN
    _countersign(world, lead, note, "写得清楚")
    assert _waiting(world, lead) == []
    assert _refusal(lambda: _countersign(world, lead, note))[0] is Refusal.NO_COUNTERSIGN


def test_a_trainee_without_a_supervisor_is_seen_by_those_who_lead(world: World) -> None:
    boss, trainee = world.colleague("boss", RoleName.SUPERVISOR), world.colleague("trainee", RoleName.COUNSELOR)
    note = _sign(world, trainee, _draft(world, trainee, _person(world)))
    assert _waiting(world, boss) == [note]


def test_two_supervisors_at_once_sign_once(any_world: World) -> None:
    leads = [any_world.colleague(f"lead{number}", RoleName.SUPERVISOR) for number in range(3)]
    trainee = any_world.colleague("trainee", RoleName.COUNSELOR)
    note = _sign(any_world, trainee, _draft(any_world, trainee, _person(any_world)))
    results = at_once(*[lambda lead=lead: _countersign(any_world, lead, note) for lead in leads])
    assert [one for one in results if one is not None and not isinstance(one, Refused)] == []
    assert results.count(None) == 1
    with any_world.look() as session:
        assert _count(session, Countersignature) == 1


def test_a_stranger_among_colleagues_reads_nothing_and_every_look_is_recorded(world: World) -> None:
    author, stranger = world.colleague("lin", RoleName.COUNSELOR), world.colleague("other", RoleName.COUNSELOR)
    boss, person = world.colleague("boss", RoleName.SUPERVISOR), _person(world)
    _sign(world, author, _draft(world, author, person))
    _sign(world, stranger, _draft(world, stranger, _person(world)))
    seen = {}
    for reader in (author, stranger, boss):
        with world.work() as session:
            lines = note_history.of_person(
                session=session,
                reader=world.actor(session, reader),
                beneficiary=session.get_one(Beneficiary, person),
                now=world.clock(),
            )
            seen[reader] = len(lines)
    assert seen == {author: 1, stranger: 0, boss: 1}
    with world.look() as session:
        looks = session.scalars(select(AuditEntry.staff_id).where(AuditEntry.verb == "note.see")).all()
        assert sorted(looks) == sorted([author, boss])


def test_discarding_throws_away_ones_own_draft_only(world: World) -> None:
    author, other, person = world.colleague("lin"), world.colleague("other"), _person(world)
    draft = _draft(world, author, person)
    for who, refusal in ((other, Refusal.NOT_FOUND), (author, None)):
        with world.work() as session:
            actor = world.actor(session, who)
            if refusal:
                with pytest.raises(Refused) as refused:
                    notes.discard(session=session, author=actor, draft_id=draft[0], now=world.clock())
                assert refused.value.refusal is refusal
            else:
                notes.discard(session=session, author=actor, draft_id=draft[0], now=world.clock())
    with world.look() as session:
        assert _count(session, NoteDraft) == 0


def test_a_conversation_is_untouched_by_notes(world: World) -> None:
    number = world.person()
    author = world.colleague("lin", RoleName.COUNSELOR)
    _sign(world, author, _draft(world, author, world.conversation(number).beneficiary_id))
    with world.look() as session:
        assert session.get_one(Conversation, number).last_seq == 0
