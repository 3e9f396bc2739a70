"""One rich case, seen by everybody: each text of it is found exactly on the pages of those who may read it (ADR 24).

Every text is an invented word that occurs once. The table says who reads it. Every address of cases, people, messages,
figures and of one's own day is fetched by everybody, as a page and as a spreadsheet, and searched for each word.
"""

import itertools
import logging
from datetime import timedelta

import pytest
from django.urls import URLPattern, reverse
from django.utils import timezone

import lgnet.cases.urls
import lgnet.indicators.urls
import lgnet.messaging.urls
import lgnet.people.urls
import lgnet.workspace.urls
from lgnet.cases import after, notes, services, tasks, waiting
from lgnet.cases.instruments.services import finish_sheet, load_instrument, save_answers, start_sheet
from lgnet.cases.models import FollowUp
from lgnet.cases.note_models import CaseNote
from lgnet.cases.notes import NoteDraft
from lgnet.cases.referrals import send_referral
from lgnet.catalogue.models import ServiceType
from lgnet.network.models import Membership
from lgnet.network.roles import Profile, Role
from lgnet.people.documents import DocumentDetails, Upload, store_document
from lgnet.people.models import Person
from lgnet.people.records import add_contact_point, add_identifier, record_eligibility, record_notice
from lgnet.people.services import PersonDetails, open_file_with_reason, register_person
from tests.conftest import team_of
from tests.files.images import a_picture

TEAM = "manager psychologist lawyer"
FILE = f"{TEAM} desk opened"  # who has the whole file open
PART = "contractor"
CITY = f"{FILE} {PART} colleague coordinator"  # who may know that the person exists

# Each text of the case, and who reads it.
READERS = {
    # the person
    "nickname": CITY,
    "note_of_person": FILE,
    "safe_contact": f"{FILE} {PART}",
    "unsafe_contact": FILE,
    "identifier": FILE,
    "eligibility_evidence": FILE,
    "eligibility_note": FILE,
    # documents
    "document_team": f"{TEAM} desk",
    "document_health": "psychologist",
    "document_legal": "lawyer",
    "document_city": FILE,
    "document_of_contractor": f"{TEAM} desk {PART}",
    # the work
    "basis": FILE,
    "referral": FILE,
    "assessment": FILE,
    "answer": FILE,
    "vulnerability": TEAM,
    "goal_language": f"{FILE} {PART}",
    "goal_work": FILE,
    "goal_next_language": f"{FILE} {PART}",
    "goal_next_work": FILE,
    "service_language": f"{FILE} {PART}",
    "service_health": FILE,
    # notes
    "note_team": TEAM,
    "note_health": "psychologist",
    "note_legal": "lawyer",
    "note_city": FILE,
    "note_bodies": f"{TEAM} {PART}",
    "note_of_contractor": f"{TEAM} {PART}",
    "note_taken_back": "manager",
    "why_taken_back": "manager",
    "note_was_health": "psychologist",
    "note_is_city": FILE,
    # an earlier case
    "outcome": FILE,
    "follow_up": FILE,
    "helped": FILE,
    # why it took long, and why somebody opened the file
    "reason": "coordinator opened dpo",
}
EVERYBODY = f"{CITY} dpo support ministry stranger"
WORD = {field: f"zyx{number:02}{field.replace('_', '')}" for number, field in enumerate(READERS)}
SHEET = (
    "tipo,codice,testo,riservata\nstrumento,prova,Prova\nsezione,s,Prima\n"
    "testo,come,Come va?,\ntesto,violenza,Violenza?,sì\n"
).encode()


@pytest.fixture(autouse=True)
def _quiet():
    """Pages that are refused by the hundred would fill the log, which takes longer than the pages."""
    logging.disable(logging.CRITICAL)
    yield
    logging.disable(logging.NOTSET)


def day(ago):
    return timezone.localdate() - timedelta(days=ago)


@pytest.fixture
def staff(partner, other_partner, make_user, desk_operator):
    body = make_user(Role.CASE_WORKER, partner, profile=Profile.EDUCATOR)
    Membership.objects.filter(user=body).update(employer="Cooperativa Prova")
    return {
        "manager": make_user(Role.CASE_WORKER, partner),
        "psychologist": make_user(Role.CASE_WORKER, partner, profile=Profile.PSYCHOLOGIST),
        "lawyer": make_user(Role.CASE_WORKER, partner, profile=Profile.LEGAL_OPERATOR),
        "contractor": body,
        "colleague": make_user(Role.CASE_WORKER, partner, team=None),
        "desk": desk_operator,
        "coordinator": make_user(Role.COORDINATOR, partner),
        "opened": make_user(Role.COORDINATOR, partner),
        "dpo": make_user(Role.DPO, partner),
        "support": make_user(Role.NETWORK_SUPPORT, other_partner),
        "ministry": make_user(Role.LEAD_AUTHORITY, other_partner),
        "stranger": make_user(Role.CASE_WORKER, other_partner),
    }


