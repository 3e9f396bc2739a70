"""A large invented network, written in bulk: about the distributions of the simulator, none of its rules."""

import random
import uuid
from datetime import datetime, timedelta
from typing import Any

from django.db import connection, transaction
from django.utils import timezone

from bench.build_cases import CaseWork
from bench.build_street import Place, StreetWork
from bench.writer import Writer
from lgnet.catalogue.models import Team, TeamMembership
from lgnet.core.ids import uuid7
from lgnet.network.models import Membership, Partner, User
from lgnet.people.invented_names import invent_person
from lgnet.people.models import EligibilityCheck, FileMember, JourneyEvent, NameKey, Person, new_pseudonym
from lgnet.people.names import search_keys

# (kind, share of persons who have it, mean number of times), about what the simulator gives
KINDS = (
    ("contact", 0.75, 4.0), ("referral_sent", 0.45, 1.0), ("arrival", 0.7, 2.0), ("registered", 1.0, 1.0),
    ("notice_given", 0.95, 1.0), ("eligibility_checked", 0.8, 1.2), ("case_opened", 0.45, 1.0), ("assessed", 0.42, 1.0),
    ("plan_signed", 0.38, 1.0), ("service_delivered", 0.38, 9.0), ("outcome", 0.2, 1.0), ("case_closed", 0.2, 1.0),
)  # fmt: skip
ORDER = [kind for kind, _share, _mean in KINDS]
DAYS = 900


@transaction.atomic  # rows of one table may be written before those they point to
def build(persons: int, events: int, *, cases: int = 0, seed: int = 7) -> dict[str, int]:
    """Write `persons` persons, about `events` journey events and at least `cases` cases over all cities; say how many."""
    rng = random.Random(seed)
    partners = list(Partner.objects.filter(kind__in=("municipality", "social_services_agency")))
    desks = {team.partner_id: team for team in Team.objects.filter(kind=Team.Kind.DESK)}
    for partner in partners:
        if partner.pk not in desks:
            desks[partner.pk] = Team.objects.create(partner=partner, kind=Team.Kind.DESK, name="Sportello di prova")
    workers = {partner.pk: _worker(partner, desks[partner.pk]) for partner in partners}
    since = timezone.now() - timedelta(days=DAYS)
    street = StreetWork(rng, {one.pk: Place(one, workers[one.pk], since) for one in partners}, desks)
    work = CaseWork(rng)
    weights = [rng.paretovariate(1.2) for _partner in partners]
    factor = events / persons / sum(share * mean for _kind, share, mean in KINDS)
    writers = _writers()
    written = {"persons": 0, "events": 0}
    pseudonyms = iter({new_pseudonym() for _number in range(persons + 1000)})
    pool = [invent_person(rng) for _number in range(20_000)]
    for _number in range(persons):
        partner = rng.choices(partners, weights)[0]
        person_id = _person(
            rng, rng.choice(pool), partner, desks[partner.pk], workers[partner.pk], writers, next(pseudonyms)
        )
        written["events"] += _journey(
            rng, factor, person_id, partner, desks[partner.pk], workers[partner.pk], writers, street, work
        )
        written["persons"] += 1
    for writer in writers.values():
        writer.flush()
    street.finish(DAYS)
    written["cases"] = work.finish(cases)
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE")
    return written


def _worker(partner: Partner, desk: Team) -> User:
    user = User(username=f"bench.{partner.slug}", full_name="Banco di Prova")
    user.set_unusable_password()
    user.save()
    since = timezone.localdate() - timedelta(days=DAYS)
    for role in ("desk_operator", "case_worker", "coordinator"):
        Membership.objects.create(user=user, partner=partner, role=role, starts_on=since)
    TeamMembership.objects.create(team=desk, user=user, starts_on=since)
    return user


def _writers() -> dict[str, Writer]:
    return {
        "person": Writer(
            Person,
            [
                "id",
                "created_at",
                "partner",
                "pseudonym",
                "nickname",
                "given_names",
                "family_names",
                "birth_date",
                "birth_precision",
                "age_band",
                "gender",
                "citizenship",
                "interpreter_needed",
                "household_role",
                "restricted",
                "restricted_reason",
                "note",
                "registered_by",
                "updated_at",
            ],
        ),
        "key": Writer(NameKey, ["person", "partner", "key"]),
        "member": Writer(FileMember, ["id", "created_at", "person", "team", "basis", "starts_at"]),
        "check": Writer(
            EligibilityCheck,
            [
                "id",
                "created_at",
                "person",
                "partner",
                "checked_on",
                "checked_by",
                "title_type",
                "number_masked",
                "is_renewal_receipt",
                "evidence",
                "verdict",
                "note",
            ],
        ),
        "event": Writer(
            JourneyEvent,
            [
                "id",
                "created_at",
                "person",
                "kind",
                "partner",
                "team",
                "quantity",
                "occurred_at",
                "recorded_at",
                "recorded_by",
                "source_type",
                "source_id",
                "void_reason",
            ],
        ),
    }


def _person(
    rng: random.Random, who: Any, partner: Partner, desk: Team, user: User, writers: dict[str, Writer], pseudonym: str
) -> uuid.UUID:
    now, person_id = timezone.now() - timedelta(days=rng.uniform(0, DAYS)), uuid7()
    open_file = rng.random() < 0.3
    writers["person"].add(
        person_id, now, partner.pk, pseudonym, "", who.given_names, who.family_names,
        who.birth_date, who.birth_precision, "", who.gender, who.citizenship, False, "", False, "", "", user.pk, now,
    )  # fmt: skip
    for key in search_keys(who.given_names, who.family_names, ""):
        writers["key"].add(person_id, partner.pk, key)
    if open_file:
        writers["member"].add(uuid7(), now, person_id, desk.pk, "desk", now)
    return person_id


def _journey(
    rng: random.Random, factor: float, person_id: uuid.UUID, partner: Partner, desk: Team, user: User,
    writers: dict[str, Writer], street: StreetWork, work: CaseWork,
) -> int:  # fmt: skip
    at = timezone.now() - timedelta(days=rng.uniform(1, DAYS))
    count = 0
    happened: dict[str, datetime] = {}
    for kind, share, mean in KINDS:
        if rng.random() >= share:
            continue
        for _number in range(max(1, round(rng.expovariate(1 / (mean * factor))))):
            at = min(at + timedelta(days=rng.expovariate(1 / 9)), timezone.now() - timedelta(minutes=5))
            happened[kind] = at
            team, source_type, source = desk.pk, "bench.source", uuid7()
            if kind in ("contact", "referral_sent"):
                team = street.places[partner.pk].unit.pk
                source_type = "outreach.contact" if kind == "contact" else "cases.referral"
                source = (street.met if kind == "contact" else street.referred)(partner, person_id, at)
            writers["event"].add(
                uuid7(), at, person_id, kind, partner.pk, team, 1, at, at, user.pk, source_type, source, ""
            )
            count += 1
    if "eligibility_checked" in happened:
        day = happened["eligibility_checked"].date()
        verdict = "eligible" if rng.random() < 0.8 else "pending"
        writers["check"].add(
            uuid7(), at, person_id, partner.pk, day, user.pk, "asylum_request", "", False, "", verdict, ""
        )
    if "case_opened" in happened:
        work.add(person_id, partner, desk, user, happened["case_opened"], happened.get("case_closed"))
    return count
