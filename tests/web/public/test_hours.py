"""Open chats learn in the same second that somebody has come or gone; the public page is in the house style."""

from __future__ import annotations

import json
import threading

import pytest

from care import duty
from models.staff import RoleName, StaffMember
from tests.fixtures.desk import DeskSite
from tests.web.public.conftest import Visitor
from web.common.database import unit_of_work


def _come_or_go(site: DeskSite, verb: object) -> None:
    with site.app.app_context(), unit_of_work() as work:
        verb(session=work, actor=work.get_one(StaffMember, 1), now=site.clock())  # type: ignore[operator]


def test_an_open_chat_learns_at_once_that_somebody_has_come_and_gone(visitor: Visitor, site: DeskSite) -> None:
    site.turn(site.colleague(RoleName.DUTY_OFFICER))
    visitor.begins()
    stream = visitor.client.get("/chat/stream", buffered=False)
    for _ in range(3):
        next(stream.response)  # the retry line, how things stand, the greeting
    told = []
    for verb in (duty.check_in, duty.check_out):
        # The poke of the unit of work wakes the stream; nothing waits for a poll of the browser.
        threading.Timer(0.05, _come_or_go, (site, verb)).start()
        line = next(stream.response).decode()
        while not line.startswith("event: status"):
            line = next(stream.response).decode()
        told.append(json.loads(line.split("data: ")[1])["staffed"])
    stream.close()
    assert told == [True, False]


@pytest.mark.parametrize(("language", "words"), [("zh-CN", "什么时候有真人回复"), ("en", "When a person answers")])
def test_the_page_has_a_title_one_heading_and_a_way_into_the_chat(visitor: Visitor, language: str, words: str) -> None:
    page = visitor.text("/hours", headers={"Accept-Language": language})
    assert page.count("<h1") == 1
    assert words in page
    assert 'action="/chat/start"' in page
    assert "12356" in page
    assert 'href="/hours"' in visitor.text("/")
