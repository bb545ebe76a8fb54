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

    # The crisis desk: risk check and safety plan.
    RISK_CHECK_MISSING = "risk_check_missing"  # Nobody has asked the seven questions since the newest flag.
    PLAN_CHANGED = "plan_changed"  # A colleague wrote a newer version of the safety plan meanwhile.
    EMPTY_PLAN = "empty_plan"  # A safety plan needs at least one step with words.
    # Session notes.
    NOTE_CHANGED = "note_changed"  # The draft was saved in another window meanwhile.
    NOTE_AMENDED = "note_amended"  # A newer version exists; the newest one is amended.
    OWN_NOTE = "own_note"  # Nobody countersigns what they wrote.
    UNKNOWN_CODE = "unknown_code"  # Nobody has the code that a colleague typed.
    NO_COUNTERSIGN = "no_countersign"  # This note needs no second signature, or has one.
    # Volunteer shifts.
    FULL = "full"  # Every place of the role is taken.
    NOT_OPEN_YET = "not_open_yet"  # The shift opens for sign-up later.
    OVER = "over"  # The shift has begun or is over.
    SHIFT_CANCELLED = "shift_cancelled"  # The shift does not take place.
    ALREADY_SIGNED_UP = "already_signed_up"  # The volunteer has a place on this shift.
    TOO_LITTLE_REST = "too_little_rest"  # Too near to another shift, or too long a day.
    WEEK_FULL = "week_full"  # The hours of the week are used up.
    NIGHT_CAP = "night_cap"  # The nights of the week are used up.
    ON_LEAVE = "on_leave"  # The person is away at that time.
    SOFT_CLASH = "soft_clash"  # Possible, but the person should say yes to the clash first.
    TOO_LATE_TO_LEAVE = "too_late_to_leave"  # So near to the start somebody has to be found first.
    PLACE_FREE = "place_free"  # No need to wait: a place is free.
    ALREADY_WAITING = "already_waiting"  # The volunteer is on this waiting list.
    OFFER_OVER = "offer_over"  # The offer ran out or was answered.
    NOT_ARRIVED = "not_arrived"  # Only who has arrived can leave.
    TOO_EARLY = "too_early"  # Check-in is not open yet.
    WRONG_SHIFT_CODE = "wrong_shift_code"  # The code on the screen of the station is another one.
    PLACES_TAKEN = "places_taken"  # More people have signed up than places would be left.
    NOBODY_FITS = "nobody_fits"  # No volunteer fits who was not asked yet.
    ALREADY_CALLING = "already_calling"  # Somebody is looking for cover already.
    NO_HOURS = "no_hours"  # No approved hours lie in the period.
    # Review of the detector's decisions.
    LEVEL_DOES_NOT_FIT = "level_does_not_fit"  # The level contradicts what was decided and how it is judged.
    ALREADY_EXPORTED = "already_exported"  # The sentence guards the detector already and is not changed here.
    EMPTY_SENTENCE = "empty_sentence"  # A sentence without words teaches nothing.
    NOT_CHECKED = "not_checked"  # Nobody has said that nothing tells who wrote it.
    STILL_TELLS = "still_tells"  # Something in the sentence may still tell who wrote it.
    # Appointments.
    TOO_SOON = "too_soon"  # Less time is left before the start than the service asks for.
    TOO_FAR = "too_far"  # Further ahead than the service is planned.
    NOT_WORKING = "not_working"  # Outside the colleague's plan.
    HOLIDAY = "holiday"  # A public holiday closes the plan.
    ALREADY_BOOKED = "already_booked"  # The person has something else at that time.
    TOO_MANY_BOOKINGS = "too_many_bookings"  # The person has as many open appointments as one can have.
    TOO_LATE_TO_CHANGE = "too_late_to_change"  # Inside the hours in which a person asks a colleague instead.
    APPOINTMENT_OVER = "appointment_over"  # The appointment is over, or was cancelled.
    NOT_BEGUN = "not_begun"  # What became of it can be said once it has begun.
    NOT_QUALIFIED = "not_qualified"  # A licence that the service asks for is missing or has run out by then.
    DOES_NOT_FIT = "does_not_fit"  # The colleague does not give this service, or not in this language.
    NOT_THIS_WAY = "not_this_way"  # The service is not given in person, online or by phone, as wished.
    NO_ROOM = "no_room"  # Every room of the station is taken.
    NOBODY_FREE = "nobody_free"  # No suitable colleague is free.
    PLANS_OVERLAP = "plans_overlap"  # Another plan of the same colleague has these hours.
    SEATS_TAKEN = "seats_taken"  # Every seat of the group is taken.
    NOT_ON_HOLIDAYS_LIST = "not_on_holidays_list"  # The day is an ordinary one already.
    ADDRESS_UNKNOWN = "address_unknown"  # A secret address that nobody was given, or that works no more.
    KEY_USED = "key_used"  # The same form key was used for something else.

    # The voice of the person.
    VOICE_NOT_YOURS = "voice_not_yours"  # Whoever answers a voice takes it first.
    VOICE_ANSWERED = "voice_answered"  # The answer has gone out and stays as it is.
    VOICE_IS_ABOUT_THEM = "voice_is_about_them"  # A voice is never given to a colleague whom it is about.
    # Check-ins and filling in together.
    NOT_CALM = "not_calm"  # These questions belong to calm days; now something else matters more.
    LINK_OVER = "link_over"  # The invitation has been answered, taken back or has run out.
    NOT_PRESENT = "not_present"  # Nobody is filled in for behind their back, or without their yes.
    SITTING_OVER = "sitting_over"  # This filling in together has been ended.
    # Follow-ups after a crisis.
    FOLLOW_UP_DONE = "follow_up_done"  # Somebody has recorded, moved or left out this follow-up meanwhile.
    TIME_IS_PAST = "time_is_past"  # Nothing is planned for a moment that is over.
    LEAPS_OVER = "leaps_over"  # The contact would come after the next step.
    # Steps around a person in danger, and what the law asks for.
    ARRIVAL_OPEN = "arrival_open"  # Somebody was sent and nobody has said whether they arrived.
    DUTY_OPEN = "duty_open"  # A report or the word with the guardian is neither done nor refused.
    STEP_OVER = "step_over"  # The step has ended.
    STEP_UNREAD = "step_unread"  # The step was to wait for a second reader who has not said yes.
    OWN_STEP = "own_step"  # Nobody is the second reader of their own step.
    ALREADY_READ = "already_read"  # A second reader has given their word.
    ONLY_A_LEAD = "only_a_lead"  # Leaving a report to the law undone is for supervisor or base manager to sign.
    DUTY_SETTLED = "duty_settled"  # A colleague has already done or refused it.

    # One case a person: second readers, reports about somebody, plans, pauses of the chat, the glass.
    NOTHING_TO_APPROVE = "nothing_to_approve"  # The person has told nothing yet that could stand on a card.
    CARD_CHANGED = "card_changed"  # A word on the card has changed since the person read it.
    KEPT_AWAY = "kept_away"  # The case may be about this very colleague; another one decides about it.
    CONTACT_NOT_SAFE = "contact_not_safe"  # The emergency contact may be the one who does harm: say whom you ring.
    CHANGE_WAITING = "change_waiting"  # A proposal about this case waits for its second reader.
    NEW_FLAG_ARRIVED = "new_flag_arrived"  # A sign of danger that the page had not shown is there.
    CHANGE_OVER = "change_over"  # The proposal has been answered, or new danger made it worth nothing.
    OWN_CHANGE = "own_change"  # Nobody is the second reader of their own proposal.
    NOT_LOWER = "not_lower"  # The level is not below the present one.
    PERSON_MISSING = "person_missing"  # Neither a code nor a description says who it is.
    ALREADY_NAMED = "already_named"  # Somebody has found out whom the report is about.
    ALREADY_BLOCKED = "already_blocked"  # The chat of the person is already at rest.
    BLOCK_OVER = "block_over"  # The rest has ended, or was lifted.
    TOO_MANY_DAYS = "too_many_days"  # Longer than one rest of the chat can be.
    OWN_OPENING = "own_opening"  # Nobody reviews how they opened the glass themselves.
    ALREADY_REVIEWED = "already_reviewed"  # A lead has given their word on this opening.    # The live desk.
    OVER_CHAT_CAP = "over_chat_cap"  # The colleague carries as many chats as they can.
    ALREADY_HANDING_OVER = "already_handing_over"  # The conversation is being offered to somebody.
    TRANSFER_OVER = "transfer_over"  # The offer of a conversation ran out, was taken back or was answered.
    NOBODY_SPEAKS = "nobody_speaks"  # No colleague has the channel, so there is nobody to whisper to.
    ALREADY_RATED = "already_rated"  # A conversation is rated once.
    NOT_RATED = "not_rated"  # This conversation is not rated: it goes on, nobody spoke, or it was too serious.
    # Reviews of closed cases, fire drills.
    REVIEW_DONE = "review_done"  # The review is written and is not changed.
    HAD_A_HAND = "had_a_hand"  # Whoever had a part in a case does not review it.
    NOT_THE_REVIEWER = "not_the_reviewer"  # Another colleague owes this review.
    DRILL_RUNNING = "drill_running"  # One drill at a time.
    SOMEBODY_WAITS = "somebody_waits"  # A real person is waiting: no drill comes between.


class Refused(Exception):
    """A verb declined; nothing was changed."""

    def __init__(self, refusal: Refusal, field: str | None = None) -> None:
        super().__init__(refusal.value)
        self.refusal = refusal
        self.field = field
