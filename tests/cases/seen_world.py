"""One case in which every text is an invented word that occurs once; and who reads each (ADR 24)."""

from datetime import timedelta

from django.utils import timezone

from lgnet.cases import after, handovers, meeting_minutes, meetings, notes, services, tasks, transfers
from lgnet.cases.instruments.services import finish_sheet, load_instrument, save_answers, start_sheet
from lgnet.cases.models import FollowUp
from lgnet.cases.notes import NoteDraft
from lgnet.cases.plan_reviews import Reviewed, review_plan
from lgnet.cases.plan_writing import ActionDraft
from lgnet.cases.referrals import send_referral
from lgnet.cases.transfer_models import Part
from lgnet.catalogue.models import ServiceType
from lgnet.people.documents import DocumentDetails, Upload, store_document
from lgnet.people.records import add_contact_point, add_identifier, put_in_household, record_eligibility, record_notice
from lgnet.people.services import PersonDetails, open_file_with_reason, register_person
from tests.conftest import team_of
from tests.files.images import a_picture

TEAM = "manager psychologist lawyer"
BY_TEAM = f"{TEAM} desk opened body"  # the file of the person, which the referral opened for the whole team
HANDED = "psychologist lawyer"
FILE = f"{TEAM} desk opened"  # who has the whole file open
PART = "contractor"
CITY = f"{FILE} {PART} body colleague coordinator"  # who may know that the person exists

# Each text of the case, and who reads it.
READERS = {
    # the person
    "nickname": CITY,
    "note_of_person": BY_TEAM,
    "safe_contact": f"{BY_TEAM} {PART}",
    "unsafe_contact": BY_TEAM,
    "identifier": BY_TEAM,
    "eligibility_evidence": BY_TEAM,
    "eligibility_note": BY_TEAM,
    "decided_reason": BY_TEAM,
    "household": BY_TEAM,
    # documents
    "document_team": f"{TEAM} desk body",
    "document_health": "psychologist",
    "document_legal": "lawyer",
    "document_city": BY_TEAM,
    "document_of_contractor": f"{TEAM} desk body {PART}",
    # the work
    "basis": FILE,
    "referral": BY_TEAM,
    "assessment": FILE,
    "answer": FILE,
    "vulnerability": TEAM,
    "goal_language": f"{FILE} {PART}",
    "goal_work": FILE,
    "goal_next_language": f"{FILE} {PART}",
    "goal_next_work": FILE,
    "action_language": f"{FILE} {PART}",
    "action_work": FILE,
    "action_person": FILE,
    "review_of_person": FILE,
    "review_of_team": FILE,
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
    # tasks
    "task": FILE,
    "task_of_contractor": f"{FILE} {PART}",
    "task_result": FILE,
    # what the team said and decided
    "said": FILE,
    "decision": FILE,
    "addendum": FILE,
    "agenda": TEAM,
    # to a colleague, and to another city
    "handover": HANDED,
    "handover_of_case": HANDED,
    "handover_point": HANDED,
    "transfer": FILE,
    "transfer_refused": FILE,
    # an earlier case
    "outcome": FILE,
    "follow_up": FILE,
    "helped": FILE,
    # why it took long, and why somebody opened the file
    "reason": "coordinator opened dpo",
}
OUTSIDE = ("body", "colleague", "coordinator", "dpo", "support", "ministry", "stranger")  # who do not work on the case
EVERYBODY = f"{CITY} dpo support ministry stranger"
WORD = {field: f"zyx{number:02}{field.replace('_', '')}" for number, field in enumerate(READERS)}
SHEET = (
    "tipo,codice,testo,riservata\nstrumento,prova,Prova\nsezione,s,Prima\n"
    "testo,come,Come va?,\ntesto,violenza,Violenza?,sì\n"
).encode()


def day(ago):
    return timezone.localdate() - timedelta(days=ago)


