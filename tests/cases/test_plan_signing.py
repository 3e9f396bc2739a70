"""How a plan is signed: drawings and scans that are what they say, the paper kept byte for byte, in every language."""

import base64
import uuid
from datetime import timedelta

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse
from django.utils import timezone

from lgnet.audit.models import AuditEntry
from lgnet.cases import plan_reviews, services
from lgnet.cases.models import Plan, PlanSignature
from lgnet.cases.plan_papers import kept_paper, plan_data, plan_pdf
from lgnet.cases.plan_signing import Signed, Signing, drawing
from lgnet.cases.plan_words import WORDS, plan_language, plan_words
from lgnet.core.errors import DomainError
from lgnet.files.models import StoredFile
from lgnet.files.services import read_file
from lgnet.people.document_models import Document
from lgnet.people.documents import Upload
from lgnet.people.models import PersonLanguage
from lgnet.public.pages import LANGUAGES
from tests.cases.plan_world import an_action, both_drawn, drawn, in_force, sent, sign, write
from tests.conftest import team_of
from tests.files.images import a_picture, png_that_claims

FONTS = {"ar": b"NotoSansArabic", "ur": b"NotoSansArabic", "bn": b"HindSiliguri", "uk": b"TitilliumWeb"}
CYRILLIC = (b"NotoSans", b"TitilliumWeb")


@pytest.fixture
def case(person, case_worker, desk_operator, partner):
    team = team_of(partner, "multidisciplinary")
    return services.open_case(by=desk_operator, person=person, team=team, manager=case_worker, basis="desk")


def today(days=0):
    return (timezone.localdate() + timedelta(days=days)).isoformat()


def form(**changes):
    return {"signed_on": today(), "language": "fr", "how": "drawn", "record_id": str(uuid.uuid4())} | changes


def test_drawn_by_both_and_kept_as_it_was(case, case_worker, person):
    plan = sign(write(case, case_worker, an_action()), case_worker, signing=both_drawn())
    assert [(one.role, one.way, one.name) for one in plan.signatures.all()] == [
        ("person", "drawn", person.full_name), ("operator", "drawn", case_worker.full_name),
    ]  # fmt: skip
    assert plan.review_on > timezone.localdate() + timedelta(days=80)
    first = kept_paper(plan)
    assert first.startswith(b"%PDF")
    assert b"/Subtype /Image" in first or b"/Subtype/Image" in first
    case.person.given_names = "Otherwise"
    case.person.save()
    assert kept_paper(Plan.objects.get(pk=plan.pk)) == first == read_file(plan.paper)
    assert not plan.waits_for_scan


def test_the_interpreter_signs_too(case, case_worker):
    plan = write(case, case_worker)
    with pytest.raises(DomainError) as refused:
        sign(plan, case_worker, signing=both_drawn(), interpreter_present=True)
    assert refused.value.field == "interpreter_drawn"
    signatures = [Signed("person", drawn=drawn()), Signed("operator", "Me", agrees=True)]
    with pytest.raises(DomainError) as refused:
        sign(
            plan, case_worker, interpreter_present=True,
            signing=Signing("drawn", [*signatures, Signed("interpreter", agrees=True)]),
        )  # fmt: skip
    assert refused.value.field == "interpreter"
    signed = Signing("drawn", [*signatures, Signed("interpreter", agrees=True)], interpreter="Amina Prova")
    plan = sign(Plan.objects.get(), case_worker, signing=signed, interpreter_present=True)
    assert list(plan.signatures.values_list("role", "way", "name")) == [
        ("person", "drawn", case.person.full_name), ("operator", "typed", "Me"), ("interpreter", "typed", "Amina Prova"),
    ]  # fmt: skip


