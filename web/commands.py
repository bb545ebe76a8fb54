"""Commands of the machine: the first administrator, the demonstration, a look at what waits to be sent."""

from __future__ import annotations

import os
import sys
from pathlib import Path

import click
from flask import Flask, current_app
from flask.cli import AppGroup
from sqlalchemy import select

import config
from care import demo, staff
from care.staff import Declined
from models.outbox import OutboxRow
from models.staff import RoleName
from web.commands_bot import bot_commands
from web.commands_triage import triage_commands
from web.common import clock, security
from web.common.database import db, unit_of_work

PASSWORD_VARIABLE = "NUANYANG_ADMIN_PASSWORD"  # noqa: S105  the name of a variable
LOGINS_FILE = "demo-logins.txt"

staff_commands = AppGroup("staff", help="Accounts of colleagues.")
demo_commands = AppGroup("demo", help="Invented people for a demonstration.")
outbox_commands = AppGroup("outbox", help="What waits to be done outside the database.")

_WORDS = {
    staff.Problem.USERNAME_TAKEN: "A colleague already signs in with this name.",
    staff.Problem.USERNAME_SHAPE: "Use 3 to 64 small letters, digits, dots or dashes.",
    staff.Problem.NAME_MISSING: "A name of at most 40 signs is needed.",
    staff.Problem.TOO_SHORT: f"The password needs at least {staff.SHORTEST_PASSWORD} signs.",
    staff.Problem.TOO_EASY: "This password is among the first that anyone would guess.",
    staff.Problem.LIKE_USERNAME: "The password must not contain the name you sign in with.",
}


def install(app: Flask) -> None:
    """Add the commands to `flask --app web.app`."""
    for group in (staff_commands, demo_commands, outbox_commands, triage_commands, bot_commands):
        app.cli.add_command(group)


def _settings() -> config.Settings:
    settings: config.Settings = current_app.extensions["settings"]
    return settings


@staff_commands.command("create-admin")
@click.option("--username", prompt="Name to sign in with")
@click.option("--display-name", default=None, help="Name that colleagues see; the sign-in name if left out.")
@click.option("--password", is_flag=True, help="Read the password from standard input instead of asking for it.")
def create_admin(username: str, display_name: str | None, password: bool) -> None:
    """Make an administrator. The password is asked for, or read from standard input or NUANYANG_ADMIN_PASSWORD."""
    name = staff.tidy_username(username)
    chosen = _password(from_input=password)
    problem = staff.weakness(chosen, name)
    if problem is not None:
        raise click.ClickException(_WORDS[problem])
    try:
        with unit_of_work() as session:
            staff.create(
                session=session,
                actor=None,
                username=name,
                display_name=display_name or name,
                roles=[RoleName.ADMIN],
                password_hash=security.hashed(chosen),
                now=clock.now(),
            )
    except Declined as declined:
        raise click.ClickException(_WORDS.get(declined.problem, declined.problem.value)) from declined
    click.echo(f"{name} can sign in at {_settings().site_url}/staff/sign-in")


def _password(*, from_input: bool) -> str:
    # Never an argument: arguments are read by anyone who may list processes, and kept in the shell's history.
    if from_input:
        return sys.stdin.readline().rstrip("\r\n")
    given = os.environ.get(PASSWORD_VARIABLE)
    if given is not None:
        return given
    typed: str = click.prompt("Password", hide_input=True, confirmation_prompt=True)
    return typed


def _refuse_outside_demo() -> None:
    if not _settings().demo:
        raise click.ClickException("This is for demonstrations only: set NUANYANG_DEMO=1 where no real person writes.")


@demo_commands.command("load")
def load() -> None:
    """Add what is missing of the demonstration; what is there stays as it is."""
    _refuse_outside_demo()
    passwords = _read_logins()
    with unit_of_work() as session:
        made = demo.load_people(session=session, now=clock.now(), hashed=security.hashed, passwords=passwords)
        # Written before the commit: an account whose password nobody knows would be of no use.
        _write_logins(passwords | made)
        demo.load_roster(session=session, now=clock.now(), timezone=clock.timezone())
    with unit_of_work() as session:
        demo.load_conversations(
            session=session, now=clock.now(), timezone=clock.timezone(), secret=_settings().secret_key
        )
    click.echo(f"The demonstration is loaded. Logins: {_logins_file()}")


@demo_commands.command("logins")
def logins() -> None:
    """Print the accounts of the demonstration."""
    _refuse_outside_demo()
    passwords = _read_logins()
    if not passwords:
        raise click.ClickException("No logins yet: run `flask --app web.app demo load` first.")
    for person in demo.PEOPLE:
        if person.username in passwords:
            click.echo(f"{person.username:<12} {passwords[person.username]}   {person.display_name} ({person.what})")


def _logins_file() -> Path:
    return _settings().var_dir / LOGINS_FILE


def _read_logins() -> dict[str, str]:
    try:
        lines = _logins_file().read_text("utf-8").splitlines()
    except FileNotFoundError:
        return {}
    pairs = [line.split() for line in lines if line and not line.startswith("#")]
    return {pair[0]: pair[1] for pair in pairs if len(pair) >= 2}


def _write_logins(passwords: dict[str, str]) -> None:
    file = _logins_file()
    file.parent.mkdir(parents=True, exist_ok=True)
    lines = [f"# {_settings().site_url}/staff/sign-in   Invented people; these passwords open nothing else."]
    lines += [f"{name} {password}" for name, password in passwords.items()]
    # The file is private from its first byte, not only after a second call.
    descriptor = os.open(file, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
    with os.fdopen(descriptor, "w", encoding="utf-8") as opened:
        opened.write("\n".join(lines) + "\n")
    file.chmod(0o600)


@outbox_commands.command("list")
@click.option("--all", "everything", is_flag=True, help="Also what has been done or given up.")
@click.option("--limit", default=50, show_default=True)
def list_outbox(everything: bool, limit: int) -> None:
    """List errands, the newest first: ids and states, never anyone's words."""
    query = select(OutboxRow).order_by(OutboxRow.id.desc()).limit(limit)
    if not everything:
        query = query.where(OutboxRow.delivered_at.is_(None), OutboxRow.given_up_at.is_(None))
    rows = db.session.scalars(query).all()
    for row in rows:
        state = "done" if row.delivered_at else "given up" if row.given_up_at else "waits"
        line = f"{row.id:>6}  {row.kind.value:<14} {state:<9} tries {row.attempts}  {row.created_at:%F %T}Z"
        click.echo(f"{line}  {row.last_error or ''}".rstrip())
    if not rows:
        click.echo("Nothing waits.")
