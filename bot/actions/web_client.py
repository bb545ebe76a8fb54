"""The bot's line to the site. It owns no data of its own."""

from __future__ import annotations

import logging
import os
from typing import Any
from urllib.parse import urlencode

import httpx

# Every request would be logged with the id of a conversation; failures are reported by their callers.
logging.getLogger("httpx").setLevel(logging.WARNING)

TIMEOUT = httpx.Timeout(4.0, connect=1.0)


class SiteAway(Exception):
    """The site did not answer, so the answer must be kept and offered again."""


class SiteRefused(Exception):
    """The site understood and said no; `field` names what was wrong."""

    def __init__(self, error: str, field: str | None) -> None:
        super().__init__(error)
        self.error = error
        self.field = field


class WebClient:
    """Speaks to the site's API with the service token."""

    def __init__(self, transport: httpx.AsyncBaseTransport | None = None) -> None:
        self._client = httpx.AsyncClient(
            base_url=os.environ.get("NUANYANG_SITE_URL", "http://127.0.0.1:8000").rstrip("/") + "/api/v1",
            headers={"Authorization": f"Bearer {os.environ.get('NUANYANG_BOT_TOKEN', '')}"},
            timeout=TIMEOUT,
            transport=transport,
            # A proxy of the machine's environment has no business on a loopback line.
            trust_env=False,
        )

    async def state(self, conversation: str) -> dict[str, Any]:
        """Return everything known of the conversation."""
        return await self._ask("GET", f"/conversations/{conversation}/state")

    async def put_intake(self, conversation: str, fields: dict[str, Any]) -> dict[str, Any]:
        """Store intake answers and return what is known and missing."""
        return await self._ask("PUT", f"/conversations/{conversation}/intake", fields)

    async def card(self, conversation: str) -> dict[str, Any]:
        """Return what was understood, for the person to read."""
        return await self._ask("GET", f"/conversations/{conversation}/card")

    async def approve_card(self, conversation: str, mark: str) -> dict[str, Any]:
        """Store that the person called the card with this mark right."""
        return await self._ask("POST", f"/conversations/{conversation}/card", {"mark": mark})

    async def put_answer(self, conversation: str, item: str, value: int, mode: str) -> dict[str, Any]:
        """Store a screening answer and return level, next item and result."""
        return await self._ask(
            "PUT", f"/conversations/{conversation}/screening/answers/{item}", {"value": value, "mode": mode}
        )

    async def restart_screening(self, conversation: str) -> dict[str, Any]:
        """Begin the questions anew."""
        return await self._ask("POST", f"/conversations/{conversation}/screening/restart", {})

    async def ask_human(self, conversation: str) -> dict[str, Any]:
        """Ask for a person; the site tells the person what the roster allows."""
        return await self._ask("POST", f"/conversations/{conversation}/human-requests", {})

    async def raise_flag(self, conversation: str, flag: dict[str, Any]) -> dict[str, Any]:
        """Raise the alarm; the site never lowers on this line."""
        return await self._ask("POST", f"/conversations/{conversation}/flags", flag)

    async def set_language(self, conversation: str, language: str) -> dict[str, Any]:
        """Change the language of the conversation."""
        return await self._ask("PUT", f"/conversations/{conversation}/language", {"language": language})

    async def services(self, conversation: str) -> dict[str, Any]:
        """Return what the person can book alone."""
        return await self._ask("GET", f"/conversations/{conversation}/services")

    async def slots(self, conversation: str, service: int, mode: str, after: str | None = None) -> dict[str, Any]:
        """Return the next free times of a service, from a moment on."""
        return await self._slots(conversation, "slots", service=service, mode=mode, after=after)

    async def slots_to_move(self, conversation: str, appointment: int, after: str | None = None) -> dict[str, Any]:
        """Return the times to which an appointment can be moved, from a moment on."""
        return await self._slots(conversation, "slots", appointment=appointment, after=after)

    async def days(self, conversation: str, service: int, mode: str) -> dict[str, Any]:
        """Return the next days on which a service has a free time."""
        return await self._slots(conversation, "slots/days", service=service, mode=mode)

    async def days_to_move(self, conversation: str, appointment: int) -> dict[str, Any]:
        """Return the next days to which an appointment can be moved."""
        return await self._slots(conversation, "slots/days", appointment=appointment)

    async def _slots(self, conversation: str, what: str, **asked: Any) -> dict[str, Any]:
        query = urlencode({name: value for name, value in asked.items() if value is not None})
        return await self._ask("GET", f"/conversations/{conversation}/{what}?{query}")

    async def wait(self, conversation: str, service: int, mode: str) -> dict[str, Any]:
        """Put the person on the waiting list of a service."""
        wish = {"service": service, "mode": mode}
        return await self._ask("POST", f"/conversations/{conversation}/waiting-list", wish)

    async def next_shift(self, conversation: str, code: str) -> dict[str, Any]:
        """Use up a volunteer's code and return their next shift."""
        return await self._ask("POST", f"/conversations/{conversation}/shift-codes", {"code": code})

    async def appointments(self, conversation: str) -> dict[str, Any]:
        """Return what the person has before them, in order."""
        return await self._ask("GET", f"/conversations/{conversation}/appointments")

    async def book(self, conversation: str, wish: dict[str, Any]) -> dict[str, Any]:
        """Book a time that was shown; the same key books once."""
        return await self._ask("POST", f"/conversations/{conversation}/appointments", wish)

    async def move(self, conversation: str, appointment: int, starts_at: str) -> dict[str, Any]:
        """Move an appointment; refused, the old time stays."""
        path = f"/conversations/{conversation}/appointments/{appointment}/move"
        return await self._ask("POST", path, {"starts_at": starts_at})

    async def cancel(self, conversation: str, appointment: int) -> dict[str, Any]:
        """Call an appointment off."""
        return await self._ask("POST", f"/conversations/{conversation}/appointments/{appointment}/cancel", {})

    async def hours(self, language: str) -> dict[str, Any]:
        """Return when a person can be reached, in words."""
        return await self._ask("GET", f"/hours?language={language}")

    async def _ask(self, method: str, path: str, body: dict[str, Any] | None = None) -> dict[str, Any]:
        try:
            answer = await self._client.request(method, path, json=body)
            data = answer.json()
        except (httpx.HTTPError, ValueError) as error:
            raise SiteAway(type(error).__name__) from error
        if answer.status_code in (404, 409, 422):
            raise SiteRefused(str(data.get("error")), data.get("field"))
        if answer.status_code >= httpx.codes.BAD_REQUEST:
            raise SiteAway(str(answer.status_code))
        found: dict[str, Any] = data
        return found


site = WebClient()
