"""The notices that have left the house, that are kept because no gateway is connected, and that could not be sent."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from flask import current_app, render_template, request
from flask_babel import gettext as _

from care import notices
from models.outbox import DeliveryWay, OutboxRow
from web.common import clock
from web.common.access import Access, access
from web.common.database import reading
from web.staff.blueprint import blueprint
from web.staff.duty_words import CHANNELS, LET_GO

AT_MOST = 100


@dataclass(frozen=True)
class Shown:
    """One notice as an operator sees it: to whom and how, never an address."""

    at: datetime
    to: str
    channel: str
    state: str
    is_trouble: bool
    urgent: bool
    body: str
    tries: int


@blueprint.get("/notices")
@access(Access.SEE_OPERATIONS)
def notices_sent() -> Any:
    """Show the newest notices, or only those that are in trouble."""
    only_trouble = request.args.get("show") == "trouble"
    rows = notices.latest(session=reading(), limit=AT_MOST, only_trouble=only_trouble)
    settings = current_app.extensions["settings"]
    missing = [str(words) for channel, words in CHANNELS.items() if not getattr(settings.gateways, channel.value)]
    return render_template(
        "staff/notices.html", rows=[_shown(row) for row in rows], only_trouble=only_trouble, missing=missing
    )


def _shown(row: OutboxRow) -> Shown:
    state, is_trouble = _state(row)
    return Shown(
        at=row.created_at,
        to=_recipient(row),
        channel=str(CHANNELS[row.contact.channel]) if row.contact else "–",
        state=state,
        is_trouble=is_trouble,
        urgent=row.urgent,
        body=_body(row),
        tries=row.attempts,
    )


def _recipient(row: OutboxRow) -> str:
    if row.contact is None:
        return _("nobody")
    if row.contact.staff is not None:
        return row.contact.staff.display_name
    # A person who is helped is a code in every list.
    return row.contact.beneficiary.code if row.contact.beneficiary else "–"


def _state(row: OutboxRow) -> tuple[str, bool]:
    if row.delivered_by is DeliveryWay.NO_ADDRESS:
        return _("An alarm rang and no colleague of this step has a confirmed address"), True
    if row.delivered_by is DeliveryWay.DEVELOPMENT_OUTBOX:
        return _("Kept here: no gateway is connected, no phone has rung"), False
    if row.delivered_at is not None:
        return _("Sent"), False
    if row.given_up_at is not None:
        known = LET_GO.get(row.last_error or "")
        reason = str(known) if known is not None else (row.last_error or "")
        return _("Given up: %(reason)s", reason=reason), known is None
    if row.attempts:
        return _("Failed (%(error)s), will be tried again", error=row.last_error or "–"), True
    return _("Waits to be sent"), False


def _body(row: OutboxRow) -> str:
    """Return the words of a notice that no phone has shown; a secret link is shown in a demonstration only."""
    if row.contact is None or row.sealed is None:
        return ""
    settings = current_app.extensions["settings"]
    rules = notices.Rules(
        timezone=clock.timezone(),
        quiet=notices.QuietHours(settings.quiet_from, settings.quiet_until),
        public_url=settings.link_base,
    )
    body = notices.body_of(row, notices.language_of(row.contact), rules)
    return body if settings.demo else body.split("\n")[0]
