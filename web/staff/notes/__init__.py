"""Session notes at the desk, and how a person's scores move."""

from web.staff.notes import countersigning, drafts, person

__all__ = ["countersigning", "drafts", "person"]
