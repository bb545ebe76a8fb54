"""No page of the desk offers a way that its reader may not go: each role follows every link from its first page."""

from __future__ import annotations

import re
from collections import deque
from collections.abc import Iterator

import pytest

from care import demo
from models.staff import RoleName
from tests.fixtures.desk import PASSWORD, Browser, DeskSite, running_site
from tests.fixtures.world import ZONE
from web.common import security

# Enough for every page of the desk; days and weeks are links without end, so each path is opened once.
MOST = 150
_LINK = re.compile(r'<a\b[^>]*\bhref="(/[^"#]*)')


def _broken(browser: Browser, first: str) -> dict[str, tuple[int, str]]:
    """Return each path that does not open, with its status and the page that offers it."""
    waiting, known, broken = deque([(first, "")]), {first.partition("?")[0]}, {}
    for _ in range(MOST):
        if not waiting:
            break
        address, offered_by = waiting.popleft()
        answer = browser.get(address)
        path = address.partition("?")[0]
        if answer.status_code not in (200, 302, 303):
            broken[path] = (answer.status_code, offered_by)
        if not answer.mimetype.startswith("text/html") or not path.startswith("/staff"):
            continue
        for link in _LINK.findall(answer.get_data(as_text=True)):
            link = link.replace("&amp;", "&")
            where = re.sub(r"\d+", "0", link.partition("?")[0])
            if where not in known:
                known.add(where)
                waiting.append((link, path))
    return broken


@pytest.mark.parametrize("role", RoleName)
def test_every_link_that_a_role_sees_in_an_empty_base_opens(desk_site: DeskSite, role: RoleName) -> None:
    assert _broken(desk_site.signed_in(role), "/staff/my-day") == {}


@pytest.fixture(scope="module")
def full_base(tmp_path_factory: pytest.TempPathFactory) -> Iterator[DeskSite]:
    """Return the demonstration: every kind of record that the pages know is there."""
    with running_site(tmp_path_factory.mktemp("full")) as site:
        with site.work() as session:
            demo.load_people(
                session=session,
                now=site.clock(),
                hashed=security.hashed,
                passwords={person.username: PASSWORD for person in demo.PEOPLE},
            )
            demo.load_roster(session=session, now=site.clock(), timezone=ZONE)
            demo.load_conversations(session=session, now=site.clock(), timezone=ZONE, secret=site.settings.secret_key)
        yield site


@pytest.mark.parametrize("username", [person.username for person in demo.PEOPLE])
def test_every_link_that_a_colleague_of_the_demonstration_sees_opens(full_base: DeskSite, username: str) -> None:
    browser = full_base.browser()
    assert browser.sign_in(username).status_code == 303
    assert _broken(browser, "/staff/my-day") == {}


def test_the_walk_sees_a_link_that_does_not_open(desk_site: DeskSite) -> None:
    assert _broken(desk_site.signed_in(RoleName.VOLUNTEER), "/staff/nowhere") == {"/staff/nowhere": (404, "")}
