"""The pages of those who work on cases, and the plain SQL that fetches the main rows of each."""

from typing import Any

from django.db import connection
from django.urls import reverse
from django.utils import timezone

from lgnet.cases.models import AssessmentSheet, Case
from lgnet.network.models import Partner, User

Pages = dict[str, tuple[list[str], str, list[object]]]
MY_DAY = "my day of a case worker"  # asked for by one who is nothing else


def case_pages(partner: Partner, user: User) -> Pages:
    """Name -> paths asked in turn, the SQL and its parameters."""
    is_plain = connection.vendor == "sqlite"

    def key(row: Any) -> Any:
        return row.hex if is_plain else row

    city, worker, today = key(partner.pk), key(user.pk), timezone.localdate()
    day = str(today) if is_plain else today
    own = Case.objects.filter(partner=partner, manager=user, status="open")
    mine = list(own.values_list("pk", flat=True)[:200])
    sheets = _compared(user)
    cases = reverse("case_list")
    listed = "SELECT id, opened_on, status, person_id FROM cases_case WHERE partner_id = %s"
    waits = "SELECT met_at, case_at, plan_at, service_at, outcome_at FROM people_episode WHERE partner_id = %s"
    return {
        "list of cases": ([cases, f"{cases}?page=3"], f"{listed} ORDER BY opened_on DESC LIMIT 25", [city]),
        "list of cases, filtered": (
            [f"{cases}?status=open", f"{cases}?status=closed&sort=opened_on", f"{cases}?whose=mine"],
            f"{listed} AND status = 'open' ORDER BY opened_on DESC LIMIT 25", [city],
        ),
        "case page": (
            [reverse("case_detail", args=[pk]) for pk in mine],
            "SELECT * FROM cases_servicedelivery WHERE case_id = %s ORDER BY delivered_on DESC", [key(mine[0])],
        ),
        **dict.fromkeys((MY_DAY, "my day at desk, in cases and over the city"), (
            [reverse("home")],
            "SELECT id, words, due_on FROM cases_task WHERE owner_id = %s AND status = 'open' AND due_on <= %s LIMIT 25",
            [worker, day],
        )),
        "who waits": (
            [reverse("waiting_list"), reverse("waiting_list") + "?step=plan", reverse("waiting_list") + "?late=on"],
            f"{waits} AND case_at IS NULL AND outcome_at IS NULL ORDER BY met_at LIMIT 25", [city],
        ),
        "how long people wait": (
            [reverse("indicator_waits"), reverse("indicator_waits") + "?step=plan&span="], waits, [city],
        ),
        "chart of the waits": (
            [reverse("indicator_waits") + "?chart=wide", reverse("indicator_waits") + "?chart=narrow"], waits, [city],
        ),
        "follow-ups": (
            [reverse("follow_up_list"), reverse("follow_up_list") + "?state=open"],
            """SELECT f.id, f.due_on, f.months FROM cases_followup f JOIN cases_case c ON c.id = f.case_id
            WHERE c.partner_id = %s AND f.done_on IS NULL AND f.due_on <= %s ORDER BY f.due_on LIMIT 25""", [city, day],
        ),
        "sheet and its comparison": (
            [reverse("sheet_detail", args=[pk]) for pk in sheets],
            "SELECT id, scores, done_on FROM cases_assessmentsheet WHERE case_id = %s", [key(mine[0])],
        ),
        "participants by group": (
            [reverse("indicator_groups", args=["participants"])],
            """SELECT indicator, sum(base) FROM indicators_figure WHERE partner_id = %s AND indicator LIKE 'particip%%'
            GROUP BY indicator""", [city],
        ),
    }  # fmt: skip


def _compared(user: User) -> list[Any]:
    """Finished sheets of open cases of the user, whose people may have had an earlier case."""
    found = AssessmentSheet.objects.filter(case__manager=user, case__status="open", status="done")
    return list(found.values_list("pk", flat=True)[:200])
