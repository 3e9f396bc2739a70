"""Documents of a person: kept encrypted, read by class, in versions, reminded of, destroyed by two."""

from datetime import timedelta

import pytest
import time_machine
from django.core.exceptions import PermissionDenied
from django.core.files.uploadedfile import SimpleUploadedFile
from django.http import Http404
from django.urls import reverse
from django.utils import timezone

from lgnet.audit.models import AuditEntry
from lgnet.catalogue.models import Team
from lgnet.core.errors import DomainError
from lgnet.core.ids import uuid7
from lgnet.files import vault
from lgnet.files.models import StoredFile
from lgnet.network.roles import Profile, Role
from lgnet.people import document_selectors as selectors
from lgnet.people.document_models import Document
from lgnet.people.documents import (
    ALONE_AFTER,
    DocumentDetails,
    Upload,
    change_document,
    destroy_document,
    keep_document,
    propose_destruction,
    store_document,
)
from lgnet.people.models import Person
from lgnet.people.services import open_file_with_reason, restrict_file
from tests.conftest import team_of
from tests.files.images import PLACE, a_picture, from_a_phone
from tests.files.papers import a_pdf
from tests.queries import count_queries

TODAY = timezone.localdate


def keep(by, person, *, files=None, replaces=None, record_id=None, **details):
    details = DocumentDetails(**{"kind": "passport", **details})
    files = [Upload("a.jpg", a_picture())] if files is None else files
    return store_document(by=by, person=person, details=details, files=files, replaces=replaces, record_id=record_id)


@pytest.fixture
def document(desk_operator, person):
    return keep(
        desk_operator, person, title="Passaporto", number_masked="a1 23", expires_on=TODAY() + timedelta(days=20)
    )


@pytest.fixture
def of_desk(make_user, partner):
    """Return `of_desk(profile)`: somebody else at the desk, in the team of the file."""
    return lambda profile=Profile.OPERATOR: make_user(Role.DESK_OPERATOR, partner, profile=profile)


def address(name, thing):
    return reverse(name, args=[thing.pk])


def upload(client, person, *files, **fields):
    pages = [SimpleUploadedFile(name, content) for name, content in files]
    typed = {"kind": "passport", "title": "Foglio", "access": "team", **fields}
    return client.post(reverse("document_new", args=[person.pk]), {**typed, "pages": pages})


# -- keeping ---------------------------------------------------------------------------------------------------------


def test_pictures_are_drawn_anew_and_kept_encrypted(document, desk_operator, person):
    kept = keep(desk_operator, person, files=[Upload("1.jpg", from_a_phone()), Upload("2.png", a_picture("PNG"))])
    pages = list(kept.pages.select_related("file"))
    assert [page.number for page in pages] == [1, 2]
    for page in pages:
        on_disk = vault.path_of(page.file_id).read_bytes()
        assert not on_disk.startswith(b"\xff\xd8")
        content = vault.read(page.file_id, page.file.key_id, bytes(page.file.wrapped_key))
        assert content.startswith(b"\xff\xd8\xff")
        assert PLACE not in content
    assert (document.number_masked, document.partner) == ("A123", person.partner)
    made = AuditEntry.objects.get(action="create", object_id=kept.pk)
    assert (made.person_id, made.detail["sha256"]) == (person.pk, [page.file.sha256 for page in pages])


def test_a_pdf_is_kept_as_it_came(desk_operator, person, sign_in):
    kept = keep(desk_operator, person, files=[Upload("a.pdf", a_pdf())])
    page = kept.pages.get()
    answer = sign_in(desk_operator).get(address("document_page", page))
    assert (answer.content, answer["Content-Type"]) == (a_pdf(), "application/pdf")
    assert answer["Content-Disposition"].startswith("attachment;")
    assert answer["Content-Security-Policy"] == "sandbox; default-src 'none'"
    assert sign_in(desk_operator).get(address("document_page_small", page)).status_code == 404