@pytest.fixture
def things(partner, staff):
    """The case, made by services; what its addresses are about, by the beginning of their names."""
    person = the_person(staff, partner)
    before = an_earlier_case(staff, person)
    case = the_case(staff, person)
    sheet = an_assessment(staff, case)
    plans = two_plans(staff, case)
    papers = the_papers(staff, person)
    written = the_notes(staff, case)
    opening = open_file_with_reason(by=staff["opened"], person=person, reason=WORD["reason"])
    cases = [case, before]
    return {
        "person": [person], "case": cases, "note_list": cases, "note_new": cases, "note": written, "sheet": [sheet],
        "sheet_new": cases, "plan": plans, "plan_edit": cases, "goal": [goal for one in plans for goal in one.goals.all()],
        "follow_up": list(before.follow_ups.all()), "document": papers, "document_new": [person], "file_opening": [opening],
        "document_page": [page for paper in papers for page in paper.pages.all()], "referral": [case.referral],
        "contact_point": list(person.contact_points.all()),
    }  # fmt: skip


def the_person(staff, partner):
    desk = staff["desk"]
    details = PersonDetails(nickname=WORD["nickname"], note=WORD["note_of_person"], languages=(("ar", ""),))
    person = register_person(by=desk, team=team_of(partner, "desk"), details=details)
    record_notice(by=desk, person=person, kind="privacy", method="spoken", language="ar", given_on=day(0))
    add_contact_point(by=desk, person=person, kind="email", value=f"{WORD['safe_contact']}@example.org", safe="yes")
    add_contact_point(by=desk, person=person, kind="email", value=f"{WORD['unsafe_contact']}@example.org", safe="no")
    add_identifier(by=desk, person=person, kind="other", value=WORD["identifier"])
    record_eligibility(
        by=desk, person=person, checked_on=day(0), title_type="international", verdict="pending",
        evidence=WORD["eligibility_evidence"], note=WORD["eligibility_note"],
    )  # fmt: skip
    return person


def an_earlier_case(staff, person):
    manager = staff["manager"]
    team = team_of(person.partner, "multidisciplinary")
    case = services.open_case(
        by=manager, person=person, team=team, manager=manager, basis="desk", opened_on=day(200)
    )  # fmt: skip
    services.close_case(by=manager, case=case, closed_on=day(120), outcome="goal_reached", outcome_note=WORD["outcome"])
    asked = FollowUp.objects.filter(case=case).first()
    after.record_follow_up(by=manager, follow_up=asked, done_on=day(0), result="again", note=WORD["follow_up"])
    after.record_helpfulness(by=manager, case=case, answer="some", words=WORD["helped"])
    return case


def the_case(staff, person):
    team = team_of(person.partner, "multidisciplinary")
    referral = send_referral(
        by=staff["desk"], from_team=team_of(person.partner, "desk"), to_team=team, person=person, need="legal",
        reason=WORD["referral"],
    )  # fmt: skip
    case = services.open_case(
        by=staff["desk"], person=person, team=team, manager=staff["manager"], basis="referral", referral=referral,
        basis_note=WORD["basis"], members=[staff[who] for who in ("psychologist", "lawyer", "contractor")],
        areas={staff["contractor"].pk: ["language"]},
    )  # fmt: skip
    for area in ("language", "health"):
        service = ServiceType.objects.create(code=f"prova_{area}", area=area, name_it=f"Corso {area}", name_en=area)
        services.deliver_service(
            by=staff["manager"], case=case, service_type=service, delivered_on=day(0), note=WORD[f"service_{area}"]
        )
    tasks.add_task(by=staff["manager"], case=case, words="zyxtask", owner=staff["lawyer"])
    return case


def an_assessment(staff, case):
    services.record_assessment(by=staff["manager"], case=case, kind="in_depth", done_on=day(0), note=WORD["assessment"])
    version = load_instrument(by=staff["opened"], partner=case.partner, kind="in_depth", content=SHEET)
    sheet = start_sheet(by=staff["manager"], case=case, version=version)
    answers = {"come": WORD["answer"], "violenza": WORD["vulnerability"]}
    save_answers(by=staff["manager"], sheet=sheet, answers=answers, seen=0)
    finish_sheet(by=staff["manager"], sheet=sheet, done_on=day(0))
    return sheet


def two_plans(staff, case):
    manager, goal = staff["manager"], services.GoalDraft
    goals = [goal("language", WORD["goal_language"], day(-9)), goal("work", WORD["goal_work"], day(-9))]
    plan = services.save_plan(by=manager, case=case, goals=goals)
    services.sign_plan(by=manager, plan=plan, signed_on=day(0), language="ar")
    more = [goal("language", WORD["goal_next_language"]), goal("work", WORD["goal_next_work"])]
    return [plan, services.save_plan(by=manager, case=case, goals=[*goals, *more])]


