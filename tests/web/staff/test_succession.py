"""Handing over the bookings of a colleague who leaves, on the page that lists what is ahead."""

from __future__ import annotations

from datetime import timedelta

from sqlalchemy import select

from care import appointments, availability, services
from care.availability import Hours
from models.appointments import Appointment, AppointmentState
from models.beneficiaries import Beneficiary
from models.conversations import Conversation
from models.staff import RoleName, StaffMember, Team
from tests.fixtures.desk import DeskSite


def _counselor(site: DeskSite, name: str) -> int:
    site.colleague(RoleName.COUNSELOR, username=name)
    with site.work() as session:
        member = session.scalars(select(StaffMember).where(StaffMember.username == name)).one()
        member.team = Team.COUNSELOR
        availability.add_plan(
            session=session,
            actor=member,
            staff_id=member.id,
            hours=[Hours(day, 9 * 60, 12 * 60) for day in range(5)],
            valid_from=site.clock().date(),
            now=site.clock(),
        )
        return member.id


def _booked(site: DeskSite, staff_id: int) -> int:
    """Book somebody tomorrow at nine; return the number of the appointment."""
    conversation = site.person()
    with site.work() as session:
        terms = services.Terms(name_zh="谈话", name_en="Talk", minutes=50, notice_minutes=0, offline=False, phone=True)
        service = services.open_service(session=session, actor=None, key="talk", terms=terms, now=site.clock())
        number = session.get_one(Conversation, conversation).beneficiary_id
        return appointments.book(
            session=session,
            actor=None,
            beneficiary=session.get_one(Beneficiary, number),
            service=service,
            starts_at=site.clock() + timedelta(hours=23),
            staff_id=staff_id,
            now=site.clock(),
        ).id


def _stored(site: DeskSite, number: int) -> tuple[int, AppointmentState]:
    with site.look() as session:
        row = session.get_one(Appointment, number)
        return row.staff_id, row.state


def test_bookings_ahead_are_handed_over_from_the_leaving_page(desk_site: DeskSite) -> None:
    leaving, staying = _counselor(desk_site, "leaving"), _counselor(desk_site, "staying")
    number = _booked(desk_site, leaving)
    manager = desk_site.signed_in(RoleName.BASE_MANAGER)
    page, press = f"/staff/people/{leaving}/leaving", f"/staff/people/{leaving}/hand-over"
    assert press in manager.get(page).get_data(as_text=True)
    # Without a reason nothing moves.
    manager.post(press, {"reason": " "})
    assert _stored(desk_site, number) == (leaving, AppointmentState.BOOKED)
    for _tap in range(2):
        assert manager.post(press, {"reason": "moves to another town"}).headers["Location"].endswith(page)
    assert _stored(desk_site, number) == (staying, AppointmentState.BOOKED)
    assert press not in manager.get(page).get_data(as_text=True), "nothing is left to hand over"
    manager.post(f"/staff/people/{leaving}/deactivate")
    with desk_site.look() as session:
        assert not session.get_one(StaffMember, leaving).active, "nothing is ahead any more"


def test_who_does_not_manage_staff_hands_nothing_over(desk_site: DeskSite) -> None:
    leaving, _staying = _counselor(desk_site, "leaving"), _counselor(desk_site, "staying")
    number = _booked(desk_site, leaving)
    for role in (RoleName.COUNSELOR, RoleName.VOLUNTEER):
        answer = desk_site.signed_in(role).post(f"/staff/people/{leaving}/hand-over", {"reason": "mine now"})
        assert answer.status_code == 403
    assert desk_site.signed_in(RoleName.ADMIN).post("/staff/people/999/hand-over", {"reason": "x"}).status_code == 404
    assert _stored(desk_site, number) == (leaving, AppointmentState.BOOKED)
