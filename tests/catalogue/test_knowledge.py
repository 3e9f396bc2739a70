"""Pages of answers: written, reviewed by a second person, versions, languages, search, reports."""

from datetime import timedelta

import pytest
from django.core.exceptions import PermissionDenied
from django.http import Http404
from django.urls import reverse
from django.utils import timezone

from lgnet.audit.models import AuditEntry
from lgnet.catalogue import knowledge as services
from lgnet.catalogue import knowledge_selectors as selectors
from lgnet.catalogue.knowledge import Answer
from lgnet.catalogue.knowledge_models import KnowledgeFeedback, KnowledgePage, KnowledgeVersion
from lgnet.catalogue.knowledge_text import differences, fold, plain_text, render_text, search_terms
from lgnet.catalogue.models import ServiceType
from lgnet.core.errors import DomainError
from lgnet.core.ids import uuid7
from lgnet.network.models import Partner
from lgnet.network.roles import Role
from tests.queries import count_queries

TODAY = timezone.localdate
LATER = timedelta(days=200)


def an_answer(title="Rinnovare il permesso di soggiorno", **values):
    usual = {"body": "Si va **alla posta** con il kit.", "topic": "legal", "review_by": TODAY() + LATER}
    return Answer(title=title, **{**usual, **values})


def approved(by, reviewer, partner, **values):
    version = services.write_page(by=by, partner=partner, answer=an_answer(**values))
    services.submit_version(by=by, version=version)
    return services.approve_version(by=reviewer, version=version)


@pytest.fixture
def support(make_user, db):
    """Two of the support of the network."""
    anci = Partner.objects.create(slug="anci", name="ANCI", short_name="ANCI", kind=Partner.Kind.ASSOCIATION)
    return [make_user(Role.NETWORK_SUPPORT, anci) for _number in range(2)]


@pytest.fixture
def draft(desk_operator, partner):
    return services.write_page(by=desk_operator, partner=partner, answer=an_answer())


@pytest.fixture
def live(desk_operator, coordinator, partner):
    return approved(desk_operator, coordinator, partner)


def address(name, thing):
    return reverse(name, args=[thing.pk])


# -- the text --------------------------------------------------------------------------------------------------------


def test_text_is_drawn_with_paragraphs_lists_and_bold_alone():
    body = "## Dove\nAllo sportello,\nal mattino.\n\n- uno\n- **due**\n1. tre\n2) quattro\n\nFine * e ** e __no__."
    assert render_text(body) == (
        "<h2>Dove</h2><p>Allo sportello,<br>al mattino.</p><ul><li>uno</li><li><strong>due</strong></li></ul>"
        "<ol><li>tre</li><li>quattro</li></ol><p>Fine * e ** e __no__.</p>"
    )
    assert plain_text("- **due**\n\ntre") == "due tre"
    assert render_text("") == ""


@pytest.mark.parametrize(
    "typed",
    ["<script>alert(1)</script>", "**<img src=x onerror=alert(1)>**", "- <a href='javascript:x'>y</a>", "## <b>", "[a](javascript:alert(1))",
     "&lt;script&gt;"],
)  # fmt: skip
def test_nothing_typed_becomes_html(typed):
    drawn = render_text(typed)
    for tag in ("<script", "<img", "<a", "<b>"):
        assert tag not in drawn
    assert "&amp;lt;" in drawn or "&lt;" not in typed


def test_differences_show_what_went_and_came():
    assert differences("uno <due> tre", "uno quattro tre") == "uno <del>&lt;due&gt;</del><ins>quattro</ins> tre"
    assert differences("uno", "uno\n\ndue") == "uno<ins>\n\ndue</ins>"
    assert differences("", "") == ""


def test_words_are_searched_without_accents_endings_and_common_words():
    assert fold("Perché È Él") == "perche e el"
    assert search_terms("Come posso rinnovare il permesso?") == ["rinnova", "permes"]
    assert search_terms("C3") == ["c3"]
    assert search_terms("come che") == ["come", "che"]
    assert search_terms("لجوء") == ["لجوء"]


