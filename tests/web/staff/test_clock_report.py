"""The report of clocks: every breach is listed, the file holds the same lines, and only leads read it."""

from __future__ import annotations

import csv
import io

import pytest

from models.heartbeat import SchedulerOutage
from models.staff import RoleName
from tests.fixtures.desk import DeskSite
from triage.levels import Level


def test_a_breach_is_listed_with_its_case(desk_site: DeskSite) -> None:
    lead = desk_site.colleague(RoleName.SUPERVISOR)
    late, kept = desk_site.person(), desk_site.person()
    desk_site.case(late, Level.RED)
    desk_site.clock.advance(minutes=16)
    desk_site.case(kept, Level.ORANGE)
    browser = desk_site.browser()
    browser.sign_in(lead)
    for span in ("month", "week", "nonsense"):
        page = browser.get(f"/staff/clock-report?by={span}").get_data(as_text=True)
        assert desk_site.code_of(late) in page
        assert desk_site.code_of(kept) not in page
    assert "the alarm stood still" in page


def test_silences_of_the_scheduler_are_listed(desk_site: DeskSite) -> None:
    browser = desk_site.signed_in(RoleName.BASE_MANAGER)
    with desk_site.work() as session:
        session.add(SchedulerOutage(noticed_at=desk_site.clock(), ended_at=desk_site.clock(), climbed=7))
    page = browser.get("/staff/clock-report").get_data(as_text=True)
    assert 'data-label="Alarms the site let climb">7<' in page


def test_the_file_holds_the_lines_and_no_code(desk_site: DeskSite) -> None:
    browser = desk_site.signed_in(RoleName.SUPERVISOR)
    person = desk_site.person()
    desk_site.case(person, Level.RED)
    desk_site.clock.advance(seconds=30)
    answer = browser.get("/staff/clock-report.csv?by=week")
    assert answer.headers["Content-Disposition"] == 'attachment; filename="clocks-by-week.csv"'
    text = answer.get_data(as_text=True)
    assert desk_site.code_of(person) not in text
    rows = list(csv.DictReader(io.StringIO(text.removeprefix("\ufeff"))))
    assert [(row["span"], row["level"], row["alarms"], row["waiting"]) for row in rows] == [
        ("2026-W10", "red", "1", "1")
    ]


@pytest.mark.parametrize("path", ["/staff/clock-report", "/staff/clock-report.csv"])
def test_only_leads_read_the_report(desk_site: DeskSite, path: str) -> None:
    for role in (RoleName.COUNSELOR, RoleName.DUTY_OFFICER, RoleName.VOLUNTEER, RoleName.ADMIN):
        assert desk_site.signed_in(role).get(path).status_code == 403
