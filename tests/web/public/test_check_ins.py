"""Being asked again on the page: a yes, an address, a link, one question per screen, and a no at any time."""

from __future__ import annotations

import html
import re
from collections.abc import Iterator

import pytest
from sqlalchemy import select

from care import check_ins
from models.beneficiaries import Beneficiary
from models.check_ins import CheckIn, CheckInPlan, CheckInState
from models.conversations import Conversation
from models.crises import CrisisCase
from models.staff import RoleName
from tests.fixtures.desk import DeskSite
from tests.web.public.conftest import Visitor
from tests.web.public.page_rules import broken_rules
from web.common.throttle import limiter

ZH_EN = ("zh-CN", "en")


@pytest.fixture(autouse=True)
def _without_throttle(site: DeskSite) -> Iterator[None]:
    # How often one address may knock is a test of its own. The site stands already.
    assert site.app
    limiter.enabled = False
    yield
    limiter.enabled = True


def _invited(site: DeskSite, visitor: Visitor) -> str:
    """Let the person agree and two weeks go by; return the path of the link."""
    visitor.begins()
    assert visitor.post("/check-ins/agree").status_code == 303
    site.clock.advance(weeks=2)
    answer = visitor.post("/check-ins/open")
    assert answer.status_code == 303
    return str(answer.headers["Location"])


def _asked(page: str) -> tuple[str, list[str]]:
    item = re.search(r'name="item" value="([^"]+)"', page)
    assert item is not None
    return item.group(1), re.findall(r'class="tile[^"]*" name="value" value="(-?\d+)"', page)


def _mildest(item: str, values: list[str]) -> str:
    mild = min(int(value) for value in values if value != "-1")
    return "3" if item.startswith("rses") else str(mild)


def _answer_all(visitor: Visitor, path: str, **special: str) -> list[str]:
    seen: list[str] = []
    page = visitor.text(path)
    while 'name="item"' in page:
        item, values = _asked(page)
        seen.append(item)
        visitor.post(
            f"{path}/answer",
            item=item,
            value=special.get(item.replace(".", "_").replace("-", "_"), _mildest(item, values)),
        )
        page = visitor.text(path)
    return seen


@pytest.mark.parametrize("language", ZH_EN)
def test_every_page_on_the_way_keeps_the_rules(site: DeskSite, visitor: Visitor, language: str) -> None:
    visitor.post("/language", language=language)
    path = _invited(site, visitor)
    pages = [visitor.text("/check-ins"), visitor.text(path)]
    visitor.post(f"{path}/begin", value="2")
    pages.append(visitor.text(path))
    visitor.post(f"{path}/end", wish="skip")
    pages.append(visitor.text(path))
    visitor.post("/check-ins/withdraw")
    pages.append(visitor.text("/check-ins"))
    for page in pages:
        assert broken_rules(page, language) == []
        assert all(f'href="tel:{number}"' in page for number in ("12356", "120", "110"))


def test_it_is_offered_after_a_finished_screening_and_not_before(site: DeskSite, visitor: Visitor) -> None:
    path = _invited(site, visitor)
    assert "我们想问问您最近怎么样" in visitor.text("/chat")
    visitor.post(f"{path}/begin", value="2")
    _answer_all(visitor, path)
    assert "我们想问问您" not in visitor.text("/chat")
    visitor.post("/check-ins/withdraw")
    assert "两周后要不要再问问您" in visitor.text("/chat")
    stranger = Visitor(site.app.test_client())
    stranger.begins()
    assert "再问问您？" not in stranger.text("/chat")


def test_a_calm_day_goes_through_all_questions_and_ends_with_plain_words(site: DeskSite, visitor: Visitor) -> None:
    path = _invited(site, visitor)
    visitor.post(f"{path}/begin", value="2")
    seen = _answer_all(visitor, path)
    assert seen[-1] == "rses.10"
    page = visitor.text(path)
    assert "谢谢" in page
    assert 'id="help-card"' not in page
    counselor = site.signed_in(RoleName.SUPERVISOR)
    with site.look() as session:
        number = session.scalars(select(Beneficiary.id)).one()
    scores = counselor.get(f"/staff/persons/{number}/notes").get_data(as_text=True)
    assert "Self-esteem and loneliness" in scores


