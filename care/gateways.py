"""Carries a notice to a phone or a mailbox: mail and SMS by apprise, the two robots by their own web addresses."""

from __future__ import annotations

import base64
import functools
import hashlib
import hmac
import logging
import threading
import time
import warnings
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import quote

import httpx

from care.notices import Letter
from config import Gateways
from models.contacts import Channel
from models.outbox import DeliveryWay

# A gateway that does not answer is left after this many seconds; an errand is held for thirty.
PATIENCE = 8.0

# Several notices leave side by side; the first of them loads the library for all.
_first = threading.Lock()
# The library names addresses and shows payloads in its log lines.
for _name in ("apprise", "requests", "urllib3", "httpcore"):
    logging.getLogger(_name).setLevel(logging.CRITICAL)


class NotTaken(Exception):
    """A gateway has refused, or did not answer; the name of the reason is safe to store."""


@dataclass(frozen=True)
class Post:
    """The ways out of the house; without gateways everything is kept in the development outbox."""

    gateways: Gateways = field(default_factory=Gateways)
    client: httpx.Client = field(default_factory=lambda: httpx.Client(timeout=PATIENCE, trust_env=False))
    clock: Callable[[], float] = time.time

    def carry(self, letter: Letter) -> DeliveryWay:
        """Hand the letter over and return how; raise NotTaken when it must be tried again."""
        gateway = getattr(self.gateways, letter.channel.value)
        if not gateway:
            return DeliveryWay.DEVELOPMENT_OUTBOX
        try:
            if letter.channel is Channel.WECOM:
                self._robot(gateway.replace("{address}", quote(letter.address, safe="")), letter, mention=None)
            elif letter.channel is Channel.DINGTALK:
                self._robot(gateway + self._signature(), letter, mention=letter.address)
            else:
                _by_apprise(gateway.replace("{address}", quote(letter.address, safe="")), letter)
        except NotTaken:
            raise
        except Exception as error:
            # Whatever a gateway's library throws, the notice is tried again and its class is told.
            raise NotTaken(type(error).__name__) from error
        return DeliveryWay.CHANNEL

    def _robot(self, address: str, letter: Letter, *, mention: str | None) -> None:
        """Post to a group robot. Both answer 200 also when they refuse: only errcode 0 means that it was taken."""
        content: dict[str, Any] = {"msgtype": "text", "text": {"content": letter.body}}
        if mention is not None:
            content["text"]["content"] = f"{letter.body}\n@{mention}"
            content["at"] = {"atMobiles": [mention], "isAtAll": False}
        answer = self.client.post(address, json=content)
        if answer.status_code != 200:
            raise NotTaken(f"http_{answer.status_code}")
        code = answer.json().get("errcode")
        if code != 0:
            raise NotTaken(f"errcode_{code}")

    def _signature(self) -> str:
        secret = self.gateways.dingtalk_secret
        if not secret:
            return ""
        stamp = str(round(self.clock() * 1000))
        digest = hmac.new(secret.encode(), f"{stamp}\n{secret}".encode(), hashlib.sha256).digest()
        return f"&timestamp={stamp}&sign={quote(base64.b64encode(digest), safe='')}"


@functools.cache
def _apprise() -> Any:
    """Return the library with its plugins loaded."""
    with warnings.catch_warnings():
        # It touches a module of Python 3.12 that is on its way out; nothing of ours uses it.
        warnings.filterwarnings("ignore", message=".*imghdr.*", category=DeprecationWarning)
        import apprise

        apprise.Apprise.instantiate("json://127.0.0.1")
    return apprise


def _by_apprise(address: str, letter: Letter) -> None:
    with _first:
        apprise = _apprise()
    plugin = apprise.Apprise.instantiate(address)
    if not isinstance(plugin, apprise.NotifyBase):
        raise NotTaken("gateway_not_understood")
    for timeout in ("socket_connect_timeout", "socket_read_timeout"):
        setattr(plugin, timeout, PATIENCE)
    if not plugin.notify(body=letter.body, title=letter.subject, body_format=apprise.NotifyFormat.TEXT):
        raise NotTaken("refused")
