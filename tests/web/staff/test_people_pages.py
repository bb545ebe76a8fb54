"""The pages of people: filters, one colleague, certificates, caseload, rooms, applications."""

from __future__ import annotations

import re
from datetime import timedelta

from sqlalchemy import select

from care import applications
from models.applications import Application
from models.beneficiaries import Beneficiary
from models.caseload import CaseAssignment
from models.qualifications import Qualification
from models.staff import RoleName, StaffMember, Team
from models.stations import Room, Station, StationKind
from tests.fixtures.desk import Browser, DeskSite

LONG_AGO, SOON = timedelta(days=40), timedelta(days=10)


def _member(site: DeskSite, name: str, **more: object) -> int:
    with site.work() as session:
        member = session.scalars(select(StaffMember).where(StaffMember.username == name)).one()
        for key, value in more.items():
            setattr(member, key, value)
        return member.id


def _colleague(site: DeskSite, role: RoleName, name: str, **more: object) -> int:
    site.colleague(role, username=name)
    return _member(site, name, **more)


def _certificate(site: DeskSite, staff_id: int, by: int, ends: timedelta | None, kind: str = "training.chat") -> int:
    with site.work() as session:
        now = site.clock()
        row = Qualification(
            staff_id=staff_id,
            kind=kind,
            evidence="编号 4711",
            valid_from=now - LONG_AGO,
            expires_at=now + ends if ends is not None else None,
            recorded_at=now,
            confirmed_at=now,
            confirmed_by_id=by,
        )
        session.add(row)
        session.flush()
        return row.id


def _person(site: DeskSite, code: str) -> int:
    with site.work() as session:
        row = Beneficiary(code=code, created_at=site.clock())
        session.add(row)
        session.flush()
        return row.id


def _names(page: str) -> list[str]:
    return re.findall(r'class="person-link"[^>]*>([^<]+)<', page)


def test_list_is_filtered_by_team_station_language_and_what_runs_out(desk_site: DeskSite) -> None:
    lead = desk_site.signed_in(RoleName.SUPERVISOR)
    with desk_site.work() as session:
        station = Station(slug="east", name_zh="东站", name_en="East")
        session.add(station)
        session.flush()
        station_id = station.id
    first = _colleague(desk_site, RoleName.VOLUNTEER, "lin", team=Team.VOLUNTEER, languages=["wu"], display_name="林晓")
    _colleague(desk_site, RoleName.COUNSELOR, "chen", team=Team.COUNSELOR, station_id=station_id, display_name="陈瑜")
    _certificate(desk_site, first, 1, SOON)
    for query, names in (
        ("team=volunteer", ["林晓"]),
        ("team=counselor", ["陈瑜"]),
        (f"station={station_id}", ["陈瑜"]),
        ("language=wu", ["林晓"]),
        ("show=expiring", ["林晓"]),
        ("show=gone", []),
    ):
        assert _names(lead.get(f"/staff/people?{query}").get_data(as_text=True)) == names, query
    hostile = lead.get("/staff/people?team=%27--&station=99999999999999999999&language=%00&show=x")
    assert hostile.status_code == 200


def test_page_of_a_colleague_names_what_is_missing_and_hides_evidence_from_the_administrator(
    desk_site: DeskSite,
) -> None:
    lead, admin = desk_site.signed_in(RoleName.SUPERVISOR), desk_site.signed_in(RoleName.ADMIN)
    own = _colleague(desk_site, RoleName.VOLUNTEER, "lin", team=Team.VOLUNTEER)
    _certificate(desk_site, own, 1, -SOON)
    page = lead.get(f"/staff/people/{own}").get_data(as_text=True)
    assert "has run out" in page
    assert "编号 4711" in page
    assert "编号 4711" not in admin.get(f"/staff/people/{own}").get_data(as_text=True)
    assert lead.get("/staff/people/4711").status_code == 404


def _profile(**more: object) -> dict[str, object]:
    plain = {"display_name": "林晓", "team": "volunteer", "station_id": "0", "languages": ["zh-CN", "wu"], "phone": ""}
    return plain | more


