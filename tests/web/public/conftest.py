"""A person's browser, without scripts and with them."""

from __future__ import annotations

import re
import uuid
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import pytest
from flask.testing import FlaskClient

from tests.fixtures.desk import DeskSite

_TOKEN = re.compile(r'name="csrf-token" content="([^"]+)"')


@dataclass
class Visitor:
    """Somebody who came to the site with nothing but a telephone."""

    client: FlaskClient

    def get(self, path: str, **more: Any) -> Any:
        """Open a page."""
        return self.client.get(path, **more)

    def text(self, path: str, **more: Any) -> str:
        """Open a page and return what it says."""
        return str(self.client.get(path, **more).get_data(as_text=True))

    def token(self) -> str:
        """Return the form token of this browser."""
        found = _TOKEN.search(self.text("/about"))
        assert found is not None
        return found.group(1)

    def post(self, path: str, **data: Any) -> Any:
        """Send a form, as a browser without scripts does."""
        return self.client.post(path, data={"csrf_token": self.token()} | data)

    def ask(self, path: str, body: dict[str, Any] | None = None) -> Any:
        """Send JSON, as the scripts of the chat do."""
        return self.client.post(
            path, json=body or {}, headers={"X-CSRFToken": self.token(), "Accept": "application/json"}
        )

    def says(self, text: str, key: str | None = None) -> Any:
        """Write a message."""
        return self.ask("/chat/messages", {"client_key": key or uuid.uuid4().hex, "text": text})

    def messages(self, after: int = 0) -> list[dict[str, Any]]:
        """Return the messages this browser may read."""
        answer = self.client.get(f"/chat/messages?after={after}", headers={"Accept": "application/json"})
        assert answer.status_code == 200
        return list(answer.get_json()["messages"])

    def begins(self) -> str:
        """Open the chat and return the code that the page shows."""
        assert self.post("/chat/start").headers["Location"] == "/chat"
        found = re.search(r'id="code-shown"[^>]*>([A-Z0-9-]+)<', self.text("/chat"))
        assert found is not None
        return found.group(1)


@pytest.fixture
def site(desk_site: DeskSite, monkeypatch: pytest.MonkeyPatch) -> DeskSite:
    """The site, with the errand to the bot left undone: these tests end before it could come back."""
    monkeypatch.setattr(desk_site.app.extensions["bot_turns"], "start", lambda _conversation_id: None)
    return desk_site


@pytest.fixture
def visitor(site: DeskSite) -> Visitor:
    """A browser that has not been here before."""
    return Visitor(site.app.test_client())


@pytest.fixture
def create_visitor(site: DeskSite) -> Callable[[], Visitor]:
    """Return a callable that makes one more person with a telephone."""
    return lambda: Visitor(site.app.test_client())


@pytest.fixture
def address(site: DeskSite, address: str) -> str:
    """Serve the site whose bot is left undone."""
    return address