def the_papers(staff, person):
    by = {"team": "manager", "health": "psychologist", "legal": "lawyer", "city": "manager"}
    kept = [(staff[who], access, WORD[f"document_{access}"]) for access, who in by.items()]
    kept.append((staff["contractor"], "team", WORD["document_of_contractor"]))
    return [
        store_document(
            by=who, person=person, details=DocumentDetails("other", title=title, access=access),
            files=[Upload("a.jpg", a_picture())],
        )
        for who, access, title in kept
    ]  # fmt: skip


def the_notes(staff, case):
    def write(who, field, **options):
        draft = NoteDraft(WORD[field], day(0))
        return notes.write_note(by=staff[who], case=case, draft=draft, **options)

    back = write("manager", "note_taken_back")
    notes.take_note_back(by=staff["manager"], note=back, reason=WORD["why_taken_back"])
    told = write("psychologist", "note_was_health", visibility="health")
    now = NoteDraft(WORD["note_is_city"], day(0))
    notes.edit_note(by=staff["psychologist"], note=told, draft=now, base=1)
    notes.show_note_to(by=staff["psychologist"], note=told, visibility="city", confirmed=True)
    return [
        back, told, write("manager", "note_team"), write("psychologist", "note_health", visibility="health"),
        write("lawyer", "note_legal", visibility="legal"), write("manager", "note_city", visibility="city"),
        write("lawyer", "note_bodies", for_bodies=True), write("contractor", "note_of_contractor"),
    ]  # fmt: skip


APPS = (lgnet.cases.urls, lgnet.people.urls, lgnet.messaging.urls, lgnet.workspace.urls, lgnet.indicators.urls)
NOBODY_IN_IT = (
    "instrument", "receiver", "methodology", "indicator_waits", "indicator_chart", "component", "tonight", "own_card",
    "document_page",
)  # fmt: skip


def about(name, things):
    """What an address is about, by the longest beginning of its name; one not known here is tried with case and person."""
    words = name.split("_")
    for end in range(len(words), 0, -1):
        if found := things.get("_".join(words[:end])):
            return found
    return [things["case"][0], things["person"][0]]


def paths(things):
    """Every address of these apps that is about the case, and every list, also as a spreadsheet."""
    for pattern in (one for app in APPS for one in app.urlpatterns if isinstance(one, URLPattern)):
        name, arguments = pattern.name, sorted(pattern.pattern.converters)
        if name.startswith(NOBODY_IN_IT):
            continue
        if not arguments:
            lists = "list" in name or name == "person_duplicates"
            yield from (f"{reverse(name)}{end}" for end in (("", "?format=csv") if lists else ("",)))
        elif arguments == ["pk"]:
            yield from (reverse(name, args=[thing.pk]) for thing in about(name, things))
        elif arguments == ["code"]:
            yield f"{reverse(name, args=['taken_in_charge'])}?format=csv"
    yield from (f"{reverse('note_list', args=[case.pk])}?format=csv" for case in things["case"])
    yield f"{reverse('follow_up_list')}?state="


def read_by(client, addresses, only_posts):
    """Every word that is found on the pages at these addresses; those that only take what is sent are left out."""
    found = set()
    for path in (one for one in addresses if one not in only_posts):
        answer = client.get(path)
        assert answer.status_code < 500, path
        if answer.status_code == 405:
            only_posts.add(path)
        if answer.status_code == 200 and not answer.streaming and answer["Content-Type"].startswith("text/"):
            text = answer.content.decode().lower()
            found |= {field for field, word in WORD.items() if word in text}
    return found


def test_everybody_sees_exactly_what_the_table_says(sign_in, staff, things):
    addresses, only_posts = list(dict.fromkeys(paths(things))), set()
    assert set(EVERYBODY.split()) == set(staff)
    read = {who: read_by(sign_in(user), addresses, only_posts) for who, user in staff.items()}
    readers = {field: " ".join(sorted(who for who in staff if field in read[who])) for field in READERS}
    assert readers == {field: " ".join(sorted(may.split())) for field, may in READERS.items()}


def test_of_a_restricted_file_who_has_it_sees_the_same_and_nobody_else_anything(sign_in, staff, things):
    Person.objects.update(restricted=True)
    addresses, only_posts = list(dict.fromkeys(paths(things))), set()
    for who in ("contractor", "opened"):
        seen = read_by(sign_in(staff[who]), addresses, only_posts)
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
    assert "zyxtask" not in client.get(reverse("person_detail", args=[person.pk])).content.decode()
    waits = waiting.waiting_for(staff["contractor"], waiting.Step.CASE)
    assert not waits.exists()
