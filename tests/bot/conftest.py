"""The played site, put in the place of the real one in every action."""

from __future__ import annotations

import pytest
from actions.web_client import site as line_to_site

from tests.bot.talk import PlayedSite, Talk


@pytest.fixture
def site(monkeypatch: pytest.MonkeyPatch) -> PlayedSite:
    """Answer whatever the actions ask of the site."""
    played = PlayedSite()
    monkeypatch.setattr(line_to_site, "_client", played.client())
    return played


@pytest.fixture
def begun(site: PlayedSite) -> Talk:
    """A conversation in which the first question of the intake was asked."""
    talk = Talk()
    talk.send("/start_intake")
    return talk
