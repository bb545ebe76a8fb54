"""Who may do what: one table, read from top to bottom. What is not written here is refused."""

from __future__ import annotations

import hmac
from collections.abc import Callable
from enum import StrEnum
from typing import Any, TypeVar

from flask import Flask, abort, current_app, g, redirect, request, url_for
from flask_login import current_user

from models.staff import RoleName as R
from web.common import chat_key

View = TypeVar("View", bound=Callable[..., Any])

EVERY_ROLE = frozenset(R)
DESK = frozenset({R.COUNSELOR, R.DUTY_OFFICER, R.SUPERVISOR, R.BASE_MANAGER})
LEADS = frozenset({R.SUPERVISOR, R.BASE_MANAGER})


class Access(StrEnum):
    """Every right that an endpoint can ask for."""

    # Not for staff: the public page, the person with a chat key, the bot with its token.
    ANYONE = "anyone"
    PERSON = "person"
    BOT = "bot"
    # For staff.
    SIGNED_IN = "signed_in"
    SEE_QUEUE = "queue.see"
    SEE_CASE = "case.see"
    ACKNOWLEDGE_CASE = "case.acknowledge"
    CLOSE_CASE = "case.close"
    SEE_CONVERSATION = "conversation.see"
    TAKE_OVER = "conversation.take_over"
    WRITE = "conversation.write"
    HAND_BACK = "conversation.hand_back"
    CLOSE_CONVERSATION = "conversation.close"
    SEE_DUTY = "duty.see"
    CHECK_IN = "duty.check_in"
    PLAN_DUTY = "duty.plan"
    MANAGE_STAFF = "staff.manage"
    SEE_OPERATIONS = "operations.see"
    # Follow-ups after a crisis, and the second reader of the hardest steps.
    KEEP_FOLLOW_UPS = "follow_up.keep"
    READ_STEPS = "intervention.read"
    # Session notes and scores over time.
    SEE_NOTES = "note.see"
    WRITE_NOTES = "note.write"
    COUNTERSIGN_NOTES = "note.countersign"
    # Review of the detector's decisions.
    REVIEW_TRIAGE = "triage.review"
    # Appointments.
    SEE_APPOINTMENTS = "appointment.see"
    BOOK = "appointment.book"
    CHANGE_APPOINTMENTS = "appointment.change"
    PLAN_HOURS = "availability.plan"
    MANAGE_SERVICES = "service.manage"
    # People, rooms, certificates, applications, caseload, leave.
    SEE_PEOPLE = "people.see"
    CONFIRM_QUALIFICATIONS = "qualification.confirm"
    SET_TRAINING = "training.set"
    DECIDE_APPLICATIONS = "application.decide"
    MANAGE_ROOMS = "room.manage"
    SEE_CASELOAD = "caseload.see"
    ASSIGN_CASES = "caseload.assign"
    DECIDE_LEAVE = "leave.decide"
    # Volunteer shifts.
    SEE_SHIFTS = "shift.see"
    TAKE_SHIFTS = "shift.take"
    PLAN_SHIFTS = "shift.plan"
    CERTIFY_HOURS = "hours.certify"
    # Reports about somebody, plans for frequent contacts, pauses of the chat, names behind the glass.
    REPORT_WORRY = "worry.report"
    BREAK_GLASS = "glass.break"
    REVIEW_GLASS = "glass.review"
    BLOCK = "chat.block"
    KEEP_AWAY = "case.keep_away"
    # Looking back: reports of clocks, reviews of closed cases, fire drills.
    SEE_CLOCKS = "clocks.see"
    REVIEW_CASES = "case.review"
    RUN_DRILLS = "drill.run"
    # The voice of the person, filling in together.
    ANSWER_VOICES = "voice.answer"
    FILL_IN_TOGETHER = "together.fill_in"
    # The live desk.
    WATCH = "conversation.watch"
    WHISPER = "conversation.whisper"
    REVIEW_REPLIES = "canned_reply.review"
    SET_CHAT_CAPS = "chat_cap.set"
    SEE_RATINGS = "rating.see"
    # What the bot did not understand.
    TEACH_BOT = "bot.teach"


