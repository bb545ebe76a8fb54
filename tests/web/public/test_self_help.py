"""Exercises work with and without scripts, keep words on the phone, and show help when it gets heavy."""

from __future__ import annotations

import html
import secrets
from collections.abc import Iterator

import pytest
from sqlalchemy import select

from care import intakes, self_help
from models.conversations import Conversation, Message
from models.crises import CrisisCase
from models.self_help import ExerciseRating
from tests.fixtures.desk import DeskSite
from tests.web.public.conftest import Visitor
from tests.web.public.page_rules import broken_rules
from web.common.throttle import limiter

PAGES = ["/self-help", "/self-help?need=sleep", *(f"/self-help/{one.key}" for one in self_help.all_of("en"))]


@pytest.fixture(autouse=True)
def _without_throttle(site: DeskSite) -> Iterator[None]:
    # How often one address may knock is a test of its own. The site stands already.
    assert site.app
    limiter.enabled = False
    yield
    limiter.enabled = True


@pytest.mark.parametrize("language", ["zh-CN", "en"])
def test_pages_keep_the_rules(visitor: Visitor, language: str) -> None:
    visitor.post("/language", language=language)
    for path in PAGES:
        text = visitor.text(path)
        assert broken_rules(text, language) == [], path
        assert all(f'href="tel:{number}"' in text for number in ("12356", "120", "110")), path


def test_strange_exercise_is_not_found_and_a_strange_need_shows_all(visitor: Visitor) -> None:
    assert visitor.get("/self-help/../etc").status_code == 404
    assert visitor.get("/self-help/none").status_code == 404
    assert visitor.get("/self-help?need=<b>").status_code == 200


def test_what_somebody_told_us_comes_first(site: DeskSite, visitor: Visitor) -> None:
    visitor.begins()
    with site.work() as session:
        conversation = session.scalars(select(Conversation)).one()
        intakes.update(session=session, conversation=conversation, fields={"worries": ["shame"]}, now=site.clock())
    page = visitor.text("/self-help")
    assert page.index("/self-help/ask-for-benefit") < page.index("/self-help/breathing")


@pytest.mark.parametrize(("value", "shown"), [("8", False), ("9", True), ("10", True)])
def test_without_scripts_a_number_is_kept_and_a_heavy_one_shows_the_numbers(
    site: DeskSite, visitor: Visitor, value: str, shown: bool
) -> None:
    run = secrets.token_hex(16)
    answer = visitor.post("/self-help/breathing/rating", run=run, moment="before", value=value)
    assert answer.status_code == 303
    page = visitor.text(answer.headers["Location"])
    assert ('id="help-card" aria-labelledby="help-card-title" tabindex="-1" hidden' in page) is not shown
    with site.look() as session:
        assert session.scalars(select(ExerciseRating.before)).all() == [int(value)]


def test_a_rise_shows_help_to_the_script_too(visitor: Visitor) -> None:
    run = secrets.token_hex(16)
    for moment, value, shown in (("before", 3, False), ("after", 4, True), ("after", 2, False)):
        answer = visitor.ask("/self-help/sleep/rating", {"run": run, "moment": moment, "value": value})
        assert answer.get_json() == {"help": shown}


@pytest.mark.parametrize(
    "body", [{}, [], {"run": "x", "moment": "before", "value": 3}, {"moment": "before", "value": "many"}]
)
def test_what_is_no_rating_is_refused_and_nothing_is_stored(
    site: DeskSite, visitor: Visitor, body: dict[str, object]
) -> None:
    assert visitor.ask("/self-help/sleep/rating", body).status_code in (400, 422)
    with site.look() as session:
        assert session.scalars(select(ExerciseRating.id)).all() == []


def test_words_that_are_sent_go_into_the_chat_once_and_are_heard(site: DeskSite, visitor: Visitor) -> None:
    run = secrets.token_hex(16)
    for _twice in range(2):
        answer = visitor.post("/self-help/thought-record/send", run=run, text="我什么都做不好。我不想活了。")
        assert (answer.status_code, answer.headers["Location"]) == (303, "/chat#newest")
    assert "我不想活了" in html.unescape(visitor.text("/chat"))
    with site.look() as session:
        assert len(session.scalars(select(CrisisCase.id)).all()) == 1
        mine = [one.text for one in session.scalars(select(Message)) if one.client_key == f"self-help-{run}"]
        assert len(mine) == 1


def test_chat_home_and_footer_lead_to_it(visitor: Visitor) -> None:
    visitor.begins()
    for path in ("/chat", "/", "/about"):
        assert 'href="/self-help"' in visitor.text(path)


def test_the_help_card_asks_for_a_person_in_one_tap_with_or_without_a_chat(visitor: Visitor) -> None:
    assert 'name="human" value="1"' in visitor.text("/self-help/breathing?help=1")
    assert visitor.post("/chat/start", human="1").status_code == 303
    told = [view["kind"] for view in visitor.messages() if view["sender"] == "system"]
    assert len(told) == 1
    assert visitor.post("/chat/start", human="1").status_code == 303
    assert len(visitor.messages()) == 3
