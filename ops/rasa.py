"""Rasa's command line, started in a third of the time. Runs on the bot's interpreter: python -m ops.rasa run ..."""

from __future__ import annotations


def main() -> None:
    """Run a command of Rasa."""
    # At import, skops asks every loaded module for each of 750 names. Before TensorFlow is loaded that
    # takes a second; after it, nine. So it goes first.
    import skops.io  # noqa: F401  imported for when, not for what
    from rasa.__main__ import main as rasa

    rasa()


if __name__ == "__main__":
    main()