def test_facts_are_changed_and_a_cap_that_cannot_be_keeps_what_was_typed(desk_site: DeskSite) -> None:
    manager = desk_site.signed_in(RoleName.BASE_MANAGER)
    own = _colleague(desk_site, RoleName.VOLUNTEER, "lin")
    path = f"/staff/people/{own}/profile"
    assert manager.post(path, _profile(caseload_cap="7", phone="555-0100")).status_code == 303
    refused = manager.post(path, _profile(caseload_cap="-1", display_name="别的名字"))
    assert refused.status_code == 422
    assert 'value="别的名字"' in refused.get_data(as_text=True)
    for wrong in ({"team": "pirates"}, {"station_id": "4711"}, {"languages": ["klingon"]}, {"display_name": ""}):
        assert manager.post(path, _profile(**wrong)).status_code == 422, wrong
    with desk_site.look() as session:
        member = session.get_one(StaffMember, own)
        assert (member.team, member.languages, member.caseload_cap) == (Team.VOLUNTEER, ["zh-CN", "wu"], 7)


def test_supervisor_and_roles_are_set_on_the_page(desk_site: DeskSite) -> None:
    manager = desk_site.signed_in(RoleName.BASE_MANAGER)
    lead, own = (
        _colleague(desk_site, role, name) for role, name in ((RoleName.SUPERVISOR, "wang"), (RoleName.VOLUNTEER, "lin"))
    )
    assert manager.post(f"/staff/people/{own}/supervisor", {"supervisor_id": lead}).status_code == 303
    assert manager.post(f"/staff/people/{own}/supervisor", {"supervisor_id": own}).status_code == 422
    assert manager.post(f"/staff/people/{own}/roles", {"roles": ["volunteer", "social_worker"]}).status_code == 303
    assert manager.post(f"/staff/people/{own}/roles", {"roles": []}).status_code == 422


def _hand_in(browser: Browser, path: str, **more: str) -> int:
    plain = {"kind": "training.chat", "valid_from": "2026-03-01", "last_day": "2027-02-28", "evidence": "结业证书"}
    return int(browser.post(path, plain | more).status_code)


def test_certificate_handed_in_by_oneself_counts_after_a_supervisor_has_seen_it(desk_site: DeskSite) -> None:
    volunteer, lead = desk_site.signed_in(RoleName.VOLUNTEER), desk_site.signed_in(RoleName.SUPERVISOR)
    assert _hand_in(volunteer, "/staff/account/certificates") == 303
    assert _hand_in(volunteer, "/staff/account/certificates") == 422
    assert "结业证书" in lead.get("/staff/qualifications").get_data(as_text=True)
    assert lead.post("/staff/qualifications/1/confirm").status_code == 303
    with desk_site.look() as session:
        row = session.get_one(Qualification, 1)
        assert row.confirmed_at == desk_site.clock()
        # The last day is valid to its end at the base: midnight there is 16:00 in UTC.
        assert row.expires_at is not None
        assert row.expires_at.isoformat() == "2027-02-28T16:00:00+00:00"


def test_certificate_form_refuses_slips_of_the_year_and_an_end_before_the_beginning(desk_site: DeskSite) -> None:
    volunteer = desk_site.signed_in(RoleName.VOLUNTEER)
    for wrong in (
        {"valid_from": "0001-01-01"},
        {"last_day": "9999-12-31"},
        {"last_day": "2026-02-27"},
        {"last_day": "2027-02-29"},
        {"kind": "training.flying"},
        {"evidence": "  "},
    ):
        assert _hand_in(volunteer, "/staff/account/certificates", **wrong) == 422, wrong


def test_certificate_is_withdrawn_only_with_a_reason(desk_site: DeskSite) -> None:
    lead = desk_site.signed_in(RoleName.SUPERVISOR)
    own = _colleague(desk_site, RoleName.VOLUNTEER, "lin")
    row_id = _certificate(desk_site, own, 1, None)
    lead.post(f"/staff/qualifications/{row_id}/withdraw", {"reason": ""})
    with desk_site.look() as session:
        assert session.get_one(Qualification, row_id).withdrawn_at is None
    lead.post(f"/staff/qualifications/{row_id}/withdraw", {"reason": "证书被吊销"})
    with desk_site.look() as session:
        assert session.get_one(Qualification, row_id).withdrawn_at == desk_site.clock()


def test_table_of_training_is_changed_by_the_manager_and_read_by_the_supervisor(desk_site: DeskSite) -> None:
    manager, lead = desk_site.signed_in(RoleName.BASE_MANAGER), desk_site.signed_in(RoleName.SUPERVISOR)
    wanted = {"role": "shift.tea", "kinds": ["training.privacy"]}
    assert lead.post("/staff/training-needs", wanted).status_code == 403
    assert manager.post("/staff/training-needs", wanted).status_code == 303
    assert manager.post("/staff/training-needs", wanted | {"kinds": ["training.flying"]}).status_code == 422
    assert "shift.tea" in lead.get("/staff/training-needs").get_data(as_text=True)


