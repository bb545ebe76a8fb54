"""Every sweep with its pace, in one list that a supervisor can read."""

from __future__ import annotations

from datetime import timedelta

from schedules.jobs import (
    appointments,
    case_reviews,
    check_ins,
    crises,
    desk,
    drills,
    duty,
    follow_ups,
    interventions,
    outbox,
    people,
    shifts,
    upkeep,
    voices,
    worried_reports,
)
from schedules.runner import Entry

TIMETABLE = (
    # Alarms first: an emergency rings each person for one minute, so five seconds are the most it may lag.
    Entry("climb-unanswered", crises.climb_unanswered, timedelta(seconds=2)),
    # A drill leaves the desk as soon as a real person needs it.
    Entry("keep-drills", drills.keep_drills, timedelta(seconds=2)),
    Entry("scheduler", upkeep.pulse, timedelta(seconds=5)),
    Entry("send-notices", outbox.send_notices, timedelta(seconds=2)),
    Entry("send-ordinary-notices", outbox.send_ordinary_notices, timedelta(seconds=5)),
    # The roster: an empty desk is told to the open chats within five seconds, a promise follows after a minute.
    Entry("watch-the-desk", duty.watch_the_desk, timedelta(seconds=5)),
    Entry("promise-instead", duty.promise_instead, timedelta(seconds=15)),
    Entry("keep-promises", duty.keep_promises, timedelta(minutes=1)),
    # The live desk: an offer stands for three minutes, a person's line for one in danger; seconds of lag are enough.
    Entry("end-unanswered-offers", desk.end_unanswered_offers, timedelta(seconds=5)),
    Entry("ring-for-unanswered-lines", desk.ring_for_unanswered_lines, timedelta(seconds=5)),
    Entry("keep-worried-calls", worried_reports.keep_calls, timedelta(minutes=1)),
    Entry("tell-of-gaps", duty.tell_of_gaps, timedelta(minutes=10)),
    # Whoever was sent to a person's door is asked after on the minute.
    Entry("ring-for-answers", interventions.ring_for_answers, timedelta(seconds=5)),
    # Follow-ups: a contact that was missed by a minute is told within the next.
    Entry("remind-and-climb-follow-ups", follow_ups.remind_and_climb, timedelta(minutes=1)),
    Entry("place-follow-ups", follow_ups.place_follow_ups, timedelta(seconds=30)),
    # Reviews of closed cases are counted in days.
    Entry("look-after-reviews", case_reviews.look_after_reviews, timedelta(minutes=10)),
    # Volunteer shifts: an offer and a question have their own ends; a minute of lag changes nothing for anybody.
    Entry("ask-to-confirm", shifts.ask_to_confirm, timedelta(minutes=5)),
    Entry("pass-places-on", shifts.pass_places_on, timedelta(seconds=30)),
    Entry("go-on-with-cover-calls", shifts.go_on_with_cover_calls, timedelta(seconds=30)),
    Entry("close-attendance", shifts.close_attendance, timedelta(minutes=5)),
    Entry("publish-shifts", shifts.publish_shifts, timedelta(hours=1)),
    # Appointments: reminders are planned in hours, a freed time goes on within half a minute.
    Entry("queue-reminders", appointments.queue_reminders, timedelta(minutes=1)),
    Entry("pass-offers-on", appointments.pass_offers_on, timedelta(seconds=30)),
    Entry("ask-for-outcomes", appointments.ask_for_outcomes, timedelta(minutes=5)),
    Entry("keep-the-calendar-true", appointments.keep_the_calendar_true, timedelta(hours=6)),
    Entry("ask-the-bot-again", outbox.ask_the_bot_again, timedelta(seconds=2)),
    # Asking again is planned in weeks; the notice itself waits for the morning where it must.
    Entry("look-after-check-ins", check_ins.look_after_check_ins, timedelta(minutes=10)),
    # Voices are counted in days; within ten minutes a new lead finds what waits for them.
    Entry("look-after-voices", voices.look_after_voices, timedelta(minutes=10)),
    Entry("remind-of-voices", voices.remind_of_voices, timedelta(hours=6)),
    # The law asks for erasure when the purpose is over, not within the hour.
    Entry("erase-old-applications", people.erase_old_applications, timedelta(hours=6)),
    Entry("forget-voice-numbers", voices.forget_voice_numbers, timedelta(hours=6)),
    Entry("forget-old-events", upkeep.forget_old_events, timedelta(minutes=30)),
)
