"""The form in which the key of a sent form is kept, so that the same form sent twice has its effect once."""

from __future__ import annotations

import hashlib

LONGEST = 200


def stored(*, owner_id: int, form_key: str | None) -> str | None:
    """Return what is stored of a form's key; keys of two people never meet. None where the form had no key."""
    if not form_key:
        return None
    return hashlib.sha256(f"{owner_id}:{form_key[:LONGEST]}".encode()).hexdigest()
