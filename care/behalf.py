"""Whoever books for somebody else says who they are and how the person agreed."""

from __future__ import annotations

from dataclasses import dataclass

from care.refusals import Refusal, Refused

LONGEST_REASON = 500
LONGEST_WORD = 32


@dataclass(frozen=True)
class Behalf:
    """Who asks for somebody else, what they are to the person, and how the person agreed."""

    who: str
    relation: str
    consent: str


def check_behalf(behalf: Behalf | None) -> None:
    """Refuse EMPTY or TOO_LONG, with the field, where one of the three is missing or longer than it is kept."""
    if behalf is None:
        return
    for field in ("who", "relation", "consent"):
        said = getattr(behalf, field).strip()
        if not said:
            raise Refused(Refusal.EMPTY, f"behalf_{field}")
        if len(said) > (LONGEST_REASON if field == "consent" else LONGEST_WORD):
            raise Refused(Refusal.TOO_LONG, f"behalf_{field}")
