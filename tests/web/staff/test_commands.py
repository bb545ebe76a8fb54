"""The commands of the machine: the first administrator, the demonstration, the outbox."""

from __future__ import annotations

import stat
from dataclasses import replace
from typing import Any

import pytest
from sqlalchemy import select

from models.staff import RoleName, StaffMember
from tests.fixtures.desk import PASSWORD, DeskSite


def _run(site: DeskSite, *arguments: str, typed: str | None = None, environ: dict[str, str] | None = None) -> Any:
    return site.app.test_cli_runner().invoke(args=list(arguments), input=typed, env=environ)


def test_first_administrator_is_made_with_a_password_from_standard_input(desk_site: DeskSite) -> None:
    result = _run(desk_site, "staff", "create-admin", "--username", "Root.One", "--password", typed=f"{PASSWORD}\n")
    assert result.exit_code == 0, result.output
    assert PASSWORD not in result.output
    with desk_site.look() as session:
        assert session.scalars(select(StaffMember)).one().has_any(RoleName.ADMIN)
    assert desk_site.browser().sign_in("root.one").status_code == 303


def test_first_administrator_is_made_with_a_password_from_the_environment(desk_site: DeskSite) -> None:
    environ = {"NUANYANG_ADMIN_PASSWORD": PASSWORD}
    assert _run(desk_site, "staff", "create-admin", "--username", "root1", environ=environ).exit_code == 0
    assert desk_site.browser().sign_in("root1").status_code == 303


def test_password_is_asked_for_twice_where_none_is_given(desk_site: DeskSite) -> None:
    typed = f"root1\n{PASSWORD}\n{PASSWORD}\n"
    assert _run(desk_site, "staff", "create-admin", typed=typed).exit_code == 0
    assert desk_site.browser().sign_in("root1").status_code == 303


@pytest.mark.parametrize("password", ["", "admin", "short", "password123", "1234567890", "root1-root1-root1"])
def test_weak_password_of_an_administrator_is_refused(desk_site: DeskSite, password: str) -> None:
    result = _run(desk_site, "staff", "create-admin", "--username", "root1", "--password", typed=f"{password}\n")
    assert result.exit_code != 0
    with desk_site.look() as session:
        assert session.scalars(select(StaffMember)).all() == []


def test_demonstration_is_refused_where_real_people_write(desk_site: DeskSite) -> None:
    desk_site.app.extensions["settings"] = replace(desk_site.settings, demo=False)
    for command in ("load", "logins"):
        assert _run(desk_site, "demo", command).exit_code != 0
    with desk_site.look() as session:
        assert session.scalars(select(StaffMember)).all() == []


def test_demo_logins_are_private_stay_the_same_and_open_the_desk(desk_site: DeskSite) -> None:
    assert _run(desk_site, "demo", "load").exit_code == 0
    file = desk_site.settings.var_dir / "demo-logins.txt"
    assert stat.S_IMODE(file.stat().st_mode) == 0o600
    first = file.read_text("utf-8")
    assert _run(desk_site, "demo", "load").exit_code == 0
    assert file.read_text("utf-8") == first
    shown = _run(desk_site, "demo", "logins").output
    name, password = next(line.split()[:2] for line in shown.splitlines() if "on call by day" in line)
    assert desk_site.browser().sign_in(name, password).status_code == 303


def test_outbox_lists_states_and_no_words(desk_site: DeskSite) -> None:
    assert "Nothing waits." in _run(desk_site, "outbox", "list").output
    conversation_id = desk_site.person()
    desk_site.says(conversation_id, "只有我自己知道的话")
    listed = _run(desk_site, "outbox", "list").output
    assert "bot_turn" in listed
    assert "waits" in listed
    assert "只有我" not in listed
