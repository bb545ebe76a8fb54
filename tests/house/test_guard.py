"""The guard over the logs hears what it must hear."""

from __future__ import annotations

import logging

import pytest

from tests.fixtures.guard import Ear, leaks

SECRET = "13912345678"


@pytest.mark.parametrize(
    ("arguments", "extra", "heard"),
    [
        (("sent to %s", SECRET), {}, True),
        (("sent",), {"to": SECRET}, True),
        (("sent",), {"message": {"phone": SECRET}}, True),
        (("sent to %s", 7), {"case_id": 7}, False),
    ],
)
def test_a_secret_is_heard_wherever_it_stands(
    arguments: tuple[str, ...], extra: dict[str, object], heard: bool
) -> None:
    ear, log = Ear(), logging.getLogger("guard-of-the-tests")
    log.propagate = False
    log.addHandler(ear)
    log.error(*arguments, extra={f"{key}_": value for key, value in extra.items()})
    assert (leaks(ear.heard, {SECRET}) == {SECRET}) is heard


def test_words_of_two_signs_are_no_secret() -> None:
    assert leaks(["好的"], {"好的", ""}) == set()
