"""The duty screen as data: everything the page shows, built from the records each time anything changes."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any

from flask_babel import gettext as _
from sqlalchemy.orm import Session

from care import callbacks, case_file, crises, desk, duty, reply_alarms, transfers
from care.clocks import clock as clock_of
from models.conversations import Conversation, Owner
from models.crises import CallBack, CrisisCase
from models.duty import DutyTurn
from models.staff import StaffMember
from models.transfers import Transfer
from web.common.languages import language, local_time
from web.staff import reasons, system_state, words
from web.staff.paths import path_of

RECENT_AT_MOST = 20
REASONS_AT_MOST = 4


def read(*, session: Session, me: StaffMember, now: datetime) -> dict[str, Any]:
    """Return the whole state of the desk for this colleague."""
    gathered = case_file.gather(session=session)
    recent = [one for one in desk.recent(session=session, limit=RECENT_AT_MOST) if one.owner_staff_id != me.id]
    waiting, mine = desk.waiting(session=session), desk.mine(session=session, actor=me)
    promises = callbacks.standing(session=session)
    offers = transfers.for_me(session=session, actor=me, now=now)
    levels = case_file.open_cases(
        session=session,
        beneficiary_ids=[one.beneficiary_id for one in (*recent, *waiting, *mine)]
        + [promise.conversation.beneficiary_id for promise in promises]
        + [offer.conversation.beneficiary_id for offer in offers],
    )
    owned = [one.id for one in (*recent, *mine) if one.owner is Owner.STAFF]
    silent = reply_alarms.rung_in(session=session, conversation_ids=owned) if owned else {}
    state = system_state.now()
    shown = {
        "now": now.isoformat(),
        "cases": [case_row(case, me) for case in crises.queue_of_open_cases(session=session)],
        "waiting": [conversation_row(one, levels, since=one.human_requested_at) for one in waiting],
        "call_backs": [_call_back_row(promise, levels, me, now) for promise in promises],
        "offers": [_offer_row(one, levels) for one in offers],
        "mine": [conversation_row(one, levels, silent=silent) for one in mine],
        "recent": [conversation_row(one, levels, silent=silent) for one in recent],
        "duty": duty_row(session=session, me=me, now=now),
        "system": {"scheduler": state.scheduler, "bot": state.bot},
    }
    # Until here the session has to know these rows; it forgets what nobody holds.
    del gathered
    return shown


def case_row(case: CrisisCase, me: StaffMember) -> dict[str, Any]:
    """Return one case: never a name, never a person's words."""
    acknowledged = case.acknowledged_by
    return {
        "id": case.id,
        "code": case.beneficiary.code,
        "synthetic": case.beneficiary.shown_as_exercise,
        "level": case.level.value,
        "level_name": str(words.LEVELS[case.level.value]),
        "reasons": reasons.of_case(case, language(), REASONS_AT_MOST),
        "opened_at": case.opened_at.isoformat(),
        "opened_shown": _("Open since %(time)s", time=local_time(case.opened_at, "short")),
        "due_at": case.due_at.isoformat(),
        "due_shown": local_time(case.due_at, "short"),
        "climbs_at": case.climbs_at.isoformat() if case.climbs_at and not acknowledged else None,
        "stopped_at": case.contacted_at.isoformat() if case.contacted_at else None,
        "alarm": acknowledged is None and clock_of(case.risk).alarm,
        "unanswered": acknowledged is None,
        "who": _who(case),
        "mine": case.acknowledged_by_id == me.id,
        "to_read": case.closing_reason is not None and case.closed_by_id != me.id,
        "url": path_of("staff.case", case_id=case.id),
        "acknowledge_url": path_of("staff.acknowledge", case_id=case.id),
        "conversation_url": (
            path_of("staff.conversation", conversation_id=case.conversation_id) if case.conversation_id else None
        ),
    }


def _who(case: CrisisCase) -> str:
    if case.acknowledged_by is not None and case.acknowledged_at is not None:
        taken = _(
            "Taken by %(name)s at %(time)s",
            name=case.acknowledged_by.display_name,
            time=local_time(case.acknowledged_at, "time"),
        )
        if case.contacted_at is None:
            return taken + " · " + _("not spoken with yet")
        return taken + " · " + _("spoken with at %(time)s", time=local_time(case.contacted_at, "time"))
    if case.owner is None:
        return _("Nobody is on the roster. The alarm rings for everyone at the desk.")
    last = case.escalations[-1] if case.escalations else None
    if last is None or last.staff is None:
        return _("Ringing %(name)s, because the roster is empty", name=case.owner.display_name)
    return _(
        "Ringing %(name)s (%(position)s), step %(hop)s",
        name=case.owner.display_name,
        position=str(words.POSITIONS[last.position]),
        hop=case.hops,
    )


