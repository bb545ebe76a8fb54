"""Imports only ever point down."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.house.layers import modules, wrong_imports

ROOT = Path(__file__).resolve().parents[2]


def test_every_import_points_down() -> None:
    wrong = {name: found for name, file in modules(ROOT) if (found := wrong_imports(name, file.read_text("utf-8")))}
    assert wrong == {}


def test_the_checker_sees_the_houses() -> None:
    seen = {name.split(".")[0] for name, _file in modules(ROOT)}
    assert seen == {"config", "triage", "models", "care", "web", "schedules", "bot", "ops"}


@pytest.mark.parametrize(
    ("module", "source"),
    [
        ("models.staff", "from care.staff import create"),
        ("models.staff", "import web"),
        ("triage.levels", "import models.base"),
        ("care.crises", "from flask import request"),
        ("care.crises", "import schedules.runner"),
        ("schedules.jobs.crises", "from web.common import clock"),
        ("bot.actions.turn", "from models.crises import CrisisCase"),
        ("bot.actions.turn", "from care import crises"),
        ("web.public.pages", "from web.staff import queue"),
        ("web.staff.queue", "import web.public.pages"),
        ("ops.run", "import config"),
        ("config", "from triage.levels import Level"),
    ],
)
def test_the_checker_finds_a_bad_example(module: str, source: str) -> None:
    assert wrong_imports(module, f"import os\n\ndef later() -> None:\n    {source}\n") != []


@pytest.mark.parametrize(
    ("module", "source"),
    [
        ("care.crises", "from models.crises import CrisisCase"),
        ("web.staff.queue", "from web.common import clock"),
        ("bot.actions.turn", "from triage.levels import Level"),
        ("schedules.timetable", "from schedules.jobs import crises"),
    ],
)
def test_the_checker_leaves_a_good_example_alone(module: str, source: str) -> None:
    assert wrong_imports(module, source) == []
