"""Steps around a person in danger, and what the law asks for: written down on the page of the case."""

from web.staff.interventions import duties, steps

__all__ = ["duties", "steps"]
