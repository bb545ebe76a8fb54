"""What every test shares: no network, no ignored warning, and the fixtures of tests/fixtures/.

Do not put a fixture here. Write it in `tests/fixtures/<theme>.py`; each file there is loaded by itself.
The suite runs on two interpreters: the site's, and the bot's Python 3.10, which has no Flask and no SQLAlchemy 2.
"""

from __future__ import annotations

import importlib.util
from pathlib import Path

import pytest
from hypothesis import HealthCheck, settings

HERE = Path(__file__).parent
ON_THE_BOTS_INTERPRETER = importlib.util.find_spec("flask_sqlalchemy") is None

# Folders that the bot's interpreter can run; the site's runs all but tests/bot.
BOT_FOLDERS = frozenset({"bot", "fixtures", "triage"})
# Fixture files that import neither Flask nor SQLAlchemy 2.
BOT_FIXTURES = frozenset({"rasa_server"})

# Fixture files may use each other, so all of them are announced before the first is imported.
pytest.register_assert_rewrite("tests.fixtures")

pytest_plugins = [
    f"tests.fixtures.{file.stem}"
    for file in sorted((HERE / "fixtures").glob("*.py"))
    if file.stem != "__init__" and (not ON_THE_BOTS_INTERPRETER or file.stem in BOT_FIXTURES)
]

collect_ignore = [
    folder.name
    for folder in HERE.iterdir()
    if folder.is_dir() and (folder.name in BOT_FOLDERS) != ON_THE_BOTS_INTERPRETER and folder.name != "triage"
]

# Two cores are shared by browsers, a bot and a database, so elapsed time says nothing about a pure function.
settings.register_profile("nuanyang", deadline=None, suppress_health_check=[HealthCheck.too_slow])
settings.load_profile("nuanyang")

# Rasa 3.6 pins libraries of 2022 that warn about each other at import. They are named one by one,
# so that a warning from our own code is still an error.
WARNINGS_OF_OLD_PINS = (
    "ignore:Deprecated API features detected:sqlalchemy.exc.MovedIn20Warning",
    "ignore:.*pkg_resources.*:DeprecationWarning",
    "ignore::DeprecationWarning:(rasa|sanic|tensorflow|keras|jieba|google|flatbuffers|matplotlib)(\\..*)?",
)


def pytest_configure(config: pytest.Config) -> None:
    """Forgive the known warnings of the bot's old libraries, on the bot's interpreter only."""
    if ON_THE_BOTS_INTERPRETER:
        for line in WARNINGS_OF_OLD_PINS:
            config.addinivalue_line("filterwarnings", line)
