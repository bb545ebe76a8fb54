"""Coming, leaving and the hours in the ledger: true, approved by name, mended by adding."""

from __future__ import annotations

from datetime import date

import pytest
from sqlalchemy import delete, select

from care import attendance, certificate_pdf, certificates, hours, shifts
from care.refusals import Refusal, Refused
from models.hours import Certificate, HoursEntry, HoursKind
from models.qualifications import TrainingNeed
from models.shifts import NotedBy, SignUpState
from tests.fixtures.shifts import ShiftWorld
from tests.fixtures.world import SECRET, ZONE, at_once

PERIOD = {"first_day": date(2026, 3, 1), "last_day": date(2026, 3, 31)}


def _code(base: ShiftWorld, sign_up: int) -> str:
    return attendance.code(secret=SECRET, shift_id=base.row(sign_up).shift_id, now=base.world.clock())


def _check(base: ShiftWorld, verb: object, actor: int, number: int, typed: str) -> Refusal | None:
    try:
        base.do(verb, actor, sign_up_id=number, typed=typed, secret=SECRET)  # type: ignore[arg-type]
    except Refused as refused:
        return refused.refusal
    return None


def _served(base: ShiftWorld, minutes: int = 180) -> tuple[int, int]:
    me = base.volunteer()
    number = base.sign_up(me, base.role(starts=0.25))
    base.world.clock.advance(minutes=15)
    assert _check(base, attendance.check_in, me, number, _code(base, number)) is None
    base.world.clock.advance(minutes=minutes)
    assert _check(base, attendance.check_out, me, number, _code(base, number)) is None
    return me, number


def test_the_code_opens_half_an_hour_before_and_changes(shift_world: ShiftWorld) -> None:
    base, me = shift_world, shift_world.volunteer()
    number, decoy = base.sign_up(me, base.role(starts=1)), base.sign_up(base.volunteer(), base.role(starts=1))
    assert _check(base, attendance.check_in, me, number, _code(base, number)) is Refusal.TOO_EARLY
    base.world.clock.advance(minutes=30)
    assert _check(base, attendance.check_in, me, number, _code(base, decoy)) is Refusal.WRONG_SHIFT_CODE
    assert _check(base, attendance.check_in, me, number, "") is Refusal.WRONG_SHIFT_CODE
    old = _code(base, number)
    base.world.clock.advance(minutes=30)
    assert _check(base, attendance.check_in, me, number, old) is Refusal.WRONG_SHIFT_CODE
    shown = _code(base, number)
    base.world.clock.advance(minutes=14)
    assert _check(base, attendance.check_in, me, number, f" {shown[:3]} {shown[3:]} ") is None
    assert (base.state(number), base.state(decoy)) == (SignUpState.ARRIVED, SignUpState.SIGNED_UP)


@pytest.mark.parametrize(("minutes", "state"), [(150, SignUpState.COMPLETED), (149, SignUpState.ABANDONED)])
def test_leaving_long_before_the_end_is_noted(shift_world: ShiftWorld, minutes: int, state: SignUpState) -> None:
    _me, number = _served(shift_world, minutes)
    assert shift_world.state(number) is state


def test_only_who_is_checked_in_where_the_chat_is_served_counts_for_the_chat(shift_world: ShiftWorld) -> None:
    base = shift_world
    with base.world.work() as session:
        session.execute(delete(TrainingNeed))  # Who is trained is another test's matter.
    listener, greeter, absent = base.volunteer(), base.volunteer(), base.volunteer()
    chat = base.sign_up(listener, base.role(starts=0.25, role="chat", places=2))
    base.sign_up(absent, base.role(starts=0.25, role="chat"))
    desk = base.sign_up(greeter, base.role(starts=0.25))
    for person, number in ((listener, chat), (greeter, desk)):
        assert _check(base, attendance.check_in, person, number, _code(base, number)) is None

    def there() -> list[int]:
        with base.world.look() as session:
            return [one.id for one in shifts.chat_people(session=session, at=base.world.clock())]

    assert there() == []  # The shift has not begun.
    base.world.clock.advance(minutes=15)
    assert there() == [listener]
    assert _check(base, attendance.check_out, listener, chat, _code(base, chat)) is None
    assert there() == []