def test_person_is_given_to_a_worker_by_code_and_the_cap_asks_for_a_reason(desk_site: DeskSite) -> None:
    lead = desk_site.signed_in(RoleName.SUPERVISOR)
    worker = _colleague(desk_site, RoleName.COUNSELOR, "chen", team=Team.COUNSELOR, caseload_cap=1)
    for code in ("NY-AAAA2", "NY-AAAA3"):
        _person(desk_site, code)
    give = {"worker_id": worker, "reason": ""}
    assert lead.post("/staff/caseload", give | {"code": " ny-aaaa2 "}).status_code == 303
    refused = lead.post("/staff/caseload", give | {"code": "NY-AAAA3"})
    assert refused.status_code == 422
    assert "as many cases as they can" in refused.get_data(as_text=True)
    assert 'value="NY-AAAA3"' in refused.get_data(as_text=True)
    assert lead.post("/staff/caseload", give | {"code": "NY-AAAA3", "reason": "只有她会手语"}).status_code == 303
    assert lead.post("/staff/caseload", give | {"code": "NY-ZZZZZ"}).status_code == 422
    browser = desk_site.browser()
    browser.sign_in("chen")
    assert "NY-AAAA3" in browser.get("/staff/caseload").get_data(as_text=True)


def test_counselor_sees_only_their_own_people_and_volunteers_none(desk_site: DeskSite) -> None:
    lead = desk_site.signed_in(RoleName.SUPERVISOR)
    worker = _colleague(desk_site, RoleName.COUNSELOR, "chen", team=Team.COUNSELOR)
    _person(desk_site, "NY-AAAA2")
    lead.post("/staff/caseload", {"worker_id": worker, "code": "NY-AAAA2", "reason": ""})
    other = desk_site.signed_in(RoleName.COUNSELOR)
    assert "NY-AAAA2" not in other.get("/staff/caseload").get_data(as_text=True)
    assert desk_site.signed_in(RoleName.VOLUNTEER).get("/staff/caseload").status_code == 403


def test_person_is_handed_over_and_the_assignment_ended(desk_site: DeskSite) -> None:
    lead = desk_site.signed_in(RoleName.SUPERVISOR)
    old, new = (_colleague(desk_site, RoleName.COUNSELOR, name, team=Team.COUNSELOR) for name in ("chen", "gao"))
    _person(desk_site, "NY-AAAA2")
    lead.post("/staff/caseload", {"worker_id": old, "code": "NY-AAAA2", "reason": ""})
    assert lead.post("/staff/caseload/1/hand-over", {"worker_id": new, "reason": ""}).status_code == 303
    assert lead.post("/staff/caseload/1/hand-over", {"worker_id": new, "reason": ""}).status_code == 422
    assert lead.post("/staff/caseload/2/end").status_code == 303
    with desk_site.look() as session:
        assert [one.ended_at is None for one in session.scalars(select(CaseAssignment))] == [False, False]


def test_leaving_page_lists_what_is_ahead_and_deactivates_once_it_was_seen(desk_site: DeskSite) -> None:
    manager, lead = desk_site.signed_in(RoleName.BASE_MANAGER), desk_site.signed_in(RoleName.SUPERVISOR)
    worker = _colleague(desk_site, RoleName.COUNSELOR, "chen", team=Team.COUNSELOR)
    _person(desk_site, "NY-AAAA2")
    lead.post("/staff/caseload", {"worker_id": worker, "code": "NY-AAAA2", "reason": ""})
    answer = manager.post(f"/staff/people/{worker}/deactivate")
    assert answer.headers["Location"].endswith(f"/staff/people/{worker}/leaving")
    assert "NY-AAAA2" in manager.get(f"/staff/people/{worker}/leaving").get_data(as_text=True)
    with desk_site.look() as session:
        assert session.get_one(StaffMember, worker).active
    manager.post(f"/staff/people/{worker}/deactivate", {"seen": "yes"})
    assert "NY-AAAA2" in lead.get("/staff/people/left-behind").get_data(as_text=True)
    assert "Left behind" in lead.get("/staff/my-day").get_data(as_text=True)


