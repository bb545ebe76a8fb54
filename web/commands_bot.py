"""Commands about the bot: what people wrote that it did not understand, so that a colleague can teach it."""

from __future__ import annotations

from datetime import timedelta

import click
from flask.cli import AppGroup

from care import bot_misses
from web.common import clock
from web.common.database import unit_of_work

# More ways of putting the same thing do not help whoever writes the lines.
SHOWN_OF_A_KIND = 3

bot_commands = AppGroup("bot", help="What the bot did not understand.")


@bot_commands.command("misses")
@click.option("--days", type=click.IntRange(1, 90), default=14, show_default=True)
def misses(days: int) -> None:
    """Print what was not understood, by kind; names and numbers are taken out. Teach it with make bot-report."""
    now = clock.now()
    with unit_of_work() as session:
        found = bot_misses.missed(session=session, since=now - timedelta(days=days), now=now)
    for kind in found:
        ways = list(dict.fromkeys(kind.lines))[:SHOWN_OF_A_KIND]
        click.echo(f"{len(kind.lines):5}  " + "  |  ".join(ways))
    click.echo(f"{sum(len(kind.lines) for kind in found)} lines of {len(found)} kinds in {days} days")
