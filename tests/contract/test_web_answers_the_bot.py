"""The site answers every request of the bot's actions in the shape of the examples beside this file."""

from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import httpx
import pytest
from sqlalchemy.orm import Session

from care import appointments, availability, services
from care.bot_line import BotLine
from care.people import keyed_hash
from models.conversations import Conversation
from models.services import Mode
from models.shift_codes import ShiftCode
from models.shifts import Shift, ShiftRole, SignUp, SignUpState
from models.staff import RoleName, StaffMember, Team
from models.stations import Station
from tests.fixtures.desk import DeskSite

HERE = Path(__file__).parent
EXAMPLES = {path.stem: json.loads(path.read_text("utf-8")) for path in sorted(HERE.glob("*.json"))}
OF_THE_SITE = [name for name, example in EXAMPLES.items() if example["path"].startswith("/api/")]
# What the person of the examples had told the bot before.
TOLD = {
    "called": "王姐",
    "age_band": "60-plus",
    "station": "s1",
    "worries": ["money"],
    "urgency": "week",
    "consents": {"care": True, "contact": False},
}
CALM = {"phq-9.1": 0, "phq-9.2": 0, "gad-7.1": 0, "gad-7.2": 0, "asq.1": 0, "asq.2": 0, "asq.3": 0}


def _shape(value: Any) -> Any:
    """Reduce an answer to its keys and the kinds of its values; None fits anything that may be absent."""
    if isinstance(value, dict):
        return {key: _shape(inner) for key, inner in value.items()}
    if isinstance(value, list):
        return [_shape(value[0])] if value else []
    return type(value).__name__


def _fits(answer: Any, example: Any) -> bool:
    if answer is None or example is None:
        return True
    if isinstance(example, dict) and isinstance(answer, dict):
        return all(key in answer and _fits(answer[key], value) for key, value in example.items())
    if isinstance(example, list) and isinstance(answer, list):
        return not answer or not example or all(_fits(inner, example[0]) for inner in answer)
    return type(answer) is type(example)


def _ready(site: DeskSite) -> str:
    """Make the situation in which the examples were written; return the address part of the conversation."""
    conversation_id = site.person()
    site.colleague(RoleName.COUNSELOR)
    with site.work() as session:
        session.add(Station(slug="s1", name_zh="城阳街道站", name_en="Chengyang Street"))
        _appointments(site, session, conversation_id)
        _shift(site, session)
    public_id = site.conversation(conversation_id).public_id
    assert _ask(site, public_id, EXAMPLES["put_intake"] | {"request": TOLD}).status_code == 200
    return public_id


def _appointments(site: DeskSite, session: Session, conversation_id: int) -> None:
    """Open a service, let a colleague work from Monday to Friday, and book the first appointment of the examples."""
    now = site.clock()
    # Made first, so that the colleague of the examples is number 1.
    member = session.get_one(StaffMember, 1)
    member.team = Team.COUNSELOR
    terms = services.Terms(name_zh="一对一面谈", name_en="Talk", minutes=50, phone=False)
    service = services.open_service(session=session, actor=member, key="talk", terms=terms, now=now)
    hours = [availability.Hours(day, 9 * 60, 18 * 60) for day in range(5)]
    availability.add_plan(
        session=session, actor=member, staff_id=1, hours=hours, valid_from=now.date() - timedelta(days=7), now=now
    )
    appointments.book(
        session=session,
        actor=None,
        beneficiary=session.get_one(Conversation, conversation_id).beneficiary,
        service=service,
        starts_at=datetime(2026, 3, 5, 2, tzinfo=UTC),
        mode=Mode.ONLINE,
        now=now,
    )


def _shift(site: DeskSite, session: Session) -> None:
    """Sign the colleague up for the shift of the examples, and give them the code that the examples type."""
    start = datetime(2026, 3, 4, 1, tzinfo=UTC)
    role = ShiftRole(role="front_desk", places=1)
    shift = Shift(
        station_id=session.query(Station.id).filter_by(slug="s1").scalar(),
        name_zh="白天",
        name_en="Day shift",
        starts_at=start,
        ends_at=start + timedelta(hours=3),
        opens_at=start - timedelta(days=9),
        created_at=site.clock(),
        roles=[role],
    )
    session.add(shift)
    session.flush()
    session.add(
        SignUp(
            shift_role_id=role.id,
            shift_id=shift.id,
            places=1,
            place_no=1,
            staff_id=1,
            state=SignUpState.SIGNED_UP,
            signed_up_at=site.clock(),
        )
    )
    code = EXAMPLES["next_shift"]["request"]["code"].replace("-", "")
    session.add(
        ShiftCode(
            staff_id=1,
            code_hash=keyed_hash(site.settings.secret_key, f"shift-code:{code}"),
            made_at=site.clock(),
            expires_at=site.clock() + timedelta(minutes=15),
        )
    )


