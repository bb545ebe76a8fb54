"""Whatever a confused bot sends, the site answers in JSON, names the field, and stores all of it or nothing."""

from __future__ import annotations

from typing import Any

import pytest
from sqlalchemy import func, select

from models.beneficiaries import Beneficiary, Consent, Intake
from models.conversations import Conversation, Message
from models.crises import CrisisFlag
from models.duty import DutyPosition
from models.screenings import ScreeningAnswer
from models.staff import RoleName
from models.stations import Station
from tests.fixtures.desk import DeskSite
from triage.levels import Level


class Bot:
    """Speaks to the site about one conversation, with the right token."""

    def __init__(self, site: DeskSite) -> None:
        self.site = site
        self.conversation_id = site.person()
        self.public_id = site.conversation(self.conversation_id).public_id

    def ask(self, method: str, path: str, data: Any = None, **more: Any) -> Any:
        """Send a request about this conversation."""
        headers = {"Authorization": f"Bearer {self.site.settings.bot_token}"}
        content = {"json": data} if data is not None else {}
        return self.site.app.test_client().open(
            f"/api/v1/conversations/{self.public_id}/{path}", method=method, headers=headers, **content, **more
        )

    def person(self) -> Beneficiary:
        """Return the person as stored."""
        with self.site.look() as session:
            found = session.get_one(Conversation, self.conversation_id).beneficiary
            session.refresh(found)
            session.expunge(found)
            return found


@pytest.fixture
def bot(desk_site: DeskSite) -> Bot:
    return Bot(desk_site)


def _count(site: DeskSite, table: Any) -> int:
    with site.look() as session:
        return session.scalar(select(func.count()).select_from(table)) or 0


SPOILED_INTAKES = [
    ({"called": ""}, "called"),
    ({"called": "\u200b\u200b"}, "called"),
    ({"called": "王" * 41}, "called"),
    ({"called": ["王"]}, "called"),
    ({"age_band": "13"}, "age_band"),
    ({"age_band": ["18-59"]}, "age_band"),
    ({"age_band": None}, "age_band"),
    ({"station": "nowhere"}, "station"),
    ({"station": {"id": "east"}}, "station"),
    ({"station": "\ud800"}, "station"),
    ({"worries": []}, "worries"),
    ({"worries": "money"}, "worries"),
    ({"worries": ["money", "aliens"]}, "worries"),
    ({"worries": [{"id": "money"}]}, "worries"),
    ({"story": 7}, "story"),
    ({"story": "长" * 20_001}, "story"),
    ({"urgency": "soon"}, "urgency"),
    ({"urgency": {}}, "urgency"),
    ({"consents": {}}, "consents"),
    ({"consents": ["care"]}, "consents"),
    ({"consents": {"marketing": True}}, "consents"),
    ({"consents": {"care": "yes"}}, "consents"),
    ({"guardian_consent": "yes"}, "guardian_consent"),
    ({"emergency_contact": "13900000000"}, "emergency_contact"),
    ({"emergency_contact": {"phone": "13900000000"}}, "emergency_contact.name"),
    ({"emergency_contact": {"name": "小李", "phone": "call me"}}, "emergency_contact.phone"),
    ({"emergency_contact": {"name": "小李", "phone": 13900000000}}, "emergency_contact.phone"),
    ({"completed": False}, "completed"),
    ({"completed": "yes"}, "completed"),
    ({"id": 1}, "id"),
    ({"beneficiary_id": 2}, "beneficiary_id"),
]


@pytest.mark.parametrize(("fields", "field"), SPOILED_INTAKES)
def test_an_answer_that_cannot_be_used_names_its_field(bot: Bot, fields: dict[str, Any], field: str) -> None:
    answer = bot.ask("PUT", "intake", fields)
    assert (answer.status_code, answer.get_json()["error"], answer.get_json()["field"]) == (422, "wrong_value", field)


def test_one_answer_that_cannot_be_used_stores_none_of_them(bot: Bot) -> None:
    answer = bot.ask("PUT", "intake", {"called": "王姐", "consents": {"care": True}, "age_band": "old"})
    assert answer.status_code == 422
    assert bot.person().called is None
    assert (_count(bot.site, Consent), _count(bot.site, Intake)) == (0, 0)


