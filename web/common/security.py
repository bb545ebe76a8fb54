"""Sign-in of colleagues: argon2 through Flask-Security, constant work for a stranger, sessions that end."""

from __future__ import annotations

import logging
import unicodedata
from datetime import timedelta
from typing import Any

from flask import Flask, current_app, request, session
from flask_login import current_user
from flask_security import Security, SQLAlchemyUserDatastore
from flask_security.utils import hash_password, login_user, logout_user, verify_password
from sqlalchemy import inspect

from care import staff
from models.staff import Role, StaffMember
from web.common import clock
from web.common.database import db, reading, unit_of_work

log = logging.getLogger(__name__)

# A shift lasts twelve hours at most; nobody is signed in longer without typing the password again.
LONGEST = timedelta(hours=12)
# An open desk asks for news every few seconds, so only a closed one is ever idle this long.
IDLE = timedelta(hours=2)
# The cookie is written again at most this often.
NOTE_EVERY = timedelta(minutes=1)


def _config() -> dict[str, Any]:
    return {
        # The library brings pages for many ways to sign in; we use its datastore, hashing and sessions only.
        "SECURITY_CLI_USERS_NAME": None,
        "SECURITY_CLI_ROLES_NAME": None,
        "SECURITY_PASSWORD_HASH": "argon2",
        "SECURITY_PASSWORD_SCHEMES": ["argon2"],
        # argon2 needs no second hash below it: the rounds and the memory are the protection.
        "SECURITY_PASSWORD_SINGLE_HASH": {"argon2"},
    }


def install(app: Flask) -> None:
    """Bring the sign-in library up and end old sessions before any view runs."""
    for name, value in _config().items():
        app.config.setdefault(name, value)
    security = Security()
    security.init_app(app, SQLAlchemyUserDatastore(db, StaffMember, Role), register_blueprint=False)
    # Only our own signed cookie signs anybody in: no token in a header or an address.
    security.login_manager._request_callback = None
    with app.app_context():
        # Verified when no account has the typed name, so that a stranger learns nothing from the time it takes.
        app.extensions["nobodys_password"] = hash_password("nobody has this password")
    app.before_request(_end_old_session)


def hashed(password: str) -> str:
    """Return the form in which a password is stored."""
    return str(hash_password(_plain(password)))


def _plain(password: str) -> str:
    # The same characters typed on a phone and on a desk arrive in different compositions.
    return unicodedata.normalize("NFKC", password)[: staff.LONGEST_PASSWORD]


def authenticate(username: str, password: str) -> StaffMember | None:
    """Return the active colleague with this name and password; the same work is done for a name nobody has."""
    member = staff.by_username(session=reading(), typed=username)
    stored = member.password if member else current_app.extensions["nobodys_password"]
    right = verify_password(_plain(password), stored)
    if member is None or not right or not member.active:
        log.warning("sign-in refused", extra={"staff_id": member.id if member else None})
        return None
    return member


def is_own_password(member: StaffMember, password: str) -> bool:
    """Tell whether this is the colleague's present password."""
    return bool(verify_password(_plain(password), member.password))


def sign_in(member: StaffMember) -> None:
    """Begin a fresh session: nothing from before the sign-in survives, the form token included."""
    with unit_of_work() as work:
        staff.note_sign_in(session=work, member=member, now=clock.now())
    begin_session(member)


def begin_session(member: StaffMember) -> None:
    """Replace this browser's session with a new one of this colleague."""
    session.clear()
    login_user(member, remember=False)
    session["signed_in_at"] = session["seen_at"] = clock.now().timestamp()


def sign_out() -> None:
    """End this browser's session."""
    logout_user()
    session.clear()


def is_over(signed_in_at: float, seen_at: float, now: float) -> bool:
    """Tell whether a session has reached its end; a clock that went backwards ends it too."""
    too_old = not 0 <= now - signed_in_at <= LONGEST.total_seconds()
    too_idle = not -NOTE_EVERY.total_seconds() <= now - seen_at <= IDLE.total_seconds()
    return too_old or too_idle


def _end_old_session() -> None:
    if request.endpoint == "static" or "_user_id" not in session:
        return
    now = clock.now().timestamp()
    if is_over(session.get("signed_in_at", 0.0), session.get("seen_at", 0.0), now):
        sign_out()
        session["ended"] = True
    elif now - session["seen_at"] > NOTE_EVERY.total_seconds():
        session["seen_at"] = now


def still_signed_in(staff_id: int, uniquifier: str) -> StaffMember | None:
    """Return the colleague to whom a stream that was opened a while ago may still speak; None when it may not."""
    member = reading().get(StaffMember, staff_id, populate_existing=True)
    return member if member is not None and member.active and member.fs_uniquifier == uniquifier else None


def me() -> StaffMember:
    """Return the colleague who is signed in."""
    member: StaffMember = current_user._get_current_object()
    if inspect(member).expired:
        # A unit of work begins with fresh records. Read now, the name cannot be looked up in the middle of a change.
        reading().refresh(member)
    return member
