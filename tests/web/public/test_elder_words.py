"""No Chinese sentence of an elder's chat is longer than thirty signs, whoever says it: the site, the page, the result.

The bot's own sentences are held to the same length in tests/bot/test_wording.py. A questionnaire is asked word for
word as it was tested, so its items are not shortened.
"""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Any

import pytest

from triage.screening import result

ROOT = Path(__file__).resolve().parents[3]
LONGEST = 30
# What the site fills in, as long as it really becomes.
FILLED = {"{when}": "3月3日（周二）01:00", "{who}": "王小芳", "{to}": "王小芳"}
SITE: dict[str, Any] = json.loads((ROOT / "care/data/wording.json").read_text("utf-8"))
# Notices go to a telephone of staff or to a lock screen, never into the chat.
IN_THE_CHAT = {key: words["zh-CN"] for key, words in SITE.items() if key != "about" and not key.startswith("notice.")}
_ENDS = re.compile(r"[。？！；\n]")
_TAGS = re.compile(r"<(script|style|template|svg|noscript)\b.*?</\1>|<[^>]*>", re.DOTALL)


def too_long(words: str) -> list[str]:
    for part, filled in FILLED.items():
        words = words.replace(part, filled)
    return [part for part in _ENDS.split(words) if len(part.strip()) > LONGEST]


@pytest.mark.parametrize("key", sorted(IN_THE_CHAT))
def test_what_the_site_says_in_the_chat_is_short(key: str) -> None:
    assert too_long(IN_THE_CHAT[key]) == []


def test_the_page_of_the_chat_says_nothing_long(visitor: Any) -> None:
    visitor.post("/chat/start")
    page = _TAGS.sub("\n", visitor.text("/chat"))
    lines = [" ".join(line.split()) for line in page.splitlines()]
    chinese = [line for line in lines if re.search(r"[\u4e00-\u9fff]", line)]
    assert any("请记下返回码" in line for line in chinese)
    assert [long for line in chinese for long in too_long(line)] == []


@pytest.mark.parametrize("values", [0, 1, 2, 3])
def test_the_result_is_told_in_short_sentences(values: int) -> None:
    gates = {f"{name}.{number}": values for name in ("phq-9", "gad-7") for number in (1, 2)}
    rest = {f"phq-9.{number}": values for number in range(3, 10)} | {
        f"gad-7.{number}": values for number in range(3, 8)
    }
    asked = {f"asq.{number}": 0 for number in range(1, 5)}
    assert too_long(result(gates | (rest if values else {}) | asked, "18-59").words("zh-CN")) == []


def test_thirty_one_signs_are_found() -> None:
    assert too_long("好" * 31 + "。好。") == ["好" * 31]
