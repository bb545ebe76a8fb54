"""A volunteer's next shift, told in the public chat to whoever brings the code of the volunteer's own page."""

from __future__ import annotations

from typing import Any

from flask import current_app, jsonify

from care import shift_codes, shifts, transcript
from care.shift_rules import sheets
from models.shifts import SignUp
from web.api import blueprint
from web.api.body import body, word
from web.api.spoken import clock_words, moment_words
from web.common import clock
from web.common.access import Access, access
from web.common.database import unit_of_work


@blueprint.post("/conversations/<string:public_id>/shift-codes")
@access(Access.BOT)
def next_shift(public_id: str) -> Any:
    """Use up a code and tell the shift: day, time, place and role, and no name of anybody."""
    typed, now = word(body(), "code"), clock.now()
    secret: str = current_app.extensions["settings"].secret_key
    with unit_of_work() as session:
        conversation = transcript.by_public_id(session=session, public_id=public_id)
        staff = shift_codes.redeem(session=session, secret=secret, typed=typed, now=now)
        found = shifts.next_of(session=session, staff_id=staff.id, now=now)
        answer = {"shift": _view(found, conversation.language) if found else None}
    return jsonify(answer)


def _view(row: SignUp, language: str) -> dict[str, Any]:
    shift, zone = row.shift, clock.timezone()
    sheet = sheets().get(row.shift_role.role)
    return {
        "role": sheet.name(language) if sheet else row.shift_role.role,
        "starts_at": shift.starts_at.isoformat(),
        "words": moment_words(shift.starts_at, language, zone),
        "until": clock_words(shift.ends_at, language, zone),
        "place": " ".join(part for part in (shift.station.name(language), shift.station.address) if part),
        "under_way": shift.starts_at <= clock.now(),
    }
