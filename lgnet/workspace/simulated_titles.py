"""Titles to stay in the demo, some ending soon and told or not; and how cases end: where people go, what they say."""

import random
from datetime import timedelta

from django.utils import timezone

from lgnet.cases.after import note_not_asked, record_helpfulness
from lgnet.cases.models import Case
from lgnet.cases.services import close_case
from lgnet.cases.titles import record_title_step
from lgnet.network.models import User
from lgnet.people.checks import record_eligibility
from lgnet.people.models import Person

TITLES = ("asylum_request", "refugee", "subsidiary", "special_protection", "work", "family")
GOES = {
    "goal_reached": ("own_home", "shared_home", "workplace"), "insertion": ("own_home", "shared_home"),
    "ordinary_services": ("sai", "lgnet_housing", "family"), "moved": ("other_city", "abroad", "family"),
    "abandoned": ("unknown", "street", "family"), "lost_contact": ("unknown",),
}  # fmt: skip


def look_at_title(rng: random.Random, by: User, person: Person) -> None:
    """A first check; now and then of a title that ends within weeks, about which somebody tells the person, or not."""
    today = timezone.localdate()
    verdict = rng.choices(("eligible", "pending", "not_eligible"), (80, 12, 8))[0]
    title = rng.choice(TITLES)
    expires = today + timedelta(days=rng.randint(20, 900))
    check = record_eligibility(
        by=by, person=person, checked_on=today, verdict=verdict, evidence="permesso visto in originale",
        title_type="none" if verdict == "not_eligible" else title,
        expires_on=expires if verdict == "eligible" else None,
        decided_reason="deciso con l'operatore legale" if verdict == "not_eligible" else "",
    )  # fmt: skip
    if verdict == "eligible" and expires < today + timedelta(days=90) and expires.day % 3:
        way = ("in_person", "phone", "message")[expires.day % 3]
        record_title_step(by=by, check=check, state="told", way=way, done_on=today)
        if expires.day % 3 == 1:  # and has been back with the receipt of the renewal
            record_eligibility(
                by=by, person=person, checked_on=today, verdict="eligible", title_type=title, expires_on=expires,
                is_renewal_receipt=True, renewal_asked_on=today, receipt_ends_on=today + timedelta(days=120),
                evidence="ricevuta del rinnovo",
            )  # fmt: skip


def end_case(rng: random.Random, case: Case, outcome: str) -> None:
    """Close a case; most people say whether it helped, some do not want to, and who is not there is not asked."""
    housing = rng.choice(("0", "0", "7", "8", "3"))
    close_case(
        by=case.manager, case=case, closed_on=timezone.localdate(), outcome=outcome, housing_at_exit=housing,
        destination=rng.choice(GOES[outcome]),
    )  # fmt: skip
    case.refresh_from_db()
    if outcome == "lost_contact":
        note_not_asked(by=case.manager, case=case, reason="lost")
    elif outcome != "abandoned":
        answer = rng.choice(("much", "some", "much", "not", "refused", "much", "some"))
        record_helpfulness(by=case.manager, case=case, answer=answer, language="it")
