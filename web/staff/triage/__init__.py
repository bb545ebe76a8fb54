"""Was this judged right? Reviewers mark decisions of the detector, and a colleague clears the sentence."""

from web.staff.triage import clearing, lists, marking

__all__ = ["clearing", "lists", "marking"]
