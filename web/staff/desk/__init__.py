"""The live desk beside the transcript: passing on, reading along, whispering, shared replies, caps, hand-over."""

from web.staff.desk import caps, handovers, notes, ratings, replies, transfers, watches

__all__ = ["caps", "handovers", "notes", "ratings", "replies", "transfers", "watches"]
