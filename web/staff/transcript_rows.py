"""Messages as the desk shows them: who spoke, when, and what worried us about it."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from flask_babel import gettext as _
from sqlalchemy.orm import Session

from care import case_file, triage_reviews
from models.conversations import Conversation, Message, Owner, Sender
from models.crises import CrisisFlag
from models.staff import StaffMember
from models.triage_records import TriageDecision, TriageReview
from web.common.access import ROLES, Access
from web.common.languages import language, local_time
from web.staff import reasons, words
from web.staff.paths import path_of
from web.staff.triage.words import SHORT_VERDICTS, decision_rows


def rows(*, session: Session, messages: Sequence[Message], me: StaffMember) -> list[dict[str, Any]]:
    """Return the messages for the page and for the stream."""
    flags = case_file.flags_of_messages(session=session, message_ids=[message.id for message in messages])
    found = [_row(message, flags.get(message.id, []), me) for message in messages]
    if not me.has_any(*ROLES[Access.REVIEW_TRIAGE]):
        return found
    theirs = [message.id for message in messages if message.sender is Sender.PERSON]
    decisions = triage_reviews.decisions_of(session=session, message_ids=theirs)
    reviews = triage_reviews.reviews_of(session=session, message_ids=theirs)
    judged = {number: _judged(number, decisions.get(number), reviews.get(number)) for number in theirs}
    return [row | judged.get(row["id"], {}) for row in found]


def _judged(number: int, decision: TriageDecision | None, review: TriageReview | None) -> dict[str, Any]:
    said = decision_rows(decision)
    return {
        "judged": said["level_name"],
        "judged_reasons": said["reasons"],
        "judged_score": said["score"],
        "judged_by": said["by"],
        "reviewed": str(SHORT_VERDICTS[review.verdict]) if review else "",
        # The number of the message, never a word of it.
        "review_url": path_of("staff.new_triage_review", message=number),
    }


def _row(message: Message, flags: list[CrisisFlag], me: StaffMember) -> dict[str, Any]:
    worst = max(flags, key=lambda flag: _rank(flag)) if flags else None
    return {
        "seq": message.seq,
        "id": message.id,
        "sender": message.sender.value,
        "kind": message.kind.value,
        "who": _who(message),
        "text": message.text,
        "lead_in": str(message.extra.get("lead_in") or ""),
        "at": message.at.isoformat(),
        "shown": local_time(message.at, "short"),
        "mine": message.staff_id == me.id,
        "client_key": message.client_key or "",
        "level": worst.level.value if worst else "",
        "level_name": str(words.LEVELS[worst.level.value]) if worst else "",
        "reasons": reasons.of_flags(flags, language()),
    }


def _rank(flag: CrisisFlag) -> int:
    return -list(words.LEVELS).index(flag.level.value)


def _who(message: Message) -> str:
    if message.sender is Sender.STAFF and message.staff is not None:
        return message.staff.display_name
    return {
        Sender.PERSON: _("The person"),
        Sender.BOT: _("Bot"),
        Sender.SYSTEM: _("Fixed wording"),
    }.get(message.sender, "")


def status(*, session: Session, conversation: Conversation, me: StaffMember) -> dict[str, Any]:
    """Return who owns the channel and what this colleague can do now."""
    case = case_file.open_case(session=session, beneficiary_id=conversation.beneficiary_id)
    closed = conversation.closed_at is not None
    is_mine = conversation.owner_staff_id == me.id
    staffed = conversation.owner is Owner.STAFF
    return {
        "closed": closed,
        "mine": is_mine,
        "owner": _owner_words(conversation, is_mine),
        "can_take": not closed and not is_mine,
        "can_close": not closed and (is_mine or not staffed),
        "waiting": conversation.human_requested_at is not None and not staffed and not closed,
        "level": case.level.value if case else "",
        "level_name": str(words.LEVELS[case.level.value]) if case else "",
        "case_id": case.id if case else None,
    }


def _owner_words(conversation: Conversation, is_mine: bool) -> str:
    if conversation.closed_at is not None:
        return _("This conversation has ended.")
    if is_mine:
        return _("You are speaking with this person. The bot is silent.")
    if conversation.owner is Owner.STAFF and conversation.owner_staff is not None:
        return _(
            "%(name)s is speaking with this person. The bot is silent.", name=conversation.owner_staff.display_name
        )
    if not conversation.bot_reachable:
        return _("The bot does not answer at the moment. The person sees fixed wording.")
    return _("The bot is answering.")
