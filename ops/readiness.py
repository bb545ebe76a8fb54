"""Asks the platform whether it is ready, and whether a port is free to begin with."""

from __future__ import annotations

import json
import socket
import urllib.error
import urllib.request
from dataclasses import dataclass

from ops.processes import HOST


@dataclass(frozen=True)
class Answer:
    """What a health address said: ready or not, and its own words when it is not."""

    ready: bool
    reached: bool
    says: str = ""


def ask(url: str, *, timeout: float = 3.0) -> Answer:
    """Ask a health address on this machine, past any proxy. Never raises."""
    opener = urllib.request.build_opener(urllib.request.ProxyHandler({}))
    try:
        with opener.open(url, timeout=timeout) as reply:
            return Answer(ready=reply.status == 200, reached=True)
    except urllib.error.HTTPError as refusal:
        return Answer(ready=False, reached=True, says=_in_brief(refusal.read()))
    except (OSError, ValueError):
        return Answer(ready=False, reached=False)


def _in_brief(body: bytes) -> str:
    text = body.decode("utf-8", "replace")
    try:
        return json.dumps(json.loads(text), ensure_ascii=False)
    except ValueError:
        return text[:200]


def is_taken(port: int) -> bool:
    """Tell whether something on this machine listens on a port already."""
    with socket.socket(socket.AF_INET, socket.SOCK_STREAM) as probe:
        probe.settimeout(1.0)
        return probe.connect_ex((HOST, port)) == 0


def free_port() -> int:
    """Return a port that nothing uses at this moment."""
    with socket.socket(socket.AF_INET, socket.SOCK_STREAM) as probe:
        probe.bind((HOST, 0))
        return int(probe.getsockname()[1])