# -- from draft to answer --------------------------------------------------------------------------------------------


def test_a_second_person_approves(draft, desk_operator, coordinator, partner, make_user):
    assert list(selectors.usable_pages(desk_operator, partner)) == []
    services.submit_version(by=desk_operator, version=draft)
    case_worker = make_user(Role.CASE_WORKER, partner)
    with pytest.raises(PermissionDenied):
        services.approve_version(by=case_worker, version=draft)
    answer = services.approve_version(by=coordinator, version=draft)
    assert list(selectors.usable_pages(case_worker, partner)) == [answer]
    assert (answer.reviewer, answer.status) == (coordinator, "approved")
    states = [row.detail["state"] for row in AuditEntry.objects.filter(object_id=draft.pk).order_by("created_at", "id")]
    assert states == ["draft", "in_review", "approved"]


def test_who_wrote_a_word_does_not_review(draft, desk_operator, coordinator, make_user, partner):
    services.write_text(by=coordinator, version=draft, language="en", title="Renew", body="At the post office")
    services.submit_version(by=desk_operator, version=draft)
    with pytest.raises(DomainError, match="somebody else has to review"):
        services.approve_version(by=coordinator, version=draft)
    with pytest.raises(DomainError, match="somebody else has to review"):
        services.send_back(by=coordinator, version=draft, reason="x")
    assert services.approve_version(by=make_user(Role.COORDINATOR, partner), version=draft).status == "approved"


def test_sent_back_with_what_to_mend(draft, desk_operator, coordinator, sign_in):
    services.submit_version(by=desk_operator, version=draft)
    client = sign_in(coordinator)
    assert client.post(address("knowledge_send_back", draft), {"reason": ""}).status_code == 422
    assert client.post(address("knowledge_send_back", draft), {"reason": "manca l'indirizzo"}).status_code == 302
    page = sign_in(desk_operator).get(address("knowledge_detail", draft)).content.decode()
    assert "manca l&#x27;indirizzo" in page
    assert address("knowledge_edit", draft) in page


def test_only_in_the_right_state(draft, live, desk_operator, coordinator):
    with pytest.raises(DomainError, match="another state"):
        services.approve_version(by=coordinator, version=draft)
    with pytest.raises(DomainError, match="another state"):
        services.change_draft(by=desk_operator, version=live, answer=an_answer())
    with pytest.raises(DomainError, match="another state"):
        services.submit_version(by=desk_operator, version=live)
    with pytest.raises(DomainError, match="another state"):
        services.give_feedback(by=desk_operator, version=draft, verdict="helped")


def test_a_new_version_takes_the_place_of_the_old_one(live, desk_operator, coordinator, partner, sign_in):
    services.begin_version(by=desk_operator, page=live.page)
    client = sign_in(desk_operator)
    answer = client.post(address("knowledge_again", live))  # pressed twice: the same draft
    new = KnowledgeVersion.objects.get(number=2)
    assert answer.url == address("knowledge_detail", new)
    assert list(selectors.usable_pages(desk_operator, partner)) == [live]
    services.change_draft(by=desk_operator, version=new, answer=an_answer(body="Si va **alla questura** con il kit."))
    services.submit_version(by=desk_operator, version=new)
    services.approve_version(by=coordinator, version=new)
    live.refresh_from_db()
    assert live.status == "outdated"
    assert list(selectors.usable_pages(desk_operator, partner)) == [new]
    changes = client.get(address("knowledge_changes", new)).content.decode()
    assert "<del>posta**</del><ins>questura**</ins>" in changes
    assert "first version" in client.get(address("knowledge_changes", live)).content.decode()
    old = client.get(address("knowledge_detail", live)).content.decode()
    assert address("knowledge_detail", new) in old
    assert "replaced by a newer version" in old


