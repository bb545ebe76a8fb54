"""Column types that make two mistakes impossible: storing naive time, and storing a person's words in the clear."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from enum import StrEnum
from typing import Any

from cryptography.fernet import Fernet, MultiFernet
from sqlalchemy import DateTime, Enum, LargeBinary
from sqlalchemy.engine import Dialect
from sqlalchemy.types import TypeDecorator

_keyring: MultiFernet | None = None


def use_field_keys(keys: tuple[str, ...]) -> None:
    """Set the keys that protect people's words; the first encrypts, all decrypt. Raise ValueError for a bad key."""
    global _keyring
    _keyring = MultiFernet([Fernet(key) for key in keys])


def keyring() -> MultiFernet:
    """Return the keys in use; raise RuntimeError when the process was started without them."""
    if _keyring is None:
        raise RuntimeError("field keys are not set: call models.types.use_field_keys at start")
    return _keyring


class UTCDateTime(TypeDecorator[datetime]):
    """Aware UTC in Python, plain UTC in the database; a naive value is refused."""

    impl = DateTime
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        if value is None:
            return None
        if value.tzinfo is None:
            raise ValueError("naive time cannot be stored: pass an aware datetime")
        return value.astimezone(UTC).replace(tzinfo=None)

    def process_result_value(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        return None if value is None else value.replace(tzinfo=UTC)


class EncryptedText(TypeDecorator[str]):
    """Text that is readable only with the field keys: messages, names, phone numbers."""

    impl = LargeBinary
    cache_ok = True

    def process_bind_param(self, value: str | None, dialect: Dialect) -> bytes | None:
        # Lone surrogates can arrive in JSON from a broken client; they are kept as a visible escape.
        return None if value is None else keyring().encrypt(value.encode("utf-8", "backslashreplace"))

    def process_result_value(self, value: bytes | None, dialect: Dialect) -> str | None:
        return None if value is None else keyring().decrypt(bytes(value)).decode("utf-8")


class EncryptedJSON(TypeDecorator[Any]):
    """A JSON value that is readable only with the field keys."""

    impl = LargeBinary
    cache_ok = True

    def process_bind_param(self, value: Any, dialect: Dialect) -> bytes | None:
        return None if value is None else keyring().encrypt(json.dumps(value, ensure_ascii=True).encode("ascii"))

    def process_result_value(self, value: bytes | None, dialect: Dialect) -> Any:
        return None if value is None else json.loads(keyring().decrypt(bytes(value)))


def enum_column(kind: type[StrEnum], name: str) -> Enum:
    """Return a column type that stores the enum's value and lets the database refuse any other word."""
    return Enum(
        kind,
        name=name,
        native_enum=False,
        create_constraint=True,
        length=32,
        values_callable=lambda members: [member.value for member in members],
    )
