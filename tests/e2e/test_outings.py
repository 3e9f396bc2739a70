"""The pages of the street work, for the crew on a phone and the coordinator at a desk; an outing from plan to log."""

from datetime import timedelta

import pytest
from django.utils import timezone

from tests.e2e.conftest import check, send

pytestmark = pytest.mark.e2e


@pytest.mark.parametrize("width", [1280, 390])
def test_every_page_of_the_street_work(visit, axe, width):
    page = visit("coordinamento.genova", width=width)
    page.goto("/street/outings")
    links = page.eval_on_selector_all(".lg-tabs a", "all => all.map(a => a.getAttribute('href'))")
    assert len(links) == 7
    unit = page.locator(".calendar tbody th a").first.get_attribute("href")
    more = ["/street/outings?view=month", "/street/outings/stops/new", "/street/outings/new", unit, f"{unit}/edit"]
    for link in [*links, *more]:
        page.goto(link)
        name = link.strip("/").replace("/", "-").replace("?", "-")
        check(page, axe, f"coordinamento-{name}-{width}" if link in links else "")


def test_an_outing_from_plan_to_log(visit, axe):
    page = visit("strada.genova", width=390)
    day = timezone.localdate() + timedelta(days=80)
    page.goto(f"/street/outings/new?day={day}")
    page.fill("[name=since]", "22:00")
    page.fill("[name=until]", "02:00")
    page.fill("[name=volunteers]", "Ada Prova")
    page.locator("[name=stop_0]").select_option(index=1)
    page.fill("[name=arrives_0]", "23:30")
    check(page, axe, "outing-new-390")
    send(page)
    check(page, axe, "outing-390")
    outing = page.url
    for step in ("edit", "cancel", "start"):
        page.goto(f"{outing}/{step}")
        check(page, axe)
    page.goto("/street/outings/list?state=over")
    page.locator("tbody a").first.click()
    page.wait_for_load_state()
    check(page, axe)
    over = page.url
    page.goto(f"{over}/end")
    check(page, axe, "outing-end-390")
    page.goto(f"{over}/log")
    check(page, axe, "outing-log-390")
