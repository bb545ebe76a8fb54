"""Every public page is whole, in both languages, and keeps the numbers and the way out in sight."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path

import pytest
from babel.messages.extract import extract_from_dir
from babel.messages.pofile import read_po

from models.duty import DutyPosition
from models.staff import RoleName
from tests.fixtures.desk import DeskSite
from tests.web.public.conftest import Visitor
from tests.web.public.page_rules import broken_rules

WEB = Path(__file__).parents[3] / "web"
PAGES = ["/", "/about", "/resume", "/resume?expired=1", "/chat", "/not-here", "/volunteer", "/volunteer/thanks"]
GAP = re.compile(r"%\(\w+\)s|\{\w+\}")


@pytest.mark.parametrize("language", ["zh-CN", "en"])
@pytest.mark.parametrize("path", PAGES)
def test_page_keeps_the_rules(visitor: Visitor, path: str, language: str) -> None:
    visitor.post("/language", language=language)
    visitor.begins()
    assert broken_rules(visitor.text(path), language) == []


@pytest.mark.parametrize("path", PAGES)
def test_page_shows_the_numbers_and_the_way_out(visitor: Visitor, path: str) -> None:
    visitor.begins()
    text = visitor.text(path)
    assert all(f'href="tel:{number}"' in text for number in ("12356", "120", "110"))
    assert "data-quick-exit=" in text


def test_rules_see_a_bad_page() -> None:
    bad = '<html lang="fr"><body><p id="a" style="x"><p id="a" onclick="x"><input name="q"><button></button>'
    bad += '<script>1</script><form method="post" action="/x"></form>'
    assert len(broken_rules(bad, "en")) == 10


@pytest.mark.parametrize("status", [400, 401, 403, 404, 413, 429, 500, 503])
@pytest.mark.parametrize("language", ["zh-CN", "en"])
def test_error_page_is_kind_in_both_languages(site: DeskSite, status: int, language: str) -> None:
    from flask import render_template

    from web.common.refusal_words import refusal_words

    with site.app.test_request_context("/x", headers={"Accept-Language": language}):
        text = render_template(f"errors/{status}.html", status=status, words=refusal_words(status))
    assert broken_rules(text, language) == []
    assert 'href="tel:12356"' in text


def test_language_stays_chosen_and_a_strange_one_is_ignored(visitor: Visitor) -> None:
    assert 'lang="zh-CN"' in visitor.text("/", headers={"Accept-Language": "fr"})
    visitor.post("/language", language="en", back="/about")
    assert '<html lang="en"' in visitor.text("/")
    visitor.post("/language", language="xx")
    assert '<html lang="en"' in visitor.text("/")


@pytest.mark.parametrize("back", ["https://evil.example", "//evil.example", "/\\evil.example", "evil", ""])
def test_switches_never_lead_to_another_site(visitor: Visitor, back: str) -> None:
    assert visitor.post("/language", language="en", back=back).headers["Location"] == "/"
    assert visitor.post("/text-size", size="large", back="/about").headers["Location"] == "/about"


def test_conversation_follows_the_language_of_the_page(visitor: Visitor, create_visitor: Callable[[], Visitor]) -> None:
    decoy = create_visitor()
    decoy.begins()
    visitor.begins()
    visitor.post("/language", language="en")
    assert "Thank you" in visitor.says("我不想活了").get_json()["messages"][1]["text"]
    assert "谢谢" in decoy.says("我不想活了").get_json()["messages"][1]["text"]


def test_large_text_is_remembered(visitor: Visitor) -> None:
    assert 'data-size="normal"' in visitor.text("/")
    visitor.post("/text-size", size="large")
    assert 'data-size="large"' in visitor.text("/about")


def test_home_promises_a_person_only_while_somebody_is_checked_in(site: DeskSite, visitor: Visitor) -> None:
    name = site.colleague(RoleName.DUTY_OFFICER)
    turn_id = site.turn(name, position=DutyPosition.ON_CALL)
    assert "opening--staffed" not in visitor.text("/")
    with site.work() as session:
        from models.duty import DutyTurn

        session.get_one(DutyTurn, turn_id).checked_in_at = site.clock()
    assert "opening--staffed" in visitor.text("/")
    site.clock.advance(hours=8)
    assert "opening--staffed" not in visitor.text("/")


def test_home_names_the_next_turn(site: DeskSite, visitor: Visitor) -> None:
    name = site.colleague(RoleName.DUTY_OFFICER)
    site.clock.moment += timedelta(days=1)
    site.turn(name)
    site.clock.moment -= timedelta(days=1)
    assert "3月3日" in visitor.text("/")


def _sentences() -> set[str]:
    methods = [("**/templates/**.html", "jinja2"), ("**.py", "python")]
    found = extract_from_dir(str(WEB), methods, keywords={"_": None, "gettext": None, "lazy_gettext": None})
    return {str(message) for _file, _line, message, _comments, _context in found}


def test_catalogue_is_whole_and_nothing_in_it_is_doubtful() -> None:
    with (WEB / "translations/zh_CN/LC_MESSAGES/messages.po").open("rb") as file:
        catalogue = read_po(file)
    # A fuzzy catalogue is skipped by the compiler as a whole, and Chinese pages would speak English.
    assert not catalogue.fuzzy
    assert [message.id for message in catalogue if message.id and message.fuzzy] == []
    chinese = {str(message.id): str(message.string) for message in catalogue if message.id}
    assert sorted(one for one in _sentences() if not chinese.get(one)) == []
    assert [one for one, said in chinese.items() if sorted(GAP.findall(one)) != sorted(GAP.findall(said))] == []
