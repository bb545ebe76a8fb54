"""No page of the desk offers a way that its reader may not go: each role follows every link from its first page."""

from __future__ import annotations

import re
from collections import deque

import pytest

from models.staff import RoleName
from tests.fixtures.desk import Browser, DeskSite

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
def test_every_link_that_a_role_sees_opens(desk_site: DeskSite, role: RoleName) -> None:
    conversation = desk_site.person()
    desk_site.says(conversation, "我想找人说说话")
    desk_site.case(conversation)
    assert _broken(desk_site.signed_in(role), "/staff/my-day") == {}


def test_the_walk_sees_a_link_that_does_not_open(desk_site: DeskSite) -> None:
    assert _broken(desk_site.signed_in(RoleName.VOLUNTEER), "/staff/nowhere") == {"/staff/nowhere": (404, "")}
