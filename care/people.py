"""The person at the door: a conversation without an account, and a code to come back with."""

from __future__ import annotations

import hashlib
import hmac
import secrets
import unicodedata
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from care import audit
from care.refusals import Refusal, Refused
from models.beneficiaries import Beneficiary
from models.conversations import ChatKey, Conversation

# Digits and letters that cannot be mistaken for one another when written on paper by hand.
_ALPHABET = "23456789ABCDEFGHJKLMNPQRSTUVWXYZ"
RETURN_CODE_LENGTH = 16  # 32 ** 16 = 80 bits.
# A browser that was not used for this long must bring the return code again.
KEY_LIFE = timedelta(days=30)


@dataclass(frozen=True)
class Door:
    """What a browser gets when it opens or resumes a conversation; both secrets are shown once."""

    conversation: Conversation
    chat_key: str
    return_code: str | None


def keyed_hash(secret: str, value: str) -> str:
    """Return the form in which a token or a return code is stored."""
    return hmac.new(secret.encode(), value.encode(), hashlib.sha256).hexdigest()


def tidy_return_code(typed: str) -> str:
    """Undo what hands and phones do to a code: case, spaces, dashes, full-width signs."""
    plain = unicodedata.normalize("NFKC", typed).upper()
    return "".join(sign for sign in plain if sign.isalnum())[:64]


def show_return_code(code: str) -> str:
    """Return the code in groups of four, as it is read out and written down."""
    return "-".join(code[start : start + 4] for start in range(0, len(code), 4))


def _new_code(length: int) -> str:
    return "".join(secrets.choice(_ALPHABET) for _ in range(length))


def open_door(*, session: Session, secret: str, language: str, now: datetime, synthetic: bool = False) -> Door:
    """Begin with a new person: a conversation, a key for this browser, a code to come back."""
    return_code = _new_code(RETURN_CODE_LENGTH)
    beneficiary = Beneficiary(
        code=_free_case_code(session),
        language=language,
        return_code_hash=keyed_hash(secret, return_code),
        synthetic=synthetic,
        created_at=now,
    )
    session.add(beneficiary)
    session.flush()
    conversation = current_conversation(session=session, beneficiary=beneficiary, now=now)
    key = _grant_key(session=session, secret=secret, beneficiary=beneficiary, now=now)
    return Door(conversation, key, show_return_code(return_code))


def record_unknown(*, session: Session, language: str, now: datetime) -> Beneficiary:
    """Make a record for somebody who has not come themselves: a code, and no way in until they come."""
    beneficiary = Beneficiary(code=_free_case_code(session), language=language, created_at=now)
    session.add(beneficiary)
    session.flush()
    return beneficiary


def _free_case_code(session: Session) -> str:
    while True:
        code = f"NY-{_new_code(5)}"
        if session.scalar(select(Beneficiary.id).where(Beneficiary.code == code)) is None:
            return code


def current_conversation(*, session: Session, beneficiary: Beneficiary, now: datetime) -> Conversation:
    """Return the person's open conversation; begin one where the last has ended."""
    query = select(Conversation).where(Conversation.beneficiary_id == beneficiary.id, Conversation.closed_at.is_(None))
    found = session.scalars(query).first()
    if found is not None:
        return found
    conversation = Conversation(
        public_id=secrets.token_hex(16),
        beneficiary=beneficiary,
        language=beneficiary.language,
        created_at=now,
        last_message_at=now,
    )
    try:
        with session.begin_nested():
            session.add(conversation)
    except IntegrityError:
        # Two tabs began in the same moment; both get the one that was first.
        return session.scalars(query).one()
    return conversation


def _grant_key(*, session: Session, secret: str, beneficiary: Beneficiary, now: datetime) -> str:
    key = secrets.token_urlsafe(32)
    session.add(
        ChatKey(
            key_hash=keyed_hash(secret, key),
            beneficiary_id=beneficiary.id,
            created_at=now,
            expires_at=now + KEY_LIFE,
        )
    )
    session.flush()
    return key


def resume(*, session: Session, secret: str, typed_code: str, now: datetime) -> Door:
    """Let a person back in by the code; refuse an unknown one without saying how near it was."""
    code = tidy_return_code(typed_code)
    beneficiary = session.scalars(
        select(Beneficiary).where(Beneficiary.return_code_hash == keyed_hash(secret, code))
    ).first()
    if beneficiary is None:
        raise Refused(Refusal.WRONG_CODE, "code")
    conversation = current_conversation(session=session, beneficiary=beneficiary, now=now)
    key = _grant_key(session=session, secret=secret, beneficiary=beneficiary, now=now)
    audit.record(
        session=session,
        actor=None,
        verb="conversation.resume",
        subject_type="conversation",
        subject_id=conversation.id,
        now=now,
    )
    return Door(conversation, key, None)


def person_of_key(*, session: Session, secret: str, key: str, now: datetime) -> Beneficiary | None:
    """Return whose browser this is, or None for a forged or expired key."""
    return session.scalars(
        select(Beneficiary)
        .join(ChatKey, ChatKey.beneficiary_id == Beneficiary.id)
        .where(ChatKey.key_hash == keyed_hash(secret, key), ChatKey.expires_at > now)
    ).first()


def new_return_code(*, session: Session, secret: str, beneficiary: Beneficiary) -> str:
    """Give the person a new code; the old one opens nothing any more."""
    code = _new_code(RETURN_CODE_LENGTH)
    beneficiary.return_code_hash = keyed_hash(secret, code)
    session.flush()
    return show_return_code(code)


def forget_key(*, session: Session, secret: str, key: str) -> None:
    """Take this browser's right away: the quick exit."""
    row = session.scalars(select(ChatKey).where(ChatKey.key_hash == keyed_hash(secret, key))).first()
    if row is not None:
        session.delete(row)
