"""What is shipped, on what terms, and what a score must carry."""

from __future__ import annotations

import ast
import json
import sys
from pathlib import Path

import pytest

import triage
from triage.instruments import (
    INSTRUMENT_IDS,
    AnswerOutOfRange,
    Item8Policy,
    MissingAnswers,
    ScoringError,
    UnknownInstrument,
    UnknownItem,
    instrument,
    item_by_key,
    score,
)

_HOUSE = Path(triage.__file__).parent
_SHIPPED = sorted((_HOUSE / "data" / "instruments").glob("*.json"))
# Read by hand in the licence table of the reference: free to ship, some only with a credit line.
_FREE = {
    "public_domain_no_permission",
    "free_no_permission_cite_and_copyright_notice",
    "nimh_free_resource",
    "free_with_attribution_education_and_research",
    "free_with_citation",
}


def _licence_faults(data: dict) -> list[str]:
    licence = data.get("licence", {})
    faults = [] if licence.get("ship") == "yes" else ["its licence does not let it be shipped"]
    faults += [] if licence.get("status") in _FREE else ["its licence is not one of those read by hand"]
    faults += [] if len(data.get("credit", {}).get("text", "")) > 40 else ["it has no credit line"]
    faults += [] if data.get("credit", {}).get("v") in ("V", "S", "U") else ["its credit line carries no mark"]
    return faults


@pytest.mark.parametrize("path", _SHIPPED, ids=lambda path: path.stem)
def test_every_shipped_text_has_a_credit_line_and_a_licence_that_allows_it(path: Path) -> None:
    assert _licence_faults(json.loads(path.read_text(encoding="utf-8"))) == []


def test_a_text_under_a_separate_licence_would_be_caught() -> None:
    decoy = {"licence": {"ship": "yes_separate_pack", "status": "CC-BY-NC-SA-3.0-IGO"}, "credit": {"text": "WHO"}}

    assert len(_licence_faults(decoy)) == 4


def test_nothing_is_shipped_that_the_scorer_does_not_know() -> None:
    assert {path.stem for path in _SHIPPED} == set(INSTRUMENT_IDS)


@pytest.mark.parametrize("instrument_id", INSTRUMENT_IDS)
def test_every_wording_is_marked_and_complete_in_both_languages(instrument_id: str) -> None:
    sheet = instrument(instrument_id)

    assert sheet.title("zh-CN") != sheet.title("en")
    for item in sheet.items:
        assert item.text("zh-CN")
        assert item.text("en")
        assert item.text("zh-CN") != item.text("en")
        assert item.lead_in("zh-CN") is not None
        assert {item.marks["zh-CN"], item.marks["en"]} <= {"V", "S", "U"}
        assert all(option.label("zh-CN") and option.label("en") for option in item.options)
    assert all(band.label("zh-CN") and band.label("en") for band in sheet.bands)


@pytest.mark.parametrize("instrument_id", ["asq", "k6", "ucla-3"])
def test_an_unverified_wording_says_so_in_the_data(instrument_id: str) -> None:
    data = instrument(instrument_id).data
    marks = [data["wording"]["zh-CN"]["v"], data.get("options_mark", {}).get("zh-CN")]

    assert "U" in marks
    assert data["wording"]["zh-CN"]["note"]


def test_short_forms_share_the_keys_of_their_long_forms() -> None:
    assert [item.key for item in instrument("phq-2").items] == ["phq-9.1", "phq-9.2"]
    assert [item.key for item in instrument("gad-2").items] == ["gad-7.1", "gad-7.2"]


def test_loinc_codes_are_the_published_ones() -> None:
    phq = [item.loinc for item in instrument("phq-9").items]
    gad = [item.loinc for item in instrument("gad-7").items]

    assert phq == [f"{code}" for code in (
        "44250-9", "44255-8", "44259-0", "44254-1", "44251-7", "44258-2", "44252-5", "44253-3", "44260-8"
    )]  # fmt: skip
    assert gad == ["69725-0", "68509-9", "69733-4", "69734-2", "69735-9", "69689-8", "69736-7"]
    assert (instrument("phq-9").loinc["panel"], instrument("gad-7").loinc["panel"]) == ("44249-1", "69737-5")
    assert [option.loinc for option in item_by_key("phq-9.1").options] == [
        "LA6568-5",
        "LA6569-3",
        "LA6570-1",
        "LA6571-9",
    ]


def test_the_first_option_of_gad_7_is_not_at_all() -> None:
    # "Not at all sure" is a reproduction error that moved scores (Zorowitz 2021).
    assert item_by_key("gad-7.1").options[0].label("en") == "Not at all"


def test_k6_lists_the_most_frequent_first_but_counts_it_highest() -> None:
    options = item_by_key("k6.1").options

    assert [option.value for option in options] == [4, 3, 2, 1, 0]
    assert options[0].label("en") == "All of the time"
    assert item_by_key("k6.4").text("en").startswith("so depressed")


def test_only_phq_item_9_is_critical_among_the_symptom_questions() -> None:
    critical = [item.key for name in ("phq-9", "gad-7", "k6") for item in instrument(name).items if item.critical]

    assert critical == ["phq-9.9"]


def test_missing_answers_are_named_and_no_partial_total_is_given() -> None:
    with pytest.raises(MissingAnswers) as refusal:
        score("phq-9", dict.fromkeys(range(1, 8), 3))

    assert refusal.value.numbers == (8, 9)


@pytest.mark.parametrize("value", [-1, 4, 1.0, True, "1", None])
def test_a_value_that_is_no_option_is_refused_by_its_key(value: object) -> None:
    with pytest.raises(AnswerOutOfRange) as refusal:
        score("gad-2", {1: 0, 2: value})  # type: ignore[dict-item]

    assert refusal.value.item_key == "gad-7.2"


def test_unknown_instruments_and_items_are_refused() -> None:
    with pytest.raises(UnknownInstrument):
        score("who-5", {1: 0})
    for key in ("phq-2.1", "phq-9.10", "asq.6", "phq-9", "", "../phq-9.1"):
        with pytest.raises(UnknownItem):
            item_by_key(key)


def test_the_item_8_policy_is_kept_with_the_score_and_belongs_to_rses_only() -> None:
    answers = dict.fromkeys(range(1, 11), 3)

    assert score("rses", answers).item8_policy == "chinese_positive"
    assert score("rses", answers, item8_policy=Item8Policy.DROP).item8_policy == "drop"
    with pytest.raises(ScoringError):
        score("phq-2", {1: 0, 2: 0}, item8_policy="drop")
    with pytest.raises(ValueError):
        score("rses", answers, item8_policy="mean")


def test_any_english_is_english_and_everything_else_is_chinese() -> None:
    item = item_by_key("asq.1")

    assert item.text("en-GB") == item.text("EN") == item.text("en")
    assert item.text("zh") == item.text("fr") == item.text("zh-CN")


@pytest.mark.parametrize("name", ["instruments", "answers", "screening"])
def test_the_rules_import_the_standard_library_only(name: str) -> None:
    tree = ast.parse((_HOUSE / f"{name}.py").read_text(encoding="utf-8"))
    imported = {alias.name for node in ast.walk(tree) if isinstance(node, ast.Import) for alias in node.names}
    imported |= {str(node.module) for node in ast.walk(tree) if isinstance(node, ast.ImportFrom)}

    assert {module.split(".")[0] for module in imported} <= set(sys.stdlib_module_names) | {"triage", "__future__"}
