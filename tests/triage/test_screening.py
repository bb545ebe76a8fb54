"""The short screening: who is asked what, and which answers need a person how soon."""

from __future__ import annotations

from itertools import pairwise, product

import pytest

from triage.instruments import AnswerOutOfRange, UnknownItem
from triage.levels import Level
from triage.screening import (
    ITEM_KEYS,
    REFUSED,
    AgeBand,
    answer_allowed,
    level_so_far,
    next_item,
    previous_item,
    progress,
    result,
)

_ADULTS = [AgeBand.FROM_18_TO_59, AgeBand.FROM_60, AgeBand.UNKNOWN]
_MINORS = [AgeBand.UNDER_14, AgeBand.FROM_14_TO_17]


def _walk(wanted: dict[str, int], age_band: AgeBand = AgeBand.FROM_18_TO_59) -> tuple[list[str], dict[str, int]]:
    """Answer whatever is asked, 0 unless told otherwise; return the order of questions and the answers."""
    answers: dict[str, int] = {}
    order: list[str] = []
    while (item := next_item(answers, age_band)) is not None:
        order.append(item.key)
        answers[item.key] = wanted.get(item.key, 0)
    return order, answers


def _finished(**wanted: int) -> dict[str, int]:
    """Answers of a finished adult screening; phq9_3=1 stands for "phq-9.3": 1."""
    names = {"phq9": "phq-9", "gad7": "gad-7", "asq": "asq"}
    keys = {f"{names[name.split('_')[0]]}.{name.split('_')[1]}": value for name, value in wanted.items()}
    return _walk(keys)[1]


def _phq_total(total: int) -> dict[str, int]:
    """A PHQ-9 of this total whose gate is passed and whose item 9 is as low as the total allows."""
    answers, rest = {}, total
    for number in range(1, 10):
        answers[f"phq-9.{number}"] = min(3, rest)
        rest -= answers[f"phq-9.{number}"]
    return answers


def _gad_total(total: int) -> dict[str, int]:
    answers, rest = {}, total
    for number in range(1, 8):
        answers[f"gad-7.{number}"] = min(3, rest)
        rest -= answers[f"gad-7.{number}"]
    return answers


# --- who is asked what


def test_a_person_at_low_risk_is_asked_eight_questions() -> None:
    order, answers = _walk({})

    assert order == ["phq-9.1", "phq-9.2", "gad-7.1", "gad-7.2", "asq.1", "asq.2", "asq.3", "asq.4"]
    assert result(answers).complete
    assert result(answers).level is Level.GREEN
    assert result(answers).reasons == ("below_cut_offs",)


@pytest.mark.parametrize(("first", "second"), list(product(range(4), repeat=2)))
def test_the_rest_of_phq_9_follows_a_phq_2_of_two_or_more(first: int, second: int) -> None:
    order, answers = _walk({"phq-9.1": first, "phq-9.2": second})

    assert ("phq-9.3" in order) == (first + second >= 2)
    assert ("phq-9" in result(answers).scores) == (first + second >= 2)
    assert result(answers).scores["phq-2"].total == first + second


@pytest.mark.parametrize(("first", "second"), list(product(range(4), repeat=2)))
def test_the_rest_of_gad_7_follows_a_gad_2_of_three_or_more(first: int, second: int) -> None:
    order, answers = _walk({"gad-7.1": first, "gad-7.2": second})

    assert ("gad-7.3" in order) == (first + second >= 3)
    assert ("gad-7" in result(answers).scores) == (first + second >= 3)


def test_the_longest_screening_asks_every_question_once_in_the_fixed_order() -> None:
    order, _ = _walk(dict.fromkeys(ITEM_KEYS, 1) | {"phq-9.1": 3, "gad-7.1": 3})

    assert tuple(order) == ITEM_KEYS
    assert len(order) == 21


@pytest.mark.parametrize("age_band", _ADULTS)
def test_every_adult_is_asked_the_asq_whatever_item_9_says(age_band: AgeBand) -> None:
    for item_9 in range(4):
        order, _ = _walk({"phq-9.1": 3, "phq-9.9": item_9}, age_band)
        assert [key for key in order if key.startswith("asq")] == ["asq.1", "asq.2", "asq.3", "asq.4"]


