"""The index of needed words finds what a plain search finds."""

from __future__ import annotations

from triage.needed import index_of

ANYWHERE = ("死", "想死", "不想活", "跳下去了", "pills in", "○")
EDGES = ("kill", "want to die", "want to end it", "over", "overdose")


def found(text: str) -> set[str]:
    """Return what the index says stands in the text."""
    return set(index_of(ANYWHERE, EDGES).where([text]))


def test_words_of_any_length_are_found_wherever_they_stand() -> None:
    """One sign, two, three and more; at the beginning and at the very end."""
    text = "死了\n我不想活\n想死\n从楼上跳下去了"
    assert found(text) == {word for word in ANYWHERE if word in text}


def test_english_words_are_found_from_their_beginning_on() -> None:
    """A word may go on, but it may not begin in the middle of another."""
    assert found("he is killing time") == {"kill"}
    assert found("i want to die") == {"want to die"}
    assert found("an overdose") == {"over", "overdose"}
    assert found("skill") == set()


def test_a_phrase_of_which_only_the_first_words_stand_there_is_not_found() -> None:
    """Two words of three are not the phrase."""
    assert found("i want to sleep, they die") == set()


def test_each_word_is_found_in_every_text_that_holds_it() -> None:
    """The places are in order, each once, however often the word stands there."""
    where = index_of(ANYWHERE, EDGES).where(["想死想死", "他在笑", "kill, kill", "想死 kill", "skill"])
    assert where == {"想死": [0, 3], "死": [0, 3], "kill": [2, 3]}


def test_nothing_is_found_in_nothing() -> None:
    """An empty text holds no word."""
    assert found("") == set()
