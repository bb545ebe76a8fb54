"""The cookie of a person's browser: forged, expired or absurd keys open nothing."""

from __future__ import annotations

import pytest

from care import people
from tests.fixtures.desk import DeskSite

JSON = {"Accept": "application/json"}


def _browser_of(site: DeskSite, key: str) -> int:
    client = site.app.test_client()
    client.set_cookie("ny_chat", key)
    return client.get("/chat/messages", headers=JSON).status_code


def _open(site: DeskSite) -> str:
    with site.work() as session:
        door = people.open_door(session=session, secret=site.settings.secret_key, language="zh-CN", now=site.clock())
        return door.chat_key


def test_a_key_opens_until_it_has_not_been_renewed_for_its_life(desk_site: DeskSite) -> None:
    key = _open(desk_site)
    desk_site.clock.advance(days=29)
    assert _browser_of(desk_site, key) == 200
    desk_site.clock.advance(days=2)
    assert _browser_of(desk_site, key) == 401


@pytest.mark.parametrize("key", ["", "x", "x" * 3000, "' OR 1=1 --", "你好"])
def test_a_forged_key_opens_nothing(desk_site: DeskSite, key: str) -> None:
    _open(desk_site)
    assert _browser_of(desk_site, key) == 401


def test_a_key_is_worthless_in_the_database_alone(desk_site: DeskSite) -> None:
    key = _open(desk_site)
    stored = people.keyed_hash(desk_site.settings.secret_key, key)
    assert stored != key
    assert _browser_of(desk_site, stored) == 401
    assert people.keyed_hash("another secret", key) != stored
