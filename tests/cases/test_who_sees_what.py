"""One rich case, seen by everybody: each text of it is found exactly on the pages of those who may read it (ADR 24).

Every text is an invented word that occurs once (`seen_world`). The table there says who reads it. Every address of
cases, people, messages, figures and of one's own day is fetched by everybody, as a page and as a spreadsheet, and
searched for each word.
"""

import itertools
import logging
from collections import Counter

import pytest
from django.urls import URLPattern, reverse

import lgnet.cases.urls
import lgnet.indicators.urls
import lgnet.messaging.urls
import lgnet.people.urls
import lgnet.workspace.urls
from lgnet.audit.models import AuditEntry
from lgnet.cases import handovers, waiting
from lgnet.cases.note_models import CaseNote
from lgnet.cases.visibility import sees_case
from lgnet.catalogue.models import ServiceType
from lgnet.core import papers
from lgnet.network.models import Membership
from lgnet.network.roles import Profile, Role
from lgnet.people.models import Person
from tests.cases.seen_world import EVERYBODY, OUTSIDE, PART, READERS, WORD, all_of_it, day


@pytest.fixture(autouse=True)
def _quiet():
    """Pages that are refused by the hundred would fill the log, which takes longer than the pages."""
    logging.disable(logging.CRITICAL)
    yield
    logging.disable(logging.NOTSET)


@pytest.fixture(autouse=True)
def _papers(monkeypatch):
    """Papers are kept and given out as the data they are made of: their words can be looked for, and it is quick."""
    monkeypatch.setattr(papers.typst, "compile", lambda *_, sys_inputs, **__: sys_inputs["data"].encode())


@pytest.fixture
def things(partner, other_partner, staff):
    return all_of_it(staff, partner, other_partner)


@pytest.fixture
def staff(partner, other_partner, make_user, desk_operator):
    contractor, body = (make_user(Role.CASE_WORKER, partner, profile=Profile.EDUCATOR) for _ in range(2))
    Membership.objects.filter(user__in=[contractor, body]).update(employer="Cooperativa Prova")
    return {
        "manager": make_user(Role.CASE_WORKER, partner),
        "psychologist": make_user(Role.CASE_WORKER, partner, profile=Profile.PSYCHOLOGIST),
        "lawyer": make_user(Role.CASE_WORKER, partner, profile=Profile.LEGAL_OPERATOR),
        "contractor": contractor,
        "body": body,
        "colleague": make_user(Role.CASE_WORKER, partner, team=None),
        "desk": desk_operator,
        "coordinator": make_user(Role.COORDINATOR, partner),
        "opened": make_user(Role.COORDINATOR, partner),
        "dpo": make_user(Role.DPO, partner),
        "support": make_user(Role.NETWORK_SUPPORT, other_partner),
        "ministry": make_user(Role.LEAD_AUTHORITY, other_partner),
        "stranger": make_user(Role.CASE_WORKER, other_partner),
    }


APPS = (lgnet.cases.urls, lgnet.people.urls, lgnet.messaging.urls, lgnet.workspace.urls, lgnet.indicators.urls)
READ = ("text/", "application/pdf")  # papers as text: see _papers
NOBODY_IN_IT = (
    "instrument", "receiver", "methodology", "indicator_waits", "indicator_chart", "component", "tonight", "own_card",
    "document_page",
)  # fmt: skip


# lists with everything in them, also what they do not show at first
LISTS = (
    ("follow_up_list", "state="), ("task_list", "whose=city&state=all"), ("plan_action_list", "state="), ("plan_review_list", "state="), ("title_list", "within=all"), ("case_list", "q=zyx"),
    ("person_list", "q=zyx"), ("transfer_list", "state="), ("meeting_list", "state="), ("case_handover_list", "state="),
)  # fmt: skip


def about(name, things):
    """What an address is about, by the longest beginning of its name; one not known here is tried with case and person.

    Pages that change something show of it what its own page shows: the first and the last are enough.
    """
    words = name.split("_")
    for end in range(len(words), 0, -1):
        if found := things.get("_".join(words[:end])):
            return found if name.endswith("_detail") else [*found[:1], *found[1:][-1:]]
    return [things["case"][0], things["person"][0]]


