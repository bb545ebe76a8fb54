"""The secrets of one installation: made once, kept in var/secrets.env, readable by its owner only."""

from __future__ import annotations

import base64
import os
import secrets
from collections.abc import Callable, Mapping
from pathlib import Path

from ops.places import shown, var_dir
from ops.terminal import step


def _fernet_key() -> str:
    # The form that cryptography's Fernet reads; made without that library, which may not be installed yet.
    return base64.urlsafe_b64encode(os.urandom(32)).decode()


MAKERS: Mapping[str, Callable[[], str]] = {
    "NUANYANG_SECRET_KEY": lambda: secrets.token_urlsafe(48),
    "NUANYANG_FIELD_KEYS": _fernet_key,
    "NUANYANG_BOT_TOKEN": lambda: secrets.token_urlsafe(32),
}


def read(file: Path) -> dict[str, str]:
    """Return the names and values in a file of NAME=value lines."""
    if not file.is_file():
        return {}
    lines = (line.strip() for line in file.read_text().splitlines())
    pairs = (line.split("=", 1) for line in lines if "=" in line and not line.startswith("#"))
    return {name.strip(): value.strip() for name, value in pairs}


def ensure() -> Mapping[str, str]:
    """Return the secrets, after making those that are missing. An existing one is never replaced."""
    file = var_dir() / "secrets.env"
    known = read(file)
    missing = [name for name in MAKERS if not known.get(name)]
    if missing:
        step(f"Writing new secrets to {shown(file)}: keep a copy, the stored words cannot be read without them")
        file.parent.mkdir(parents=True, exist_ok=True)
        file.parent.chmod(0o700)
        known.update({name: MAKERS[name]() for name in missing})
        descriptor = os.open(file, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
        with os.fdopen(descriptor, "w") as out:
            out.write("# Secrets of this installation. Never share or commit this file.\n")
            out.writelines(f"{name}={value}\n" for name, value in known.items())
    file.chmod(0o600)
    return known
