"""Reviewers judge the detector at the desk: nobody else can, nothing typed is lost, no words leave by the address."""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import select

from models.conversations import Message, Sender
from models.crises import CrisisCase
from models.staff import RoleName
from models.triage_records import TriageReview
from tests.fixtures.desk import Browser, DeskSite

SAID = "<b>今天</b>很好，我叫张三丰，电话13812345678"
CLEARED = "今天很好，我不想在了"


@pytest.fixture
def talk(desk_site: DeskSite) -> int:
    decoy = desk_site.person()
    desk_site.says(decoy, "别人的话")
    found = desk_site.person()
    desk_site.says(found, SAID)
    return found


def _message(site: DeskSite, talk: int) -> int:
    with site.look() as session:
        return session.scalars(
            select(Message.id).where(Message.conversation_id == talk, Message.sender == Sender.PERSON)
        ).one()


def _mark(browser: Browser, message: int, **changed: str) -> Any:
    given = {"message": str(message), "verdict": "missed", "level": "orange", "note": ""} | changed
    return browser.post("/staff/triage/reviews", given)


def _reviews(site: DeskSite) -> list[TriageReview]:
    with site.look() as session:
        found = list(session.scalars(select(TriageReview)))
        session.expunge_all()
        return found


def _cleared(site: DeskSite, talk: int, sentence: str = CLEARED, **more: str) -> int:
    assert _mark(site.signed_in(RoleName.SUPERVISOR), _message(site, talk)).status_code == 303
    review = _reviews(site)[-1].id
    answer = site.signed_in(RoleName.BASE_MANAGER).post(
        f"/staff/triage/reviews/{review}/clear", {"sentence": sentence, "nothing_tells": "y", **more}
    )
    assert answer.status_code == 303
    return review


def _export(site: DeskSite, file: Path, *more: str) -> Any:
    return site.app.test_cli_runner().invoke(args=["triage", "export", "--to", str(file), *more])


def test_conversation_shows_reviewers_what_was_decided_and_others_not(desk_site: DeskSite, talk: int) -> None:
    path = f"/staff/conversations/{talk}"
    page = desk_site.signed_in(RoleName.SUPERVISOR).get(path).get_data(as_text=True)
    assert f"/staff/triage/reviews/new?message={_message(desk_site, talk)}" in page
    assert "Was this judged right?" in page
    other = desk_site.signed_in(RoleName.DUTY_OFFICER)
    assert "triage/reviews" not in other.get(path).get_data(as_text=True)
    rows = other.json(f"{path}/messages").get_json()["messages"]
    assert not any("review_url" in row for row in rows)


def test_live_rows_carry_numbers_only_in_the_address(desk_site: DeskSite, talk: int) -> None:
    rows = desk_site.signed_in(RoleName.SUPERVISOR).json(f"/staff/conversations/{talk}/messages").get_json()["messages"]
    [url] = [row["review_url"] for row in rows if "review_url" in row]
    assert re.fullmatch(r"/staff/triage/reviews/new\?message=\d+", url)


def test_missed_alarm_is_marked_and_rings(desk_site: DeskSite, talk: int) -> None:
    browser, message = desk_site.signed_in(RoleName.SUPERVISOR), _message(desk_site, talk)
    page = browser.get(f"/staff/triage/reviews/new?message={message}").get_data(as_text=True)
    assert "&lt;b&gt;今天" in page
    answer = _mark(browser, message)
    assert answer.status_code == 303
    assert "今天" not in answer.headers["Location"]
    with desk_site.look() as session:
        assert [case.level.value for case in session.scalars(select(CrisisCase))] == ["orange"]
    assert desk_site.traces("triage_review.see_message") == [message]


@pytest.mark.parametrize("changed", [{"level": "green"}, {"verdict": ""}, {"verdict": "king"}, {"level": "king"}])
def test_mark_that_does_not_fit_keeps_what_was_typed(desk_site: DeskSite, talk: int, changed: dict[str, str]) -> None:
    answer = _mark(desk_site.signed_in(RoleName.SUPERVISOR), _message(desk_site, talk), note="my own words", **changed)
    assert answer.status_code == 422
    assert "my own words" in answer.get_data(as_text=True)
    assert _reviews(desk_site) == []


@pytest.mark.parametrize("number", ["", "0", "-1", "x", "4711", "9" * 40, "１"])
def test_number_of_no_message_is_not_found(desk_site: DeskSite, number: str) -> None:
    browser = desk_site.signed_in(RoleName.SUPERVISOR)
    assert browser.client.get("/staff/triage/reviews/new", query_string={"message": number}).status_code == 404
    assert browser.post("/staff/triage/reviews", {"message": number}).status_code == 404