def addresses(things):
    """Every address of these apps that is about the case, and every list, also as a spreadsheet; by their names."""
    whole = {name for name, _query in LISTS}
    for pattern in (one for app in APPS for one in app.urlpatterns if isinstance(one, URLPattern)):
        name, arguments = pattern.name, sorted(pattern.pattern.converters)
        if name.startswith(NOBODY_IN_IT):
            continue
        if not arguments:
            is_list = ("list" in name and name not in whole) or name == "person_duplicates"
            yield from ((name, f"{reverse(name)}{end}") for end in (("", "?format=csv") if is_list else ("",)))
        elif arguments == ["pk"]:
            yield from ((f"{type(one).__name__} {name}", reverse(name, args=[one.pk])) for one in about(name, things))
        elif arguments == ["code"]:
            yield name, f"{reverse(name, args=['taken_in_charge'])}?format=csv"
    yield from (("notes", f"{reverse('note_list', args=[case.pk])}?format=csv") for case in things["case"])
    yield from ((name, f"{reverse(name)}?{query}&format=csv") for name, query in LISTS)
    yield from (("tasks", f"{reverse('task_list')}?whose={whose}&state=all") for whose in ("city", "cases"))
    old, new = things["plan"]
    yield "plan_compare", reverse("plan_compare", args=[new.pk, old.version])


class Reading:
    """What people find at all these addresses. What only takes what is sent is asked for once."""

    def __init__(self, things):
        self.addresses = list(dict.fromkeys(addresses(things)))
        self.only_posts = set()

    def by(self, client, *, outside=False):
        """Every field whose word is found.

        Where somebody was sent away, the address is not tried with something else: but that of one thing to read, by
        those who have the file.
        """
        found, refused = set(), Counter()
        for name, path in self.addresses:
            if name in self.only_posts or (refused[name] and (outside or not name.endswith("_detail"))):
                continue
            answer = client.get(path)
            assert answer.status_code < 500, path
            if answer.status_code == 405:
                self.only_posts.add(name)
            refused[name] += answer.status_code in {403, 404}
            if answer.status_code == 200 and not answer.streaming and answer["Content-Type"].startswith(READ):
                text = answer.content.decode(errors="ignore").lower()
                found |= {field for field, word in WORD.items() if word in text}
        return found


def test_everybody_sees_exactly_what_the_table_says(sign_in, staff, things):
    assert set(EVERYBODY.split()) == set(staff)
    reading = Reading(things)
    read = {who: reading.by(sign_in(user), outside=who in OUTSIDE) for who, user in staff.items()}
    readers = {field: " ".join(sorted(who for who in staff if field in read[who])) for field in READERS}
    assert readers == {field: " ".join(sorted(may.split())) for field, may in READERS.items()}


def test_of_a_restricted_file_who_has_it_sees_the_same_and_nobody_else_anything(sign_in, staff, things):
    Person.objects.update(restricted=True)
    reading = Reading(things)
    for who in ("contractor", "opened"):
        seen = reading.by(sign_in(staff[who]), outside=who == "opened")
        assert seen == {field for field, may in READERS.items() if PART in may.split() and who == PART}, who


def test_what_is_secret_is_not_found_or_counted(sign_in, staff, things):
    case = things["case"][0]
    secret = CaseNote.objects.get(words=WORD["note_health"])
    for who, count in {"psychologist": 6, "manager": 6, "lawyer": 6, "desk": 2, "contractor": 2, "opened": 2}.items():
        client = sign_in(staff[who])
        table = client.get(reverse("note_list", args=[case.pk])).context["table"]
        assert table.count == count, who
        hits = client.get(reverse("note_list", args=[case.pk]), {"q": WORD["note_health"]}).context["table"].count
        assert hits == (who == "psychologist")
        if who != "psychologist":
            acts = itertools.product(("note_detail", "note_edit", "note_show", "note_take_back"), ("get", "post"))
            for name, method in acts:
                answer = getattr(client, method)(reverse(name, args=[secret.pk]))
                assert answer.status_code in {404, 405}, (who, name)