def conversation_row(
    conversation: Conversation,
    levels: dict[int, CrisisCase],
    since: datetime | None = None,
    silent: dict[int, datetime] | None = None,
) -> dict[str, Any]:
    """Return one conversation as a line of a list."""
    case = levels.get(conversation.beneficiary_id)
    waits = (silent or {}).get(conversation.id)
    moment = since or waits or conversation.last_message_at
    owner = conversation.owner_staff
    return {
        "id": conversation.id,
        "code": conversation.beneficiary.code,
        "synthetic": conversation.beneficiary.shown_as_exercise,
        "level": case.level.value if case else "",
        "level_name": str(words.LEVELS[case.level.value]) if case else "",
        "at": moment.isoformat(),
        "shown": local_time(moment, "short"),
        "owner": owner.display_name if owner and conversation.owner is Owner.STAFF else _("The bot answers"),
        "language": "English" if conversation.language == "en" else "中文",
        # Somebody waits for an answer here, and its clock has rung.
        "overdue": waits is not None,
        "unanswered": waits is not None,
        "url": path_of("staff.conversation", conversation_id=conversation.id),
    }


def _offer_row(offer: Transfer, levels: dict[int, CrisisCase]) -> dict[str, Any]:
    row = conversation_row(offer.conversation, levels, since=offer.offered_at)
    return row | {"owner": _("%(name)s passes it on", name=offer.giver.display_name), "overdue": True}


def _call_back_row(promise: CallBack, levels: dict[int, CrisisCase], me: StaffMember, now: datetime) -> dict[str, Any]:
    row = conversation_row(promise.conversation, levels)
    return row | {
        "id": promise.id,
        "at": promise.due_at.isoformat(),
        "shown": local_time(promise.due_at, "short"),
        "owner": promise.owner.display_name,
        "mine": promise.owner_id == me.id,
        "overdue": promise.due_at < now,
    }


def my_turn(*, session: Session, me: StaffMember, now: datetime) -> DutyTurn | None:
    """Return the turn on which this colleague can say "I am here": the running one, else one that starts soon."""
    turns = duty.turns_between(session=session, start=now, end=now + duty.EARLY + timedelta(seconds=1))
    return next((turn for turn in turns if turn.staff_id == me.id), None)


def duty_row(*, session: Session, me: StaffMember, now: datetime) -> dict[str, Any]:
    """Return whether this colleague is expected and here, and who else is."""
    turn = my_turn(session=session, me=me, now=now)
    here = turn is not None and turn.checked_in_at is not None and turn.checked_out_at is None
    present = duty.present(session=session, at=now)
    return {
        "state": "here" if here else "expected" if turn else "none",
        "expected": turn is not None and not here,
        "here": here,
        "none": turn is None,
        "turn": _turn_words(turn),
        "present": _present_words(present, duty.lost(session=session, at=now)),
        "somebody": bool(present),
    }


def _turn_words(turn: DutyTurn | None) -> str:
    if turn is None:
        return _("You have no duty turn now.")
    return _(
        "Your turn: %(position)s, until %(time)s",
        position=str(words.POSITIONS[turn.position]),
        time=local_time(turn.ends_at, "short"),
    )


def _present_words(colleagues: Sequence[StaffMember], silent: Sequence[DutyTurn]) -> str:
    separator = ", " if language() == "en" else "、"
    if colleagues:
        words_ = _("Here now: %(names)s", names=separator.join(one.display_name for one in colleagues))
    elif silent:
        words_ = _("Nobody is at the desk. People are told that no one is there.")
    else:
        words_ = _("Nobody is checked in. People are told that no one is at the desk.")
    gone = [
        _("%(name)s: checked in, not seen since %(time)s", name=turn.staff.display_name, time=_seen(turn))
        for turn in silent
    ]
    return " · ".join([words_, *gone])


def _seen(turn: DutyTurn) -> str:
    return local_time(turn.seen_at, "time") if turn.seen_at else "–"
