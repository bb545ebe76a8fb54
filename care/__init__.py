"""What the base does, as verbs: keyword-only, given a session and the time, flushed and never committed here."""
