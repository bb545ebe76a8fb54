"""The live desk on my day: a conversation that is offered to me, a person I have not answered, a note to read."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime

from flask import url_for
from flask_babel import gettext as _
from sqlalchemy.orm import Session

from care import desk, desk_handovers, reply_alarms, transfers
from models.staff import StaffMember
from web.common.access import Access, staff_may
from web.staff.my_day.rows import Door, Row, Section


def rows(*, session: Session, me: StaffMember, now: datetime) -> Iterator[Row]:
    """Yield what waits for me at the desk."""
    if not staff_may(Access.TAKE_OVER):
        return
    for offer in transfers.for_me(session=session, actor=me, now=now):
        title = _("%(name)s would like to pass a conversation on to you", name=offer.giver.display_name)
        url = url_for("staff.conversation", conversation_id=offer.conversation_id)
        yield Row(Section.LATE, title, url, offer.expires_at, symbol="people")
    mine = {one.id: one.beneficiary.code for one in desk.mine(session=session, actor=me)}
    for number, since in reply_alarms.rung_in(session=session, conversation_ids=list(mine)).items():
        title = _("%(code)s waits for your answer", code=mine[number])
        yield Row(Section.LATE, title, url_for("staff.conversation", conversation_id=number), since, symbol="speech")
    for note in desk_handovers.unread(session=session):
        if note.author_id != me.id:
            title = _("Hand-over from %(name)s: please read and take over", name=note.author.display_name)
            yield Row(Section.WAITS, title, url_for("staff.desk_handover"), note.written_at, symbol="pen")


def doors() -> Iterator[Door]:
    """Yield the ways to the hand-over, the shared replies, the caps, the ratings and what the bot missed."""
    if staff_may(Access.CHECK_IN):
        words = _("What is open, risks first, for the colleague who comes next.")
        yield Door(_("Hand-over of the desk"), words, url_for("staff.desk_handover"), "pen", 12)
    if staff_may(Access.SEE_CONVERSATION):
        words = _("In both languages, read by a second colleague.")
        yield Door(_("Shared replies"), words, url_for("staff.canned_replies_page"), "speech", 60)
    if staff_may(Access.SET_CHAT_CAPS):
        words = _("How many conversations each colleague carries.")
        yield Door(_("Chats at once"), words, url_for("staff.chat_caps_page"), "people", 61)
    if staff_may(Access.SEE_RATINGS):
        words = _("How people found their conversation, as counts.")
        yield Door(_("How it was for people"), words, url_for("staff.ratings_page"), "sun", 62)
    if staff_may(Access.TEACH_BOT):
        words = _("By kind, without names, with the command that teaches it.")
        yield Door(_("What the programme missed"), words, url_for("staff.bot_misses"), "speech", 63)