def _answer_items(site: DeskSite, public_id: str, answers: dict[str, int]) -> None:
    for item, value in answers.items():
        before = EXAMPLES["put_screening_answer"] | {
            "path": f"/api/v1/conversations/{{conversation}}/screening/answers/{item}",
            "request": {"value": value, "mode": "tap"},
        }
        assert _ask(site, public_id, before).status_code == 200


def _ask(site: DeskSite, public_id: str, example: dict[str, Any]) -> Any:
    return site.app.test_client().open(
        example["path"].replace("{conversation}", public_id),
        method=example["method"],
        json=example["request"],
        headers={"Authorization": f"Bearer {site.settings.bot_token}"},
    )


@pytest.mark.parametrize("name", OF_THE_SITE)
def test_the_site_answers_as_the_example_says(desk_site: DeskSite, name: str) -> None:
    public_id, example = _ready(desk_site), EXAMPLES[name]
    before = {"put_last_screening_answer": CALM, "conversation_state": {"phq-9.1": 2, "phq-9.2": 1}}
    _answer_items(desk_site, public_id, before.get(name, {}))
    answer = _ask(desk_site, public_id, example)
    assert answer.status_code == example["status"]
    assert _fits(answer.get_json(), example["response"]), _shape(answer.get_json())


@pytest.mark.parametrize(
    "name",
    ["put_screening_answer", "put_last_screening_answer", "put_intake_refused", "put_intake", "put_emergency_contact"],
)
def test_the_site_answers_with_the_very_values_that_decide_the_next_step(desk_site: DeskSite, name: str) -> None:
    public_id, example = _ready(desk_site), EXAMPLES[name]
    if name == "put_last_screening_answer":
        _answer_items(desk_site, public_id, CALM)
    answer = _ask(desk_site, public_id, example).get_json()
    expected = {key: value for key, value in example["response"].items() if key != "result"}
    assert {key: answer[key] for key in expected} == expected
    assert (answer.get("result") is None) == (example["response"].get("result") is None)


@pytest.mark.parametrize("name", OF_THE_SITE)
def test_nobody_without_the_token_is_answered(desk_site: DeskSite, name: str) -> None:
    public_id, example = _ready(desk_site), EXAMPLES[name]
    path = example["path"].replace("{conversation}", public_id)
    for headers in ({}, {"Authorization": "Bearer wrong"}, {"Authorization": desk_site.settings.bot_token}):
        answer = desk_site.app.test_client().open(
            path, method=example["method"], json=example["request"], headers=headers
        )
        assert answer.status_code == 401


@pytest.mark.parametrize("name", [name for name in OF_THE_SITE if "{conversation}" in EXAMPLES[name]["path"]])
def test_an_unknown_conversation_is_not_found(desk_site: DeskSite, name: str) -> None:
    _ready(desk_site)
    answer = _ask(desk_site, "f" * 32, EXAMPLES[name])
    assert (answer.status_code, answer.get_json()["error"]) == (404, "not_found")


def test_the_comparison_sees_a_missing_key_and_another_kind_of_value() -> None:
    assert not _fits({"a": 1}, {"a": 1, "b": 2})
    assert not _fits({"a": "1"}, {"a": 1})
    assert not _fits({"a": [{"b": 1}]}, {"a": [{"c": 1}]})
    assert _fits({"a": 1, "more": 2}, {"a": 3})


def test_the_site_sends_the_bot_what_the_example_says(desk_site: DeskSite) -> None:
    example, sent = EXAMPLES["webhook_turn"], []

    def bot(request: httpx.Request) -> httpx.Response:
        sent.append(request)
        return httpx.Response(example["status"], json=example["response"])

    conversation_id = desk_site.person()
    desk_site.says(conversation_id, "这个月的钱又不够花了")
    turns = desk_site.app.extensions["bot_turns"]
    with httpx.Client(transport=httpx.MockTransport(bot)) as client:
        turns.line = BotLine(client=client, url="http://bot.test", token="token of the tests")
        turns.run_now(conversation_id)
    (request,) = sent
    assert (request.method, request.url.path) == (example["method"], example["path"])
    assert request.headers["Authorization"] == "Bearer token of the tests"
    turn = json.loads(request.content)
    assert set(turn) == set(example["request"])
    assert _fits(turn, example["request"])
    with desk_site.look() as session:
        conversation = session.get_one(Conversation, conversation_id)
        assert (turn["sender"], turn["payload"]) == (conversation.public_id, None)
        assert conversation.last_seq == 2
