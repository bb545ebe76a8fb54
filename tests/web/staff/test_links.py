"""No page of the desk offers a way that its reader may not go: each role follows every link from its first page."""

from __future__ import annotations

import re

import pytest

from care import demo
from models.staff import RoleName
from tests.fixtures.desk import DeskSite
from tests.fixtures.links import walk

# The pages on which counselors, social workers and volunteers run their working lives.
ROSTER = re.compile(
    r"/staff/(?:shifts|calendar|appointments|book|groups|waiting-list|availability|leave|duty|caseload|persons"
    r"|notes|account|notices)\b"
)


@pytest.mark.parametrize("role", RoleName)
def test_every_link_that_a_role_sees_in_an_empty_base_opens(desk_site: DeskSite, role: RoleName) -> None:
    assert walk(desk_site.signed_in(role)).broken == {}


@pytest.mark.parametrize("username", [person.username for person in demo.PEOPLE])
def test_every_link_that_a_colleague_of_the_demonstration_sees_opens(full_base: DeskSite, username: str) -> None:
    browser = full_base.browser()
    assert browser.sign_in(username).status_code == 303
    assert walk(browser).broken == {}


@pytest.mark.parametrize("username", ["chenyu", "sunli", "linxiao"])
def test_each_of_the_three_teams_has_its_roster_within_two_taps_of_its_day(full_base: DeskSite, username: str) -> None:
    browser = full_base.browser()
    assert browser.sign_in(username).status_code == 303
    taps = walk(browser).taps
    roster = {path: number for path, number in taps.items() if ROSTER.match(path)}
    assert len(roster) > 4
    assert {path: number for path, number in roster.items() if number > 2} == {}


def test_the_walk_sees_a_link_that_does_not_open(desk_site: DeskSite) -> None:
    assert walk(desk_site.signed_in(RoleName.VOLUNTEER), "/staff/nowhere").broken == {"/staff/nowhere": (404, "")}