def all_of_it(staff, partner, other):
    """The case, made by services; what its addresses are about, by the beginning of their names."""
    person = the_person(staff, partner)
    before = an_earlier_case(staff, person)
    case = the_case(staff, person)
    sheet = an_assessment(staff, case)
    plans = two_plans(staff, case)
    papers = the_papers(staff, person)
    written = the_notes(staff, case)
    given = the_tasks(staff, case)
    met, items = two_meetings(staff, case)
    handover = a_handover(staff, case)
    sent = two_transfers(staff, case, other)
    opening = open_file_with_reason(by=staff["opened"], person=person, reason=WORD["reason"])
    cases, goals = [case, before], [goal for one in plans for goal in one.goals.all()]
    return {
        "person": [person], "case": cases, "note_list": cases, "note_new": cases, "note": written, "sheet": [sheet],
        "sheet_new": cases, "plan": plans, "plan_edit": cases, "goal": goals,
        "plan_action": [action for goal in plans[0].goals.all() for action in goal.actions.all()],
        "follow_up": list(before.follow_ups.all()), "document": papers, "document_new": [person],
        "document_page": [page for paper in papers for page in paper.pages.all()], "referral": [case.referral],
        "contact_point": list(person.contact_points.all()), "file_opening": [opening], "task": given, "task_new": cases,
        "meeting": met, "item": items, "decision": list(items[0].decisions.all()), "case_handover": [handover],
        "case_handover_line": list(handover.lines.all()), "transfer": sent, "transfer_new": cases,
        "title": list(person.eligibility_checks.all()),
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
        by=desk, person=person, checked_on=day(0), title_type="asylum_request", verdict="not_eligible",
        expires_on=day(-30), evidence=WORD["eligibility_evidence"], note=WORD["eligibility_note"],
        decided_reason=WORD["decided_reason"],
    )  # fmt: skip
    household = put_in_household(by=desk, person=person, new_name=WORD["household"])
    sister = register_person(by=desk, team=team_of(partner, "desk"), details=PersonDetails(nickname="Sorella"))
    put_in_household(by=desk, person=sister, household=household)
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
    actions = {
        "language": [ActionDraft(WORD["action_language"], due_on=day(1))],
        "work": [
            ActionDraft(WORD["action_work"], "colleague", owner=staff["contractor"], due_on=day(1)),
            ActionDraft(WORD["action_person"], due_on=day(1)),
        ],
    }
    goals = [goal(area, WORD[f"goal_{area}"], day(-9), there) for area, there in actions.items()]
    plan = services.save_plan(by=manager, case=case, goals=goals)
    services.sign_plan(by=manager, plan=plan, signed_on=day(0), language="ar")
    said = Reviewed(day(0), WORD["review_of_person"], "goes_on", WORD["review_of_team"], next_on=day(-3))
    review_plan(by=manager, plan=plan, reviewed=said)
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


def the_tasks(staff, case):
    def give(who, field, by="manager"):
        return tasks.add_task(by=staff[by], case=case, words=WORD[field], owner=staff[who], due_on=day(-1))

    given = [give("lawyer", "task"), give("contractor", "task_of_contractor")]
    done = tasks.add_task(by=staff["manager"], case=case, words="fatto", owner=staff["psychologist"])
    tasks.end_task(by=staff["psychologist"], task=done, status="done", result=WORD["task_result"])
    return [*given, done]


def two_meetings(staff, case):
    """One that is closed, with what was said, decided and added; one to come, with the case on its agenda."""
    by = staff["manager"]

    def plan(hours):
        starts = timezone.now() + timedelta(hours=hours)
        return meetings.plan_meeting(by=by, team=case.team, starts_at=starts, chair=by)

    was = meetings.start_meeting(by=by, meeting=plan(1))
    item = was.items.get(case=case)
    meeting_minutes.note_item(by=by, item=item, said=WORD["said"], seen="")
    meeting_minutes.decide(by=by, item=item, words=WORD["decision"], owner=staff["lawyer"], due_on=day(-1))
    meeting_minutes.set_attendance(by=by, meeting=was, present=[by], seen=[], guests="", guests_seen="")
    for other in was.items.exclude(pk=item.pk):
        meeting_minutes.put_off_item(by=by, item=other)
    was = meeting_minutes.close_meeting(by=by, meeting=was)
    meeting_minutes.add_addendum(by=by, meeting=was, item=item, words=WORD["addendum"])
    following = plan(2)
    return [was, following], [item, meetings.put_on_agenda(by=by, case=case, words=WORD["agenda"])]


def a_handover(staff, case):
    passing = handovers.Passing(staff["lawyer"], staff["psychologist"], [case], WORD["handover"])
    handover = handovers.hand_over(by=staff["lawyer"], passing=passing)
    line = handover.lines.get()
    handovers.write_words(by=staff["lawyer"], line=line, words=WORD["handover_of_case"])
    handovers.add_point(by=staff["lawyer"], line=line, words=WORD["handover_point"])
    return handover


def two_transfers(staff, case, city):
    """One that was refused, and one that waits for an answer."""
    by, agreement = staff["manager"], transfers.Agreement(day(0), "ar")

    def send(why):
        proposal = transfers.Proposal(city, why, Part.values, ["team", "city"])
        transfer = transfers.propose_transfer(by=by, case=case, proposal=proposal)
        transfers.record_agreement(by=by, transfer=transfer, agreement=agreement)
        return transfers.send_transfer(by=by, transfer=transfer)

    refused = transfers.refuse_transfer(
        by=staff["stranger"], transfer=send("Va dalla sorella"), reason=WORD["transfer_refused"]
    )  # fmt: skip
    return [refused, send(WORD["transfer"])]
