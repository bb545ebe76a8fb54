"""What people told the base and I have not answered yet."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime

from flask import url_for
from flask_babel import gettext as _
from sqlalchemy.orm import Session

from care import voice_answers
from models.staff import StaffMember
from web.common import clock
from web.common.access import Access, staff_may
from web.staff.my_day.rows import Door, Row, Section
from web.staff.voices.pages import KINDS, day_words


def rows(*, session: Session, me: StaffMember, now: datetime) -> Iterator[Row]:
    """Yield the voices that wait for my answer; the late ones first."""
    if not staff_may(Access.ANSWER_VOICES):
        return
    for voice in voice_answers.owed_by(session=session, staff_id=me.id):
        late = voice_answers.standing(voice, now=now, timezone=clock.timezone()) is voice_answers.Standing.LATE
        yield Row(
            Section.LATE if late else Section.WAITS,
            _("%(kind)s no. %(number)s waits for your answer", kind=KINDS[voice.kind], number=voice.id),
            url_for("staff.voice", voice_id=voice.id),
            detail=_("Promised by %(day)s", day=day_words(voice.due_on)),
            symbol="speech",
        )


def doors() -> Iterator[Door]:
    """Yield the way to the list."""
    if staff_may(Access.ANSWER_VOICES):
        words = _("Complaints, praise and suggestions, with the date of the answer.")
        yield Door(_("Voices of the people"), words, url_for("staff.voices"), "speech", 45)
