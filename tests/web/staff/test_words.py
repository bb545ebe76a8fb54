"""Every sentence of the desk exists in Chinese, with the same gaps to fill."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from babel.messages.extract import extract_from_dir
from babel.messages.pofile import read_po

from models.staff import RoleName
from tests.fixtures.desk import PASSWORD, DeskSite

WEB = Path(__file__).parents[3] / "web"
METHODS = [("**/templates/staff/**.html", "jinja2"), ("**/staff/**.py", "python")]
KEYWORDS = {"_": None, "gettext": None, "lazy_gettext": None}
GAP = re.compile(r"%\(\w+\)s|\{\w+\}")


def _sentences() -> Iterator[str]:
    for _file, _line, message, _comments, _context in extract_from_dir(str(WEB), METHODS, keywords=KEYWORDS):
        assert isinstance(message, str)
        yield message


@pytest.fixture(scope="module")
def chinese() -> dict[str, str]:
    with (WEB / "translations/zh_CN/LC_MESSAGES/messages.po").open("rb") as file:
        return {str(message.id): str(message.string) for message in read_po(file) if message.id}


def test_every_sentence_of_the_desk_has_its_chinese(chinese: dict[str, str]) -> None:
    sentences = set(_sentences())
    assert len(sentences) > 200
    assert [one for one in sorted(sentences) if not chinese.get(one)] == []


def test_no_sentence_loses_a_name_or_a_time_on_the_way(chinese: dict[str, str]) -> None:
    # "{a} {b}" may change places, but each gap of the English sentence is filled in the Chinese one.
    changed = [
        one
        for one in set(_sentences())
        if one in chinese and sorted(GAP.findall(one)) != sorted(GAP.findall(chinese[one]))
    ]
    assert changed == []


def test_library_finds_the_chinese_catalogue(desk_site: DeskSite) -> None:
    from babel import Locale, support

    loaded = support.Translations.load(str(WEB / "translations"), [Locale.parse("zh_CN")], "messages")
    if not (WEB / "translations/zh_CN/LC_MESSAGES/messages.mo").exists():
        pytest.fail("the translations are not compiled: run make setup")
    assert loaded.gettext("Sign in") == "登录"
    browser = desk_site.browser()
    browser.sign_in(desk_site.colleague(RoleName.DUTY_OFFICER, language="zh-CN"), PASSWORD)
    page = browser.get("/staff/").get_data(as_text=True)
    assert '<html lang="zh-CN"' in page
    assert "危机队列" in page
    assert "Crisis cases" not in page
