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
    # People: qualifications, applications, leave, supervision, caseload, rooms.
    NOT_TRAINED = "not_trained"  # A training, licence or check that the work asks for is missing.
    EVIDENCE_MISSING = "evidence_missing"  # A certificate is written down with what was seen.
    ALREADY_RECORDED = "already_recorded"  # The same certificate from the same day is there.
    NOT_ONES_OWN = "not_ones_own"  # Nobody confirms or approves their own.
    CHANGED_MEANWHILE = "changed_meanwhile"  # A colleague changed the same thing in the same moment.
    ALREADY_DECIDED = "already_decided"  # Somebody has approved, declined or taken it back.
    CHECKS_MISSING = "checks_missing"  # A step of the check has not been done.
    NOT_AGREED = "not_agreed"  # The person has not agreed, or is not yet of age.
    LEAVE_OVERLAPS = "leave_overlaps"  # Another leave of the person touches this one.
    LEAVE_TOO_LONG = "leave_too_long"  # Longer than one leave can be.
    STAND_IN_AWAY = "stand_in_away"  # The one who would stand in is away, or not active.
    STANDS_IN = "stands_in"  # The person has promised to stand in for a colleague then.
    OVER_CAP = "over_cap"  # The worker already carries as many cases as they can.
    ALREADY_ASSIGNED = "already_assigned"  # This team already has a worker for the person.
    NO_CASELOAD = "no_caseload"  # Only counselors and social workers carry cases.
    IN_A_CIRCLE = "in_a_circle"  # The line would lead back to the person themselves.
    NAME_TAKEN = "name_taken"  # Another room or station already has this name.
    # Notices and the duty roster.
    ALREADY_THERE = "already_there"  # The same address or line is there already.
    TOO_MANY_ADDRESSES = "too_many_addresses"  # More addresses than anyone needs.
    WRONG_CONTACT_CODE = "wrong_contact_code"  # The code is wrong, too old, or guessed too often.
    NOT_CONFIRMED = "not_confirmed"  # The address has not been confirmed by its code.
    TURN_HAS_BEGUN = "turn_has_begun"  # A turn that has begun is history.
    ALREADY_OFFERED = "already_offered"  # This turn is being offered to somebody.
    SWAP_IS_OVER = "swap_is_over"  # The offer has been answered, taken back or overtaken.
    SAME_PERSON = "same_person"  # A turn cannot be handed to the one who has it.
    NOT_THE_DECIDER = "not_the_decider"  # Nobody approves their own hand-over.

    # Session notes.
    NOTE_CHANGED = "note_changed"  # The draft was saved in another window meanwhile.
    NOTE_AMENDED = "note_amended"  # A newer version exists; the newest one is amended.
    OWN_NOTE = "own_note"  # Nobody countersigns what they wrote.
    NO_COUNTERSIGN = "no_countersign"  # This note needs no second signature, or has one.


class Refused(Exception):
    """A verb declined; nothing was changed."""

    def __init__(self, refusal: Refusal, field: str | None = None) -> None:
        super().__init__(refusal.value)
        self.refusal = refusal
        self.field = field
