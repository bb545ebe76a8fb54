"""The people who work here: three teams in one list, what each may do, whom each looks after, who wants to come."""

from web.staff.people import applications, caseload, certificates, leaving, person, roster, stations, training

__all__ = ["applications", "caseload", "certificates", "leaving", "person", "roster", "stations", "training"]