@pytest.mark.parametrize("answer", [1, REFUSED])
@pytest.mark.parametrize("key", ["asq.1", "asq.2", "asq.3", "asq.4"])
def test_thoughts_right_now_are_asked_after_any_positive_answer_to_the_first_four(key: str, answer: int) -> None:
    order, _ = _walk({key: answer})

    assert order[-2:] == ["asq.4", "asq.5"]


@pytest.mark.parametrize("age_band", _MINORS)
def test_a_minor_is_asked_the_asq_only_and_given_no_symptom_score(age_band: AgeBand) -> None:
    order, _ = _walk({}, age_band)
    as_if_adult = _phq_total(27) | _gad_total(21) | {f"k6.{n}": 4 for n in range(1, 7)}
    as_if_adult |= {"phq-9.9": 0} | {f"asq.{n}": 0 for n in range(1, 5)}
    outcome = result(as_if_adult, age_band)

    assert order == ["asq.1", "asq.2", "asq.3", "asq.4"]
    assert set(outcome.scores) == {"asq"}
    assert outcome.level is Level.GREEN
    assert not outcome.show_labels


def test_an_alarming_answer_given_before_the_age_was_known_still_counts_for_a_minor() -> None:
    assert level_so_far({"phq-9.9": 3}, AgeBand.UNDER_14) is Level.ORANGE


def test_an_unknown_age_is_asked_like_an_adult_and_shown_no_label() -> None:
    assert _walk({}, AgeBand.UNKNOWN)[0] == _walk({})[0]
    assert not result({}, "unknown").show_labels
    assert result({}, "60-plus").show_labels


def test_an_age_band_nobody_knows_is_refused() -> None:
    with pytest.raises(ValueError):
        next_item({}, "adult")


# --- refusing, going back, correcting


def test_refusing_one_symptom_question_ends_its_instrument_and_no_other() -> None:
    order, answers = _walk({"phq-9.1": 3, "phq-9.4": REFUSED, "gad-7.1": 3})
    outcome = result(answers)

    assert "phq-9.4" in order
    assert "phq-9.5" not in order
    assert "gad-7.7" in order
    assert "phq-9" not in outcome.scores
    assert {"phq-2", "gad-2", "gad-7", "asq"} == set(outcome.scores)
    assert outcome.unscored == ("phq-9",)
    assert outcome.complete


def test_an_unanswered_instrument_is_never_reported_as_all_well() -> None:
    _, answers = _walk({"phq-9.1": REFUSED})
    outcome = result(answers)

    assert outcome.unscored == ("phq-2",)
    assert outcome.reasons == ("some_questions_unanswered",)
    assert outcome.words("zh-CN") != result(_walk({})[1]).words("zh-CN")


def test_correcting_an_answer_opens_the_gate() -> None:
    answers = _finished()
    answers["phq-9.2"] = 2

    item = next_item(answers)
    assert item is not None
    assert item.key == "phq-9.3"
    assert not result(answers).complete


def test_correcting_an_answer_closes_the_gate_and_keeps_what_lies_behind_it_unscored() -> None:
    answers = _finished(phq9_1=3, phq9_2=3, phq9_3=3, phq9_4=3)
    assert result(answers).level is Level.BLUE

    answers |= {"phq-9.1": 0, "phq-9.2": 0}

    assert next_item(answers) is None
    assert answers["phq-9.3"] == 3
    assert "phq-9" not in result(answers).scores
    assert result(answers).level is Level.GREEN

    answers |= {"phq-9.1": 3, "phq-9.2": 3}
    assert result(answers).scores["phq-9"].total == 12


@pytest.mark.parametrize(("key", "value", "level"), [("phq-9.9", 3, Level.ORANGE), ("phq-9.9", 1, Level.YELLOW)])
def test_closing_a_gate_never_unsays_a_critical_answer(key: str, value: int, level: Level) -> None:
    answers = _finished(phq9_1=3, phq9_9=value) | {"phq-9.1": 0}

    assert "phq-9" not in result(answers).scores
    assert result(answers).level is level


def test_thoughts_right_now_stay_red_when_the_first_four_are_changed_to_no() -> None:
    answers = _finished(asq_1=1, asq_5=1) | {"asq.1": 0}

    assert result(answers).scores["asq"].band_id == "negative"
    assert result(answers).level is Level.RED


def test_going_back_leads_to_the_answer_before() -> None:
    answers: dict[str, int] = {}
    assert previous_item(answers) is None

    _, answers = _walk({"phq-9.1": 3})
    keys = [key for key in ITEM_KEYS if key in answers]
    for earlier, later in pairwise(keys):
        item = previous_item(answers, before=later)
        assert item is not None
        assert item.key == earlier
    last = previous_item(answers)
    assert last is not None
    assert last.key == "asq.4"


