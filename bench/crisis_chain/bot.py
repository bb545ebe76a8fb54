"""A bot that answers one sentence to everything, so that its line can be cut without TensorFlow's start-up.

python -m bench.crisis_chain.bot PORT
"""

from __future__ import annotations

import json
import sys
import time
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

from ops.processes import HOST

SAYS = "我在听，您慢慢说。"
# Long enough that a kill often finds an errand on its way.
THINKS = 0.1  # seconds


class Bot(BaseHTTPRequestHandler):
    """Speaks as much of Rasa's language as the site's line to it needs."""

    protocol_version = "HTTP/1.1"

    def do_GET(self) -> None:
        """Say that the bot is there."""
        self._answer({"status": "ok"})

    def do_POST(self) -> None:
        """Answer a turn."""
        self.rfile.read(int(self.headers.get("Content-Length") or 0))
        time.sleep(THINKS)
        self._answer({"messages": [{"text": SAYS}]})

    def log_message(self, *_given: object) -> None:
        """Keep quiet: each line would be the same."""

    def _answer(self, body: dict[str, object]) -> None:
        written = json.dumps(body).encode()
        self.send_response(200)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(written)))
        self.end_headers()
        self.wfile.write(written)


if __name__ == "__main__":
    ThreadingHTTPServer((HOST, int(sys.argv[1])), Bot).serve_forever()