def test_who_works_on_a_part_changes_nothing_else(sign_in, staff, things):
    case, person = things["case"][0], things["person"][0]
    client = sign_in(staff["contractor"])
    for name in ("sheet_new", "assessment_new", "plan_edit", "case_team", "case_close", "case_reopen"):
        assert client.get(reverse(name, args=[case.pk])).status_code == 403, name
    for name in ("person_edit", "eligibility_new", "identifier_new", "household_edit", "person_messages"):
        assert client.get(reverse(name, args=[person.pk])).status_code == 403, name
    assert client.get(f"{reverse('referral_new')}?person={person.pk}").status_code == 403
    work = next(goal for goal in things["goal"] if goal.words == WORD["goal_work"])
    assert client.post(reverse("goal_status", args=[work.pk]), {"status": "reached"}).status_code == 403
    language = next(goal for goal in things["goal"] if goal.words == WORD["goal_language"])
    assert client.post(reverse("goal_status", args=[language.pk]), {"status": "reached"}).status_code == 302
    health = ServiceType.objects.get(code="prova_health")
    sent = {"service_type": health.pk, "delivered_on": day(0).isoformat(), "quantity": 1}
    assert client.post(reverse("service_new", args=[case.pk]), sent).status_code == 422
    assert WORD["task"] not in client.get(reverse("person_detail", args=[person.pk])).content.decode()
    waits = waiting.waiting_for(staff["contractor"], waiting.Step.CASE).filter(person=person)
    assert not waits.exists()


def rows_at(client, name, query):
    return client.get(f"{reverse(name)}?{query}").context["table"].count


def test_lists_tell_no_more_of_a_part_or_to_another_body(sign_in, staff, things):
    """How many rows there are of what is in the case, and that none is found by words that are not read."""
    expected = {  # actions in force, plans to review, titles, transfers
        "manager": (3, 1, 1, 2), "colleague": (3, 1, 0, 2), "contractor": (1, 0, 0, 0), "body": (0, 0, 1, 0),
        "stranger": (0, 0, 0, 2), "ministry": None, "dpo": None,
    }  # fmt: skip
    lists = (("plan_action_list", "state="), ("plan_review_list", "state="), ("title_list", "within=all"),
             ("transfer_list", "state="))  # fmt: skip
    for who, counts in expected.items():
        client = sign_in(staff[who])
        if counts is None:
            assert client.get(reverse("plan_action_list")).status_code == 403, who
            continue
        assert tuple(rows_at(client, *one) for one in lists) == counts, who
        for field in ("task", "decision", "task_result", "goal_work"):
            hits = rows_at(client, "task_list", f"whose=city&state=all&q={WORD[field]}")
            assert hits == (who == "manager" and field in {"task", "decision"}), (who, field)


def test_the_log_has_none_of_the_words(things):
    """But the reason for which a file was opened, which is there to be read."""
    told = [f"{entry.detail}".lower() for entry in AuditEntry.objects.exclude(object_type="people.fileopening")]
    assert len(told) > 50
    assert [field for field, word in WORD.items() if any(word in one for one in told)] == []


def test_what_is_handed_over_is_no_more_than_one_has(sign_in, staff, things):
    case = things["case"][0]
    giver, receiver = staff["contractor"], staff["body"]
    handover = handovers.hand_over(by=giver, passing=handovers.Passing(giver, receiver, [case]))
    page = reverse("case_handover", args=[handover.pk])
    for user in (giver, receiver):
        text = sign_in(user).get(page).content.decode()
        words = {field for field, word in WORD.items() if word in text}
        assert words <= {field for field, may in READERS.items() if PART in may.split()}, user
    handovers.accept_handover(by=receiver, handover=handover)
    assert not sees_case(giver, case).in_part
    assert sees_case(receiver, case).areas == {"language"}
    assert case.tasks.get(words=WORD["task_of_contractor"]).owner == receiver
    handovers.hand_back(by=receiver, handover=handover)
    assert sees_case(giver, case).areas == {"language"}
    assert not sees_case(receiver, case).in_part
    assert case.tasks.get(words=WORD["task_of_contractor"]).owner == giver