@pytest.mark.parametrize("relation", ["女儿", "", None, "表" * 60, "\ud800", ["x"], 5])
def test_the_relation_of_a_contact_is_never_a_reason_to_lose_the_contact(bot: Bot, relation: Any) -> None:
    contact = {"name": "小李", "phone": "１３９ ０００００００ ０".replace(" ", ""), "relation": relation}
    answer = bot.ask("PUT", "intake", {"emergency_contact": contact})
    assert answer.status_code == 200
    assert answer.get_json()["has_emergency_contact"] is True


def test_a_contact_that_was_declined_is_not_asked_for_again(bot: Bot) -> None:
    answer = bot.ask("PUT", "intake", {"emergency_contact": None}).get_json()
    assert (answer["has_emergency_contact"], answer["emergency_contact_declined"]) == (False, True)


def test_the_site_never_tells_the_bot_the_contact_itself(bot: Bot) -> None:
    contact = {"name": "小李", "phone": "13900000000"}
    said = bot.ask("PUT", "intake", {"emergency_contact": contact}).get_data(as_text=True)
    said += bot.ask("GET", "state").get_data(as_text=True)
    assert "小李" not in said
    assert "13900000000" not in said


@pytest.mark.parametrize(
    ("content", "kind"),
    [
        (b"", "application/json"),
        (b"{", "application/json"),
        (b"[1]", "application/json"),
        (b'"x"', "application/json"),
        (b"called=x", "application/x-www-form-urlencoded"),
        (b"\xff\xfe", "application/json"),
    ],
)
@pytest.mark.parametrize(
    ("method", "path"),
    [
        ("PUT", "intake"),
        ("PUT", "screening/answers/phq-9.1"),
        ("POST", "flags"),
        ("PUT", "language"),
    ],
)
def test_a_body_that_is_no_object_is_refused(bot: Bot, method: str, path: str, content: bytes, kind: str) -> None:
    headers = {"Authorization": f"Bearer {bot.site.settings.bot_token}"}
    answer = bot.site.app.test_client().open(
        f"/api/v1/conversations/{bot.public_id}/{path}",
        method=method,
        headers=headers,
        data=content,
        content_type=kind,
    )
    assert (answer.status_code, answer.get_json()["field"]) == (422, "body")


@pytest.mark.parametrize(
    ("item", "data", "status"),
    [
        ("phq-9.1", {"value": 4}, 422),
        ("phq-9.1", {"value": "2"}, 422),
        ("phq-9.1", {"value": True}, 422),
        ("phq-9.1", {"value": 1.0}, 422),
        ("phq-9.1", {"value": 10**30}, 422),
        ("phq-9.1", {}, 422),
        ("phq-9.1", {"value": 1, "mode": "guessed"}, 422),
        ("phq-9.1", {"value": 1, "mode": ["tap"]}, 422),
        ("asq.1", {"value": 2}, 422),
        ("phq-9.10", {"value": 1}, 404),
        ("phq-99.1", {"value": 1}, 404),
        ("'; DROP TABLE screenings; --", {"value": 1}, 404),
    ],
)
def test_an_answer_that_the_question_does_not_offer_is_not_stored(
    bot: Bot, item: str, data: dict[str, Any], status: int
) -> None:
    assert bot.ask("PUT", f"screening/answers/{item}", data).status_code == status
    assert _count(bot.site, ScreeningAnswer) == 0


def test_a_grave_answer_rings_before_the_questions_are_finished(bot: Bot) -> None:
    bot.ask("PUT", "screening/answers/asq.1", {"value": 1})
    answer = bot.ask("PUT", "screening/answers/asq.5", {"value": 1}).get_json()
    assert (answer["level"], answer["complete"]) == ("red", False)
    assert bot.ask("GET", "state").get_json()["level"] == "red"


def test_restarting_keeps_the_old_answers_and_asks_from_the_first(bot: Bot) -> None:
    bot.ask("PUT", "screening/answers/phq-9.1", {"value": 2})
    assert bot.ask("POST", "screening/restart", {}).get_json() == {"status": "open"}
    assert bot.ask("GET", "state").get_json()["screening"] == {"status": "open", "answers": {}}
    assert _count(bot.site, ScreeningAnswer) == 1


