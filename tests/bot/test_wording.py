"""What the bot says and what it learns from: complete in both languages, plain, and free of promises."""

from __future__ import annotations

import json
import re
import unicodedata
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from ruamel.yaml import YAML
from ruamel.yaml.constructor import DuplicateKeyError

from tests.fixtures.reading import hard_to_read

ROOT = Path(__file__).resolve().parents[2]
DOMAIN = ROOT / "bot" / "domain"
RESPONSES = sorted((DOMAIN / "responses").glob("*.yml"))
TRAINING = sorted((ROOT / "bot" / "data" / "nlu").glob("*.yml"))
HELD_OUT = ROOT / "tests" / "bot" / "heldout.yml"
BUTTONS: dict[str, dict[str, str]] = json.loads((DOMAIN / "button_words.json").read_text("utf-8"))

ENGLISH = [{"type": "slot", "name": "language", "value": "en"}]
LONGEST_SENTENCE = 30
LONGEST_BUTTON = 14
FEWEST_HELD_OUT = 260

# Names of disorders, promises nobody here can keep, cheer that hurts, and claims to be human.
FORBIDDEN = re.compile(
    r"抑郁|焦虑症|焦虑障碍|精神病|精神分裂|双相|强迫症|创伤后|障碍|症状|诊断|患者|"
    r"保密|不会告诉任何人|绝对|保证|一定会好|会好起来|马上(?:有人|联系|回复)|立刻有人|随时有人|"
    r"想开点|别想太多|加油|坚强|我是真人|我也是人|自杀|"
    r"\bdepress|\banxiety disorder|\bbipolar|\bschizo|\bptsd\b|\bdisorder|\bsymptom|\bdiagnos|\bpatient\b|"
    r"\bsecret|confidential|\bguarantee|\bpromise|will get better|will be fine|cheer up|stay strong|"
    r"right away|immediately|i am human|i am a human|\bsuicid",
    re.IGNORECASE,
)
INFORMAL = "你"
TAP_ONLY = {"answer", "continue_screening", "restart_screening", "continue_booking"}


def _read(file: Path) -> dict[str, Any]:
    return YAML(typ="safe").load(file.read_text("utf-8"))


def _responses() -> Iterator[tuple[str, bool, str]]:
    """Yield name, whether it is English, and the words of each variation."""
    for file in RESPONSES:
        for name, variations in _read(file)["responses"].items():
            for variation in variations:
                yield name, "condition" in variation, variation["text"]


def _said() -> list[tuple[str, str]]:
    titles = [(f"button {key}", words) for key, pair in BUTTONS.items() for words in pair.values()]
    return [(name, words) for name, _, words in _responses()] + titles


def _examples(*files: Path) -> list[tuple[str, str]]:
    """Return intent and message of each example."""
    return [
        (entry["intent"], line.removeprefix("- "))
        for file in files
        for entry in _read(file)["nlu"]
        for line in entry["examples"].splitlines()
    ]


def _plain(text: str) -> str:
    """Return the message without width, case, punctuation and blanks, as a copyist would not change it."""
    return re.sub(r"[\W_]+", "", unicodedata.normalize("NFKC", text).lower()) or text


def _too_long(words: str) -> list[str]:
    return [part for part in re.split(r"[。？！；\n]", words) if len(part) > LONGEST_SENTENCE]


def _is_chinese(text: str) -> bool:
    return re.search(r"[\u4e00-\u9fff]", text) is not None


def test_no_response_is_written_twice() -> None:
    names = Counter(name for file in RESPONSES for name in _read(file)["responses"])
    assert RESPONSES
    assert [name for name, times in names.items() if times > 1] == []


def test_the_reader_refuses_a_name_written_twice_in_one_file() -> None:
    with pytest.raises(DuplicateKeyError):
        YAML(typ="safe").load("responses:\n  utter_a: 1\n  utter_a: 2\n")


def test_every_response_speaks_both_languages() -> None:
    spoken: dict[str, set[bool]] = {}
    for name, english, _ in _responses():
        spoken.setdefault(name, set()).add(english)
    assert [name for name, languages in spoken.items() if languages != {True, False}] == []


def test_only_english_variations_carry_the_condition() -> None:
    for file in RESPONSES:
        for name, variations in _read(file)["responses"].items():
            for variation in variations:
                assert variation.get("condition", ENGLISH) == ENGLISH, name
                assert _is_chinese(variation["text"]) is ("condition" not in variation), name


def test_no_response_says_the_same_twice() -> None:
    assert [words for words, times in Counter(words for _, _, words in _responses()).items() if times > 1] == []


def test_nothing_names_a_disorder_or_promises_too_much() -> None:
    assert [(name, words) for name, words in _said() if FORBIDDEN.search(words)] == []


@pytest.mark.parametrize(
    "words",
    [
        "我们绝对保密",
        "您得了抑郁症",
        "一切一定会好",
        "马上有人联系您",
        "Cheer up",
        "This stays confidential",
        "You are depressed",
    ],
)
def test_the_word_check_hears_what_it_is_for(words: str) -> None:
    assert FORBIDDEN.search(words)


@pytest.mark.parametrize("words", ["您写的会加密存好", "值班的同事能看到", "The staff keep to what you agreed to"])
def test_the_word_check_lets_plain_words_pass(words: str) -> None:
    assert FORBIDDEN.search(words) is None


def test_the_person_is_addressed_politely() -> None:
    assert [(name, words) for name, words in _said() if INFORMAL in words] == []


def test_chinese_sentences_are_short() -> None:
    assert [(name, _too_long(words)) for name, english, words in _responses() if not english and _too_long(words)] == []