def test_sent_twice_is_kept_once(desk_operator, person, colleague):
    record = uuid7()
    assert keep(desk_operator, person, record_id=record) == keep(desk_operator, person, record_id=record)
    assert Document.objects.count() == 1
    open_file_with_reason(by=colleague, person=person, reason="stands in for a colleague")
    with pytest.raises(DomainError, match="used already"):
        keep(colleague, person, record_id=record)


REFUSED = {
    "nothing": ([], "Take a picture"),
    "a program": ([("x.jpg", b"MZ" + bytes(90))], "x.jpg: This file is no picture"),
    "a drawing": ([("x.png", b"<svg onload=alert(1)>")], "no picture"),
    "of telephones": ([("x.heic", b"\0\0\0\x18ftypheic" + bytes(30))], "HEIC"),
    "cut short": ([("x.jpg", a_picture(size=(500, 500))[:-100])], "damaged or cut short"),
    "a PDF that acts": ([("x.pdf", a_pdf(catalog=b"/OpenAction 4 0 R"))], "can run programs"),
    "a locked PDF": ([("x.pdf", a_pdf(trailer=b"/Encrypt 4 0 R"))], "password"),
    "both": ([("x.pdf", a_pdf()), ("y.jpg", a_picture())], "not both"),
    "empty": ([("x.jpg", b"")], "x.jpg is empty"),
    "too large": ([("x.jpg", a_picture() + bytes(10 * 2**20))], "larger than 10 MB"),
    "too much together": ([(f"{n}.jpg", a_picture() + bytes(9 * 2**20)) for n in range(3)], "larger than 25 MB"),
    "too many": ([(f"{n}.jpg", a_picture()) for n in range(9)], "at most 8 pictures"),
}


@pytest.mark.parametrize("name", REFUSED)
def test_a_file_that_is_not_what_it_says_is_refused_and_the_rest_kept(name, person, desk_operator, sign_in):
    files, word = REFUSED[name]
    answer = upload(sign_in(desk_operator), person, *files, expires_on="2030-05-06", note="da tradurre")
    page = answer.content.decode()
    assert answer.status_code == 422
    assert word in page
    for kept in ('value="Foglio"', 'value="2030-05-06"', "da tradurre"):
        assert kept in page
    assert not Document.objects.exists()
    assert not StoredFile.objects.exists()


IMPOSSIBLE = {
    "in the future": ({"issued_on": TODAY() + timedelta(days=1)}, "issued_on"),
    "ends before": ({"issued_on": TODAY(), "expires_on": TODAY() - timedelta(days=1)}, "expires_on"),
    "long ago": ({"expires_on": TODAY().replace(year=1029)}, "expires_on"),
    "far": ({"expires_on": TODAY().replace(year=2930)}, "expires_on"),
}


@pytest.mark.parametrize("name", IMPOSSIBLE)
def test_impossible_days_are_refused(name, desk_operator, person):
    details, field = IMPOSSIBLE[name]
    with pytest.raises(DomainError) as refused:
        keep(desk_operator, person, **details)
    assert refused.value.field == field


def test_through_the_pages(person, desk_operator, sign_in):
    client = sign_in(desk_operator)
    form = client.get(reverse("document_new", args=[person.pk])).content.decode()
    for part in (
        'capture="environment"',
        'enctype="multipart/form-data"',
        'name="pages"',
        " multiple",
        "data-documents",
    ):
        assert part in form
    camera = SimpleUploadedFile("camera.jpg", a_picture())
    answer = upload(client, person, ("1.jpg", a_picture()), camera=camera, expires_on=str(TODAY() + timedelta(days=9)))
    kept = Document.objects.get()
    assert answer.url == address("document_detail", kept)
    assert kept.pages.count() == 2
    page = client.get(answer.url).content.decode()
    for one in kept.pages.all():
        assert address("document_page", one) in page
        shown = client.get(address("document_page", one))
        assert (shown["Content-Type"], shown["Cache-Control"]) == ("image/jpeg", "private, no-store")
        assert client.get(address("document_page_small", one)).status_code == 200
    reads = AuditEntry.objects.filter(action="read", object_type="people.document", object_id=kept.pk)
    assert {row.detail["shown"] for row in reads} == {
        "page", "page 1", "page 2", "thumbnail of page 1", "thumbnail of page 2"
    }  # fmt: skip