def test_going_back_skips_answers_behind_a_closed_gate() -> None:
    answers = _finished(phq9_1=3) | {"phq-9.1": 0}

    item = previous_item(answers, before="asq.1")
    assert item is not None
    assert item.key == "gad-7.2"


def test_progress_never_promises_fewer_questions_than_come() -> None:
    for wanted in ({}, {"phq-9.1": 3}, {"gad-7.1": 3}, dict.fromkeys(ITEM_KEYS, 1), {"phq-9.2": REFUSED}):
        answers: dict[str, int] = {}
        at_most = [progress(answers)[1]]
        while (item := next_item(answers)) is not None:
            answers[item.key] = wanted.get(item.key, 0)
            assert progress(answers)[0] == len(answers)
            at_most.append(progress(answers)[1])
        assert at_most == sorted(at_most, reverse=True)
        assert progress(answers) == (len(answers), len(answers))
    assert progress({}) == (0, 21)
    assert progress({}, "14-17") == (0, 5)


# --- levels


@pytest.mark.parametrize(
    ("total", "level", "reason"),
    [
        (9, Level.GREEN, "below_cut_offs"),
        (10, Level.BLUE, "phq9_10_to_14"),
        (14, Level.BLUE, "phq9_10_to_14"),
        (15, Level.YELLOW, "phq9_15_to_19"),
        (19, Level.YELLOW, "phq9_15_to_19"),
        (20, Level.ORANGE, "phq9_20_or_more"),
        (24, Level.ORANGE, "phq9_20_or_more"),
    ],
)
def test_phq_9_totals_call_for_the_levels_of_the_table(total: int, level: Level, reason: str) -> None:
    outcome = result(_walk(_phq_total(total))[1])

    assert outcome.scores["phq-9"].total == total
    assert (outcome.level, outcome.reasons) == (level, (reason,))


@pytest.mark.parametrize(
    ("total", "level", "reason"),
    [
        (9, Level.GREEN, "below_cut_offs"),
        (10, Level.BLUE, "gad7_10_to_14"),
        (14, Level.BLUE, "gad7_10_to_14"),
        (15, Level.YELLOW, "gad7_15_or_more"),
        (21, Level.YELLOW, "gad7_15_or_more"),
    ],
)
def test_gad_7_totals_call_for_the_levels_of_the_table(total: int, level: Level, reason: str) -> None:
    outcome = result(_walk(_gad_total(total))[1])

    assert outcome.scores["gad-7"].total == total
    assert (outcome.level, outcome.reasons) == (level, (reason,))


@pytest.mark.parametrize(
    ("wanted", "level", "first_reason"),
    [
        ({"phq9_1": 3, "phq9_9": 1}, Level.YELLOW, "phq9_item9_some_days"),
        ({"phq9_1": 3, "phq9_9": 2}, Level.ORANGE, "phq9_item9_often"),
        ({"phq9_1": 3, "phq9_9": 3}, Level.ORANGE, "phq9_item9_often"),
        ({"phq9_1": 3, "phq9_9": 1, "asq_1": 1}, Level.ORANGE, "asq_wished_dead"),
        ({"asq_1": 1}, Level.ORANGE, "asq_wished_dead"),
        ({"asq_2": 1}, Level.ORANGE, "asq_better_off_dead"),
        ({"asq_3": 1}, Level.ORANGE, "asq_thoughts_past_week"),
        ({"asq_4": 1}, Level.ORANGE, "asq_past_attempt"),
        ({"asq_1": REFUSED}, Level.ORANGE, "asq_not_answered"),
        ({"asq_4": REFUSED, "asq_5": REFUSED}, Level.ORANGE, "asq_not_answered"),
        ({"asq_4": REFUSED, "asq_5": 1}, Level.RED, "asq_thoughts_now"),
        ({"asq_1": 1, "asq_5": 1}, Level.RED, "asq_thoughts_now"),
        ({"asq_1": 1, "asq_5": REFUSED}, Level.RED, "asq_now_not_answered"),
    ],
)
def test_critical_answers_call_for_the_levels_of_the_table(
    wanted: dict[str, int], level: Level, first_reason: str
) -> None:
    outcome = result(_finished(**wanted))

    assert (outcome.level, outcome.reasons[0]) == (level, first_reason)


