"""Addresses of one's own, and what an operator sees of the notices."""

from __future__ import annotations

from typing import Any

import pytest
from sqlalchemy import select

from care import notices
from models.beneficiaries import Beneficiary
from models.contacts import Channel, ContactPoint
from models.outbox import DeliveryWay, OutboxRow
from models.staff import RoleName, StaffMember
from tests.fixtures.desk import Browser, DeskSite

PATH = "/staff/account/notices"


def points(site: DeskSite) -> list[ContactPoint]:
    with site.look() as session:
        found = list(session.scalars(select(ContactPoint).order_by(ContactPoint.id)))
        session.expunge_all()
        return found


def code(site: DeskSite) -> str:
    with site.look() as session:
        row = session.scalars(select(OutboxRow).order_by(OutboxRow.id.desc())).first()
        assert row is not None
        assert row.sealed is not None
        return str(row.sealed["parts"]["code"])


def add(browser: Browser, **changed: str) -> Any:
    return browser.post(PATH, {"channel": "email", "address": "li@mail.example"} | changed)


@pytest.mark.parametrize("role", [RoleName.VOLUNTEER, RoleName.SOCIAL_WORKER, RoleName.SUPERVISOR])
def test_every_colleague_adds_confirms_tries_pauses_and_removes_an_address(desk_site: DeskSite, role: RoleName) -> None:
    browser = desk_site.signed_in(role)
    assert add(browser).status_code == 303
    assert "waits for its code" in browser.get(PATH).get_data(as_text=True)
    assert browser.post(f"{PATH}/1/confirm", {"code": code(desk_site)}).status_code == 303
    assert points(desk_site)[0].is_in_use
    assert browser.post(f"{PATH}/1/test").status_code == 303
    assert browser.post(f"{PATH}/1/pause").status_code == 303
    assert not points(desk_site)[0].is_in_use
    assert browser.post(f"{PATH}/1/resume").status_code == 303
    assert points(desk_site)[0].is_in_use
    assert browser.post(f"{PATH}/1/remove").status_code == 303
    assert points(desk_site) == []


@pytest.mark.parametrize(
    "changed", [{"address": "li"}, {"address": ""}, {"channel": "pigeon"}, {"channel": "sms", "address": "12356"}]
)
def test_what_cannot_be_an_address_is_refused_and_kept_in_the_form(
    desk_site: DeskSite, changed: dict[str, str]
) -> None:
    answer = add(desk_site.signed_in(RoleName.COUNSELOR), **changed)
    page = answer.get_data(as_text=True)
    assert answer.status_code == 422
    assert "field__error" in page
    assert changed.get("address", "li@mail.example") in page
    assert points(desk_site) == []


def test_wrong_guesses_count_although_they_are_refused(desk_site: DeskSite) -> None:
    browser = desk_site.signed_in(RoleName.COUNSELOR)
    add(browser)
    right = code(desk_site)
    wrong = "000000" if right != "000000" else "111111"
    for _ in range(5):
        answer = browser.post(f"{PATH}/1/confirm", {"code": wrong})
        assert (answer.status_code, 'id="code-1-error"' in answer.get_data(as_text=True)) == (422, True)
    assert points(desk_site)[0].code_tries == 5
    assert browser.post(f"{PATH}/1/confirm", {"code": right}).status_code == 422


@pytest.mark.parametrize("deed", ["confirm", "code", "pause", "resume", "remove", "test"])
def test_nobody_touches_an_address_of_somebody_else(desk_site: DeskSite, deed: str) -> None:
    add(desk_site.signed_in(RoleName.COUNSELOR))
    stranger = desk_site.signed_in(RoleName.ADMIN)
    assert stranger.post(f"{PATH}/1/{deed}", {"code": code(desk_site)}).status_code == 404
    assert "li@mail.example" not in stranger.get(PATH).get_data(as_text=True)
    assert len(points(desk_site)) == 1


def _notice(site: DeskSite, way: DeliveryWay | None = None, **spoiled: Any) -> None:
    with site.work() as session:
        person = session.scalars(select(Beneficiary)).first()
        owner = session.scalars(select(StaffMember).order_by(StaffMember.id)).first()
        number = len(session.scalars(select(ContactPoint)).all())
        contact = ContactPoint(
            staff_id=None if person else owner.id if owner else None,
            beneficiary_id=person.id if person else None,
            channel=Channel.SMS,
            address=f"1380000000{number}",
            address_hash=f"h{number}",
            created_at=site.clock(),
            confirmed_at=site.clock(),
        )
        session.add(contact)
        session.flush()
        row = notices.queue_to(
            session=session,
            contact=contact,
            words="notice.desk",
            now=site.clock(),
            dedupe_key=f"k{number}",
            link="/a/secret-token",
        )
        assert row is not None
        row.delivered_by, row.delivered_at = way, site.clock() if way else None
        for name, value in spoiled.items():
            setattr(row, name, value)


def test_an_operator_sees_that_no_phone_has_rung(desk_site: DeskSite) -> None:
    desk_site.colleague(RoleName.COUNSELOR)
    _notice(desk_site, DeliveryWay.DEVELOPMENT_OUTBOX)
    page = desk_site.signed_in(RoleName.ADMIN).get("/staff/notices").get_data(as_text=True)
    assert "Kept here: no gateway is connected, no phone has rung" in page
    assert "Not connected: Mail · SMS · WeCom robot · DingTalk robot." in page
    assert "工作台上有一件事等您处理" in page or "something is waiting for you at the desk" in page
    assert "1380000000" not in page


def test_a_person_who_is_helped_is_a_code_and_the_secret_link_stays_secret(desk_site: DeskSite) -> None:
    conversation = desk_site.person()
    object.__setattr__(desk_site.app.extensions["settings"], "demo", False)
    _notice(desk_site)
    page = desk_site.signed_in(RoleName.BASE_MANAGER).get("/staff/notices").get_data(as_text=True)
    assert desk_site.code_of(conversation) in page
    assert "secret-token" not in page


def test_trouble_is_listed_apart_and_on_the_day_of_operators(desk_site: DeskSite) -> None:
    desk_site.colleague(RoleName.COUNSELOR)
    _notice(desk_site, DeliveryWay.CHANNEL)
    _notice(desk_site, given_up_at=desk_site.clock(), last_error="no_longer_needed")
    browser = desk_site.signed_in(RoleName.SUPERVISOR)
    assert "Nothing is in trouble." in browser.get("/staff/notices?show=trouble").get_data(as_text=True)
    _notice(desk_site, given_up_at=desk_site.clock(), last_error="errcode_93000", attempts=8)
    page = browser.get("/staff/notices?show=trouble").get_data(as_text=True)
    assert "Given up: errcode_93000" in page
    assert page.count("<tr>") == 2
    assert "could not be sent since yesterday: 1" in browser.get("/staff/my-day").get_data(as_text=True)


def test_a_colleague_of_the_desk_without_an_address_is_told_so_on_their_day(desk_site: DeskSite) -> None:
    browser = desk_site.signed_in(RoleName.DUTY_OFFICER)
    assert "Add an address for notices" in browser.get("/staff/my-day").get_data(as_text=True)
    add(browser)
    browser.post(f"{PATH}/1/confirm", {"code": code(desk_site)})
    assert "Add an address for notices" not in browser.get("/staff/my-day").get_data(as_text=True)