# -- who reads -------------------------------------------------------------------------------------------------------


READERS = {
    "team": {"desk", "health", "legal"},
    "health": {"health"},
    "legal": {"legal"},
    "city": {"desk", "health", "legal", "opened"},
}


@pytest.mark.parametrize("access", READERS)
def test_the_class_says_who_reads(access, desk_operator, person, of_desk, colleague, coordinator, stranger, sign_in):
    document = keep(desk_operator, person, access=access)
    open_file_with_reason(by=colleague, person=person, reason="stands in for a colleague")
    readers = {"desk": of_desk(), "health": of_desk(Profile.PSYCHOLOGIST), "legal": of_desk(Profile.LEGAL_OPERATOR)}
    readers |= {"opened": colleague, "writer": desk_operator}
    for name, user in readers.items():
        may = name in READERS[access] | {"writer"}
        assert selectors.documents_of(user, person) == ([document] if may else []), name
        client = sign_in(user)
        for url in (address("document_detail", document), address("document_page", document.pages.get())):
            assert client.get(url).status_code == (200 if may else 404), name
        assert (
            str(document.get_access_display()) in client.get(address("person_detail", person)).content.decode()
        ) is may
    assert sign_in(coordinator).get(address("document_detail", document)).status_code == 302  # asks for a reason
    for name in ("document_detail", "document_replace", "document_edit", "document_propose", "document_destroy"):
        assert sign_in(stranger).get(address(name, document)).status_code == 404
    assert sign_in(stranger).get(address("document_page", document.pages.get())).status_code == 404


def test_a_health_worker_of_another_city_or_out_of_the_team_reads_no_secret(desk_operator, person, make_user, partner):
    keep(desk_operator, person, access="health")
    outsider = make_user(Role.CASE_WORKER, partner, profile=Profile.NURSE)
    open_file_with_reason(by=outsider, person=person, reason="asked by the coordinator")
    assert selectors.documents_of(outsider, person) == []


def test_a_restricted_file_closes_its_documents(desk_operator, person, colleague, make_user, partner):
    document = keep(desk_operator, person, access="city")
    open_file_with_reason(by=colleague, person=person, reason="stands in for a colleague")
    boss = make_user(Role.COORDINATOR, partner, team=team_of(partner, Team.Kind.DESK))
    boss.memberships.create(partner=partner, role=Role.DESK_OPERATOR, starts_on=TODAY())
    restrict_file(by=boss, person=person, restricted=True, reason="violence")
    assert selectors.documents_of(colleague, person) == []
    with pytest.raises(Http404):
        selectors.get_document(colleague, document.pk)
    with pytest.raises(PermissionDenied):
        keep(colleague, person)


def test_who_only_looks_changes_nothing(document, coordinator, person, sign_in):
    Document.objects.update(access="city")
    open_file_with_reason(by=coordinator, person=person, reason="asked by the person")
    client = sign_in(coordinator)
    page = client.get(address("document_detail", document)).content.decode()
    assert address("document_edit", document) not in page
    for name in ("document_replace", "document_edit", "document_propose", "document_destroy"):
        assert client.get(address(name, document)).status_code == 403
    assert client.post(address("document_keep", document)).status_code == 403
    with pytest.raises(PermissionDenied):
        propose_destruction(by=coordinator, document=document, reason="x")


# -- versions, corrections -------------------------------------------------------------------------------------------


