"""The sentence a person or a colleague reads when something cannot be done."""

from __future__ import annotations

from typing import Any

from flask_babel import lazy_gettext as _

from care.refusals import Refusal

_WORDS: dict[Refusal | int | str, Any] = {
    Refusal.EMPTY: _("There is nothing to send yet. Write a few words first."),
    Refusal.TOO_LONG: _("This is longer than we can take in one go. Please send it in two or three parts."),
    Refusal.SLOW_DOWN: _("That was a lot at once. Your words are kept here and will be sent in a moment."),
    Refusal.CLOSED: _("This conversation has ended. You can start a new one at any time."),
    Refusal.NO_SUCH_BUTTON: _("That answer is no longer open. Please choose from the newest question."),
    Refusal.NOT_FOUND: _("We could not find this."),
    Refusal.WRONG_CODE: _("No conversation belongs to this code. Please check each sign, or start a new one."),
    Refusal.ALREADY_ACKNOWLEDGED: _("A colleague has already taken this case."),
    Refusal.CASE_CLOSED: _("This case has been closed."),
    Refusal.OWNED_BY_COLLEAGUE: _("A colleague is speaking with this person."),
    Refusal.NOT_YOURS: _("Take the conversation over before you write in it."),
    Refusal.CASE_STILL_OPEN: _("There is an open crisis case. Close the case before you end the conversation."),
    Refusal.REASON_MISSING: _("Please write the reason first."),
    Refusal.SECOND_READER_NEEDED: _("At this level a second colleague must read the case before it is closed."),
    Refusal.ONLY_UPWARD: _("A programme may raise a level, never lower one."),
    Refusal.NOT_ON_ROSTER: _("You have no duty turn at this time, so you cannot check in."),
    Refusal.COLLIDES: _("This colleague already has a turn at that time."),
    Refusal.ENDS_BEFORE_IT_STARTS: _("The end must be after the start."),
    Refusal.NOT_ACTIVE: _("This colleague is no longer active."),
    Refusal.WRONG_VALUE: _("This answer cannot be used here."),
    # The calendar that everybody shares.
    Refusal.OCCUPIED: _("This time has just been taken. Please choose another."),
    # The voice of the person, check-ins, filling in together.
    Refusal.VOICE_NOT_YOURS: _("Please take it over first; then you can answer."),
    Refusal.VOICE_ANSWERED: _("This has already been answered, and the answer stays as it is."),
    Refusal.VOICE_IS_ABOUT_THEM: _("It is about this colleague, so it cannot be given to them."),
    Refusal.NOT_CALM: _("We leave these questions for a calmer day."),
    Refusal.LINK_OVER: _("This link has been used or has run out. Nothing is lost; you can come back with your code."),
    Refusal.NOT_PRESENT: _("The person must be there and must have said yes."),
    Refusal.SITTING_OVER: _("This filling in together has been ended. Please begin a new one."),
    # Notices and the duty roster.
    Refusal.ALREADY_THERE: _("This is on the list already."),
    Refusal.TOO_MANY_ADDRESSES: _("There are already many addresses here. Please remove one first."),
    Refusal.WRONG_CONTACT_CODE: _("This code does not fit, or it is too old. Please ask for a new one."),
    Refusal.NOT_CONFIRMED: _("Please confirm this address first."),
    Refusal.TURN_HAS_BEGUN: _("This turn has already begun."),
    Refusal.ALREADY_OFFERED: _("This turn is already being offered to a colleague."),
    Refusal.SWAP_IS_OVER: _("This offer is no longer open."),
    Refusal.SAME_PERSON: _("This colleague already has the turn."),
    Refusal.NOT_THE_DECIDER: _("Another lead has to approve your own hand-over."),
    # The crisis desk: risk check and safety plan.
    Refusal.RISK_CHECK_MISSING: _(
        "Before a case is closed, the risk check is gone through with the person,"
        " or you sign why that was not possible."
    ),
    Refusal.PLAN_CHANGED: _(
        "A colleague has just written a newer version. Your words are still here; please compare before you save."
    ),
    Refusal.EMPTY_PLAN: _("Please write at least one step."),
    # Session notes.
    Refusal.NOTE_CHANGED: _(
        "This draft was changed in another window. Your words are still here; please compare first."
    ),
    Refusal.NOTE_AMENDED: _("A colleague has already amended this note. Please amend the newest version."),
    Refusal.OWN_NOTE: _("You wrote this note, so a supervisor must sign it."),
    Refusal.UNKNOWN_CODE: _("Nobody has this code. Please check each sign."),
    Refusal.NO_COUNTERSIGN: _("This note needs no further signature."),
    # People: qualifications, applications, leave, supervision, caseload, rooms.
    Refusal.NOT_TRAINED: _("A training, licence or check that this work asks for is missing."),
    Refusal.EVIDENCE_MISSING: _("Please write what you have seen: the number, who issued it, where the copy lies."),
    Refusal.ALREADY_RECORDED: _("This certificate with this date is already written down."),
    Refusal.NOT_ONES_OWN: _("This is your own. Please ask a colleague."),
    Refusal.CHANGED_MEANWHILE: _("A colleague has just changed this. Please look at it once more."),
    Refusal.ALREADY_DECIDED: _("This has already been decided."),
    Refusal.CHECKS_MISSING: _("Not every step of the check has been done."),
    Refusal.NOT_AGREED: _("We need your agreement, and that you are 18 or older."),
    Refusal.LEAVE_OVERLAPS: _("There is already leave in these days."),
    Refusal.LEAVE_TOO_LONG: _("One leave can be at most a year long."),
    Refusal.STAND_IN_AWAY: _("This colleague is away then and cannot stand in."),
    Refusal.STANDS_IN: _(
        "A colleague relies on this person as stand-in then. Please find another stand-in for them first."
    ),
    Refusal.OVER_CAP: _("This colleague already carries as many cases as they can."),
    Refusal.ALREADY_ASSIGNED: _("This team already has a worker for this person."),
    Refusal.NO_CASELOAD: _("Only counselors and social workers carry cases."),
    Refusal.IN_A_CIRCLE: _("This line would lead back to the person themselves."),
    Refusal.NAME_TAKEN: _("This name is already taken."),
    # Review of the detector's decisions.
    Refusal.LEVEL_DOES_NOT_FIT: _(
        "This level does not fit. A missed alarm is higher than what was decided, a false one is lower than orange."
    ),
    # Reviews of closed cases, fire drills.
    Refusal.REVIEW_DONE: _("This review is already written."),
    Refusal.HAD_A_HAND: _("This colleague had a part in the case. Somebody else must read it."),
    Refusal.NOT_THE_REVIEWER: _("Another colleague was asked to write this review."),
    Refusal.DRILL_RUNNING: _("A drill is running already."),
    Refusal.SOMEBODY_WAITS: _("Somebody is waiting for a colleague now. A drill must not come between."),
    Refusal.ALREADY_EXPORTED: _(
        "This sentence already guards the detector. If the person may be at risk, raise the level on the case page."
    ),
    Refusal.EMPTY_SENTENCE: _("Please leave at least a few words, without names."),
    Refusal.NOT_CHECKED: _("Please say that nothing here tells who it is."),
    Refusal.STILL_TELLS: _("Something here may still tell who it is. Please look at it once more."),
    # Volunteer shifts.
    Refusal.FULL: _("All places are taken. You can put your name on the waiting list."),
    Refusal.NOT_OPEN_YET: _("This shift is not open for sign-up yet."),
    Refusal.OVER: _("This shift has begun or is over."),
    Refusal.SHIFT_CANCELLED: _("This shift does not take place."),
    Refusal.ALREADY_SIGNED_UP: _("There is a place on this shift already."),
    Refusal.TOO_LITTLE_REST: _("There would be too little rest between this shift and another one."),
    Refusal.WEEK_FULL: _("The hours for this week are used up. Thank you, and please rest."),
    Refusal.NIGHT_CAP: _("The nights for this week are used up. Please sleep well."),
    Refusal.ON_LEAVE: _("There is leave at this time."),
    Refusal.SOFT_CLASH: _("Something else is close to this shift. Please look at it and say that it works."),
    Refusal.TOO_LATE_TO_LEAVE: _(
        "The shift begins soon, so the place cannot just be left. Please offer it to a colleague or call your station."
    ),
    Refusal.PLACE_FREE: _("A place is free, so there is no need to wait. You can sign up now."),
    Refusal.ALREADY_WAITING: _("Your name is on this waiting list already."),
    Refusal.OFFER_OVER: _("This offer has run out or was answered. The place may have gone to somebody else."),
    Refusal.NOT_ARRIVED: _("Please check in first."),
    Refusal.TOO_EARLY: _("Check-in opens half an hour before the start."),
    Refusal.WRONG_SHIFT_CODE: _("This is not the code on the screen. It changes from time to time; please look again."),
    Refusal.PLACES_TAKEN: _("More volunteers have signed up than places would be left."),
    Refusal.NOBODY_FITS: _("No volunteer is left who fits and was not asked yet."),
    Refusal.ALREADY_CALLING: _("Somebody is already being asked to cover."),
    Refusal.NO_HOURS: _("There are no approved hours in this period."),
    # Appointments.
    Refusal.TOO_SOON: _("This is too soon to book. Please choose a later time, or call your station."),
    Refusal.TOO_FAR: _("This is too far ahead. Please choose an earlier time."),
    Refusal.NOT_WORKING: _("There are no appointments at this time. Please choose one of the free times."),
    Refusal.HOLIDAY: _("This is a public holiday. Please choose another day."),
    Refusal.ALREADY_BOOKED: _("There is already an appointment at this time."),
    Refusal.TOO_MANY_BOOKINGS: _(
        "There are several appointments ahead already. Please keep or cancel one of them first."
    ),
    Refusal.TOO_LATE_TO_CHANGE: _(
        "It is too close to the start to change this here. Please call your station or write to us in the chat."
    ),
    Refusal.APPOINTMENT_OVER: _("This appointment is over or was cancelled."),
    Refusal.NOT_BEGUN: _("This appointment has not begun yet."),
    Refusal.NOT_QUALIFIED: _("The licence that this service asks for has run out or is missing at this time."),
    Refusal.DOES_NOT_FIT: _("This colleague does not offer this. Please choose somebody else."),
    Refusal.NOT_THIS_WAY: _("This service is not offered in this way. Please choose another."),
    Refusal.NO_ROOM: _("No room is free at this time. Please choose another time, or meet online or by phone."),
    Refusal.NOBODY_FREE: _(
        "Nobody suitable is free then. Please choose another time, or let us put you on the waiting list."
    ),
    Refusal.PLANS_OVERLAP: _("Another plan already covers part of these hours."),
    Refusal.SEATS_TAKEN: _("Every seat is taken. Please choose another date."),
    Refusal.NOT_ON_HOLIDAYS_LIST: _("This day is an ordinary day already."),
    Refusal.KEY_USED: _("This form was already used for something else. Please open the page again."),
    Refusal.ADDRESS_UNKNOWN: _(
        "This link leads nowhere: a part of it may be missing, or there is a newer one. Please tap it again in the"
        " message itself, or write to us in the chat."
    ),
    # Follow-ups after a crisis, steps around a person in danger.
    Refusal.FOLLOW_UP_DONE: _("A colleague has written this down meanwhile. Please look at the list again."),
    Refusal.TIME_IS_PAST: _("This moment is over. Please choose one that is still to come."),
    Refusal.LEAPS_OVER: _(
        "This would come after the next contact. Please choose an earlier time, or leave this one out."
    ),
    Refusal.ARRIVAL_OPEN: _("Somebody was sent. Please say first whether they arrived."),
    Refusal.DUTY_OPEN: _(
        "A report, or the word with the guardian, is still open on this case. Please see to it first."
    ),
    Refusal.STEP_OVER: _("This step has already ended."),
    Refusal.STEP_UNREAD: _("This step waits for a second reader. If it cannot wait, say so with a reason."),
    Refusal.OWN_STEP: _("This is your own step. Another colleague has to read it."),
    Refusal.ALREADY_READ: _("A second reader has already given their word."),
    Refusal.ONLY_A_LEAD: _("Only a supervisor or the base manager can sign that this report is not made."),
    Refusal.DUTY_SETTLED: _("A colleague has already seen to this."),
    # One case a person: second readers, reports about somebody, plans, pauses of the chat, the glass.
    Refusal.NOTHING_TO_APPROVE: _("Nothing is noted yet. It grows while you tell us in the chat."),
    Refusal.CARD_CHANGED: _("Something here has changed meanwhile. Please read it once more."),
    Refusal.KEPT_AWAY: _("A colleague who has no part in this case looks after it. You cannot decide about it."),
    Refusal.CONTACT_NOT_SAFE: _(
        "The emergency contact may be the one who does harm. Please write under the reason whom you ring."
    ),
    Refusal.CHANGE_WAITING: _("A proposal about this case is waiting for its second reader. Please answer it first."),
    Refusal.NEW_FLAG_ARRIVED: _(
        "Since this page was opened there has been a new sign of danger. It stands first under “Why this case is open”."
        " Nothing you wrote is lost: please read the sign, then decide again."
    ),
    Refusal.CHANGE_OVER: _("This proposal has already been answered, or new danger has overtaken it."),
    Refusal.OWN_CHANGE: _("This is your own proposal. Another colleague has to read it."),
    Refusal.NOT_LOWER: _("Please choose a level below the present one."),
    Refusal.PERSON_MISSING: _("Please say who it is: the code, or a description in your words."),
    Refusal.ALREADY_NAMED: _("A colleague has already found out who it is."),
    Refusal.ALREADY_BLOCKED: _("The chat of this person is already resting."),
    Refusal.BLOCK_OVER: _("The rest of this chat is already over."),
    Refusal.TOO_MANY_DAYS: _("A rest of the chat is 1 to 14 days long."),
    Refusal.OWN_OPENING: _("You opened this yourself. Another lead has to look at it."),
    Refusal.ALREADY_REVIEWED: _("Another lead has already looked at this."),
    # The live desk.
    Refusal.OVER_CHAT_CAP: _(
        "You are already in as many chats as you carry at once. End or pass one on first; a red case is never refused."
    ),
    Refusal.ALREADY_HANDING_OVER: _("This conversation is already being offered to a colleague."),
    Refusal.TRANSFER_OVER: _("This offer is over. The conversation is with the colleague who has it now."),
    Refusal.NOBODY_SPEAKS: _("Nobody else is speaking with this person now. Write a note instead."),
    Refusal.ALREADY_RATED: _("Thank you, we already have your answer."),
    Refusal.NOT_RATED: _("There is nothing to answer here. Thank you."),
    400: _("This page could not read what was sent. Please go back and try again."),
    401: _("Please sign in first."),
    403: _("This page is not open to you."),
    404: _("This page does not exist."),
    413: _("This is longer than we can take in one go."),
    429: _("Too many tries in a short time. Please wait a minute."),
    500: _("Something went wrong on our side. What you wrote is still on your page; please try again."),
    503: _("The site is very busy. Your words are kept on your page and will be sent again."),
    "csrf": _("This page was open for a long time. Please reload it and try again."),
}


def refusal_words(reason: Refusal | int | str) -> Any:
    """Return the sentence for a refusal or an HTTP status, translated when it is shown."""
    return _WORDS.get(reason, _WORDS[400])
