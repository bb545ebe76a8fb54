"""The bot names a page by key; only pages of ours become links, in the language of the conversation."""

from __future__ import annotations

from typing import Any

import pytest
from flask.testing import FlaskClient

from models.conversations import Conversation, Message
from tests.fixtures.desk import DeskSite
from web.public.ways import PAGES, ways


def _named(extra: dict[str, Any], language: str = "zh-CN") -> list[dict[str, str]]:
    return ways(Message(extra=extra, conversation=Conversation(language=language)))


def test_each_page_has_a_title_in_both_languages_and_exists(desk_site: DeskSite) -> None:
    client: FlaskClient = desk_site.app.test_client()
    for key, path in PAGES.items():
        for language in ("zh-CN", "en"):
            [way] = _named({"ways": [key]}, language)
            assert way["href"] == path
            assert way["title"].isascii() is (language == "en")
        assert client.get(path).status_code != 404


def test_a_worry_leads_to_the_exercises_of_its_need() -> None:
    assert [way["href"] for way in _named({"ways": ["self-help:sleep"]})] == ["/self-help?need=sleep"]


@pytest.mark.parametrize(
    "named",
    ["voices", None, {"voices": 1}, [7], [["voices"]], ["https://example.org"], ["//x"], ["self-help:x"], ["staff"]],
)
def test_anything_else_is_no_link(named: Any) -> None:
    assert _named({"ways": named}) == []
