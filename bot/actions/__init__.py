"""What the bot does: one action per file. Texts live in domain/responses, clinical rules in triage."""
