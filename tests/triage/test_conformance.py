"""Every vector under vectors/ was worked out from the published rules, never by calling the scorer."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from triage import instruments
from triage.instruments import INSTRUMENT_IDS, instrument, score

_VECTORS = Path(__file__).parent / "vectors"


def _cases() -> list[Any]:
    rows = []
    for path in sorted(_VECTORS.glob("*.json")):
        for case in json.loads(path.read_text(encoding="utf-8"))["cases"]:
            rows.append(pytest.param(path.stem, case, id=f"{path.stem}: {case['name']}"))
    return rows


@pytest.mark.parametrize(("instrument_id", "case"), _cases())
def test_score_agrees_with_the_published_rules(instrument_id: str, case: dict[str, Any]) -> None:
    answers = {int(number): value for number, value in case["answers"].items()}
    policy = case.get("item8_policy")
    if "error" in case:
        with pytest.raises(getattr(instruments, case["error"])):
            score(instrument_id, answers, item8_policy=policy)
        return

    given = score(instrument_id, answers, item8_policy=policy)

    assert (given.total, given.band_id) == (case["total"], case["band"])
    assert given.item8_policy == case.get("stored_policy", policy)


def _totals(instrument_id: str) -> set[int]:
    cases = json.loads((_VECTORS / f"{instrument_id}.json").read_text(encoding="utf-8"))["cases"]
    return {case["total"] for case in cases if "total" in case}


@pytest.mark.parametrize("instrument_id", INSTRUMENT_IDS)
def test_vectors_hold_every_band_edge(instrument_id: str) -> None:
    edges = {edge for band in instrument(instrument_id).bands for edge in (band.min, band.max) if edge is not None}

    assert edges <= _totals(instrument_id)


@pytest.mark.parametrize("instrument_id", INSTRUMENT_IDS)
def test_vectors_hold_both_ends_of_the_range_and_both_refusals(instrument_id: str) -> None:
    sheet = instrument(instrument_id)
    cases = json.loads((_VECTORS / f"{instrument_id}.json").read_text(encoding="utf-8"))["cases"]

    assert {sheet.minimum, sheet.maximum} <= _totals(instrument_id)
    assert {"MissingAnswers", "AnswerOutOfRange", "UnknownItem"} <= {case.get("error") for case in cases}
