"""The duty screen as data: everything the page shows, built from the records each time anything changes."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from flask_babel import gettext as _
from sqlalchemy.orm import Session

from care import callbacks, case_file, case_queue, desk, duty, reply_alarms, transfers
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

Row = dict[str, Any]


@dataclass(frozen=True)
class Shared:
    """The desk as everybody sees it in one language: plain data, so that one reading serves every console.

    Beside each row stands what makes it somebody's own; `mine`, `to_read` and the like are added for one colleague.
    """

    now: datetime
    # A row, who took the case, and who proposed to close it.
    cases: list[tuple[Row, int | None, int | None]]
    waiting: list[Row]
    # A row and who made the promise.
    call_backs: list[tuple[Row, int]]
    # A row, and to whom it is offered.
    offers: list[tuple[Row, transfers.Address]]
    # A row and whose conversation it is.
    owned: list[tuple[Row, int | None]]
    recent: list[tuple[Row, int | None]]
    # Every turn on which somebody can say "I am here", with its words.
    turns: list[tuple[int, bool, str]]
    present: str
    somebody: bool
    system: dict[str, bool]


def read(*, session: Session, me: StaffMember, now: datetime) -> dict[str, Any]:
    """Return the whole state of the desk for this colleague."""
    return for_colleague(shared(session=session, now=now), me)


def shared(*, session: Session, now: datetime) -> Shared:
    """Read the desk once, for whoever looks at it."""
    recent, owned = desk.recent(session=session, limit=RECENT_AT_MOST), desk.owned(session=session)
    waiting = desk.waiting(session=session)
    promises = callbacks.standing(session=session)
    offers = transfers.standing_offers(session=session, now=now)
    shown = [*recent, *owned, *waiting, *(promise.conversation for promise in promises)]
    # Held until the end: the session forgets rows that nobody holds, and would ask for each of them again.
    levels, held = case_file.gather(session=session, conversations=[*shown, *(one.conversation for one in offers)])
    talks = list({one.id for one in (*recent, *owned) if one.owner is Owner.STAFF})
    silent = reply_alarms.rung_in(session=session, conversation_ids=talks) if talks else {}
    turns = duty.turns_between(session=session, start=now, end=now + duty.EARLY + timedelta(seconds=1))
    present, state = duty.present(session=session, at=now), system_state.now()
    whole = Shared(
        now=now,
        cases=[
            (_case_row(case), case.acknowledged_by_id, case.closed_by_id)
            for case in case_queue.queue_of_open_cases(session=session)
        ],
        waiting=[conversation_row(one, levels, since=one.human_requested_at) for one in waiting],
        call_backs=[(_call_back_row(promise, levels, now), promise.owner_id) for promise in promises],
        offers=[(_offer_row(one, levels), transfers.address_of(one)) for one in offers],
        owned=[(conversation_row(one, levels, silent=silent), one.owner_staff_id) for one in owned],
        recent=[(conversation_row(one, levels, silent=silent), one.owner_staff_id) for one in recent],
        turns=[(turn.staff_id, _is_here(turn), _turn_words(turn)) for turn in turns],
        present=_present_words(present, duty.lost(session=session, at=now)),
        somebody=bool(present),
        system={"scheduler": state.scheduler, "bot": state.bot},
    )
    del held
    return whole


def for_colleague(desk_now: Shared, me: StaffMember) -> dict[str, Any]:
    """Return the state for one colleague; what all share is read, never changed."""
    turn = next((one for one in desk_now.turns if one[0] == me.id), None)
    return {
        "now": desk_now.now.isoformat(),
        "cases": [_own_case(row, taken_by, closed_by, me) for row, taken_by, closed_by in desk_now.cases],
        "waiting": desk_now.waiting,
        "call_backs": [row | {"mine": owner_id == me.id} for row, owner_id in desk_now.call_backs],
        "offers": [row for row, address in desk_now.offers if transfers.may_answer(transfer=address, actor=me)],
        "mine": [row for row, owner_id in desk_now.owned if owner_id == me.id],
        "recent": [row for row, owner_id in desk_now.recent if owner_id != me.id],
        "duty": _own_duty(turn, desk_now.present, somebody=desk_now.somebody),
        "system": desk_now.system,
    }


def case_row(case: CrisisCase, me: StaffMember) -> Row:
    """Return one case for one colleague: never a name, never a person's words."""
    return _own_case(_case_row(case), case.acknowledged_by_id, case.closed_by_id, me)


def _own_case(row: Row, taken_by: int | None, closed_by: int | None, me: StaffMember) -> Row:
    return row | {"mine": taken_by == me.id, "to_read": row["to_read"] and closed_by != me.id}


def _case_row(case: CrisisCase) -> Row:
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
        "to_read": case.closing_reason is not None,
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


def _call_back_row(promise: CallBack, levels: dict[int, CrisisCase], now: datetime) -> Row:
    row = conversation_row(promise.conversation, levels)
    return row | {
        "id": promise.id,
        "at": promise.due_at.isoformat(),
        "shown": local_time(promise.due_at, "short"),
        "owner": promise.owner.display_name,
        "overdue": promise.due_at < now,
    }


def my_turn(*, session: Session, me: StaffMember, now: datetime) -> DutyTurn | None:
    """Return the turn on which this colleague can say "I am here": the running one, else one that starts soon."""
    turns = duty.turns_between(session=session, start=now, end=now + duty.EARLY + timedelta(seconds=1))
    return next((turn for turn in turns if turn.staff_id == me.id), None)


def duty_row(*, session: Session, me: StaffMember, now: datetime) -> Row:
    """Return whether this colleague is expected and here, and who else is."""
    turn = my_turn(session=session, me=me, now=now)
    present = duty.present(session=session, at=now)
    return _own_duty(
        (turn.staff_id, _is_here(turn), _turn_words(turn)) if turn else None,
        _present_words(present, duty.lost(session=session, at=now)),
        somebody=bool(present),
    )


def _own_duty(turn: tuple[int, bool, str] | None, present: str, *, somebody: bool) -> Row:
    here = turn is not None and turn[1]
    return {
        "state": "here" if here else "expected" if turn else "none",
        "expected": turn is not None and not here,
        "here": here,
        "none": turn is None,
        "turn": turn[2] if turn else _("You have no duty turn now."),
        "present": present,
        "somebody": somebody,
    }


def _is_here(turn: DutyTurn) -> bool:
    return turn.checked_in_at is not None and turn.checked_out_at is None


def _turn_words(turn: DutyTurn) -> str:
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
