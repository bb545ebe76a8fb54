"""The public page to become a volunteer: what was typed stays, nobody outside learns who applied."""

from __future__ import annotations

import re
from collections.abc import Iterator

import pytest
from sqlalchemy import select

from models.applications import Application
from tests.fixtures.desk import Browser, DeskSite
from web.common.throttle import limiter

GOOD = {
    "name": "林 晓",
    "phone": "138 0000 5550",
    "station_id": "0",
    "wishes": ["visit"],
    "times": ["weekend"],
    "languages": ["wu"],
    "about": "想陪老人说说话",
    "adult": "y",
    "agreed": "y",
}


@pytest.fixture(autouse=True)
def _without_throttle(desk_site: DeskSite) -> Iterator[None]:
    # Each test of this file is one address; how often it may knock is a test of its own. The site stands already.
    assert desk_site.app
    limiter.enabled = False
    yield
    limiter.enabled = True


def _key(browser: Browser) -> str:
    found = re.search(r'name="form_key"[^>]*value="([^"]+)"', browser.get("/volunteer").get_data(as_text=True))
    assert found is not None
    return found.group(1)


def _rows(site: DeskSite) -> list[Application]:
    with site.look() as session:
        return list(session.scalars(select(Application)))


def test_form_is_taken_in_and_the_person_is_thanked(desk_site: DeskSite) -> None:
    browser = desk_site.browser()
    answer = browser.post("/volunteer", GOOD | {"form_key": _key(browser)})
    assert (answer.status_code, answer.headers["Location"]) == (303, "/volunteer/thanks")
    assert browser.get("/volunteer/thanks").status_code == 200
    with desk_site.look() as session:
        (row,) = session.scalars(select(Application)).all()
        assert (row.name, row.phone, row.wishes) == ("林 晓", "13800005550", ["visit"])


def test_same_form_sent_twice_is_one_application(desk_site: DeskSite) -> None:
    browser = desk_site.browser()
    form = GOOD | {"form_key": _key(browser)}
    answers = [browser.post("/volunteer", form) for _twice in range(2)]
    assert [answer.status_code for answer in answers] == [303, 303]
    assert len(_rows(desk_site)) == 1


def test_second_application_of_a_telephone_is_answered_like_the_first(desk_site: DeskSite) -> None:
    first, second = desk_site.browser(), desk_site.browser()
    answers = [
        browser.post("/volunteer", GOOD | {"form_key": _key(browser), "name": name})
        for browser, name in ((first, "林晓"), (second, "别人"))
    ]
    seen = {(answer.status_code, answer.headers["Location"], answer.get_data()) for answer in answers}
    assert len(seen) == 1
    assert len(_rows(desk_site)) == 1


@pytest.mark.parametrize(
    "wrong",
    [
        {"name": ""},
        {"name": "名" * 41},
        {"phone": "12"},
        {"phone": "+" * 200},
        {"about": "字" * 1001},
        {"adult": ""},
        {"agreed": ""},
        {"station_id": "4711"},
        {"station_id": "nonsense"},
        {"wishes": ["fly"]},
        {"languages": ["klingon"]},
        {"form_key": ""},
        {"form_key": "x"},
    ],
)
def test_form_that_cannot_be_taken_keeps_every_word(desk_site: DeskSite, wrong: dict[str, object]) -> None:
    browser = desk_site.browser()
    answer = browser.post("/volunteer", GOOD | {"form_key": _key(browser)} | wrong)
    page = answer.get_data(as_text=True)
    assert answer.status_code == 422
    assert 'role="alert"' in page
    if "about" not in wrong:
        assert "想陪老人说说话" in page
    assert _rows(desk_site) == []


def test_form_that_was_refused_can_be_mended_and_sent(desk_site: DeskSite) -> None:
    browser = desk_site.browser()
    refused = browser.post("/volunteer", GOOD | {"form_key": "forged"}).get_data(as_text=True)
    found = re.search(r'name="form_key"[^>]*value="([^"]+)"', refused)
    assert found is not None
    assert browser.post("/volunteer", GOOD | {"form_key": found.group(1)}).status_code == 303


def test_markup_in_a_refused_form_stays_words(desk_site: DeskSite) -> None:
    browser = desk_site.browser()
    hostile = '"><script>alert(1)</script>'
    page = browser.post("/volunteer", GOOD | {"name": hostile, "phone": "1"}).get_data(as_text=True)
    assert hostile not in page
    assert "&lt;script&gt;" in page


def test_form_without_its_token_is_refused(desk_site: DeskSite) -> None:
    assert desk_site.browser().client.post("/volunteer", data=GOOD).status_code == 400
    assert _rows(desk_site) == []


def test_programme_that_fills_the_inbox_is_slowed_down(desk_site: DeskSite) -> None:
    limiter.enabled = True
    browser = desk_site.browser()
    statuses = [browser.post("/volunteer", {}).status_code for _knock in range(8)]
    assert statuses[:6] == [422] * 6
    assert set(statuses[6:]) == {429}


def test_page_says_what_is_kept_in_both_languages(desk_site: DeskSite) -> None:
    for language, words in (("zh-CN", "我们保存什么"), ("en", "What is kept")):
        page = desk_site.browser().get("/volunteer", headers={"Accept-Language": language}).get_data(as_text=True)
        assert words in page
