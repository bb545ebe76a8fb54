"""A volunteer asks the public chat for their next shift: a code from their own page stands for signing in, once."""

from __future__ import annotations

import secrets
from datetime import datetime, timedelta

from sqlalchemy import delete, select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from care import audit
from care.people import keyed_hash, tidy_return_code
from care.refusals import Refusal, Refused
from models.shift_codes import ShiftCode
from models.staff import StaffMember

# No letter that a hand mistakes for a figure. 32 ** 12 = 60 bits for fifteen minutes, behind the throttle of the chat.
_ALPHABET = "23456789ABCDEFGHJKLMNPQRSTUVWXYZ"
_LENGTH = 12
_GROUP = 4
LIFE = timedelta(minutes=15)


def make(*, session: Session, actor: StaffMember, secret: str, now: datetime) -> str:
    """Return a new code, as it is read out; an older one of the same volunteer opens nothing any more."""
    code = "".join(secrets.choice(_ALPHABET) for _ in range(_LENGTH))
    try:
        with session.begin_nested():
            _put(session, actor, _stored_form(secret, code), now)
    except IntegrityError:
        # The other half of a double click wrote the first row; the later code is the one that is shown.
        _put(session, actor, _stored_form(secret, code), now)
    _trace(session, actor, "shift_code.make", now)
    return "-".join(code[at : at + _GROUP] for at in range(0, _LENGTH, _GROUP))


def _put(session: Session, actor: StaffMember, code_hash: str, now: datetime) -> None:
    row = session.get(ShiftCode, actor.id, populate_existing=True)
    if row is None:
        row = ShiftCode(staff_id=actor.id)
        session.add(row)
    row.code_hash, row.made_at, row.expires_at = code_hash, now, now + LIFE
    session.flush()


def _stored_form(secret: str, code: str) -> str:
    return keyed_hash(secret, f"shift-code:{code}")


def redeem(*, session: Session, secret: str, typed: str, now: datetime) -> StaffMember:
    """Return whose code this is and use it up; refuse UNKNOWN_CODE without saying how near it was."""
    code_hash = _stored_form(secret, tidy_return_code(typed[:64]))
    row = session.scalars(
        select(ShiftCode).join(ShiftCode.staff).where(ShiftCode.code_hash == code_hash, StaffMember.active)
    ).first()
    if row is None or row.expires_at <= now:
        raise Refused(Refusal.UNKNOWN_CODE, "code")
    staff = row.staff
    # Whoever deletes the row has used the code; a second one in the same moment deletes nothing.
    used = session.execute(delete(ShiftCode).where(ShiftCode.code_hash == code_hash))
    if used.rowcount != 1:  # type: ignore[attr-defined]
        raise Refused(Refusal.UNKNOWN_CODE, "code")
    _trace(session, staff, "shift_code.use", now)
    return staff


def _trace(session: Session, staff: StaffMember, verb: str, now: datetime) -> None:
    session.flush()
    audit.record(session=session, actor=staff, verb=verb, subject_type="staff_member", subject_id=staff.id, now=now)