def test_sentence_is_proposed_without_names_and_its_marker_cannot_clear_it(desk_site: DeskSite, talk: int) -> None:
    browser = desk_site.signed_in(RoleName.SUPERVISOR)
    _mark(browser, _message(desk_site, talk))
    path = f"/staff/triage/reviews/{_reviews(desk_site)[0].id}"
    assert "<textarea" not in browser.get(path).get_data(as_text=True)
    assert browser.post(f"{path}/clear", {"sentence": CLEARED, "nothing_tells": "y"}).status_code == 422
    page = desk_site.signed_in(RoleName.BASE_MANAGER).get(path).get_data(as_text=True)
    proposed = page[page.index("<textarea") : page.index("</textarea>")]
    assert "[姓名]" in proposed
    assert "13812345678" not in proposed
    assert _reviews(desk_site)[0].sentence is None


def test_sentence_that_still_tells_is_shown_again_with_the_place(desk_site: DeskSite, talk: int) -> None:
    _mark(desk_site.signed_in(RoleName.SUPERVISOR), _message(desk_site, talk))
    path = f"/staff/triage/reviews/{_reviews(desk_site)[0].id}/clear"
    browser = desk_site.signed_in(RoleName.BASE_MANAGER)
    answer = browser.post(path, {"sentence": "打13812345678", "nothing_tells": "y"})
    assert answer.status_code == 422
    assert "<mark" in answer.get_data(as_text=True)
    assert browser.post(path, {"sentence": CLEARED}).status_code == 422
    assert _reviews(desk_site)[0].sentence is None


def test_list_shows_codes_and_counts_but_no_words(desk_site: DeskSite, talk: int) -> None:
    _cleared(desk_site, talk)
    page = desk_site.signed_in(RoleName.SUPERVISOR).get("/staff/triage/reviews?state=cleared").get_data(as_text=True)
    assert desk_site.code_of(talk) in page
    assert "2026-03" in page
    assert "今天" not in page
    assert desk_site.signed_in(RoleName.SUPERVISOR).get("/staff/triage/reviews?state=<b>").status_code == 200


def test_clearing_is_taken_back_and_the_mark_taken_off(desk_site: DeskSite, talk: int) -> None:
    review, browser = _cleared(desk_site, talk), desk_site.signed_in(RoleName.SUPERVISOR)
    assert browser.post(f"/staff/triage/reviews/{review}/take-back").status_code == 303
    assert _reviews(desk_site)[0].sentence is None
    assert browser.post(f"/staff/triage/reviews/{review}/withdraw").status_code == 303
    assert _reviews(desk_site) == []


def test_export_twice_writes_one_line_without_numbers(desk_site: DeskSite, talk: int, tmp_path: Path) -> None:
    _cleared(desk_site, talk)
    file = tmp_path / "out" / "regressions.jsonl"
    for _time in range(2):
        result = _export(desk_site, file)
        assert result.exit_code == 0, result.output
        assert CLEARED not in result.output
    [line] = file.read_text("utf-8").splitlines()
    assert json.loads(line) == {
        "text": CLEARED, "alarm": True, "level": "orange", "verdict": "missed", "month": "2026-03",
    }  # fmt: skip
    assert _reviews(desk_site)[0].exported_at is not None
    assert list(file.parent.iterdir()) == [file]


def test_export_that_was_cut_off_before_the_commit_repeats_nothing(
    desk_site: DeskSite, talk: int, tmp_path: Path
) -> None:
    _cleared(desk_site, talk)
    file = tmp_path / "regressions.jsonl"
    file.write_text(json.dumps({"text": CLEARED, "alarm": True}, ensure_ascii=False) + "\n", "utf-8")
    assert _export(desk_site, file).exit_code == 0
    assert len(file.read_text("utf-8").splitlines()) == 1
    assert _reviews(desk_site)[0].exported_at is not None


def test_sentence_that_may_tell_is_held_back_unless_forced(desk_site: DeskSite, talk: int, tmp_path: Path) -> None:
    _cleared(desk_site, talk, "我住幸福小区，不想活了", although_found="y")
    file = tmp_path / "regressions.jsonl"
    assert _export(desk_site, file).exit_code != 0
    assert not file.exists()
    assert _reviews(desk_site)[0].exported_at is None
    assert _export(desk_site, file, "--force").exit_code == 0
    assert "幸福" in file.read_text("utf-8")


def test_opposite_of_what_the_file_says_is_held_back_even_when_forced(
    desk_site: DeskSite, talk: int, tmp_path: Path
) -> None:
    _cleared(desk_site, talk)
    file = tmp_path / "regressions.jsonl"
    written = json.dumps({"text": CLEARED, "alarm": False}, ensure_ascii=False) + "\n"
    file.write_text(written, "utf-8")
    assert _export(desk_site, file, "--force").exit_code != 0
    assert file.read_text("utf-8") == written


def test_broken_file_is_left_as_it_is(desk_site: DeskSite, talk: int, tmp_path: Path) -> None:
    _cleared(desk_site, talk)
    file = tmp_path / "regressions.jsonl"
    file.write_text("{half", "utf-8")
    assert _export(desk_site, file).exit_code != 0
    assert file.read_text("utf-8") == "{half"
    assert _reviews(desk_site)[0].exported_at is None
