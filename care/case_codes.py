"""Find a person by the code that colleagues say and write instead of a name."""

from __future__ import annotations

import unicodedata

from sqlalchemy import select
from sqlalchemy.orm import Session

from models.beneficiaries import Beneficiary

_PREFIX = "NY"


def tidy(typed: str) -> str:
    """Return the code as it is stored: capital letters, with its prefix, whatever the hand left out."""
    plain = "".join(sign for sign in unicodedata.normalize("NFKC", typed).upper() if sign.isalnum())[:16]
    return f"{_PREFIX}-{plain.removeprefix(_PREFIX)}"


def find(*, session: Session, typed: str) -> Beneficiary | None:
    """Return the person with this code, or None."""
    return session.scalars(select(Beneficiary).where(Beneficiary.code == tidy(typed))).first()


def by_number(*, session: Session, beneficiary_id: int) -> Beneficiary:
    """Return the person with this number."""
    return session.get_one(Beneficiary, beneficiary_id)
