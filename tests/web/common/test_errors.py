"""A database that cannot serve is said in plain words, and never as a fault of the programme."""

from __future__ import annotations

from typing import Any

import pytest
from sqlalchemy.exc import OperationalError
from sqlalchemy.exc import TimeoutError as NoConnectionFree

from tests.fixtures.desk import DeskSite
from web.common.access import Access, access


@pytest.mark.parametrize(
    "error", [OperationalError("", {}, Exception()), NoConnectionFree("")], ids=["it is away", "all lines are taken"]
)
def test_a_database_that_cannot_serve_asks_to_try_again(
    desk_site: DeskSite, monkeypatch: pytest.MonkeyPatch, error: Exception
) -> None:
    @access(Access.ANYONE)
    def fail() -> Any:
        raise error

    monkeypatch.setitem(desk_site.app.view_functions, "public.about", fail)
    answer = desk_site.app.test_client().get("/about")
    assert answer.status_code == 503
    assert 'href="tel:12356"' in answer.text
    assert desk_site.app.test_client().get("/resume").status_code == 200


def test_any_other_fault_is_one_of_the_programme(desk_site: DeskSite, monkeypatch: pytest.MonkeyPatch) -> None:
    @access(Access.ANYONE)
    def fail() -> Any:
        raise RuntimeError

    monkeypatch.setitem(desk_site.app.view_functions, "public.about", fail)
    monkeypatch.setitem(desk_site.app.config, "PROPAGATE_EXCEPTIONS", False)
    assert desk_site.app.test_client().get("/about").status_code == 500
