"""I am worried about somebody else: open to anybody, rings at once, and promises nobody who is away."""

from __future__ import annotations

import re
from typing import Any

from sqlalchemy import func, select

from models.crises import CrisisCase
from models.staff import RoleName
from models.worried_reports import ReportDoor, WorriedReport
from tests.fixtures.desk import Browser, DeskSite

TOLD = {"sight": "soon", "words": "She says that she has a plan.", "about": "The woman on the third floor"}


def send(browser: Browser, **typed: str) -> Any:
    page = browser.get("/worried").text
    found = re.search(r'name="form_key"[^>]*value="([^"]*)"', page)
    assert found is not None
    return browser.post("/worried", {"form_key": found.group(1)} | TOLD | typed)


def reader(site: DeskSite) -> Browser:
    browser = site.browser()
    browser.client.set_cookie("ny_language", "en")
    return browser


def test_without_sign_in_a_case_opens_and_the_page_names_who_calls_and_when(desk_site: DeskSite) -> None:
    officer = desk_site.colleague(RoleName.DUTY_OFFICER)
    desk_site.turn(officer)
    signed = desk_site.browser()
    signed.sign_in(officer)
    signed.post("/staff/here")
    browser = reader(desk_site)
    assert "A colleague is at the desk now" in browser.get("/worried").text
    assert send(browser, reporter_phone="138 0000 0000").status_code == 303
    page = browser.get("/worried/kept").text
    assert "will call you by 10:15" in page
    assert 'href="tel:120"' in page
    # The page is shown once; afterwards the form is there again.
    assert browser.get("/worried/kept").status_code == 303
    with desk_site.look() as session:
        report = session.scalars(select(WorriedReport)).one()
        assert report.door is ReportDoor.PAGE
        assert session.scalars(select(CrisisCase)).one().level.value == "red"


def test_nobody_is_promised_who_is_not_on_the_roster(desk_site: DeskSite) -> None:
    browser = reader(desk_site)
    assert "Nobody is at the desk now" in browser.get("/worried").text
    send(browser, reporter_phone="13800000000")
    page = browser.get("/worried/kept").text
    assert "we cannot promise you a call" in page
    assert "will call you" not in page
    send(browser)
    assert "You left no number" in browser.get("/worried/kept").text


def test_what_was_typed_stays_and_the_numbers_stand_on_top(desk_site: DeskSite) -> None:
    browser = reader(desk_site)
    answer = send(browser, sight="changed", words="He does not go out.", reporter_phone="12")
    assert answer.status_code == 422
    assert "He does not go out." in answer.text
    assert "7 to 15 figures" in answer.text
    assert 'href="tel:110"' in answer.text
    assert send(browser, sight="", words="He never calls me back.").status_code == 422


def test_from_the_chat_the_answer_stands_in_the_chat_too(desk_site: DeskSite) -> None:
    browser = reader(desk_site)
    browser.post("/chat/start")
    assert "/worried" in browser.get("/chat").text
    assert send(browser).status_code == 303
    assert "You left no number" in browser.get("/chat").text
    with desk_site.look() as session:
        report = session.scalars(select(WorriedReport)).one()
        assert report.door is ReportDoor.CHAT
        assert report.conversation_id is not None


def test_a_programme_that_fills_the_queue_is_slowed_down(desk_site: DeskSite) -> None:
    desk_site.app.config["RATELIMIT_ENABLED"] = True
    browser = reader(desk_site)
    answers = [send(browser).status_code for _ in range(8)]
    # Six a minute and not one more; a minute that ends among them would let another one in.
    refused = answers.index(429)
    assert answers[:refused] == [303] * refused
    assert refused in (6, 7)
    with desk_site.look() as session:
        # What was turned away has opened nothing.
        stored = session.scalar(select(func.count()).select_from(WorriedReport))
        cases = session.scalar(select(func.count()).select_from(CrisisCase))
    assert stored == cases == answers.count(303) < 8
    # Whoever is turned away still reads whom to call, and the page itself stays open to everybody.
    turned_away = browser.post("/worried", TOLD)
    assert turned_away.status_code == 429
    assert 'href="tel:120"' in turned_away.text
    assert browser.get("/worried").status_code == 200