def test_a_newer_version_keeps_the_old_one(document, desk_operator, person, sign_in):
    client = sign_in(desk_operator)
    form = client.get(address("document_replace", document)).content.decode()
    assert 'value="Passaporto"' in form
    assert "A123" not in form
    typed = {"kind": "passport", "access": "team", "title": "Nuovo", "pages": [SimpleUploadedFile("n.pdf", a_pdf())]}
    answer = client.post(address("document_replace", document), typed)
    new = Document.objects.get(replaces=document)
    assert answer.url == address("document_detail", new)
    assert selectors.documents_of(desk_operator, person) == [new]
    assert selectors.versions_of(desk_operator, document) == [new, document]
    old_page = client.get(address("document_detail", document)).content.decode()
    assert "There is a newer version" in old_page
    assert address("document_replace", document) not in old_page
    with pytest.raises(DomainError, match="newer version already"):
        keep(desk_operator, person, replaces=document)


def test_a_correction_is_logged_without_what_was_told(document, desk_operator, sign_in):
    client = sign_in(desk_operator)
    typed = {"kind": "permit", "access": "team", "title": "Permesso", "expires_on": str(TODAY() + timedelta(days=50))}
    assert client.post(address("document_edit", document), typed).url == address("document_detail", document)
    document.refresh_from_db()
    assert (document.kind, document.title) == ("permit", "Permesso")
    changes = AuditEntry.objects.get(action="update", object_id=document.pk).detail["changes"]
    assert changes["kind"] == ["passport", "permit"]
    assert changes["title"] == []
    same = DocumentDetails(kind="permit", title="Permesso", expires_on=document.expires_on)
    change_document(by=desk_operator, document=document, details=same)
    assert AuditEntry.objects.filter(action="update", object_id=document.pk).count() == 1


# -- destruction -----------------------------------------------------------------------------------------------------


def test_one_proposes_another_destroys_and_a_certificate_stays(
    document, desk_operator, person, of_desk, sign_in, django_capture_on_commit_callbacks
):
    client, paths = sign_in(desk_operator), []
    for page in document.pages.all():
        paths += [vault.path_of(page.file_id), vault.path_of(page.thumbnail_id)]
    assert client.post(address("document_propose", document), {"reason": " "}).status_code == 422
    assert client.post(address("document_propose", document), {"reason": "kept by mistake"}).status_code == 302
    refused = client.post(address("document_destroy", document))
    assert refused.status_code == 422
    assert "Somebody else destroys" in refused.content.decode()
    assert all(path.exists() for path in paths)
    second = of_desk()
    other = sign_in(second)
    assert address("document_detail", document) in other.get(reverse("document_destruction_list")).content.decode()
    assert "kept by mistake" in other.get(address("document_destroy", document)).content.decode()
    with django_capture_on_commit_callbacks(execute=True):
        assert other.post(address("document_destroy", document)).status_code == 302
    assert not any(path.exists() for path in paths)
    document.refresh_from_db()
    assert (document.title, document.number_masked, document.expires_on) == ("", "", None)
    certificate = client.get(address("document_detail", document)).content.decode()
    for told in ("Certificate of destruction", "kept by mistake", second.full_name, document.pages.get().file.sha256):
        assert told in certificate
    assert client.get(address("document_page", document.pages.get())).status_code == 404
    assert client.get(address("document_edit", document)).status_code == 404
    assert selectors.documents_of(desk_operator, person) == []
    page = client.get(address("person_detail", person)).content.decode()
    assert "destroyed on" in page
    logged = AuditEntry.objects.get(action="delete", object_id=document.pk)
    assert (logged.actor_id, logged.reason) == (second.pk, "kept by mistake")
    with pytest.raises(DomainError, match="was destroyed"):
        keep_document(by=second, document=document)