@pytest.mark.parametrize(
    "what",
    [
        "hello", "data:image/png;base64,%%%", sent(b"no picture"), sent(a_picture("JPEG")), sent(png_that_claims(60000, 60000)),
        "data:text/html;base64," + base64.b64encode(b"<script>").decode(), sent(a_picture("PNG")[:40]),
        "data:image/png;base64," + "A" * 500_000,
    ],
)  # fmt: skip
def test_what_is_no_drawing_is_refused(what):
    with pytest.raises(DomainError, match="no drawing") as refused:
        drawing(what, field="person_drawn")
    assert refused.value.field == "person_drawn"


def test_an_empty_field_is_no_signature(case, case_worker):
    blank = sent(a_picture("PNG", (600, 200), "white"))
    signing = Signing("drawn", [Signed("person", drawn=blank), Signed("operator", drawn=drawn())])
    with pytest.raises(DomainError, match="Nothing is drawn"):
        sign(write(case, case_worker), case_worker, signing=signing)
    assert not PlanSignature.objects.exists()
    assert not StoredFile.objects.exists()
    assert Plan.objects.get().status == "draft"


def test_a_plan_without_goals_is_not_signed(case, case_worker):
    plan = write(case, case_worker)
    plan.goals.all().delete()
    with pytest.raises(DomainError, match="without goals"):
        sign(plan, case_worker)


@pytest.mark.parametrize("days", [0, -1, 800])
def test_reviews_that_cannot_be(case, case_worker, days):
    signing = Signing(review_on=timezone.localdate() + timedelta(days=days))
    with pytest.raises(DomainError) as refused:
        sign(write(case, case_worker), case_worker, signing=signing)
    assert refused.value.field == "review_on"


def test_signed_with_a_scan(case, case_worker):
    signing = Signing("scan", scan=[Upload("a.jpg", a_picture()), Upload("b.png", a_picture("PNG"))])
    plan = sign(write(case, case_worker), case_worker, signing=signing)
    assert (plan.scan.kind, plan.scan.person, plan.scan.pages.count()) == ("plan", case.person, 2)
    assert not plan.waits_for_scan
    assert set(plan.signatures.values_list("way", flat=True)) == {"paper"}


@pytest.mark.parametrize(
    "files", [[], [Upload("a.pdf", b"%PDF-1.4 cut")], [Upload("a.jpg", b"MZ program")], [Upload("a.png", b"<svg/>")]]
)
def test_a_scan_that_is_not_what_it_says(case, case_worker, files):
    with pytest.raises(DomainError) as refused:
        sign(write(case, case_worker), case_worker, signing=Signing("scan", scan=files))
    assert refused.value.field == "scan"
    assert Plan.objects.get().status == "draft"
    assert not Document.objects.exists()


def test_on_paper_and_the_scan_follows_once(case, case_worker, sign_in, colleague, stranger):
    plan = sign(write(case, case_worker), case_worker)
    page, url = reverse("case_detail", args=[case.pk]), reverse("plan_scan", args=[plan.pk])
    client = sign_in(case_worker)
    assert "scan is still missing" in client.get(page).content.decode()
    assert client.get(url).status_code == 200
    refused = client.post(url, {"scan": SimpleUploadedFile("x.pdf", b"%PDF-1.4 cut"), "record_id": str(uuid.uuid4())})
    assert refused.status_code == 422
    assert "cut short" in refused.content.decode()
    assert client.post(url, {}).status_code == 422
    key = str(uuid.uuid4())
    for _turn in range(2):
        data = {"scan": SimpleUploadedFile("x.jpg", a_picture()), "record_id": key}
        assert client.post(url, data).url == reverse("plan_detail", args=[plan.pk])
    assert Document.objects.count() == 1
    assert "scan is still missing" not in client.get(page).content.decode()
    with pytest.raises(DomainError, match="not wait"):
        plan_reviews.keep_scan(by=case_worker, plan=plan, files=[Upload("a.jpg", a_picture())])
    assert sign_in(colleague).post(url, {}).status_code in {302, 403}
    assert sign_in(stranger).post(url, {}).status_code == 404


