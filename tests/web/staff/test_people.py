"""Accounts of colleagues: made, renewed, deactivated, by those who may."""

from __future__ import annotations

import re

from care import desk
from models.conversations import Owner
from models.staff import RoleName, StaffMember
from tests.fixtures.desk import DeskSite

NEW = {"username": "lin.xiao", "display_name": "林晓", "roles": ["volunteer"], "language": "zh-CN"}


def _first_password(page: str) -> str:
    found = re.search(r'first-password">([^<]+)<', page)
    assert found is not None
    return found.group(1)


def test_new_colleague_signs_in_with_the_password_that_is_shown_once(desk_site: DeskSite) -> None:
    manager = desk_site.signed_in(RoleName.BASE_MANAGER)
    password = _first_password(manager.post("/staff/people", NEW).get_data(as_text=True))
    assert password not in manager.get("/staff/people").get_data(as_text=True)
    assert desk_site.browser().sign_in("lin.xiao", password).status_code == 303


def test_name_that_is_taken_is_refused_and_the_form_keeps_its_words(desk_site: DeskSite) -> None:
    desk_site.colleague(RoleName.VOLUNTEER, username="lin.xiao")
    answer = desk_site.signed_in(RoleName.BASE_MANAGER).post("/staff/people", NEW)
    page = answer.get_data(as_text=True)
    assert answer.status_code == 422
    assert "already signs in with this name" in page
    assert 'value="林晓"' in page


def test_account_needs_a_role(desk_site: DeskSite) -> None:
    answer = desk_site.signed_in(RoleName.ADMIN).post("/staff/people", NEW | {"roles": []})
    assert answer.status_code == 422
    assert "at least one role" in answer.get_data(as_text=True)


def test_only_an_administrator_makes_an_administrator(desk_site: DeskSite) -> None:
    wish = NEW | {"roles": ["admin", "volunteer"]}
    assert desk_site.signed_in(RoleName.BASE_MANAGER).post("/staff/people", wish).status_code == 422
    assert desk_site.signed_in(RoleName.ADMIN).post("/staff/people", wish).status_code == 200


def test_base_manager_cannot_take_over_the_account_of_an_administrator(desk_site: DeskSite) -> None:
    admin = desk_site.colleague(RoleName.ADMIN)
    manager = desk_site.signed_in(RoleName.BASE_MANAGER)
    assert manager.post("/staff/people/1/password").status_code == 303
    manager.post("/staff/people/1/deactivate")
    assert desk_site.browser().sign_in(admin).status_code == 303


def test_nobody_deactivates_their_own_account(desk_site: DeskSite) -> None:
    manager = desk_site.signed_in(RoleName.BASE_MANAGER)
    manager.post("/staff/people/1/deactivate")
    with desk_site.look() as session:
        assert session.get_one(StaffMember, 1).active


def test_forgotten_password_is_replaced_and_old_sessions_end(desk_site: DeskSite) -> None:
    name = desk_site.colleague(RoleName.COUNSELOR)
    browser = desk_site.browser()
    browser.sign_in(name)
    page = desk_site.signed_in(RoleName.BASE_MANAGER).post("/staff/people/1/password").get_data(as_text=True)
    assert browser.get("/staff/account").status_code == 302
    assert desk_site.browser().sign_in(name).status_code == 401
    assert desk_site.browser().sign_in(name, _first_password(page)).status_code == 303


def test_people_whom_a_deactivated_colleague_was_speaking_with_go_back_to_the_queue(desk_site: DeskSite) -> None:
    desk_site.colleague(RoleName.COUNSELOR)
    held, decoy = desk_site.person(), desk_site.person()
    with desk_site.work() as session:
        desk.take_over(
            session=session, conversation_id=held, actor=session.get_one(StaffMember, 1), now=desk_site.clock()
        )
    manager = desk_site.signed_in(RoleName.BASE_MANAGER)
    manager.post("/staff/people/1/deactivate")
    assert desk_site.conversation(held).owner is Owner.BOT
    assert desk_site.conversation(held).human_requested_at is not None
    assert desk_site.conversation(decoy).human_requested_at is None


def test_colleague_who_came_back_signs_in_again(desk_site: DeskSite) -> None:
    name = desk_site.colleague(RoleName.COUNSELOR)
    manager = desk_site.signed_in(RoleName.BASE_MANAGER)
    manager.post("/staff/people/1/deactivate")
    assert desk_site.browser().sign_in(name).status_code == 401
    manager.post("/staff/people/1/reactivate")
    assert desk_site.browser().sign_in(name).status_code == 303


def test_forged_number_of_a_colleague_finds_nothing(desk_site: DeskSite) -> None:
    manager = desk_site.signed_in(RoleName.BASE_MANAGER)
    for act in ("password", "deactivate", "reactivate"):
        assert manager.post(f"/staff/people/4711/{act}").status_code == 404
