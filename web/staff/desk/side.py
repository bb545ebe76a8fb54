"""What stands beside the transcript as data: notes and whispers, who reads along, an offer that stands."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import timedelta
from typing import Any

from flask_babel import gettext as _
from sqlalchemy.orm import Session

from care import desk_notes, reply_alarms, transfers, watches
from models.conversations import Conversation, Owner
from models.desk_notes import DeskNote, DeskNoteKind
from models.staff import StaffMember
from models.transfers import Transfer, TransferState
from web.common import clock
from web.common.access import ROLES, Access
from web.common.languages import language, local_time
from web.staff.desk.words import OUTCOMES, TEAMS
from web.staff.paths import path_of

# A whisper is about what is being said now; later it stands among the notes.
FRESH = timedelta(minutes=10)


def side(*, session: Session, conversation: Conversation, me: StaffMember) -> dict[str, Any]:
    """Return the state of the side for this colleague; whispers only for those between whom they are."""
    notes = desk_notes.of_conversation(session=session, conversation_id=conversation.id, actor=me)
    readers = watches.watching(session=session, conversation_id=conversation.id)
    leads = me.has_any(*ROLES[Access.WATCH])
    with_colleague = conversation.owner is Owner.STAFF and conversation.owner_staff_id != me.id
    closed = conversation.closed_at is not None
    i_watch = any(one.id == me.id for one in readers)
    others = [one.display_name for one in readers if one.id != me.id]
    names = (", " if language() == "en" else "、").join(others)
    rung = reply_alarms.rung_in(session=session, conversation_ids=[conversation.id])
    return {
        "notes": [_note(one, me) for one in notes],
        "no_notes": not notes,
        "whisper_now": _newest_whisper(notes, me),
        "watching": _("%(names)s reads along.", names=names) if others else "",
        "i_watch": i_watch,
        "can_watch": leads and not closed and not i_watch and conversation.owner_staff_id != me.id,
        "can_whisper": leads and with_colleague and not closed,
        "waits": _("The person has waited for an answer since %(time)s.", time=_time(rung[conversation.id]))
        if conversation.id in rung
        else "",
    } | _with_card(_offer(session, conversation, me))


def _with_card(offer: dict[str, Any]) -> dict[str, Any]:
    """Say whether the card of passing on has anything to show to this colleague."""
    return offer | {"shows_transfer": bool(offer["can_offer"] or offer["offer_by_me"] or offer["outcome"])}


def _newest_whisper(notes: Sequence[DeskNote], me: StaffMember) -> str:
    """Return what was just whispered to me, for the place where I am looking while I write."""
    fresh = [one for one in notes if one.to_id == me.id and clock.now() - one.at <= FRESH]
    return f"{fresh[-1].author.display_name}: {fresh[-1].text}" if fresh else ""


def _time(moment: Any) -> str:
    return local_time(moment, "time")


def _note(row: DeskNote, me: StaffMember) -> dict[str, Any]:
    whisper = row.kind is DeskNoteKind.WHISPER
    if not whisper:
        heading = row.author.display_name
    elif row.author_id == me.id:
        heading = _("You whispered to %(name)s", name=row.to.display_name if row.to else "")
    else:
        heading = _("%(name)s whispers to you", name=row.author.display_name)
    return {
        "id": row.id,
        "heading": heading,
        "whisper": whisper,
        "to_me": whisper and row.to_id == me.id,
        "shown": local_time(row.at, "short"),
        "at": row.at.isoformat(),
        "text": row.text,
    }


def _offer(session: Session, conversation: Conversation, me: StaffMember) -> dict[str, Any]:
    row = transfers.latest_of(session=session, conversation_id=conversation.id)
    mine = conversation.owner_staff_id == me.id
    if row is None:
        return _no_offer(can_offer=mine)
    standing = row.state is TransferState.OFFERED and row.expires_at > clock.now()
    if not standing:
        told = OUTCOMES.get(_state(row)) if mine and row.giver_id == me.id else None
        return _no_offer(can_offer=mine) | {"outcome": str(told) % {"to": _whom(row)} if told else ""}
    for_me = transfers.may_answer(transfer=row, actor=me)
    return {
        "offer": _("%(giver)s would like to pass this conversation on to you.", giver=row.giver.display_name)
        if for_me
        else _("Offered to %(to)s, until %(time)s.", to=_whom(row), time=_time(row.expires_at)),
        "offer_reason": row.reason,
        "offer_for_me": for_me,
        "offer_declinable": for_me and row.team is None,
        "offer_by_me": row.giver_id == me.id,
        "outcome": "",
        "can_offer": False,
        "accept_url": path_of("staff.accept_transfer", transfer_id=row.id),
        "decline_url": path_of("staff.decline_transfer", transfer_id=row.id),
        "withdraw_url": path_of("staff.withdraw_transfer", transfer_id=row.id),
    }


def _state(row: Transfer) -> TransferState:
    """Return what became of an offer; one whose time is over has expired, also before the sweep has written it."""
    return TransferState.EXPIRED if row.state is TransferState.OFFERED else row.state


def _whom(row: Transfer) -> str:
    if row.receiver is not None:
        return row.receiver.display_name
    return str(TEAMS[row.team]) if row.team else ""


def _no_offer(*, can_offer: bool) -> dict[str, Any]:
    return {
        "offer": "",
        "offer_reason": "",
        "offer_for_me": False,
        "offer_declinable": False,
        "offer_by_me": False,
        "outcome": "",
        "can_offer": can_offer,
        "accept_url": "",
        "decline_url": "",
        "withdraw_url": "",
    }