def test_two_who_write_at_once_lose_nothing(draft, desk_operator, case_worker, sign_in):
    client = sign_in(desk_operator)
    form = client.get(address("knowledge_edit", draft)).context["form"]
    services.change_draft(by=case_worker, version=draft, answer=an_answer(body="Le parole del collega"))
    typed = {name: form[name].value() or "" for name in form.fields} | {"body": "Le mie parole"}
    answer = client.post(address("knowledge_edit", draft), typed)
    page = answer.content.decode()
    assert answer.status_code == 422
    for told in ("A colleague changed this page", "Le parole del collega", "Le mie parole"):
        assert told in page
    again = answer.context["form"]
    typed = {name: again[name].value() or "" for name in again.fields}
    assert client.post(address("knowledge_edit", draft), typed).status_code == 302
    assert KnowledgeVersion.objects.get().text_in("it").body == "Le mie parole"


IMPOSSIBLE = {
    "no title": ({"title": " "}, "title"),
    "no text": ({"body": " "}, "body"),
    "looked at yesterday": ({"review_by": TODAY()}, "review_by"),
    "in ten years": ({"review_by": TODAY() + timedelta(days=3700)}, "review_by"),
    "over": ({"valid_until": TODAY() - timedelta(days=1)}, "valid_until"),
    "a source that runs": ({"sources": [("x", "javascript:alert(1)")]}, "sources"),
    "a source without words": ({"sources": [("", "https://x.it")]}, "sources"),
}


@pytest.mark.parametrize("name", IMPOSSIBLE)
def test_bad_input_is_refused_at_its_field(name, desk_operator, partner):
    values, field = IMPOSSIBLE[name]
    with pytest.raises(DomainError) as refused:
        services.write_page(by=desk_operator, partner=partner, answer=an_answer(**values))
    assert refused.value.field == field
    assert not KnowledgePage.objects.exists()


def test_a_service_is_of_the_topic(desk_operator, partner, service_type):
    with pytest.raises(DomainError, match="another topic"):
        services.write_page(by=desk_operator, partner=partner, answer=an_answer(service_type=service_type))


# -- who -------------------------------------------------------------------------------------------------------------


def test_the_network_writes_for_all_and_a_city_for_itself(
    support, partner, other_partner, desk_operator, stranger, coordinator
):
    of_network = approved(*support, None, title="Numero verde antitratta")
    own = approved(desk_operator, coordinator, partner)
    assert set(selectors.usable_pages(desk_operator, partner)) == {of_network, own}
    assert set(selectors.usable_pages(stranger, other_partner)) == {of_network}
    for user, where in ((desk_operator, None), (stranger, partner), (support[0], partner)):
        with pytest.raises(PermissionDenied):
            services.write_page(by=user, partner=where, answer=an_answer())
    with pytest.raises(PermissionDenied):
        services.begin_version(by=desk_operator, page=of_network.page)
    with pytest.raises(Http404):
        selectors.get_version(stranger, own.pk)


def test_drafts_are_for_who_works_on_them(draft, outreach_operator, coordinator, stranger, sign_in, make_user, partner):
    assert sign_in(coordinator).get(address("knowledge_detail", draft)).status_code == 200
    for user in (outreach_operator, stranger, make_user(Role.FINANCE_OFFICER, partner)):
        assert sign_in(user).get(address("knowledge_detail", draft)).status_code == 404
    assert sign_in(make_user(Role.FINANCE_OFFICER, partner)).get(reverse("knowledge_list")).status_code == 403


def test_who_only_reads_changes_nothing(live, outreach_operator, sign_in):
    client = sign_in(outreach_operator)
    page = client.get(address("knowledge_detail", live)).content.decode()
    for name in ("knowledge_edit", "knowledge_text", "knowledge_outdate", "knowledge_confirm"):
        assert address(name, live) not in page
        assert client.get(address(name, live)).status_code == 403
    assert client.get(reverse("knowledge_new")).status_code == 403
    for name in ("knowledge_again", "knowledge_submit", "knowledge_approve"):
        assert client.post(address(name, live)).status_code == 403


# -- usable answers --------------------------------------------------------------------------------------------------


