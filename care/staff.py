"""The people who work here: taken on, given roles, signed out for good. Nobody can lock themselves out."""

from __future__ import annotations

import re
import secrets
import unicodedata
from collections.abc import Sequence
from datetime import datetime
from enum import StrEnum

from sqlalchemy import or_, select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from care import audit, crises, desk, handover, live, qualifications, skills
from models.crises import CrisisCase
from models.staff import Role, RoleName, StaffMember, Team
from models.stations import Station

# NIST SP 800-63B asks for length and a list of known bad choices, not for a mix of signs.
SHORTEST_PASSWORD = 10
# Longer than any phrase a person types; the hash function refuses more than 4,096 bytes.
LONGEST_PASSWORD = 256
LONGEST_NAME = 40
LONGEST_PHONE = 32
_USERNAME = re.compile(r"[a-z0-9][a-z0-9._-]{1,62}[a-z0-9]")
_FEWEST_DIFFERENT_SIGNS = 5
# What guessing programs try first; each is also refused with digits or signs behind it.
_COMMON = (
    "password",
    "passw0rd",
    "qwerty",
    "qwertyuiop",
    "nuanyang",
    "admin",
    "administrator",
    "welcome",
    "letmein",
    "iloveyou",
    "woaini",
    "1qaz2wsx",
    "abc123",
    "a123456",
    "88888888",
    "changeme",
)
_ROWS = ("01234567890123456789", "98765432109876543210", "abcdefghijklmnopqrstuvwxyz", "qwertyuiopasdfghjklzxcvbnm")


class Problem(StrEnum):
    """Why an account could not be made or changed."""

    USERNAME_TAKEN = "username_taken"  # Another colleague signs in with this name.
    USERNAME_SHAPE = "username_shape"  # Not 3 to 64 small letters, digits, dots, dashes.
    NAME_MISSING = "name_missing"  # Colleagues and people in the chat need a name to read.
    NO_ROLE = "no_role"  # An account without a role could do nothing.
    TOO_SHORT = "too_short"  # Fewer signs than SHORTEST_PASSWORD.
    TOO_EASY = "too_easy"  # Among the first that anyone would guess.
    LIKE_USERNAME = "like_username"  # It contains the name used to sign in.
    WRONG_PASSWORD = "wrong_password"  # noqa: S105  the present password does not match; this is no password
    NOT_YOURSELF = "not_yourself"  # Nobody deactivates their own account.
    ONLY_ADMINS = "only_admins"  # Administrators are made and changed by administrators.
    UNKNOWN = "unknown"  # No such colleague.
    WRONG_VALUE = "wrong_value"  # Not one of what can be chosen.
    NOT_TRAINED = "not_trained"  # A new role asks for a training, licence or check that is missing.
    THINGS_AHEAD = "things_ahead"  # Somebody must first have seen what has to be handed over.


class Declined(Exception):
    """The account was left as it was."""

    def __init__(self, problem: Problem, field: str | None = None) -> None:
        super().__init__(problem.value)
        self.problem = problem
        self.field = field


def tidy_username(typed: str) -> str:
    """Return the name in the one form in which it is stored and looked up."""
    return unicodedata.normalize("NFKC", typed).strip().lower()


def weakness(password: str, username: str) -> Problem | None:
    """Return what makes a password too easy to guess, or None."""
    small = unicodedata.normalize("NFKC", password).lower()
    if len(small) < SHORTEST_PASSWORD:
        return Problem.TOO_SHORT
    if len(username) >= 3 and username in small:
        return Problem.LIKE_USERNAME
    if len(set(small)) < _FEWEST_DIFFERENT_SIGNS or any(small in row for row in _ROWS):
        return Problem.TOO_EASY
    core = small.strip("0123456789!@#$%^&*._-? ")
    return Problem.TOO_EASY if core in _COMMON or small in _COMMON or not core else None


def new_password() -> str:
    """Return a first password that can be read out: four groups of four, 79 bits."""
    signs = "23456789abcdefghjkmnpqrstuvwxyz"
    return "-".join("".join(secrets.choice(signs) for _ in range(4)) for _ in range(4))


def ensure_roles(*, session: Session) -> dict[RoleName, Role]:
    """Return the row of each role, made where it is missing."""
    known = {role.name: role for role in session.scalars(select(Role)).all()}
    for name in RoleName:
        if name.value not in known:
            known[name.value] = Role(name=name.value)
            session.add(known[name.value])
    session.flush()
    return {name: known[name.value] for name in RoleName}


def by_username(*, session: Session, typed: str) -> StaffMember | None:
    """Return the colleague who signs in with this name."""
    return session.scalars(select(StaffMember).where(StaffMember.username == tidy_username(typed))).first()


