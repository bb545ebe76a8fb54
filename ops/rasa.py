"""Rasa's command line, started in a third of the time. Runs on the bot's interpreter: python -m ops.rasa run ..."""

from __future__ import annotations

import sys


def main() -> None:
    """Run a command of Rasa."""
    # At import, skops asks every loaded module for each of 750 names. Before TensorFlow is loaded that
    # takes a second; after it, nine. So it goes first.
    import skops.io  # noqa: F401  imported for when, not for what
    from rasa.__main__ import main as rasa

    if "run" in sys.argv[1:2]:
        _compile_the_answer_schema_once()
    rasa()


def _compile_the_answer_schema_once() -> None:
    """Let Rasa check what an action answered against a schema that is itself checked once, not at every answer.

    Checking the schema anew took two fifths of every turn; what is accepted and refused stays the same.
    """
    from jsonschema.validators import validator_for
    from rasa.core.actions.action import RemoteAction

    schema = RemoteAction.action_response_format_spec()
    kind = validator_for(schema)
    kind.check_schema(schema)
    validator = kind(schema)

    def check(_action: RemoteAction, result: object) -> bool:
        validator.validate(result)
        return True

    RemoteAction._validate_action_result = check


if __name__ == "__main__":
    main()
