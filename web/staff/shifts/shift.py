"""One shift: what it asks for, who comes, and everything that a volunteer or a coordinator does with a place."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from flask import redirect, request, url_for
from flask_babel import gettext as _

from care import cover_calls, qualifications, shift_fit, shifts, sign_ups, swaps, waiting_lists
from care.shift_fit import Fit
from models.shift_changes import CoverCall, Swap
from models.shifts import Shift, ShiftRole, SignUp, SignUpState, WaitingEntry
from models.staff import StaffMember
from web.common import clock, security
from web.common.access import Access, access, staff_may
from web.common.database import reading
from web.common.languages import language
from web.staff.blueprint import blueprint
from web.staff.shifts import common

GONE = {SignUpState.WITHDREW, SignUpState.LAPSED, SignUpState.DECLINED, SignUpState.HANDED_OVER}


@dataclass(frozen=True)
class RoleView:
    """One role of the shift as its page shows it."""

    role: ShiftRole
    people: list[SignUp]
    waiting: list[WaitingEntry]
    fit: Fit | None
    missing: list[str]
    mine: SignUp | None
    my_wait: WaitingEntry | None
    cover: CoverCall | None

    @property
    def free(self) -> int:
        """Return how many places nobody holds."""
        return self.role.places - sum(row.place_no is not None for row in self.people)


@blueprint.get("/shifts/<row:shift_id>")
@access(Access.SEE_SHIFTS)
def shift(shift_id: int) -> Any:
    """Show the shift with its need-to-know sheet."""
    session, me, now = reading(), security.me(), clock.now()
    row = shifts.get(session=session, shift_id=shift_id)
    views = _views(row)
    mine = next((view.mine for view in views if view.mine), None)
    return common.show(
        "shift",
        shift=row,
        views=views,
        mine=mine,
        may_leave=mine is not None and sign_ups.may_leave(mine, row, now),
        swap=_swap(mine),
        asks=[
            ask
            for ask in cover_calls.asked_of(session=session, staff_id=me.id, now=now)
            if ask.call.shift_role.shift_id == row.id
        ],
        volunteers=swaps.colleagues(session=session, staff=me) if staff_may(Access.PLAN_SHIFTS) else [],
        station=row.station.name(language()),
        name=row.name(language()),
    )


def _swap(mine: SignUp | None) -> Swap | None:
    return swaps.standing_of(session=reading(), sign_up_ids=[mine.id]).get(mine.id) if mine else None


def _views(row: Shift) -> list[RoleView]:
    session, me, now = reading(), security.me(), clock.now()
    numbers = [role.id for role in row.roles]
    people = shifts.sign_ups_of(session=session, shift_id=row.id)
    waiting = waiting_lists.standing(session=session, shift_role_ids=numbers)
    covers = cover_calls.of_roles(session=session, shift_role_ids=numbers)
    book = None
    if staff_may(Access.TAKE_SHIFTS):
        book = shift_fit.diary(
            session=session, staff=me, start=row.starts_at, end=row.ends_at, timezone=clock.timezone()
        )
    kinds = qualifications.kinds()
    views = []
    for role in row.roles:
        here = [one for one in people if one.shift_role_id == role.id and one.state not in GONE]
        taken = sum(one.place_no is not None for one in here)
        lacking = book.missing(role.role, row.starts_at) if book else []
        views.append(
            RoleView(
                role=role,
                people=here,
                waiting=waiting[role.id],
                fit=book.judge(shift_fit.place_of(role, taken), now) if book else None,
                missing=[kinds[one].name(language()) if one in kinds else one for one in lacking],
                mine=next((one for one in here if one.staff_id == me.id), None),
                my_wait=next((one for one in waiting[role.id] if one.staff_id == me.id), None),
                cover=covers.get(role.id),
            )
        )
    return views


def _back(number: int, kind: type[ShiftRole] | type[SignUp]) -> str:
    found: Any = reading().get(kind, number)
    return url_for("staff.shift", shift_id=found.shift_id) if found else url_for("staff.shifts_for_me")


@blueprint.post("/shifts/places/<row:shift_role_id>/take")
@access(Access.TAKE_SHIFTS)
def take_place(shift_role_id: int) -> Any:
    """Sign up; a soft clash is shown on the page of the shift before it can be accepted."""
    return common.press(
        lambda work: sign_ups.sign_up(
            session=work,
            actor=security.me(),
            shift_role_id=shift_role_id,
            now=clock.now(),
            timezone=clock.timezone(),
            accepts_soft=request.form.get("accepts") == "yes",
        ),
        back=_back(shift_role_id, ShiftRole),
        done=_("You are signed up. Thank you. We remind you a day before."),
    )


@blueprint.post("/shifts/places/<row:shift_role_id>/wait")
@access(Access.TAKE_SHIFTS)
def wait_for_place(shift_role_id: int) -> Any:
    """Put my name on the waiting list."""
    return common.press(
        lambda work: waiting_lists.join(
            session=work,
            actor=security.me(),
            shift_role_id=shift_role_id,
            now=clock.now(),
            timezone=clock.timezone(),
        ),
        back=_back(shift_role_id, ShiftRole),
        done=_("Your name is on the waiting list. When a place becomes free, it is kept for you and you are told."),
    )


@blueprint.post("/shifts/waiting/<row:entry_id>/leave")
@access(Access.TAKE_SHIFTS)
def stop_waiting(entry_id: int) -> Any:
    """Take my name off a waiting list."""
    return common.press(
        lambda work: waiting_lists.leave(session=work, actor=security.me(), entry_id=entry_id, now=clock.now()),
        back=url_for("staff.my_shifts"),
        done=_("Your name is off the list."),
    )


@blueprint.post("/shifts/sign-ups/<row:sign_up_id>/confirm")
@access(Access.TAKE_SHIFTS)
def confirm_place(sign_up_id: int) -> Any:
    """Say that I am coming."""
    return common.press(
        lambda work: sign_ups.confirm(session=work, actor=security.me(), sign_up_id=sign_up_id, now=clock.now()),
        back=_back(sign_up_id, SignUp),
        done=_("Thank you, we count on you."),
    )


@blueprint.post("/shifts/sign-ups/<row:sign_up_id>/leave")
@access(Access.TAKE_SHIFTS)
def leave_place(sign_up_id: int) -> Any:
    """Give my place back."""
    return common.press(
        lambda work: sign_ups.withdraw(
            session=work, actor=security.me(), sign_up_id=sign_up_id, now=clock.now(), timezone=clock.timezone()
        ),
        back=_back(sign_up_id, SignUp),
        done=_("Your place is free again. Thank you for telling us in time."),
    )


@blueprint.post("/shifts/sign-ups/<row:sign_up_id>/offer")
@access(Access.TAKE_SHIFTS)
def answer_offer(sign_up_id: int) -> Any:
    """Say yes or no to a place that is kept for me."""
    comes = request.form.get("answer") == "yes"
    verb = waiting_lists.accept if comes else waiting_lists.decline
    return common.press(
        lambda work: verb(
            session=work, actor=security.me(), sign_up_id=sign_up_id, now=clock.now(), timezone=clock.timezone()
        ),
        back=_back(sign_up_id, SignUp),
        done=_("The place is yours. Thank you.") if comes else _("Thank you for answering. The next is asked now."),
    )


@blueprint.post("/shifts/places/<row:shift_role_id>/put-on")
@access(Access.PLAN_SHIFTS)
def put_on(shift_role_id: int) -> Any:
    """Sign a volunteer up who asked for it by phone; the same rules hold."""
    person = reading().get(StaffMember, request.form.get("staff_id", 0, type=int))
    if person is None or person.id not in {one.id for one in swaps.colleagues(session=reading(), staff=security.me())}:
        return redirect(_back(shift_role_id, ShiftRole), code=303)
    number = person.id
    return common.press(
        lambda work: sign_ups.sign_up(
            session=work,
            actor=security.me(),
            staff=work.get_one(StaffMember, number),
            shift_role_id=shift_role_id,
            now=clock.now(),
            timezone=clock.timezone(),
            accepts_soft=True,
            running_too=True,
        ),
        back=_back(shift_role_id, ShiftRole),
        done=_("The volunteer is on the shift."),
    )


@blueprint.post("/shifts/places/<row:shift_role_id>/number")
@access(Access.PLAN_SHIFTS)
def set_places(shift_role_id: int) -> Any:
    """Change how many are needed."""
    places = request.form.get("places", 0, type=int)
    return common.press(
        lambda work: shifts.set_places(
            session=work,
            actor=security.me(),
            shift_role_id=shift_role_id,
            places=places,
            now=clock.now(),
            timezone=clock.timezone(),
        ),
        back=_back(shift_role_id, ShiftRole),
        done=_("The number of places is changed."),
    )


@blueprint.post("/shifts/<row:shift_id>/cancel")
@access(Access.PLAN_SHIFTS)
def cancel_shift(shift_id: int) -> Any:
    """Call a shift off."""
    return common.press(
        lambda work: shifts.cancel(session=work, actor=security.me(), shift_id=shift_id, now=clock.now()),
        back=url_for("staff.shift", shift_id=shift_id),
        done=_("The shift is called off, and everybody on it is told."),
    )


@blueprint.post("/shifts/sign-ups/<row:sign_up_id>/take-off")
@access(Access.PLAN_SHIFTS)
def take_off(sign_up_id: int) -> Any:
    """Free a volunteer's place."""
    return common.press(
        lambda work: sign_ups.take_off(
            session=work, actor=security.me(), sign_up_id=sign_up_id, now=clock.now(), timezone=clock.timezone()
        ),
        back=_back(sign_up_id, SignUp),
        done=_("The place is free again, and the volunteer is told."),
    )