def by_id(*, session: Session, staff_id: int) -> StaffMember:
    """Return the colleague; decline an unknown number."""
    found = session.get(StaffMember, staff_id)
    if found is None:
        raise Declined(Problem.UNKNOWN)
    return found


def everyone(*, session: Session) -> Sequence[StaffMember]:
    """Return all colleagues, those who are active first, by name."""
    return session.scalars(select(StaffMember).order_by(StaffMember.active.desc(), StaffMember.username)).all()


def found(
    *,
    session: Session,
    team: Team | None = None,
    station_id: int | None = None,
    language: str | None = None,
    only_active: bool = False,
) -> list[StaffMember]:
    """Return the colleagues of a team, a station, a language; whatever is not named is not asked for."""
    query = select(StaffMember).order_by(
        StaffMember.active.desc(), StaffMember.team.is_(None), StaffMember.team, StaffMember.username
    )
    if team is not None:
        query = query.where(StaffMember.team == team)
    if station_id is not None:
        query = query.where(StaffMember.station_id == station_id)
    if only_active:
        query = query.where(StaffMember.active)
    # The list of languages is JSON, which the two databases search differently; a base has hundreds of rows.
    return [one for one in session.scalars(query) if language is None or language in one.languages]


def create(
    *,
    session: Session,
    actor: StaffMember | None,
    username: str,
    display_name: str,
    roles: Sequence[RoleName],
    password_hash: str,
    now: datetime,
    language: str = "zh-CN",
) -> StaffMember:
    """Take a colleague on; actor is None only for the command line of the machine itself."""
    name = tidy_username(username)
    if not _USERNAME.fullmatch(name):
        raise Declined(Problem.USERNAME_SHAPE, "username")
    shown = display_name.strip()
    if not shown or len(shown) > LONGEST_NAME:
        raise Declined(Problem.NAME_MISSING, "display_name")
    if not roles:
        raise Declined(Problem.NO_ROLE, "roles")
    if RoleName.ADMIN in roles and actor is not None and not actor.has_any(RoleName.ADMIN):
        raise Declined(Problem.ONLY_ADMINS, "roles")
    rows = ensure_roles(session=session)
    member = StaffMember(
        username=name,
        display_name=shown,
        password=password_hash,
        fs_uniquifier=secrets.token_hex(32),
        language=language,
        roles=[rows[role] for role in dict.fromkeys(roles)],
        active=True,
        created_at=now,
    )
    try:
        with session.begin_nested():
            session.add(member)
    except IntegrityError as error:
        raise Declined(Problem.USERNAME_TAKEN, "username") from error
    _note(session=session, actor=actor, member=member, verb="staff.create", now=now, roles=[r.value for r in roles])
    return member


def _note(
    *, session: Session, actor: StaffMember | None, member: StaffMember, verb: str, now: datetime, **details: object
) -> None:
    audit.record(
        session=session,
        actor=actor,
        verb=verb,
        subject_type="staff_member",
        subject_id=member.id,
        now=now,
        **details,
    )
    session.flush()


def _manageable(*, session: Session, actor: StaffMember, staff_id: int) -> StaffMember:
    member = by_id(session=session, staff_id=staff_id)
    if member.has_any(RoleName.ADMIN) and not actor.has_any(RoleName.ADMIN):
        raise Declined(Problem.ONLY_ADMINS)
    return member


def edit_profile(
    *,
    session: Session,
    actor: StaffMember,
    staff_id: int,
    display_name: str,
    team: Team | None,
    station_id: int | None,
    languages: Sequence[str],
    specialties: Sequence[str],
    caseload_cap: int | None,
    phone: str,
    now: datetime,
) -> StaffMember:
    """Write down who the colleague is: team, station, languages, special knowledge, how many people they carry."""
    member = _manageable(session=session, actor=actor, staff_id=staff_id)
    shown = display_name.strip()
    if not shown or len(shown) > LONGEST_NAME:
        raise Declined(Problem.NAME_MISSING, "display_name")
    if station_id is not None and session.get(Station, station_id) is None:
        raise Declined(Problem.WRONG_VALUE, "station_id")
    if caseload_cap is not None and not 0 <= caseload_cap <= 999:
        raise Declined(Problem.WRONG_VALUE, "caseload_cap")
    number = phone.strip()
    if len(number) > LONGEST_PHONE:
        raise Declined(Problem.WRONG_VALUE, "phone")
    member.display_name, member.team, member.station_id = shown, team, station_id
    member.languages = skills.known_languages(list(languages))
    member.specialties = skills.known_specialties(list(specialties))
    member.caseload_cap, member.phone = caseload_cap, number or None
    _note(session=session, actor=actor, member=member, verb="staff.edit", now=now, team=team)
    return member