def test_signed_on_the_screen_through_the_page(case, case_worker, sign_in):
    plan = write(case, case_worker, an_action())
    client, url = sign_in(case_worker), reverse("plan_sign", args=[plan.pk])
    page = client.get(url).content.decode()
    assert "signature.js" in page
    assert "Ask for a course" in page
    missing = client.post(url, form(person_drawn=drawn()))
    assert missing.status_code == 422
    assert "signature is missing" in missing.content.decode()
    assert drawn() in missing.content.decode()  # what was drawn is not lost
    no_name = client.post(url, form(person_agrees="on", operator_drawn=drawn()))
    assert (no_name.status_code, "person_name" in no_name.context["form"].errors) == (422, True)
    sent_form = form(person_agrees="on", person_name="Mohammed", operator_drawn=drawn(), review_on=today(30))
    for _turn in range(2):
        assert client.post(url, sent_form).url == reverse("case_detail", args=[case.pk])
    plan.refresh_from_db()
    assert (plan.signed_how, plan.review_on.isoformat()) == ("drawn", today(30))
    assert plan.signatures.count() == 2
    paper = client.get(reverse("plan_print", args=[plan.pk]))
    assert paper.content == read_file(plan.paper)
    assert paper["Cache-Control"] == "private, no-store"
    detail = client.get(reverse("plan_detail", args=[plan.pk])).content.decode()
    assert reverse("plan_signature", args=[plan.pk, "operator"]) in detail
    picture = client.get(reverse("plan_signature", args=[plan.pk, "operator"]))
    assert (picture.status_code, picture["Content-Type"]) == (200, "image/jpeg")
    assert client.get(reverse("plan_signature", args=[plan.pk, "person"])).status_code == 404
    reads = AuditEntry.objects.filter(action="read", object_type="cases.case", actor_id=case_worker.pk)
    assert reads.exists()


def test_who_reads_a_plan(case, case_worker, sign_in, colleague, stranger):
    plan = sign(write(case, case_worker), case_worker, signing=both_drawn())
    urls = [
        reverse("plan_print", args=[plan.pk]), reverse("plan_detail", args=[plan.pk]),
        reverse("plan_signature", args=[plan.pk, "person"]),
    ]  # fmt: skip
    for url in urls:
        assert sign_in(case_worker).get(url).status_code == 200
        assert sign_in(colleague).get(url).status_code == 302  # says why first
        assert sign_in(stranger).get(url).status_code == 404


# -- the paper --------------------------------------------------------------------------------------------------------


def test_the_words_are_there_in_every_public_language():
    assert set(WORDS) == set(LANGUAGES)
    for language, words in WORDS.items():
        assert set(words) == set(WORDS["it"])
        for key, text in words.items():
            assert text.strip(), (language, key)
            for name in ("{name}", "{day}", "{n}"):
                assert (name in text) == (name in WORDS["it"][key]), (language, key)


@pytest.mark.parametrize("language", sorted(WORDS))
def test_the_paper_in_every_language(case, case_worker, language):
    plan, _actions = in_force(case, case_worker, an_action(due_on=timezone.localdate()))
    content = plan_pdf(plan, language)
    assert b"/StructTreeRoot" in content
    assert b"TitilliumWeb" in content
    assert FONTS.get(language, b"TitilliumWeb") in content
    data = plan_data(plan, language)
    assert data["heading"] == [WORDS[one]["title"] for one in dict.fromkeys(["it", language])]
    assert data["goals"][0]["words"] == "A job"
    assert data["aloud"] == ""


def test_another_language_is_explained_aloud(case, case_worker):
    plan, _actions = in_force(case, case_worker)
    assert (plan_language("wo"), plan_words("fr-CI")) == ("it", WORDS["fr"])
    data = plan_data(plan, "wo")
    assert data["heading"] == ["Progetto individualizzato"]
    assert "Wolof" in data["aloud"]
    assert plan_pdf(plan, "wo").startswith(b"%PDF")


def test_a_draft_is_printed_in_the_language_of_the_person(case, case_worker):
    PersonLanguage.objects.create(person=case.person, language="bn")
    assert b"HindSiliguri" in kept_paper(write(case, case_worker))
