"""A question of an instrument as a page shows it: its words, its options, where it comes from."""

from __future__ import annotations

from dataclasses import dataclass

from triage.instruments import Item, instrument


@dataclass(frozen=True)
class Tap:
    """One answer to tap."""

    value: int
    label: str


@dataclass(frozen=True)
class Asked:
    """One question on one screen."""

    key: str
    lead_in: str
    text: str
    options: tuple[Tap, ...]
    credit: str
    done: int
    all: int
    given: int | None = None


def asked(item: Item, language: str, *, done: int, of: int, given: int | None = None) -> Asked:
    """Return the question in the language, word for word as the instrument has it."""
    return Asked(
        key=item.key,
        lead_in=item.lead_in(language),
        text=item.text(language),
        options=tuple(Tap(option.value, option.label(language)) for option in item.options),
        credit=instrument(item.instrument).licence.credit,
        done=done,
        all=of,
        given=given,
    )
