"""`python -m triage assess` answers every line."""

from __future__ import annotations

import io
import json

from triage.__main__ import assess_lines, main


def _run(*lines: str) -> tuple[int, list[dict[str, object]]]:
    sink = io.StringIO()
    code = assess_lines(io.StringIO("\n".join(lines)), sink)
    return code, [json.loads(line) for line in sink.getvalue().splitlines()]


def test_each_line_is_answered_with_its_id_and_level() -> None:
    code, answers = _run('{"id": "a", "text": "我不想活了"}', '{"id": 2, "text": "今天天气真好"}')
    assert code == 0
    assert [(answer["id"], answer["level"]) for answer in answers] == [("a", "red"), (2, "green")]
    assert set(answers[0]) == {"id", "level", "tiers", "reasons", "score"}
    assert all(0.0 <= float(str(answer["score"])) <= 1.0 for answer in answers)


def test_a_broken_line_is_named_and_the_next_line_is_still_assessed() -> None:
    code, answers = _run("not json", '{"id": 1, "text": "我想自杀"}', "[]", '{"text": "x"}')
    assert code == 1
    assert [answer.get("line") for answer in answers] == [1, None, 3, 4]
    assert answers[1]["level"] == "red"


def test_an_unknown_command_explains_itself() -> None:
    assert main(["levels"]) == 2