def test_a_sentence_of_thirty_one_characters_is_too_long() -> None:
    assert _too_long("好" * 30 + "。") == []
    assert _too_long("好" * 31 + "。") == ["好" * 31]


def test_english_reads_at_primary_school_level() -> None:
    english = [(name, words) for name, is_english, words in _responses() if is_english]
    english += [(f"button {key}", pair["en"]) for key, pair in BUTTONS.items()]
    assert english
    assert [(name, hard) for name, words in english if (hard := hard_to_read(words))] == []


def test_nothing_shouts() -> None:
    assert [(name, words) for name, words in _said() if "!" in words or "！" in words] == []


def test_the_bot_says_that_it_is_a_program() -> None:
    for name, english, words in _responses():
        if name == "utter_ask_who":
            assert ("program" if english else "不是真人") in words


def test_asked_who_reads_this_each_variation_names_colleagues_law_and_life() -> None:
    for name, english, words in _responses():
        if name == "utter_ask_privacy":
            wanted = ("encrypted", "on duty", "law", "life") if english else ("加密", "值班", "法律", "命")
            assert all(part in words for part in wanted), words


def test_each_worry_is_answered_with_exactly_one_open_question() -> None:
    for name, _, words in _responses():
        if name.startswith("utter_worry_"):
            assert words.endswith(("？", "?")), words
            assert len(re.findall(r"[？?]", words)) == 1, words


def test_three_misses_never_sound_alike() -> None:
    names = ("utter_missed_once", "utter_missed_twice", "utter_missed_thrice")
    heard = [words for name, _, words in _responses() if name in names]
    assert len(set(heard)) == len(heard) >= len(names) * 2


def test_every_button_has_both_languages_and_nothing_else() -> None:
    assert BUTTONS
    for key, words in BUTTONS.items():
        assert set(words) == {"zh-CN", "en"}, key
        assert all(title.strip() == title != "" for title in words.values()), key


def test_button_titles_are_short_and_distinct() -> None:
    assert [key for key, words in BUTTONS.items() if len(words["zh-CN"]) > LONGEST_BUTTON] == []
    for language in ("zh-CN", "en"):
        titles = Counter(words[language] for words in BUTTONS.values())
        assert [title for title, times in titles.items() if times > 1] == []


def test_every_button_that_the_actions_name_has_words() -> None:
    from actions import intake_steps
    from actions.turn import PAYLOADS

    named = set(PAYLOADS) | set(intake_steps.AGES.values()) | {"yes", "no", "contact_yes", "contact_no"}
    named |= {f"worry_{worry}" for worry in intake_steps.WORRIES}
    named |= {f"urgency_{urgency}" for urgency in intake_steps.URGENCIES}
    assert named - set(BUTTONS) == set()


def test_every_sentence_that_the_actions_name_is_written() -> None:
    written = {name for name, _, _ in _responses()}
    named: set[str] = set()
    for file in (ROOT / "bot" / "actions").glob("*.py"):
        named |= set(re.findall(r"[\"'](utter_[a-z0-9_]*[a-z0-9])[\"']", file.read_text("utf-8")))
    assert named
    assert named - written - {"utter_message"} == set()


def test_every_intake_question_is_written() -> None:
    from actions import intake_steps

    written = {name for name, _, _ in _responses()}
    steps = intake_steps.order({"age_band": "under-14", "emergency_contact": True})
    assert {f"utter_ask_{step}" for step in steps} - written == set()


def test_every_question_asked_aside_in_a_form_has_an_answer() -> None:
    from actions.form_steering import ASIDES

    written = {name for name, _, _ in _responses()}
    assert {f"utter_{intent}" for intent in ASIDES} - written == set()


def test_every_intent_is_listed_and_taught() -> None:
    listed = _read(DOMAIN / "intents.yml")["intents"]
    assert len(set(listed)) == len(listed)
    assert set(listed) - TAP_ONLY == {intent for intent, _ in _examples(*TRAINING)}


def test_every_intent_is_taught_in_both_languages() -> None:
    for least, chinese in ((20, True), (16, False)):
        taught = Counter(intent for intent, text in _examples(*TRAINING) if _is_chinese(text) is chinese)
        intents = {intent for intent, _ in _examples(*TRAINING)}
        assert [intent for intent in intents if taught[intent] < least] == []


def test_no_message_is_taught_twice() -> None:
    taught = Counter(text.lower() for _, text in _examples(*TRAINING))
    assert taught
    assert [text for text, times in taught.items() if times > 1] == []


def test_no_message_is_taught_as_two_intents() -> None:
    taught: dict[str, set[str]] = {}
    for intent, text in _examples(*TRAINING):
        taught.setdefault(_plain(text), set()).add(intent)
    assert [text for text, intents in taught.items() if len(intents) > 1] == []


def test_held_out_messages_are_many_and_for_every_intent() -> None:
    held_out = _examples(HELD_OUT)
    assert len(held_out) >= FEWEST_HELD_OUT
    held_out += _examples(HELD_OUT.with_name("heldout_third.yml"))
    assert {intent for intent, _ in held_out} == {intent for intent, _ in _examples(*TRAINING)}


def test_no_held_out_message_is_taught() -> None:
    taught = {_plain(text) for _, text in _examples(*TRAINING)}
    assert [text for _, text in _examples(HELD_OUT) if _plain(text) in taught] == []


def test_no_example_carries_a_phone_number() -> None:
    assert [text for _, text in _examples(*TRAINING, HELD_OUT) if re.search(r"\d{7,}", text)] == []