def _network(site: DeskSite) -> int:
    with site.work() as session:
        row = Station(slug="base", kind=StationKind.BASE, name_zh="基地", name_en="Base")
        session.add(row)
        session.flush()
        return row.id


def test_station_and_room_are_opened_changed_and_closed(desk_site: DeskSite) -> None:
    manager, base = desk_site.signed_in(RoleName.BASE_MANAGER), _network(desk_site)
    new = {"new-parent_id": base, "new-name_zh": "东街道站", "new-name_en": "East", "new-address": ""}
    assert manager.post("/staff/stations", new).status_code == 303
    assert manager.post("/staff/stations", new).status_code == 422
    room = {f"n{base}-name_zh": "一室", f"n{base}-name_en": "One", f"n{base}-seats": "3"}
    assert manager.post(f"/staff/stations/{base}/rooms", room).status_code == 303
    refused = manager.post(f"/staff/stations/{base}/rooms", room | {f"n{base}-seats": "many"})
    assert refused.status_code == 422
    assert 'value="一室"' in refused.get_data(as_text=True)
    assert (
        manager.post("/staff/rooms/1", {"r1-name_zh": "一室", "r1-name_en": "One", "r1-seats": "4"}).status_code == 303
    )
    with desk_site.look() as session:
        room_row = session.get_one(Room, 1)
        assert (room_row.seats, room_row.active) == (4, False)
        assert session.scalars(select(Station.kind).where(Station.id != base)).all() == [StationKind.STREET]


def _application(site: DeskSite) -> int:
    with site.work() as session:
        row = applications.apply(
            session=session,
            secret="s",
            form_key="k" * 43,
            form=applications.Form(name="<b>林</b>", phone="555 0100 00", adult=True, agreed=True),
            language="zh-CN",
            now=site.clock(),
        )
        assert row is not None
        return row.id


def test_application_is_checked_step_by_step_and_approved_with_a_password_shown_once(desk_site: DeskSite) -> None:
    lead, row_id = desk_site.signed_in(RoleName.SUPERVISOR), _application(desk_site)
    path = f"/staff/applications/{row_id}"
    assert "&lt;b&gt;林&lt;/b&gt;" in lead.get("/staff/applications").get_data(as_text=True)
    assert lead.post(f"{path}/approve", {"username": "linxiao"}).status_code == 422
    for step in applications.CHECKS:
        assert lead.post(f"{path}/checks", {"item": step.item, "note": ""}).status_code == 422
        assert lead.post(f"{path}/checks", {"item": step.item, "note": "看过原件"}).status_code == 303
    taken = desk_site.colleague(RoleName.VOLUNTEER, username="taken")
    assert lead.post(f"{path}/approve", {"username": taken}).status_code == 422
    page = lead.post(f"{path}/approve", {"username": "linxiao"}).get_data(as_text=True)
    found = re.search(r'first-password">([^<]+)<', page)
    assert found is not None
    assert found.group(1) not in lead.get(path).get_data(as_text=True)
    assert desk_site.browser().sign_in("linxiao", found.group(1)).status_code == 303
    assert lead.post(f"{path}/approve", {"username": "linxiao2"}).status_code == 422


def test_application_is_declined_with_a_reason_or_taken_back(desk_site: DeskSite) -> None:
    lead, row_id = desk_site.signed_in(RoleName.SUPERVISOR), _application(desk_site)
    path = f"/staff/applications/{row_id}"
    assert lead.post(f"{path}/decline", {"reason": ""}).status_code == 422
    assert lead.post(f"{path}/withdraw").status_code == 303
    with desk_site.look() as session:
        assert session.get_one(Application, row_id).name is None
    assert "(erased)" in lead.get(path).get_data(as_text=True) or "erased" in lead.get(path).get_data(as_text=True)


def test_forged_numbers_find_nothing(desk_site: DeskSite) -> None:
    manager = desk_site.signed_in(RoleName.BASE_MANAGER)
    for path in (
        "/staff/people/4711/profile",
        "/staff/people/4711/roles",
        "/staff/people/4711/supervisor",
        "/staff/people/4711/qualifications",
        "/staff/qualifications/4711/confirm",
        "/staff/caseload/4711/end",
        "/staff/caseload/4711/hand-over",
        "/staff/applications/4711/approve",
        "/staff/stations/4711",
        "/staff/stations/4711/rooms",
        "/staff/rooms/4711",
        "/staff/leave/4711/approve",
        "/staff/leave/4711/cancel",
    ):
        assert manager.post(path).status_code == 404, path