def test_words_find_pages_in_any_ending_and_the_title_counts_most(desk_operator, coordinator, partner):
    make = lambda title, body, **values: approved(desk_operator, coordinator, partner, title=title, body=body, **values)  # noqa: E731
    renew = make("Rinnovare il permesso di soggiorno", "Kit alla posta.")
    health = make("La tessera sanitaria", "Serve il permesso di soggiorno.", topic="health")
    make("Corsi di italiano al CPIA", "Iscrizioni in autunno.", topic="language")
    found = list(selectors.usable_pages(desk_operator, partner, text="mi è scaduto il permesso, devo rinnovarlo"))
    assert found == [renew, health]
    assert list(selectors.usable_pages(desk_operator, partner, text="TESSERA SANITARIE")) == [health]
    assert list(selectors.usable_pages(desk_operator, partner, text="cavallo")) == []
    assert len(selectors.usable_pages(desk_operator, partner, text="%")) == 0
    assert len(selectors.usable_pages(desk_operator, partner, text="  ")) == 3


def test_pages_about_a_service_come_before_those_about_its_area(desk_operator, coordinator, partner, service_type):
    area = approved(desk_operator, coordinator, partner, title="Dove si impara", topic="language")
    exact = approved(desk_operator, coordinator, partner, title="CPIA", topic="language", service_type=service_type)
    other = ServiceType.objects.create(code="exam", area="language", name_it="Esame", name_en="Exam")
    approved(desk_operator, coordinator, partner, title="Esame", topic="language", service_type=other)
    approved(desk_operator, coordinator, partner)
    assert list(selectors.usable_pages(desk_operator, partner, service_type=service_type)) == [exact, area]


def test_what_is_over_or_outdated_is_no_answer(live, desk_operator, coordinator, partner):
    KnowledgeVersion.objects.update(valid_until=TODAY() - timedelta(days=1))
    assert list(selectors.usable_pages(desk_operator, partner)) == []
    KnowledgeVersion.objects.update(valid_until=TODAY())
    assert list(selectors.usable_pages(desk_operator, partner)) == [live]
    with pytest.raises(DomainError):
        services.outdate_version(by=coordinator, version=live, reason=" ")
    services.outdate_version(by=coordinator, version=live, reason="la legge è cambiata")
    assert list(selectors.usable_pages(desk_operator, partner)) == []


# -- the pages -------------------------------------------------------------------------------------------------------


def test_through_the_pages(desk_operator, coordinator, partner, sign_in):
    client, boss = sign_in(desk_operator), sign_in(coordinator)
    form = client.get(reverse("knowledge_new")).context["form"]
    typed = {
        "record_id": form["record_id"].value(), "scope": str(partner.pk), "title": "Codice STP", "body": "Per **cure**.",
        "topic": "health", "review_by": str(TODAY() + LATER), "sources": "D.lgs. 286/1998, art. 35 | https://example.org/l",
    }  # fmt: skip
    bad = client.post(reverse("knowledge_new"), typed | {"sources": "x | ftp://y"})
    assert bad.status_code == 422
    assert "Per **cure**." in bad.content.decode()
    for _turn in range(2):  # pressed twice
        answer = client.post(reverse("knowledge_new"), typed)
    version = KnowledgeVersion.objects.get()
    assert answer.url == address("knowledge_detail", version)
    client.post(address("knowledge_text", version), {"language": "ar", "title": "رمز", "body": "للعلاج"})
    assert client.post(address("knowledge_submit", version)).status_code == 302
    assert client.post(address("knowledge_approve", version)).status_code == 403
    assert boss.post(address("knowledge_approve", version)).status_code == 302
    page = client.get(address("knowledge_detail", version)).content.decode()
    assert "<strong>cure</strong>" in page
    assert 'href="https://example.org/l" rel="noopener noreferrer"' in page
    read = client.get(address("knowledge_read", version), {"language": "ar"}).content.decode()
    assert 'lang="ar" dir="rtl"' in read
    assert "للعلاج" in read
    assert "Per <strong>cure" in client.get(address("knowledge_read", version), {"language": "xx"}).content.decode()
    listed = client.get(reverse("knowledge_list"), {"q": "stp", "language": "ar", "state": "usable", "topic": "health"})
    assert [row.pk for row in listed.context["table"].page_rows] == [version.pk]


