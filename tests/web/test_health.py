"""Health tells the truth: what works, what does not, and which of it decides."""

from __future__ import annotations

from typing import Any

import httpx
import pytest
from sqlalchemy import text

from care.bot_line import BotLine
from models.live import Heartbeat
from tests.fixtures.desk import DeskSite
from triage.assess import Assessment
from web import health


@pytest.fixture
def site(desk_site: DeskSite, monkeypatch: pytest.MonkeyPatch) -> DeskSite:
    """A site on which everything works."""
    with desk_site.work() as session:
        session.execute(text("CREATE TABLE alembic_version (version_num VARCHAR(32))"))
        session.add(Heartbeat(name="scheduler", at=desk_site.clock()))
    client = httpx.Client(transport=httpx.MockTransport(lambda request: httpx.Response(200)))
    desk_site.app.extensions["bot_turns"].line = BotLine(client=client, url="http://bot.test", token="t")
    monkeypatch.setattr(health, "assess", lambda _text: Assessment(mode="full"))
    return desk_site


def _ask(site: DeskSite, path: str) -> tuple[int, dict[str, Any]]:
    answer = site.app.test_client().get(path)
    return answer.status_code, answer.get_json()


def _take_away_the_database(site: DeskSite) -> None:
    with site.work() as session:
        session.execute(text("DROP TABLE alembic_version"))


def _send_the_bot_away(site: DeskSite) -> None:
    def refuse(request: httpx.Request) -> httpx.Response:
        raise httpx.ConnectError("nobody listens", request=request)

    client = httpx.Client(transport=httpx.MockTransport(refuse))
    site.app.extensions["bot_turns"].line = BotLine(client=client, url="http://bot.test", token="t")


def test_everything_works(site: DeskSite) -> None:
    parts: dict[str, object] = {"database": True, "bot": True, "scheduler": True, "triage": "full"}
    parts |= {"outbox_waiting": 0, "alarms_late": 0, "watch_failures": 0}
    assert _ask(site, "/health") == (200, {"whole": True, **parts})
    assert _ask(site, "/health/ready") == (200, {"ready": True, **parts})
    assert _ask(site, "/health/live") == (200, {"live": True})


def test_without_its_tables_the_site_is_not_ready_but_alive(site: DeskSite) -> None:
    _take_away_the_database(site)
    assert (_ask(site, "/health/ready")[0], _ask(site, "/health")[0], _ask(site, "/health/live")[0]) == (503, 503, 200)


def test_without_the_bot_the_site_is_ready_but_not_whole(site: DeskSite) -> None:
    _send_the_bot_away(site)
    status, said = _ask(site, "/health")
    assert (status, said["whole"], said["bot"]) == (503, False, False)
    assert _ask(site, "/health/ready")[0] == 200


@pytest.mark.parametrize(("silence", "beats"), [(0, True), (30, True), (31, False)])
def test_a_scheduler_that_is_silent_for_half_a_minute_is_told_of(site: DeskSite, silence: int, beats: bool) -> None:
    site.clock.advance(seconds=silence)
    status, said = _ask(site, "/health")
    assert (said["scheduler"], status) == (beats, 200 if beats else 503)
    assert _ask(site, "/health/ready")[0] == 200


def test_a_scheduler_that_never_ran_is_told_of(site: DeskSite) -> None:
    with site.work() as session:
        session.execute(text("DELETE FROM heartbeats"))
        # The decoy: another sweep beats.
        session.add(Heartbeat(name="send-notices", at=site.clock()))
    assert _ask(site, "/health")[1]["scheduler"] is False


def test_triage_without_its_model_is_told_of(site: DeskSite, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(health, "assess", lambda _text: Assessment(mode="lexicon_only"))
    status, said = _ask(site, "/health")
    assert (status, said["triage"]) == (503, "lexicon_only")
    assert _ask(site, "/health/ready")[0] == 200


def test_what_waits_is_counted_and_says_nothing_about_anyone(site: DeskSite) -> None:
    site.says(site.person(), "这个月的钱又不够花了")
    status, said = _ask(site, "/health")
    assert (status, said["outbox_waiting"]) == (200, 1)
    parts = {"whole", "database", "bot", "scheduler", "triage"}
    assert set(said) == parts | {"outbox_waiting", "alarms_late", "watch_failures"}
