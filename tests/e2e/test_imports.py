"""A spreadsheet becomes stops, on a phone: file, columns, preview, what came of it, undo. Shifts and mistakes too."""

import pytest

from tests.e2e.conftest import check
from tests.imports.conftest import workbook

pytestmark = pytest.mark.e2e


@pytest.mark.parametrize("width", [1280, 390])
def test_from_a_file_to_stops_and_back(visit, axe, width, tmp_path):
    page = visit("coordinamento.genova", width=width)
    page.goto("/street/outings/stops")
    zone = page.locator("select[name=zone] option").nth(1).inner_text()
    page.locator("main a[href='/imports/new/stops']").click()
    check(page, axe, f"import-file-{width}")
    file = tmp_path / "fermate.xlsx"
    rows = [[f"Largo Prova {width} {number}", zone, "Bus 1", "sì"] for number in range(3)]
    file.write_bytes(
        workbook(
            ["Elenco fermate"],
            ["Nome fermata", "Zona", "Come arrivare", "Pubblica"],
            *rows,
            ["Altra", "Luna", "", "boh"],
        )
    )
    page.set_input_files("input[type=file]", file)
    page.locator("main .import-form button.btn-primary").click()
    page.wait_for_url("**/columns")
    check(page, axe, f"import-columns-{width}")
    page.keyboard.press("Tab")
    page.locator("main .import-form button.btn-primary").click()
    page.wait_for_url("**/preview")
    check(page, axe, f"import-preview-{width}")
    page.locator("main button.btn-primary").click()
    page.wait_for_load_state()
    check(page, axe, f"import-done-{width}")
    run = page.url
    page.goto(f"{run}/undo")
    check(page, axe)
    page.locator("main button.btn-danger").click()
    page.wait_for_url(run)
    check(page, axe, f"import-undone-{width}")
    page.goto("/imports")
    check(page, axe, f"import-list-{width}")


def test_shifts_of_a_crew_and_a_contact_recorded_by_mistake(visit, axe):
    page = visit("strada.genova", width=390)
    page.goto("/street/outings/list?state=planned")
    page.locator("tbody a").first.click()
    page.wait_for_load_state()
    outing = page.url
    for step in ("edit", "cancel", "shifts"):
        page.goto(f"{outing}/{step}")
        check(page, axe, f"outing-{step}-390")
    page.goto("/street")
    page.locator("tbody a").first.click()
    page.wait_for_load_state()
    page.goto(f"{page.url}/mistake")
    check(page, axe, "contact-mistake-390")
