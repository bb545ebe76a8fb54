"""A key for each form that must have its effect once. Only keys that this site has given out are taken back."""

from __future__ import annotations

import secrets

from flask import current_app
from itsdangerous import BadSignature, URLSafeSerializer

_SALT = "form-key"


def _signer() -> URLSafeSerializer:
    return URLSafeSerializer(current_app.extensions["settings"].secret_key, salt=_SALT)


def fresh() -> str:
    """Return a key for a form that is shown now."""
    return str(_signer().dumps(secrets.token_urlsafe(16)))


def read(given: str | None) -> str | None:
    """Return the key inside a field; None when it was not made here, so nobody shares a key with a stranger."""
    if not given or len(given) > 200:
        return None
    try:
        value = _signer().loads(given)
    except BadSignature:
        return None
    return value if isinstance(value, str) else None