# The permission table. Volunteers and social workers do not read chats or scores (docs/clinical-safety.md).
ROLES: dict[Access, frozenset[R]] = {
    Access.SIGNED_IN: EVERY_ROLE,
    Access.SEE_QUEUE: DESK,
    Access.SEE_CASE: DESK,
    Access.ACKNOWLEDGE_CASE: DESK,
    Access.CLOSE_CASE: frozenset({R.COUNSELOR, R.DUTY_OFFICER, R.SUPERVISOR, R.BASE_MANAGER}),
    Access.SEE_CONVERSATION: DESK,
    Access.TAKE_OVER: DESK,
    Access.WRITE: DESK,
    Access.HAND_BACK: DESK,
    Access.CLOSE_CONVERSATION: DESK,
    Access.SEE_DUTY: DESK | {R.SOCIAL_WORKER, R.ADMIN},
    Access.CHECK_IN: DESK,
    Access.PLAN_DUTY: LEADS,
    Access.MANAGE_STAFF: frozenset({R.BASE_MANAGER, R.ADMIN}),
    Access.SEE_OPERATIONS: frozenset({R.BASE_MANAGER, R.SUPERVISOR, R.ADMIN}),
    # A follow-up is part of the case; care/follow_up_ladders.py asks the same of whom it gives one to.
    Access.KEEP_FOLLOW_UPS: DESK,
    Access.READ_STEPS: LEADS,
    # Session notes and scores over time: those who treat and those who supervise; care/note_history.py asks whom.
    Access.SEE_NOTES: frozenset({R.COUNSELOR, R.SUPERVISOR}),
    Access.WRITE_NOTES: frozenset({R.COUNSELOR, R.SUPERVISOR}),
    # A base manager may be somebody's supervisor too (care/supervision.py).
    Access.COUNTERSIGN_NOTES: LEADS,
    # Judging the detector means reading again what a person wrote.
    Access.REVIEW_TRIAGE: LEADS,
    # Appointments: codes and times, no words and no scores.
    Access.SEE_APPOINTMENTS: DESK | {R.SOCIAL_WORKER},
    Access.BOOK: DESK | {R.SOCIAL_WORKER},
    Access.CHANGE_APPOINTMENTS: frozenset({R.COUNSELOR, R.SUPERVISOR, R.BASE_MANAGER}),
    Access.PLAN_HOURS: frozenset({R.COUNSELOR, R.SUPERVISOR, R.BASE_MANAGER}),
    Access.MANAGE_SERVICES: LEADS,
    # People: the technical administrator sees accounts, not evidence, leave or who is cared for.
    Access.SEE_PEOPLE: LEADS | {R.ADMIN},
    Access.CONFIRM_QUALIFICATIONS: LEADS,
    Access.SET_TRAINING: frozenset({R.BASE_MANAGER}),
    Access.DECIDE_APPLICATIONS: LEADS,
    Access.MANAGE_ROOMS: frozenset({R.BASE_MANAGER, R.ADMIN}),
    # Codes only; a worker sees the people who were given to them.
    Access.SEE_CASELOAD: LEADS | {R.COUNSELOR, R.SOCIAL_WORKER},
    Access.ASSIGN_CASES: LEADS,
    Access.DECIDE_LEAVE: LEADS,
    # Volunteer shifts: those who plan them are not those who take them, and nobody approves their own.
    Access.SEE_SHIFTS: LEADS | {R.VOLUNTEER, R.SOCIAL_WORKER},
    Access.TAKE_SHIFTS: frozenset({R.VOLUNTEER}),
    Access.PLAN_SHIFTS: LEADS | {R.SOCIAL_WORKER},
    Access.CERTIFY_HOURS: LEADS,
    # Whoever meets people may say that they are worried; what becomes of it is read by the desk.
    Access.REPORT_WORRY: EVERY_ROLE,
    Access.BREAK_GLASS: DESK,
    Access.REVIEW_GLASS: LEADS,
    Access.BLOCK: LEADS,
    Access.KEEP_AWAY: LEADS,
    Access.SEE_CLOCKS: LEADS,
    # Reviewers read the chat of the case; care/case_reviews.py asks whose review it is.
    Access.REVIEW_CASES: LEADS | {R.COUNSELOR},
    Access.RUN_DRILLS: LEADS,
    # Complaints are read by those who lead; care/voice_owners.py keeps each from whom it is about.
    Access.ANSWER_VOICES: LEADS,
    # Whoever sits with a person may tap what the person says; scores stay with those who treat.
    Access.FILL_IN_TOGETHER: DESK | {R.SOCIAL_WORKER},
    # The live desk: those who answer for the work of others read along, whisper, and say how much one person carries.
    Access.WATCH: LEADS,
    Access.WHISPER: LEADS,
    Access.REVIEW_REPLIES: LEADS,
    Access.SET_CHAT_CAPS: LEADS,
    Access.SEE_RATINGS: LEADS,
    # Sentences of people, with names and numbers taken out; words of danger are not among them.
    Access.TEACH_BOT: LEADS,
}


def access(right: Access) -> Callable[[View], View]:
    """Declare the one right that a view asks for; a second declaration is a mistake and fails at start."""

    def mark(view: View) -> View:
        if hasattr(view, "_access"):
            raise RuntimeError(f"{view.__name__} declares its access twice")
        view._access = right  # type: ignore[attr-defined]
        return view

    return mark


def declared(app: Flask, endpoint: str) -> Access | None:
    """Return the right that an endpoint declares, or None where it declares nothing."""
    view = app.view_functions[endpoint]
    return getattr(view, "_access", Access.ANYONE if endpoint == "static" else None)


def staff_may(right: Access) -> bool:
    """Tell whether the colleague who is signed in holds the right; templates ask this too."""
    return bool(current_user.is_authenticated and current_user.has_any(*ROLES[right]))


def guard() -> Any:
    """Refuse the request unless its endpoint's declared right is held; runs before every view."""
    if request.endpoint is None:
        return None  # No such page: the 404 handler answers.
    right = declared(current_app, request.endpoint)
    if right is Access.ANYONE:
        return None
    if right is Access.PERSON:
        g.beneficiary = chat_key.person()
        return None if g.beneficiary else chat_key.ask_for_code()
    if right is Access.BOT:
        return None if _is_the_bot() else abort(401)
    if right is None:
        abort(403)
    if not current_user.is_authenticated:
        if request.accept_mimetypes.best == "application/json" or request.method != "GET":
            abort(401)
        return redirect(url_for("staff.sign_in", next=request.full_path.rstrip("?")))
    if not staff_may(right):
        abort(403)
    return None


def _is_the_bot() -> bool:
    expected = f"Bearer {current_app.extensions['settings'].bot_token}"
    return hmac.compare_digest(request.headers.get("Authorization", "").encode(), expected.encode())


def install(app: Flask) -> None:
    """Put the guard in front of every view and refuse to start with an undeclared one."""
    app.before_request(guard)


def check_declarations(app: Flask) -> None:
    """Raise RuntimeError naming every endpoint that declares no access."""
    silent = sorted(endpoint for endpoint in app.view_functions if declared(app, endpoint) is None)
    if silent:
        raise RuntimeError(f"endpoints without declared access: {', '.join(silent)}")