def test_the_clock_notes_who_never_came_and_who_forgot_to_leave(shift_world: ShiftWorld) -> None:
    base, me = shift_world, shift_world.volunteer()
    missing = base.sign_up(base.volunteer(), base.role(starts=0.25))
    number = base.sign_up(me, base.role(starts=0.25))
    assert _check(base, attendance.check_in, me, number, _code(base, number)) is None
    base.world.clock.advance(hours=3.25 + 0.49)
    with base.world.look() as session:
        assert attendance.absent(session=session, now=base.world.clock()) == []
    base.world.clock.advance(hours=2)
    with base.world.work() as session:
        assert attendance.absent(session=session, now=base.world.clock()) == [missing]
        assert attendance.forgotten(session=session, now=base.world.clock()) == [number]
        now = base.world.clock()
        attendance.note_absence(session=session, actor=None, sign_up_id=missing, now=now, timezone=ZONE)
        attendance.close_forgotten(session=session, sign_up_id=number, now=now)
    row = base.row(number)
    assert (base.state(missing), row.state) == (SignUpState.NO_SHOW, SignUpState.COMPLETED)
    assert row.leaving_noted_by is NotedBy.CLOCK


def test_an_empty_chair_is_free_for_cover_while_the_shift_runs(shift_world: ShiftWorld) -> None:
    base, lead, role = shift_world, shift_world.coordinator(), shift_world.role(starts=0.25)
    number = base.sign_up(base.volunteer(), role)
    base.world.clock.advance(minutes=25)
    base.do(attendance.note_absence, lead, sign_up_id=number, timezone=ZONE)
    helper = base.volunteer()
    base.sign_up(helper, role, running_too=True)
    assert base.holders(role) == [(helper, 1)]


def test_hours_are_approved_once_and_never_by_oneself(any_shift_world: ShiftWorld) -> None:
    base = any_shift_world
    me, number = _served(base)
    with pytest.raises(Refused) as refused:
        base.do(hours.approve, me, sign_up_id=number, timezone=ZONE)
    assert refused.value.refusal is Refusal.NOT_ONES_OWN
    leads = [base.coordinator(), base.coordinator()]
    done = at_once(*[lambda me=one: base.do(hours.approve, me, sign_up_id=number, timezone=ZONE) for one in leads])
    assert [one.refusal for one in done if isinstance(one, Refused)] == [Refusal.ALREADY_DECIDED]
    with base.world.look() as session:
        assert hours.total(session=session, staff_id=me) == 180


def test_a_correction_adds_a_line_and_changes_none(shift_world: ShiftWorld) -> None:
    base, lead = shift_world, shift_world.coordinator()
    me, number = _served(base)
    base.do(hours.approve, lead, sign_up_id=number, timezone=ZONE)
    wish = base.do(hours.ask_correction, me, sign_up_id=number, minutes=150, reason="走得早")
    base.do(hours.decide_correction, lead, correction_id=wish, grant=True, answer="", timezone=ZONE)
    with base.world.look() as session:
        entries = session.scalars(select(HoursEntry).order_by(HoursEntry.id)).all()
        assert [(one.kind, one.minutes) for one in entries] == [(HoursKind.SERVED, 180), (HoursKind.CORRECTION, -30)]
        (line,) = hours.lines(session=session, staff_id=me)
        assert (line.minutes, line.corrected) == (150, True)
    with pytest.raises(ValueError, match="cannot be changed"), base.world.work() as session:
        session.scalars(select(HoursEntry)).first().minutes = 999  # type: ignore[union-attr]


def test_a_certificate_says_what_was_signed_and_can_be_checked(shift_world: ShiftWorld) -> None:
    base, lead = shift_world, shift_world.coordinator()
    me, number = _served(base)
    with pytest.raises(Refused) as refused:
        base.do(certificates.ask, me, **PERIOD)
    assert refused.value.refusal is Refusal.NO_HOURS
    base.do(hours.approve, lead, sign_up_id=number, timezone=ZONE)
    paper = base.do(certificates.ask, me, **PERIOD)
    assert base.do(certificates.ask, me, **PERIOD) == paper
    base.do(certificates.issue, lead, certificate_id=paper)
    with base.world.look() as session:
        row = session.get_one(Certificate, paper)
        assert row.content is not None
        assert (row.content["minutes"], row.content["unit_zh"]) == (180, "暖阳基地")
        code = certificates.check_code(secret=SECRET, number=str(row.number))
        typed = {"number": str(row.number).lower(), "code": code.lower().replace("-", " ")}
        assert certificates.check(session=session, secret=SECRET, **typed) is row
        assert certificates.check(session=session, secret=SECRET, number=str(row.number), code="A" * 26) is None
        one, two = (
            certificate_pdf.draw(certificate=row, secret=SECRET, check_url="http://x/check", timezone=ZONE)
            for _ in range(2)
        )
        assert one == two
    base.do(certificates.withdraw, lead, certificate_id=paper)
