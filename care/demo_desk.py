"""The live desk of the demonstration: shared replies that were read by two, one draft, and a note from the night."""

from __future__ import annotations

from datetime import datetime, timedelta

from sqlalchemy import select
from sqlalchemy.orm import Session

from care import canned_replies, desk_handovers, staff
from models.canned_replies import CannedReply
from models.desk_handovers import DeskHandover

# How many of the suggestions wait for a second reader, so that the page has something to approve.
LEFT_AS_DRAFT = 1
NOTE = "夜里比较平静。红色的那一位请先打电话，最好两个人一起。英文那一位说白天会再来，请安娜留意。"


def load(*, session: Session, now: datetime) -> int:
    """Add the replies and the note unless they are there; return how many replies were added."""
    writer = staff.by_username(session=session, typed="chenyu")
    lead = staff.by_username(session=session, typed="wangfang")
    night = staff.by_username(session=session, typed="liqiang")
    if writer is None or lead is None or night is None:
        return 0
    added = 0
    if session.scalar(select(CannedReply.id).limit(1)) is None:
        added = canned_replies.add_suggestions(session=session, actor=writer, now=now - timedelta(days=5))
        drafts = [one for one in canned_replies.every(session=session) if one.written_by_id == writer.id]
        for one in drafts[: len(drafts) - LEFT_AS_DRAFT]:
            canned_replies.approve(
                session=session, actor=lead, reply_id=one.id, version=one.version, now=now - timedelta(days=4)
            )
    if session.scalar(select(DeskHandover.id).limit(1)) is None:
        desk_handovers.write(session=session, actor=night, note=NOTE, key="demonstration-of-hand-over", now=now)
    return added