def test_the_bot_raises_and_never_lowers(bot: Bot) -> None:
    assert bot.ask("POST", "flags", {"level": "red", "reasons": ["a"]}).get_json() == {"case_level": "red"}
    assert bot.ask("POST", "flags", {"level": "yellow"}).get_json() == {"case_level": "red"}
    refused = bot.ask("POST", "flags", {"level": "green"})
    assert (refused.status_code, refused.get_json()["error"]) == (409, "only_upward")


@pytest.mark.parametrize("level", ["purple", "", None, 3, ["red"], "RED"])
def test_a_level_that_does_not_exist_is_refused(bot: Bot, level: Any) -> None:
    assert bot.ask("POST", "flags", {"level": level}).get_json()["field"] == "level"
    assert _count(bot.site, CrisisFlag) == 0


@pytest.mark.parametrize("reasons", [None, [], "wishes_to_die", 5, {"a": 1}, [{"b": 2}], ["x" * 500] * 100])
@pytest.mark.parametrize("message_id", [None, "41", 10**30, -1, True])
def test_a_careless_detail_never_costs_a_flag(bot: Bot, reasons: Any, message_id: Any) -> None:
    answer = bot.ask("POST", "flags", {"level": "red", "reasons": reasons, "message_id": message_id})
    assert (answer.status_code, answer.get_json()) == (200, {"case_level": "red"})
    assert _count(bot.site, CrisisFlag) == 1


def test_a_flag_is_never_tied_to_the_words_of_somebody_else(bot: Bot) -> None:
    other = Bot(bot.site)
    bot.site.says(other.conversation_id, "今天有点闷")
    with bot.site.look() as session:
        strange = session.scalars(select(Message.id)).one()
    bot.ask("POST", "flags", {"level": "red", "message_id": strange})
    with bot.site.look() as session:
        flag = session.scalars(select(CrisisFlag)).one()
        assert (flag.message_id, flag.case.beneficiary_id) == (None, bot.person().id)
    assert other.ask("GET", "state").get_json()["level"] == "green"


def test_the_same_flag_twice_is_one_flag(bot: Bot) -> None:
    bot.site.says(bot.conversation_id, "今天有点闷")
    with bot.site.look() as session:
        own = session.scalars(select(Message.id)).one()
    for _ in range(2):
        bot.ask("POST", "flags", {"level": "red", "message_id": own})
    assert _count(bot.site, CrisisFlag) == 1


def test_the_other_language_is_spoken_from_now_on(bot: Bot) -> None:
    assert bot.ask("PUT", "language", {"language": "en"}).get_json() == {}
    assert bot.ask("GET", "state").get_json()["language"] == "en"
    assert bot.person().language == "en"
    assert bot.ask("PUT", "language", {"language": "fr"}).status_code == 422


@pytest.mark.parametrize(("here", "outcome"), [(True, "offered"), (False, "nobody")])
def test_a_wish_for_a_person_is_answered_from_the_roster(bot: Bot, here: bool, outcome: str) -> None:
    name = bot.site.colleague(RoleName.DUTY_OFFICER)
    if here:
        bot.site.turn(name)
        browser = bot.site.browser()
        browser.sign_in(name)
        browser.post("/staff/here")
    else:
        # The decoy: a leader on the roster who is not at the desk.
        bot.site.turn(name, position=DutyPosition.BASE_LEADER)
    assert bot.ask("POST", "human-requests", {}).get_json() == {"outcome": outcome}


def test_the_state_tells_what_the_bot_needs_to_go_on(bot: Bot) -> None:
    with bot.site.work() as session:
        session.add(Station(slug="east", name_zh="东站", name_en="East"))
    bot.site.case(bot.conversation_id, Level.ORANGE)
    state = bot.ask("GET", "state").get_json()
    assert state["level"] == "orange"
    assert state["stations"] == [{"id": "east", "zh-CN": "东站", "en": "East"}]
    assert state["intake"]["missing"] == ["called", "age_band", "station", "worries", "urgency", "consents"]
    assert state["hours"]["staffed_now"] is False


def test_hours_are_the_same_for_the_bot_and_in_both_languages(bot: Bot) -> None:
    headers = {"Authorization": f"Bearer {bot.site.settings.bot_token}"}
    client = bot.site.app.test_client()
    said = {
        language: client.get(f"/api/v1/hours?language={language}", headers=headers).get_json()["words"]
        for language in ("zh-CN", "en", "fr")
    }
    assert "12356" in said["zh-CN"]
    assert said["en"] != said["zh-CN"] == said["fr"]
