"""How often one address may knock at the doors that can be guessed at."""

from __future__ import annotations

from typing import Any

from flask_limiter import Limiter
from flask_limiter.util import get_remote_address

limiter = Limiter(get_remote_address, default_limits=[])

# A person mistypes a code a few times; a program tries thousands.
RESUME = "10 per minute; 60 per hour"
START = "60 per minute"
SIGN_IN = "10 per minute; 50 per hour"
# A family may share one address; a program fills inboxes.
APPLY = "6 per minute; 30 per hour"
# Six digits: whoever stands before the screen types them right within a few tries.
SHIFT_CODE = "10 per minute; 40 per hour"
CHECK_CERTIFICATE = "20 per minute; 200 per hour"
# A whole family may be worried at the same address; a program fills queues.
WORRIED = "6 per minute; 30 per hour"
# Secret addresses cannot be guessed; the bound is there so that a program that tries fills no book of traces.
# Only what leads nowhere is counted: the address of a whole town's telephones may be one.
FORGED = "30 per minute; 300 per hour"


def leads_nowhere(response: Any) -> bool:
    """Tell whether an answer counts as a try at a secret address."""
    return bool(response.status_code == 404)
