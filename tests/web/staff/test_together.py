"""Filling in together at the desk: large questions, danger said at once, a paper whose code works."""

from __future__ import annotations

import re

import pytest
from sqlalchemy import select

from models.assisted import AssistedSession
from models.screenings import AnswerMode, ScreeningAnswer
from models.staff import RoleName
from tests.fixtures.desk import Browser, DeskSite
from tests.web.public.page_rules import broken_rules

FORM = {"code": "", "present": "family", "person_there": "y", "agreed": "y"}


def _key(browser: Browser) -> str:
    found = re.search(r'name="key"[^>]*value="([^"]+)"', browser.get("/staff/together").get_data(as_text=True))
    assert found is not None
    return found.group(1)


def _begin(browser: Browser, **more: str) -> str:
    answer = browser.post("/staff/together", FORM | {"key": _key(browser)} | more)
    assert answer.status_code == 303
    return str(answer.headers["Location"])


def _go_through(browser: Browser, path: str, **special: str) -> list[str]:
    seen: list[str] = []
    page = browser.get(path).get_data(as_text=True)
    while (item := re.search(r'name="item" value="([^"]+)"', page)) is not None:
        assert broken_rules(page, "en") == []
        key = item.group(1)
        seen.append(key)
        offered = [value for value in re.findall(r'name="value" value="([^"]+)"', page) if value != "-1"]
        value = min(offered) if "." in key else offered[-1]
        browser.post(f"{path}/answer", {"item": key, "value": special.get(key, value)})
        page = browser.get(path).get_data(as_text=True)
    return seen


def test_a_worker_goes_through_with_somebody_new_and_prints_a_paper_that_works(desk_site: DeskSite) -> None:
    worker = desk_site.signed_in(RoleName.SOCIAL_WORKER)
    path = _begin(worker)
    assert "is not finished" in worker.get("/staff/my-day").get_data(as_text=True)
    seen = _go_through(worker, path)
    assert seen[0] == "age_band"
    assert "asq.4" in seen
    paper = worker.post(f"{path}/paper").get_data(as_text=True)
    assert broken_rules(paper, "en") == []
    code = re.search(r'paper__code">([A-Z0-9-]+)<', paper)
    assert code is not None
    assert code.group(1) not in worker.get(path).get_data(as_text=True)
    visitor = desk_site.browser()
    assert visitor.post("/resume", {"code": code.group(1)}).headers["Location"] == "/chat"
    assert worker.post(f"{path}/end").status_code == 303
    with desk_site.look() as session:
        assert set(session.scalars(select(ScreeningAnswer.mode))) == {AnswerMode.ASSISTED}
        assert session.scalars(select(AssistedSession.ended_at)).all() == [desk_site.clock()]


def test_danger_is_said_on_the_next_screen(desk_site: DeskSite) -> None:
    worker = desk_site.signed_in(RoleName.SOCIAL_WORKER)
    path = _begin(worker)
    _go_through(worker, path, **{"asq.1": "1", "asq.5": "1"})
    page = worker.get(path).get_data(as_text=True)
    assert "Please stay with the person" in page
    assert 'href="tel:120"' in page


@pytest.mark.parametrize(
    ("wrong", "words"),
    [({"person_there": ""}, "must be there"), ({"agreed": ""}, "must be there"), ({"code": "NY-NOBODY"}, "Nobody")],
)
def test_without_the_person_or_their_yes_nothing_begins(desk_site: DeskSite, wrong: dict[str, str], words: str) -> None:
    worker = desk_site.signed_in(RoleName.COUNSELOR)
    form = {name: value for name, value in (FORM | {"key": _key(worker)} | wrong).items() if value}
    answer = worker.post("/staff/together", form)
    assert answer.status_code == 422
    assert broken_rules(answer.get_data(as_text=True), "en") == []
    with desk_site.look() as session:
        assert session.scalars(select(AssistedSession.id)).all() == []


def test_a_sitting_is_its_workers_own(desk_site: DeskSite) -> None:
    worker, other = desk_site.signed_in(RoleName.SOCIAL_WORKER), desk_site.signed_in(RoleName.COUNSELOR)
    path = _begin(worker)
    assert other.get(path).status_code == 404
    for deed in ("answer", "paper", "end"):
        assert other.post(f"{path}/{deed}", {"item": "age_band", "value": "60-plus"}).status_code == 404
