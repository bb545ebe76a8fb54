"""What was told once: the person reads it, says since when and that it is right; a change takes that word back."""

from __future__ import annotations

import re
from typing import Any

from sqlalchemy import select

from care import intakes
from models.beneficiaries import Intake
from models.conversations import Conversation
from models.staff import RoleName
from tests.fixtures.desk import Browser, DeskSite


def visitor(site: DeskSite) -> Browser:
    browser = site.browser()
    browser.client.set_cookie("ny_language", "en")
    browser.post("/chat/start")
    return browser


def tell(site: DeskSite, **fields: Any) -> int:
    with site.work() as session:
        conversation = session.scalars(select(Conversation).order_by(Conversation.id.desc())).first()
        assert conversation is not None
        intakes.update(session=session, conversation=conversation, fields=fields, now=site.clock())
        return conversation.id


def stored(site: DeskSite) -> Intake:
    with site.look() as session:
        found = session.scalars(select(Intake)).one()
        session.expunge_all()
        return found


def approve(browser: Browser, **more: str) -> Any:
    """Open the card, as a person does, and say that it is right."""
    found = re.search(r'name="mark" value="([0-9a-f]*)"', browser.get("/my-card").text)
    return browser.post("/my-card", {"mark": found.group(1) if found else ""} | more)


def test_the_person_reads_the_card_and_approves_it_with_a_time(desk_site: DeskSite) -> None:
    browser = visitor(desk_site)
    assert "/my-card" in browser.get("/chat").text
    number = tell(desk_site, worries=["sleep"], story="I lie awake.", completed=True)
    counselor = desk_site.signed_in(RoleName.COUNSELOR)
    # To have come to the end of the questions is not to have approved.
    assert "has not said yet that this is right" in counselor.get(f"/staff/conversations/{number}").text
    assert "I lie awake." in browser.get("/my-card").text
    assert approve(browser, since_when="months").status_code == 303
    assert (stored(desk_site).approved_at, stored(desk_site).since_when) == (desk_site.clock(), "months")
    page = counselor.get(f"/staff/conversations/{number}").text
    assert "has read this and said that it is right" in page
    assert "for some months" in page
    assert "You said that it is right" in browser.get("/my-card").text


def test_what_is_changed_afterwards_is_not_approved_any_more(desk_site: DeskSite) -> None:
    browser = visitor(desk_site)
    tell(desk_site, worries=["sleep"])
    approve(browser)
    tell(desk_site, called="Xiao Wang")
    assert stored(desk_site).approved_at is not None
    tell(desk_site, story="It is about money, too.")
    assert stored(desk_site).approved_at is None


def test_nothing_told_and_an_answer_that_is_not_offered_are_refused(desk_site: DeskSite) -> None:
    browser = visitor(desk_site)
    assert "Nothing is noted yet" in browser.get("/my-card").text
    assert "Nothing is noted yet" in browser.get(approve(browser).location).text
    tell(desk_site, worries=["sleep"])
    approve(browser, since_when="I want to die since May")
    assert (stored(desk_site).approved_at, stored(desk_site).since_when) == (None, None)


def test_without_a_key_there_is_no_card(desk_site: DeskSite) -> None:
    assert desk_site.browser().get("/my-card").status_code in (302, 303, 401, 403)


def test_a_card_that_another_window_changed_is_read_again_before_it_is_right(desk_site: DeskSite) -> None:
    browser = visitor(desk_site)
    tell(desk_site, worries=["sleep"])
    mark = re.search(r'name="mark" value="([0-9a-f]+)"', browser.get("/my-card").text)
    assert mark is not None
    tell(desk_site, story="And there is the rent.")
    answer = browser.post("/my-card", {"mark": mark.group(1)})
    assert "Please read it once more" in browser.get(answer.location).text
    assert stored(desk_site).approved_at is None
