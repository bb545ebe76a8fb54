"""Why a verb said no: a named value each, with a sentence of meaning; the words for people live in templates."""

from __future__ import annotations

from enum import StrEnum


class Refusal(StrEnum):
    """Every reason a verb can give."""

    EMPTY = "empty"  # Nothing but blanks or invisible signs was written.
    TOO_LONG = "too_long"  # More than the longest message we keep.
    SLOW_DOWN = "slow_down"  # More messages in a few seconds than anyone can read.
    CLOSED = "closed"  # The conversation has ended.
    NO_SUCH_BUTTON = "no_such_button"  # That answer was never offered here.
    NOT_FOUND = "not_found"  # No such record, or not one this person may see.
    WRONG_CODE = "wrong_code"  # No conversation belongs to this return code.
    ALREADY_ACKNOWLEDGED = "already_acknowledged"  # A named colleague was first.
    CASE_CLOSED = "case_closed"  # The case has already been closed.
    OWNED_BY_COLLEAGUE = "owned_by_colleague"  # Another colleague is speaking with the person.
    NOT_YOURS = "not_yours"  # Take the conversation over before writing in it.
    CASE_STILL_OPEN = "case_still_open"  # A conversation with an open crisis case stays open.
    REASON_MISSING = "reason_missing"  # A person closes or lowers only with a reason.
    SECOND_READER_NEEDED = "second_reader_needed"  # The top two levels are closed by two people.
    ONLY_UPWARD = "only_upward"  # A programme may raise a level, never lower one.
    NOT_ON_ROSTER = "not_on_roster"  # No turn of this person covers this moment.
    COLLIDES = "collides"  # The person already has a turn at that time.
    ENDS_BEFORE_IT_STARTS = "ends_before_it_starts"  # The end is not after the start.
    NOT_ACTIVE = "not_active"  # The colleague has been deactivated.
    WRONG_VALUE = "wrong_value"  # The answer is not one of the options.
    # The calendar that everybody shares.
    OCCUPIED = "occupied"  # The person or the room is taken at that time.


class Refused(Exception):
    """A verb declined; nothing was changed."""

    def __init__(self, refusal: Refusal, field: str | None = None) -> None:
        super().__init__(refusal.value)
        self.refusal = refusal
        self.field = field
