"""Every process stays on this machine, wherever its ports and its proxy come from."""

from __future__ import annotations

import pytest

from ops import processes
from ops.processes import Ports

PORTS = Ports(site=8123, rasa=5123, actions=5223)


def test_each_process_listens_on_loopback_only() -> None:
    environ = processes.environment({}, PORTS)
    assert "127.0.0.1:8123" in processes.site(environ, PORTS).command
    rasa = processes.rasa(environ, PORTS).command
    assert rasa[rasa.index("--interface") + 1] == "127.0.0.1"
    assert processes.actions(environ, PORTS).environ["SANIC_HOST"] == "127.0.0.1"


def test_rasa_opens_no_second_way_in() -> None:
    command = processes.rasa(processes.environment({}, PORTS), PORTS).command
    assert "--enable-api" not in command
    assert "--credentials" in command


def test_processes_are_told_where_the_others_are() -> None:
    environ = processes.environment({"NUANYANG_BOT_TOKEN": "secret"}, PORTS)
    assert environ["NUANYANG_SITE_URL"] == "http://127.0.0.1:8123"
    assert environ["NUANYANG_RASA_URL"] == "http://127.0.0.1:5123"
    assert environ["NUANYANG_ACTIONS_URL"] == "http://127.0.0.1:5223/webhook"
    assert environ["NUANYANG_BOT_TOKEN"] == "secret"


def test_no_secret_is_on_a_command_line() -> None:
    environ = processes.environment({"NUANYANG_BOT_TOKEN": "secret", "NUANYANG_SECRET_KEY": "key"}, PORTS)
    made = (
        processes.site(environ, PORTS),
        processes.rasa(environ, PORTS),
        processes.actions(environ, PORTS),
        processes.schedules(environ),
    )
    words = {word for process in made for word in process.command}
    assert not words & {"secret", "key"}


def test_a_proxy_of_the_office_does_not_carry_what_the_processes_say(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("NO_PROXY", "intranet.example")
    monkeypatch.delenv("no_proxy", raising=False)
    environ = processes.environment({}, PORTS)
    assert environ["NO_PROXY"] == "intranet.example,127.0.0.1,localhost"
    assert environ["no_proxy"] == "127.0.0.1,localhost"


def test_ports_come_from_the_environment_and_have_defaults() -> None:
    assert Ports.from_environ({"NUANYANG_PORT": "8123", "NUANYANG_RASA_PORT": ""}) == Ports(8123, 5005, 5055)