def test_going_back_corrects_the_answer_before(site: DeskSite, visitor: Visitor) -> None:
    path = _invited(site, visitor)
    visitor.post(f"{path}/begin", value="2")
    first, values = _asked(visitor.text(path))
    visitor.post(f"{path}/answer", item=first, value=values[0])
    back = re.search(r'href="([^"]+item=[^"]+)"', visitor.text(path))
    assert back is not None
    page = visitor.text(html.unescape(back.group(1)))
    assert _asked(page)[0] == first
    assert 'aria-pressed="true"' in page.split('id="question"')[1]


def test_an_alarming_answer_ends_with_numbers_and_no_calm_questions(site: DeskSite, visitor: Visitor) -> None:
    path = _invited(site, visitor)
    visitor.post(f"{path}/begin", value="2")
    seen = _answer_all(visitor, path, asq_1="1", asq_5="1")
    assert not any(key.startswith(("rses", "ucla")) for key in seen)
    page = visitor.text(path)
    assert 'id="help-card"' in page
    with site.look() as session:
        assert len(session.scalars(select(CrisisCase.id)).all()) == 1


def test_a_heavy_first_number_keeps_the_numbers_in_sight(site: DeskSite, visitor: Visitor) -> None:
    path = _invited(site, visitor)
    visitor.post(f"{path}/begin", value="9")
    assert 'id="help-card"' in visitor.text(path)


def test_the_link_of_somebody_else_opens_no_conversation(site: DeskSite, visitor: Visitor) -> None:
    path = _invited(site, visitor)
    finder = Visitor(site.app.test_client())
    assert finder.get(path).status_code == 200
    assert finder.get("/chat").status_code == 303
    finder.post(f"{path}/end", wish="skip")
    assert 'href="/chat"' not in finder.text(path).split("<main")[1]


@pytest.mark.parametrize("value", ["11", "-5", "many", "", "९"])
def test_a_number_that_is_none_begins_nothing(site: DeskSite, visitor: Visitor, value: str) -> None:
    path = _invited(site, visitor)
    assert visitor.post(f"{path}/begin", value=value).status_code == 303
    with site.look() as session:
        assert set(session.scalars(select(CheckIn.distress))) == {None}


def test_a_forged_link_is_not_found_and_an_old_one_says_so_kindly(site: DeskSite, visitor: Visitor) -> None:
    assert visitor.get("/check-in/" + "x" * 43).status_code == 404
    assert visitor.post("/check-in/" + "x" * 43 + "/begin", value="3").status_code == 404
    path = _invited(site, visitor)
    visitor.post(f"{path}/end", wish="never")
    assert visitor.post(f"{path}/answer", item="phq-9.1", value="0").status_code == 303
    assert "以后不再问您了" in visitor.text(path)
    with site.look() as session:
        states = set(session.scalars(select(CheckIn.state)))
        assert states == {CheckInState.WITHDRAWN}


def test_an_address_is_confirmed_by_its_code_and_forgotten_on_a_tap(site: DeskSite, visitor: Visitor) -> None:
    visitor.begins()
    visitor.post("/check-ins/agree")
    assert visitor.post("/check-ins/address", channel="sms", address="call me").status_code == 422
    assert visitor.post("/check-ins/address", channel="wecom", address="13800005550").status_code == 422
    assert visitor.post("/check-ins/address", channel="sms", address="138 0000 5550").status_code == 303
    wrong = visitor.post("/check-ins/address/confirm", contact_id="1", code="000000")
    assert wrong.status_code == 422
    assert broken_rules(wrong.get_data(as_text=True), "zh-CN") == []
    stranger = Visitor(site.app.test_client())
    stranger.begins()
    assert stranger.post("/check-ins/address/remove", contact_id="1").status_code == 404
    assert visitor.post("/check-ins/address/remove", contact_id="1").status_code == 303
    assert "13800005550" not in visitor.text("/check-ins")


def test_a_child_reads_why_not(site: DeskSite, visitor: Visitor) -> None:
    visitor.begins()
    with site.work() as session:
        session.scalars(select(Conversation)).one().beneficiary.age_band = "under-14"
    assert visitor.post("/check-ins/agree").status_code == 422
    with site.look() as session:
        assert session.scalars(select(CheckInPlan.id)).all() == []
        assert check_ins.WEEKS == (2, 4, 12)
