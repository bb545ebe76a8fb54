"""Telling the base: no name needed, the code is shown once, danger is answered first, nothing typed is lost."""

from __future__ import annotations

import html
import re
from collections.abc import Iterator

import pytest
from sqlalchemy import select

from care import voice_answers
from models.crises import CrisisCase
from models.staff import RoleName, StaffMember
from models.voices import Voice
from tests.fixtures.desk import DeskSite
from tests.web.public.conftest import Visitor
from tests.web.public.page_rules import broken_rules
from web.common.throttle import limiter

CALM = "上周来站里办事，等了两个小时也没有人理我。"
DANGER = "没人理我。我不想活了，药都买好了。"


@pytest.fixture(autouse=True)
def _without_throttle(site: DeskSite) -> Iterator[None]:
    # How often one address may knock is a test of its own. The site stands already.
    assert site.app
    limiter.enabled = False
    yield
    limiter.enabled = True


def _key(visitor: Visitor) -> str:
    found = re.search(r'name="form_key"[^>]*value="([^"]+)"', visitor.text("/voices"))
    assert found is not None
    return found.group(1)


def _tell(visitor: Visitor, words: str = CALM, **more: str) -> str:
    form = {"form_key": _key(visitor), "kind": "complaint", "words": words} | more
    answer = visitor.post("/voices", **form)
    assert (answer.status_code, answer.headers["Location"]) == (303, "/voices/kept")
    return visitor.text("/voices/kept")


def _code(page: str) -> str:
    found = re.search(r'id="code-shown"[^>]*>([A-Z0-9-]+)<', page)
    assert found is not None
    return found.group(1)


def _answer(site: DeskSite, words: str) -> None:
    with site.work() as session:
        lead = session.scalars(select(StaffMember).order_by(StaffMember.id)).first()
        assert lead is not None
        for voice in voice_answers.owed_by(session=session, staff_id=lead.id):
            voice_answers.answer(session=session, voice_id=voice.id, actor=lead, words=words, now=site.clock())


@pytest.mark.parametrize("language", ["zh-CN", "en"])
@pytest.mark.parametrize("path", ["/voices", "/voices/kept", "/voices/answer"])
def test_page_keeps_the_rules(visitor: Visitor, path: str, language: str) -> None:
    visitor.post("/language", language=language)
    text = visitor.text(path)
    assert broken_rules(text, language) == []
    assert all(f'href="tel:{number}"' in text for number in ("12356", "120", "110"))


def test_a_word_is_kept_the_code_shown_once_and_the_answer_read_on_another_phone(
    site: DeskSite, visitor: Visitor
) -> None:
    site.colleague(RoleName.SUPERVISOR)
    page = _tell(visitor)
    code = _code(page)
    assert "3月16日" in page
    assert code not in visitor.text("/voices/kept")
    elsewhere = Visitor(site.app.test_client())
    assert "3月16日" in elsewhere.post("/voices/answer", code=code).get_data(as_text=True)
    _answer(site, "对不起，从今天起门口有人接待。")
    assert "门口有人接待" in elsewhere.post("/voices/answer", code=code.lower()).get_data(as_text=True)
    assert elsewhere.post("/voices/answer", code="AAAA-BBBB-CCCC-DDDD").status_code == 404
    with site.look() as session:
        assert session.scalars(select(Voice.beneficiary_id)).all() == [None]


@pytest.mark.parametrize(
    ("wrong", "field"),
    [({"words": "  "}, "words"), ({"phone": "call me"}, "phone"), ({"code": "AAAA"}, "code"), ({"kind": "x"}, "kind")],
)
def test_what_was_typed_stays_where_it_cannot_be_taken(visitor: Visitor, wrong: dict[str, str], field: str) -> None:
    form = {
        "form_key": _key(visitor),
        "kind": "praise",
        "words": "谢谢小李",
        "about": "小李",
        "phone": "",
        "code": "",
    } | wrong
    answer = visitor.post("/voices", **form)
    page = answer.get_data(as_text=True)
    assert answer.status_code == 422
    assert broken_rules(page, "zh-CN") == []
    assert "小李" in page
    assert f'href="#{field}"' in page


def test_a_crisis_line_in_a_complaint_is_answered_at_once_and_opens_the_chat(site: DeskSite, visitor: Visitor) -> None:
    page = _tell(visitor, DANGER, phone="not a number")
    assert page.index('id="help-card"') < page.index('id="code-shown"')
    assert "谢谢您把这句话说出来" in html.unescape(page)
    with site.look() as session:
        assert len(session.scalars(select(CrisisCase.id)).all()) == 1
    assert "不想活" in visitor.text("/chat")


def test_a_calm_word_opens_no_chat_for_anybody(site: DeskSite, visitor: Visitor) -> None:
    assert 'id="help-card"' not in _tell(visitor)
    assert visitor.get("/chat").status_code == 303
    with site.look() as session:
        assert session.scalars(select(CrisisCase.id)).all() == []


def test_who_has_a_chat_and_wishes_it_reads_the_answer_there_and_others_do_not(
    site: DeskSite, visitor: Visitor
) -> None:
    site.colleague(RoleName.SUPERVISOR)
    visitor.begins()
    _tell(visitor, in_chat="y")
    _answer(site, "已经改了")
    assert "已经改了" in visitor.text("/voices")
    stranger = Visitor(site.app.test_client())
    assert "已经改了" not in stranger.text("/voices")
    assert any("回音" in message["text"] for message in visitor.messages())


def test_chat_and_footer_lead_to_it(visitor: Visitor) -> None:
    visitor.begins()
    assert 'href="/voices"' in visitor.text("/chat")
    assert 'href="/voices"' in visitor.text("/")


def test_one_address_cannot_fill_the_list(visitor: Visitor) -> None:
    limiter.enabled = True
    key = _key(visitor)
    answers = [visitor.post("/voices", form_key=key, kind="praise", words="好").status_code for _time in range(8)]
    assert answers[-1] == 429