def test_a_language_is_taken_out_again_but_never_italian(draft, desk_operator):
    services.write_text(by=desk_operator, version=draft, language="fr", title="Titre", body="Texte")
    services.write_text(by=desk_operator, version=draft, language="fr", title="", body="")
    assert [text.language for text in draft.texts.all()] == ["it"]
    for language, title, body in (("it", "", ""), ("fr", "Titre", ""), ("xx", "a", "b")):
        with pytest.raises(DomainError):
            services.write_text(by=desk_operator, version=draft, language=language, title=title, body=body)


def test_states_of_the_list(live, draft, desk_operator, coordinator, sign_in):
    client = sign_in(coordinator)

    def shown(state):
        return {row.pk for row in client.get(reverse("knowledge_list"), {"state": state}).context["table"].rows}

    assert shown("") == {live.pk, draft.pk}
    assert (shown("usable"), shown("draft"), shown("in_review"), shown("due")) == ({live.pk}, {draft.pk}, set(), set())
    KnowledgeVersion.objects.filter(pk=live.pk).update(review_by=TODAY())
    assert shown("due") == {live.pk}
    KnowledgeVersion.objects.filter(pk=live.pk).update(valid_until=TODAY() - timedelta(days=1))
    assert (shown("over"), shown("usable")) == ({live.pk}, set())
    services.outdate_version(by=coordinator, version=live, reason="x")
    assert shown("outdated") == {live.pk}


def test_still_right_is_said_by_somebody_who_has_not_written_it(live, coordinator, desk_operator, sign_in):
    client, day = sign_in(coordinator), TODAY() + timedelta(days=300)
    assert sign_in(desk_operator).get(address("knowledge_confirm", live)).status_code == 403
    assert client.post(address("knowledge_confirm", live), {"review_by": str(TODAY())}).status_code == 422
    assert client.post(address("knowledge_confirm", live), {"review_by": str(day)}).status_code == 302
    live.refresh_from_db()
    assert live.review_by == day


def test_operators_say_whether_it_helped(live, outreach_operator, coordinator, sign_in):
    client, boss = sign_in(outreach_operator), sign_in(coordinator)
    assert client.post(address("knowledge_feedback", live), {"verdict": "helped"}).status_code == 302
    assert client.post(address("knowledge_feedback", live), {"verdict": "wrong", "note": " "}).status_code == 422
    client.post(address("knowledge_feedback", live), {"verdict": "wrong", "note": "La posta ora è in via Prova"})
    said = KnowledgeFeedback.objects.get()
    reported = {"state": "reported"}
    assert len(boss.get(reverse("knowledge_list"), reported).context["table"].rows) == 1
    assert "via Prova" in boss.get(address("knowledge_detail", live)).content.decode()
    assert client.post(address("knowledge_settle", said)).status_code == 403
    assert boss.post(address("knowledge_settle", said)).status_code == 302
    assert len(boss.get(reverse("knowledge_list"), reported).context["table"].rows) == 0


def test_the_list_costs_the_same_for_many(desk_operator, coordinator, partner, sign_in):
    client, counts = sign_in(desk_operator), []
    for _turn in range(2):
        for _number in range(3):
            approved(desk_operator, coordinator, partner)
        counts.append(count_queries(client, reverse("knowledge_list") + "?q=permesso"))
    assert counts[0] == counts[1]


def test_a_form_sent_again_by_another_makes_nothing(draft, case_worker, partner):
    with pytest.raises(DomainError, match="used already"):
        services.write_page(by=case_worker, partner=partner, answer=an_answer(), record_id=draft.pk)
    assert services.write_page(by=case_worker, partner=partner, answer=an_answer(), record_id=uuid7()).number == 1
