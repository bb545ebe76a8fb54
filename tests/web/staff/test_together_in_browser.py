"""Filling in together on a tablet or phone: legible, tappable, printable."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from playwright.sync_api import Page, expect

from models.staff import RoleName
from tests.fixtures.browser import PHONE
from tests.fixtures.desk import PASSWORD, DeskSite

pytestmark = pytest.mark.browser


def test_a_worker_sits_with_somebody_and_prints_the_paper(
    desk_site: DeskSite,
    address: str,
    open_page: Callable[..., Page],
    axe_findings: Callable[[Page], list[str]],
) -> None:
    name = desk_site.colleague(RoleName.SOCIAL_WORKER, language="zh-CN")
    page = open_page(f"{address}/staff/sign-in?next=/staff/together", viewport=PHONE)
    page.locator("[name=username]").fill(name)
    page.locator("[name=password]").fill(PASSWORD)
    page.locator("form button.button--main").click()
    page.wait_for_url("**/together")
    assert axe_findings(page) == []
    page.get_by_label("本人就在我身边，由本人回答。").check()
    page.get_by_label("我说明了问什么、谁会看，本人同意了。").check()
    page.get_by_role("button", name="开始").dblclick()
    page.wait_for_url("**/together/*")
    assert axe_findings(page) == []
    page.get_by_role("button", name="60 岁及以上").click()
    page.get_by_label("睡眠").check()
    page.get_by_label("孤单").check()
    assert axe_findings(page) == []
    page.get_by_role("button", name="下一步").click()
    expect(page.get_by_role("heading", name="您多久需要有人来帮忙？")).to_be_visible()
    page.get_by_text("打一张返回码纸").click()
    page.get_by_role("button", name="打印这张纸").click()
    expect(page.locator(".paper__code")).to_be_visible()
    assert axe_findings(page) == []
    page.emulate_media(media="print")
    expect(page.locator(".desk-header")).to_be_hidden()
    expect(page.locator(".paper__numbers")).to_be_visible()
    assert page.evaluate("document.documentElement.scrollWidth") <= PHONE["width"]