def change_roles(
    *, session: Session, actor: StaffMember, staff_id: int, roles: Sequence[RoleName], now: datetime
) -> StaffMember:
    """Give and take roles; a new one is refused while something that it asks for is missing."""
    member = _manageable(session=session, actor=actor, staff_id=staff_id)
    if not roles:
        raise Declined(Problem.NO_ROLE, "roles")
    before = {RoleName(role.name) for role in member.roles}
    if RoleName.ADMIN in before ^ set(roles) and (not actor.has_any(RoleName.ADMIN) or member.id == actor.id):
        raise Declined(Problem.ONLY_ADMINS, "roles")
    for role in set(roles) - before:
        if qualifications.missing_for(session=session, staff_id=staff_id, role=f"role.{role.value}", at=now):
            raise Declined(Problem.NOT_TRAINED, "roles")
    rows = ensure_roles(session=session)
    member.roles = [rows[role] for role in dict.fromkeys(roles)]
    _note(session=session, actor=actor, member=member, verb="staff.roles", now=now, roles=[r.value for r in roles])
    return member


def end_sessions(member: StaffMember) -> None:
    """End every session of the colleague, on every device, at once."""
    member.fs_uniquifier = secrets.token_hex(32)


def deactivate(
    *, session: Session, actor: StaffMember, staff_id: int, now: datetime, seen_ahead: bool = False
) -> StaffMember:
    """Take the right to sign in away at once; the people this colleague had taken on go back to the queue.

    What is booked or promised stays where it is, so whoever deactivates must say that they have seen it.
    """
    member = _manageable(session=session, actor=actor, staff_id=staff_id)
    if member.id == actor.id:
        raise Declined(Problem.NOT_YOURSELF)
    if not member.active:
        return member
    waiting = handover.ahead(session=session, staff_id=staff_id, now=now)
    if waiting and not seen_ahead:
        raise Declined(Problem.THINGS_AHEAD)
    for conversation in desk.mine(session=session, actor=member):
        desk.hand_back(session=session, conversation_id=conversation.id, actor=member, now=now)
        # The person was with a colleague a moment ago, so another one is asked for.
        conversation.human_requested_at = now
    member.active = False
    end_sessions(member)
    _ring_again_for_those_left_behind(session=session, member=member, now=now)
    _note(session=session, actor=actor, member=member, verb="staff.deactivate", now=now, ahead=len(waiting))
    live.publish(session=session, channel=live.DESK, kind="staff", now=now, staff_id=member.id)
    return member


def _ring_again_for_those_left_behind(*, session: Session, member: StaffMember, now: datetime) -> None:
    """An open case of theirs has nobody now, also where they had spoken with the person: it rings until it is taken."""
    theirs = or_(CrisisCase.acknowledged_by_id == member.id, CrisisCase.owner_id == member.id)
    waiting = session.scalars(select(CrisisCase).where(CrisisCase.closed_at.is_(None), theirs).with_for_update()).all()
    for case in waiting:
        case.acknowledged_at, case.acknowledged_by_id = None, None
        crises.climb(session=session, case=case, now=now)


def reactivate(*, session: Session, actor: StaffMember, staff_id: int, now: datetime) -> StaffMember:
    """Let a colleague who came back sign in again."""
    member = _manageable(session=session, actor=actor, staff_id=staff_id)
    if not member.active:
        member.active = True
        _note(session=session, actor=actor, member=member, verb="staff.reactivate", now=now)
    return member


def give_new_password(
    *, session: Session, actor: StaffMember, staff_id: int, password_hash: str, now: datetime
) -> StaffMember:
    """Replace a forgotten password; every session made with the old one ends."""
    member = _manageable(session=session, actor=actor, staff_id=staff_id)
    member.password = password_hash
    end_sessions(member)
    _note(session=session, actor=actor, member=member, verb="staff.new_password", now=now)
    return member


def change_own_password(*, session: Session, actor: StaffMember, password_hash: str, now: datetime) -> None:
    """Change one's own password; the other devices are signed out."""
    actor.password = password_hash
    end_sessions(actor)
    _note(session=session, actor=actor, member=actor, verb="staff.change_password", now=now)


def choose_language(*, session: Session, actor: StaffMember, language: str) -> None:
    """Keep the language in which this colleague reads the desk."""
    actor.language = language
    session.flush()


def note_sign_in(*, session: Session, member: StaffMember, now: datetime) -> None:
    """Leave the trace of a sign-in."""
    _note(session=session, actor=member, member=member, verb="staff.sign_in", now=now)