def test_reasons_name_everything_that_holds_most_urgent_first() -> None:
    wanted = _phq_total(27) | _gad_total(10) | {"asq.3": 1, "asq.5": 1}

    assert result(_walk(wanted)[1]).reasons == (
        "asq_thoughts_now", "asq_thoughts_past_week", "phq9_item9_often", "phq9_20_or_more", "gad7_10_to_14",
    )  # fmt: skip


@pytest.mark.parametrize(
    ("answers", "level", "reason"),
    [
        ({"k6.1": 4, "k6.2": 4, "k6.3": 4, "k6.4": 1, "k6.5": 0, "k6.6": 0}, Level.YELLOW, "k6_13_or_more"),
        ({f"k6.{n}": 2 for n in range(1, 7)}, Level.BLUE, "k6_5_to_12"),
        ({f"k6.{n}": 0 for n in range(2, 7)} | {"k6.1": 4}, Level.GREEN, "below_cut_offs"),
        ({f"rses.{n}": 2 for n in range(1, 11)}, Level.BLUE, "self_esteem_low"),
        ({f"rses.{n}": 3 for n in range(1, 11)}, Level.GREEN, "below_cut_offs"),
        ({f"ucla-3.{n}": 2 for n in range(1, 4)}, Level.BLUE, "lonely"),
        ({"ucla-3.1": 1, "ucla-3.2": 2, "ucla-3.3": 2}, Level.GREEN, "below_cut_offs"),
    ],
)  # fmt: skip
def test_instruments_of_later_visits_count_when_they_are_complete(
    answers: dict[str, int], level: Level, reason: str
) -> None:
    outcome = result(_finished() | answers)

    assert (outcome.level, outcome.reasons) == (level, (reason,))
    first = next(iter(answers))
    assert result(_finished() | {first: answers[first]}).level is Level.GREEN


@pytest.mark.parametrize("age_band", [*_ADULTS, *_MINORS])
@pytest.mark.parametrize(
    ("answers", "level"),
    [
        ({}, Level.GREEN),
        ({"asq.1": 0}, Level.GREEN),
        ({"phq-9.9": 1}, Level.YELLOW),
        ({"phq-9.9": 2}, Level.ORANGE),
        ({"asq.2": 1}, Level.ORANGE),
        ({"asq.2": REFUSED}, Level.ORANGE),
        ({"asq.5": 1}, Level.RED),
    ],
)
def test_one_alarming_answer_raises_before_the_screening_is_finished(
    answers: dict[str, int], level: Level, age_band: AgeBand
) -> None:
    assert level_so_far(answers, age_band) is level
    assert not result(answers, age_band).complete


def test_the_level_never_falls_while_the_questions_are_asked_on() -> None:
    for wanted in (_phq_total(27), {"asq.1": 1, "asq.5": 1}, _gad_total(21) | {"asq.4": REFUSED}):
        answers: dict[str, int] = {}
        ranks = [level_so_far(answers).rank]
        while (item := next_item(answers)) is not None:
            answers[item.key] = wanted.get(item.key, 0)
            ranks.append(level_so_far(answers).rank)
        assert ranks == sorted(ranks)
        assert ranks[-1] == result(answers).level.rank


def test_a_screening_alone_never_claims_an_emergency() -> None:
    everything = dict.fromkeys(ITEM_KEYS, 1) | _phq_total(27) | _gad_total(21)

    assert result(everything).level is Level.RED


def test_an_unfinished_symptom_instrument_gives_no_partial_score() -> None:
    answers = _phq_total(24)
    del answers["phq-9.9"]

    assert set(result(answers).scores) == {"phq-2"}
    assert level_so_far(answers) is Level.GREEN


@pytest.mark.parametrize(
    ("key", "value"), [("phq-9.1", 4), ("phq-9.1", -2), ("asq.1", 2), ("phq-9.1", True), ("k6.1", 5)]
)
def test_an_answer_that_is_no_option_is_refused_everywhere(key: str, value: int) -> None:
    assert not answer_allowed(key, value)
    for ask in (next_item, previous_item, progress, result, level_so_far):
        with pytest.raises(AnswerOutOfRange):
            ask({key: value})


def test_an_answer_to_a_question_we_never_ask_is_refused() -> None:
    with pytest.raises(UnknownItem):
        next_item({"phq-9.10": 0})
