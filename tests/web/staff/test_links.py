"""No page of the desk offers a way that its reader may not go: each role follows every link from its first page."""

from __future__ import annotations

import pytest

from care import demo
from models.staff import RoleName
from tests.fixtures.desk import DeskSite
from tests.fixtures.links import walk


@pytest.mark.parametrize("role", RoleName)
def test_every_link_that_a_role_sees_in_an_empty_base_opens(desk_site: DeskSite, role: RoleName) -> None:
    assert walk(desk_site.signed_in(role)).broken == {}


@pytest.mark.parametrize("username", [person.username for person in demo.PEOPLE])
def test_every_link_that_a_colleague_of_the_demonstration_sees_opens(full_base: DeskSite, username: str) -> None:
    browser = full_base.browser()
    assert browser.sign_in(username).status_code == 303
    assert walk(browser).broken == {}


def test_the_walk_sees_a_link_that_does_not_open(desk_site: DeskSite) -> None:
    assert walk(desk_site.signed_in(RoleName.VOLUNTEER), "/staff/nowhere").broken == {"/staff/nowhere": (404, "")}
