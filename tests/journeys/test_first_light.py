"""Someone writes, the bot listens, a crisis reaches a person: the whole path, in both languages."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from playwright.sync_api import Page, expect

from tests.fixtures.browser import DESKTOP
from tests.fixtures.platform import Platform
from tests.journeys.people import BUTTONS, CHINESE, ENGLISH, Officer, Person, Script, change, row, wait_for

pytestmark = [pytest.mark.browser, pytest.mark.rasa, pytest.mark.timeout(420)]

Opens = Callable[..., Page]
Finds = Callable[[Page], list[str]]
# From the person's tap on "send" to the officer's screen; generous, because the test shares two cores with
# two browsers. The measured figures are in bench/first_light.py.
WITHIN_MS = 3_000


def newest_case(platform: Platform) -> tuple[int, str]:
    found: tuple[int, str] = row(
        platform,
        "SELECT c.id, b.code FROM crisis_cases c JOIN beneficiaries b ON b.id = c.beneficiary_id"
        " WHERE b.synthetic = 0 ORDER BY c.id DESC LIMIT 1",
    )
    return found


@pytest.mark.parametrize("script", [CHINESE, ENGLISH], ids=["zh", "en"])
def test_first_light(platform: Platform, open_page: Opens, axe_findings: Finds, script: Script) -> None:
    # Given a duty officer at the desk, and a person on a phone
    officer = Officer(open_page(platform.url + "/staff/", language=script.language, viewport=DESKTOP), platform)
    officer.sign_in()
    officer.check_in()
    assert axe_findings(officer.page) == []
    person = Person(open_page(platform.url + "/", language=script.language))
    for number in ("12356", "120", "110"):
        expect(person.page.locator(f"a[href='tel:{number}']").first).to_be_visible()
    assert axe_findings(person.page) == []

    # When the person begins and talks, the real bot answers and offers the questions
    person.begin()
    for worry in script.worries:
        before = person.count("bot")
        person.write(worry)
        person.hears("bot", before)
    person.tap(BUTTONS["start_screening"][script.language])
    expect(person.page.locator("[data-kind='item']").last).to_be_visible()
    person.page.locator("[data-kind='item']").last.locator(".tap").first.click()
    wait_for(person.page, lambda: person.page.locator("[data-kind='item']").count() == 2)
    assert axe_findings(person.page) == []

    # When a crisis message comes in the middle of the questions, the fixed reply is there at once
    person.write(script.crisis)
    expect(person.page.locator("[data-kind='crisis']").last).to_be_visible(timeout=WITHIN_MS)
    # and the case is on the officer's screen without a reload, ringing
    case_id, code = wait_for(person.page, lambda: newest_case(platform))
    expect(officer.row_of(code)).to_be_visible(timeout=WITHIN_MS)
    expect(officer.page.locator("html[data-ringing='yes']")).to_be_attached()

    # When the officer takes the case, the ringing ends
    officer.row_of(code).locator("form[action$='/acknowledge'] button").click()
    expect(officer.page.locator("html[data-ringing='no']")).to_be_attached()
    assert row(platform, "SELECT acknowledged_at IS NOT NULL FROM crisis_cases WHERE id = ?", case_id) == (1,)

    # When the officer takes over, both sides see each other's words live and the bot is silent
    officer.row_of(code).locator("a[href*='/conversations/']").first.click()
    for turn in (1, 2):
        officer.press("take-over")
        expect(officer.page.locator("[data-composer]")).to_be_visible()
        bot_said = person.count("bot")
        officer.write(f"{script.from_desk} ({turn})")
        expect(person.messages("staff").nth(turn - 1)).to_be_visible(timeout=WITHIN_MS)
        person.write(f"{script.back_to_desk} ({turn})")
        answer = officer.page.locator(".words", has_text=f"{script.back_to_desk} ({turn})")
        expect(answer).to_be_visible(timeout=WITHIN_MS)
        assert person.count("bot") == bot_said
        if turn == 1:
            assert axe_findings(officer.page) == []
        # Then the bot answers again after the hand-back, and a second take-over works like the first
        officer.press("hand-back")
        expect(officer.page.locator("form[action$='/take-over'] button").first).to_be_visible()
        person.write(script.plain)
        person.hears("bot", bot_said)

    # And the person can come back from another phone with the code, and finds the conversation
    again = open_page(platform.url + "/resume", language=script.language)
    again.locator("[name='code']").fill(person.code)
    again.locator("form[action='/resume'] button").first.click()
    again.wait_for_url("**/chat*")
    expect(again.get_by_text(script.crisis, exact=True)).to_be_visible()


def test_an_unanswered_alarm_climbs_and_each_hop_is_on_the_screen(platform: Platform, open_page: Opens) -> None:
    # Given an emergency that nobody takes
    officer = Officer(open_page(platform.url + "/staff/", viewport=DESKTOP), platform)
    officer.sign_in()
    person = Person(open_page(platform.url + "/"))
    person.begin()
    person.write(CHINESE.emergency)
    expect(person.page.locator("[data-kind='crisis']").last).to_be_visible()
    case_id, code = newest_case(platform)
    expect(officer.row_of(code)).to_be_visible()
    hops = row(platform, "SELECT count(*) FROM escalations WHERE case_id = ?", case_id)[0]
    # When its clock has run out
    change(platform, "UPDATE crisis_cases SET climbs_at = datetime('now', '-1 second') WHERE id = ?", case_id)
    # Then the scheduler rings the next person, and the hop is a row with its seconds
    wait_for(
        officer.page,
        lambda: row(platform, "SELECT count(*) FROM escalations WHERE case_id = ?", case_id)[0] > hops,
    )
    position, seconds = row(
        platform, "SELECT position, seconds FROM escalations WHERE case_id = ? ORDER BY hop_no DESC LIMIT 1", case_id
    )
    assert position == "stand_in"
    assert seconds >= 0


def test_with_the_bot_stopped_the_chat_answers_and_the_alarm_is_raised(platform: Platform, open_page: Opens) -> None:
    officer = Officer(open_page(platform.url + "/staff/", viewport=DESKTOP), platform)
    officer.sign_in()
    person = Person(open_page(platform.url + "/"))
    person.begin()
    # Given Rasa is killed
    platform.kill("rasa")
    try:
        # When the person writes something calm, the site says honestly what is not available
        said = person.count("system")
        person.write(CHINESE.plain)
        person.hears("system", said)
        # and when the words are dangerous, the fixed reply and the alarm come as always
        person.write(CHINESE.crisis)
        expect(person.page.locator("[data-kind='crisis']").last).to_be_visible(timeout=WITHIN_MS)
        _case, code = newest_case(platform)
        expect(officer.row_of(code)).to_be_visible(timeout=WITHIN_MS)
    finally:
        platform.start("rasa")
    # Then, with the bot back, the words that waited are answered
    wait_for(person.page, lambda: person.count("bot") > 0, seconds=60)


def test_nothing_typed_is_lost_while_the_site_is_down(platform: Platform, open_page: Opens) -> None:
    person = Person(open_page(platform.url + "/"))
    person.begin()
    platform.kill("site")
    try:
        person.write(CHINESE.plain)
        expect(person.page.get_by_text(CHINESE.plain)).to_be_visible()
    finally:
        platform.start("site")
    person.hears("bot", 0)
    assert person.page.locator("#messages > [data-sender='person']").count() == 1