def test_a_destroyed_version_leaves_the_others_as_they_are(desk_operator, person, of_desk):
    first = keep(desk_operator, person, title="1")
    second = keep(desk_operator, person, title="2", replaces=first)
    third = keep(desk_operator, person, title="3", replaces=second)

    def destroy(version):
        propose_destruction(by=desk_operator, document=version, reason="x")
        destroy_document(by=of_desk(), document=Document.objects.get(pk=version.pk))

    destroy(second)
    assert selectors.versions_of(desk_operator, Document.objects.get(pk=first.pk)) == [third, first]
    assert selectors.documents_of(desk_operator, person) == [third]
    destroy(third)
    assert selectors.documents_of(desk_operator, person) == [first]
    assert keep(desk_operator, person, title="4", replaces=first).replaces == first


def test_after_the_term_who_proposed_may_destroy(document, desk_operator):
    propose_destruction(by=desk_operator, document=document, reason="the person asked")
    with pytest.raises(DomainError, match="Somebody else"):
        destroy_document(by=desk_operator, document=document)
    with time_machine.travel(timezone.now() + ALONE_AFTER + timedelta(minutes=1)):
        assert destroy_document(by=desk_operator, document=document).is_destroyed


def test_nothing_is_destroyed_that_was_not_proposed_or_was_kept(document, desk_operator, of_desk, sign_in):
    second = of_desk()
    with pytest.raises(DomainError, match="Nobody has proposed"):
        destroy_document(by=second, document=document)
    propose_destruction(by=desk_operator, document=document, reason="x")
    assert sign_in(second).post(address("document_keep", document)).status_code == 302
    with pytest.raises(DomainError, match="Nobody has proposed"):
        destroy_document(by=second, document=document)


# -- reminders -------------------------------------------------------------------------------------------------------


def listed(client, **asked):
    table = client.get(reverse("document_list"), asked).context["table"]
    return {document.title for document in table.rows}


def test_what_expires_is_listed_in_time(desk_operator, person, sign_in):
    for title, days in (("old", -200), ("just", -5), ("now", 0), ("30", 29), ("60", 59), ("90", 89), ("far", 200)):
        keep(desk_operator, person, title=title, expires_on=TODAY() + timedelta(days=days))
    keep(desk_operator, person, title="no end")
    client = sign_in(desk_operator)
    assert listed(client) == {"just", "now", "30", "60", "90"}
    assert listed(client, within="30") == {"now", "30"}
    assert listed(client, within="60") == {"now", "30", "60"}
    assert listed(client, within="90") == {"now", "30", "60", "90"}
    assert listed(client, within="expired") == {"old", "just"}
    assert listed(client, within="all", q="provadati mohamed") == {"old", "just", "now", "30", "60", "90", "far"}
    assert listed(client, within="all", q="Rossi") == set()
    assert listed(client, kind="court") == set()
    text = client.get(reverse("document_list"), {"format": "csv", "within": "30"}).content.decode("utf-8-sig")
    assert "ends in 29 days" in text
    assert AuditEntry.objects.filter(action="export", object_type="people.document").exists()


def test_the_page_of_the_person_reminds(document, desk_operator, person, sign_in):
    page = sign_in(desk_operator).get(address("person_detail", person)).content.decode()
    assert "Passaporto: ends in 20 days" in page
    assert address("document_new", person) in page


def test_replaced_and_closed_ones_are_not_reminded_of(document, desk_operator, person, colleague, sign_in):
    keep(desk_operator, person, replaces=document, title="new", expires_on=TODAY() + timedelta(days=60))
    assert listed(sign_in(desk_operator)) == {"new"}
    assert listed(sign_in(colleague)) == set()


def test_lists_cost_the_same_for_many(desk_operator, person, sign_in):
    client = sign_in(desk_operator)
    counts = []
    for _turn in range(2):
        for _number in range(3):
            one = keep(desk_operator, person, expires_on=TODAY() + timedelta(days=3))
            propose_destruction(by=desk_operator, document=one, reason="x")
        names = ("document_list", "document_destruction_list")
        counts.append([count_queries(client, reverse(name)) for name in names])
        counts[-1].append(count_queries(client, address("person_detail", Person.objects.get())))
    assert counts[0] == counts[1]
