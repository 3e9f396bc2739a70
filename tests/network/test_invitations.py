"""Invitations: sent by real mail, good once, for a week; withdrawn, sent again; accepted anew or by who is in already."""

import re
import uuid
from datetime import timedelta

import pytest
import time_machine
from django.core.exceptions import PermissionDenied
from django.core.management import CommandError, call_command
from django.test import Client
from django.urls import reverse
from django.utils import timezone, translation

from lgnet.audit.models import AuditEntry
from lgnet.core.errors import DomainError
from lgnet.network import invitations
from lgnet.network.models import Invitation, Membership, User
from lgnet.network.roles import Role
from tests.network.conftest import with_email
from tests.network.signing_in import LOGIN, enter, is_in, signed_in, words
from tests.network.smtp import mail_server

SITE = "http://testserver/"
PHRASE = "quattro parole in fila"


def today(days=0):
    return timezone.localdate() + timedelta(days=days)


@pytest.fixture
def post(settings, db):
    """A real mail server on loopback."""
    with mail_server() as server:
        settings.EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
        settings.EMAIL_HOST, settings.EMAIL_PORT = "127.0.0.1", server.port
        yield server


def invite(by, partner, email="nuova.collega@example.org", role=Role.CASE_WORKER, **more):
    return invitations.invite_colleague(
        by=by, partner=partner, role=role, email=email, full_name="Nuova Collega", site_url=SITE, **more
    )


def filled(partner, /, **changes):
    return {
        "full_name": "Nuova Collega", "email": "Nuova.Collega@Example.org", "partner": partner.pk, "role": "case_worker",
        "profile": "social_worker", "employer": "Cooperativa Prova", "starts_on": today().isoformat(), "ends_on": "",
    } | changes  # fmt: skip


def joining(**changes):
    return {
        "full_name": "Nuova Collega", "username": "nuova.collega", "password": PHRASE, "password_again": PHRASE,
    } | changes  # fmt: skip


def path_of(invited):
    return invited.link.removeprefix(SITE.rstrip("/"))


# -- sent ------------------------------------------------------------------------------------------------------------


def test_from_the_form_over_real_mail_to_the_first_day(boss, partner, post, django_capture_on_commit_callbacks):
    client = signed_in(boss)
    with django_capture_on_commit_callbacks(execute=True):
        response = client.post(reverse("invitation_new"), filled(partner, ends_on=today(90).isoformat()))
    invitation = Invitation.objects.get()
    assert response.url == reverse("invitation_detail", args=[invitation.pk])
    [message] = post.mails
    assert post.recipients == [message["To"]] == ["nuova.collega@example.org"]
    body = message.get_content()
    assert all(text in body for text in (boss.full_name, partner.name, "case manager and team", "7 days"))
    [link] = re.findall(r"http://testserver/join/\S+", body)
    assert invitation.token_hash not in body
    assert link.rsplit("/", 1)[1] not in str(Invitation.objects.values().get()), "the token itself is nowhere kept"
    page = words(client.get(response.url))
    assert "waiting" in page
    assert "has not gone out" not in page

    visitor, path = Client(), link.removeprefix("http://testserver")
    offer = visitor.get(path)
    assert offer.context["form"].initial["username"] == "nuova.collega"
    assert "Cooperativa Prova" in words(offer)
    assert "no-cache" in offer["Cache-Control"]
    assert visitor.post(path, joining(username="Nuova.Collega")).url == LOGIN
    user = User.objects.get(username="nuova.collega")
    membership = user.memberships.get()
    assert (user.email, user.full_name, user.language) == ("nuova.collega@example.org", "Nuova Collega", "en")
    assert (membership.role, membership.profile, membership.ends_on) == ("case_worker", "social_worker", today(90))
    assert enter(visitor, user.email, PHRASE).url == "/"
    assert visitor.get("/").status_code == 200
    assert "accepted" in words(client.get(response.url))
    actions = AuditEntry.objects.filter(object_id=invitation.pk).values_list("actor_id", flat=True)
    assert set(actions) == {boss.pk, user.pk}
    assert AuditEntry.objects.get(object_id=membership.pk, action="create").partner_id == partner.pk


def test_the_mail_is_in_the_language_of_who_reads_it(boss, partner, worker, post, django_capture_on_commit_callbacks):
    worker.language = "it"
    worker.save()
    with django_capture_on_commit_callbacks(execute=True):
        invite(boss, partner, email=worker.email, role=Role.DESK_OPERATOR)
    with translation.override("it"):
        assert post.mails[0]["Subject"] == translation.gettext("Invitation to LGNet")


@pytest.mark.parametrize("trouble", ["refused", "no server"])
def test_a_mail_that_does_not_go_out_is_told(
    boss, partner, post, settings, trouble, django_capture_on_commit_callbacks
):
    post.refuses = trouble == "refused"
    if trouble == "no server":
        settings.EMAIL_PORT = 9  # nobody listens there
    client = signed_in(boss)
    with django_capture_on_commit_callbacks(execute=True):
        response = client.post(reverse("invitation_new"), filled(partner))
    assert response.status_code == 302
    assert "The mail has not gone out." in words(client.get(response.url))
    post.refuses, settings.EMAIL_PORT = False, post.port
    with django_capture_on_commit_callbacks(execute=True):
        client.post(reverse("invitation_resend", args=[Invitation.objects.get().pk]))
    assert "The mail has not gone out." not in words(client.get(response.url))
    assert len(post.mails) == 1


def test_nothing_is_sent_when_nothing_is_saved(boss, partner, post, django_capture_on_commit_callbacks):
    with django_capture_on_commit_callbacks(execute=True):
        assert signed_in(boss).post(reverse("invitation_new"), filled(partner, email="x")).status_code == 422
    assert (post.mails, Invitation.objects.count()) == ([], 0)


def test_names_with_odd_signs_do_not_break_the_mail(boss, partner, post, django_capture_on_commit_callbacks):
    name = "D'Aosta & <b>Figli</b> \u202e 🦊"
    with django_capture_on_commit_callbacks(execute=True):
        response = signed_in(boss).post(reverse("invitation_new"), filled(partner, full_name=name))
    assert response.status_code == 302
    assert name in post.mails[0].get_content()


# -- accepted --------------------------------------------------------------------------------------------------------


def test_a_link_is_good_for_once(boss, partner):
    path = path_of(invite(boss, partner))
    assert Client().post(path, joining()).url == LOGIN
    for answer in (Client().get(path), Client().post(path, joining(username="second.one"))):
        assert answer.status_code == 404
        assert "not valid" in words(answer)
    assert User.objects.filter(email="nuova.collega@example.org").count() == 1


def test_a_link_lasts_a_week(boss, partner):
    path = path_of(invite(boss, partner))
    with time_machine.travel(timezone.now() + timedelta(days=6, hours=23)):
        assert Client().get(path).status_code == 200
    with time_machine.travel(timezone.now() + timedelta(days=7, seconds=1)):
        assert Client().get(path).status_code == 404
        assert Client().post(path, joining()).status_code == 404
        assert "expired" in words(signed_in(boss).get(reverse("invitation_list")))


def test_withdrawn(boss, partner):
    invited, client = invite(boss, partner), signed_in(boss)
    url = reverse("invitation_withdraw", args=[invited.invitation.pk])
    assert client.post(url).url == reverse("invitation_detail", args=[invited.invitation.pk])
    assert Client().post(path_of(invited), joining()).status_code == 404
    assert "accepted or withdrawn already" in words(client.post(url, follow=True))
    resend = reverse("invitation_resend", args=[invited.invitation.pk])
    assert "accepted or withdrawn already" in words(client.post(resend, follow=True))
    assert Client().get(path_of(invited)).status_code == 404


def test_sent_again_with_a_new_link(boss, partner, post, django_capture_on_commit_callbacks):
    invited = invite(boss, partner)
    with time_machine.travel(timezone.now() + timedelta(days=30)):
        with django_capture_on_commit_callbacks(execute=True):
            signed_in(boss).post(reverse("invitation_resend", args=[invited.invitation.pk]))
        [new] = re.findall(r"http://testserver(/join/\S+)", post.mails[0].get_content())
        assert Client().get(path_of(invited)).status_code == 404
        assert Client().post(new, joining()).url == LOGIN


def test_who_has_a_sign_in_signs_in_first_and_gets_one_role_more(boss, partner, worker):
    path = path_of(invite(boss, partner, email=worker.email.upper(), role=Role.DESK_OPERATOR))
    visitor = Client()
    page = visitor.get(path)
    assert "There is a sign-in with your e-mail already" in words(page)
    assert visitor.post(path, joining()).status_code == 200, "nobody makes a second sign-in"
    assert User.objects.filter(username="nuova.collega").count() == 0
    link = re.findall(r'<a class="btn btn-primary w-100" href="([^"]*)"', page.content.decode())[0]
    assert b'name="next"' in visitor.get(link).content
    assert enter(visitor, worker.username, next=path).url == path
    assert worker.username in words(visitor.get(path))
    assert visitor.post(path).url == "/"
    assert set(worker.memberships.values_list("role", flat=True)) == {"case_worker", "desk_operator"}
    assert "/desk" in visitor.get("/").content.decode()


def test_somebody_else_who_is_signed_in_cannot_take_it(boss, partner, worker, outreach_operator):
    path = path_of(invite(boss, partner, email=worker.email, role=Role.COORDINATOR))
    client = signed_in(outreach_operator)
    page = client.get(path)
    assert "This invitation is for somebody else" in words(page)
    answer = client.post(path)
    assert answer.status_code == 422
    assert not outreach_operator.memberships.filter(role="coordinator").exists()
    assert Invitation.objects.get().state == "open"
    out = client.post(reverse("account_logout"), {"next": path})
    assert out.url == path
    assert enter(client, worker.username, next=path).url == path
    assert client.post(path).url == "/"


def test_an_address_nobody_signs_in_with_may_be_added_to_ones_own(boss, partner, worker):
    path = path_of(invite(boss, partner, email="other.address@example.org", role=Role.DESK_OPERATOR))
    client = signed_in(worker)
    assert worker.full_name in words(client.get(path))
    assert client.post(path).url == "/"
    invitation = Invitation.objects.get()
    assert (invitation.accepted_by, invitation.state) == (worker, "accepted")


def test_accepted_with_a_role_that_was_given_meanwhile(boss, partner, worker):
    path = path_of(invite(boss, partner, email=worker.email, role=Role.DESK_OPERATOR))
    Membership.objects.create(user=worker, partner=partner, role="desk_operator")
    answer = signed_in(worker).post(path)
    assert answer.status_code == 422
    assert "has this role in those days already" in words(answer)


@pytest.mark.parametrize("token", ["x", "%00", "🦊", "a" * 5000, "..%2f..", "' OR 1=1"])
def test_made_up_tokens(client, db, token):
    answer = client.get(f"/join/{token}")
    assert answer.status_code == 404
    assert not is_in(client)


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"username": ""}, "username"), ({"username": "ab"}, "username"), ({"username": "città"}, "username"),
        ({"username": "-x-y"}, "username"), ({"username": "a\x00bc"}, "username"), ({"username": "a" * 61}, "username"),
        ({"username": "🦊🦊🦊🦊"}, "username"), ({"username": "{taken}"}, "username"),
        ({"password": "short", "password_again": "short"}, "password"),
        ({"password": "nuova.collega", "password_again": "nuova.collega"}, "password"),
        ({"password": "x" * 1001, "password_again": "x" * 1001}, "password"),
        ({"password_again": "something else"}, "password_again"),
        ({"full_name": ""}, "full_name"), ({"full_name": "\x00"}, "full_name"), ({"full_name": "n" * 10_000}, "full_name"),
    ],
)  # fmt: skip
def test_bad_joining(boss, partner, worker, changes, field):
    path = path_of(invite(boss, partner))
    data = {k: v.replace("{taken}", worker.username.upper()) for k, v in joining(**changes).items()}
    answer = Client().post(path, data)
    assert answer.status_code == 422
    assert field in answer.context["form"].errors
    assert PHRASE not in answer.content.decode(), "passwords are not sent back"
    if field != "full_name":
        assert 'value="Nuova Collega"' in answer.content.decode()
    assert Client().post(path, joining(full_name="Nuova 🦊 \u202eagelloC")).url == LOGIN, "the link is still good"


# -- who may invite whom ---------------------------------------------------------------------------------------------


def test_only_who_manages_staff_invites(worker, boss, other_boss, stranger, partner, support):
    invited = invite(boss, partner)
    mine = {name: reverse(name, args=[invited.invitation.pk]) for name in ("invitation_detail", "invitation_withdraw")}
    for url in (reverse("invitation_list"), reverse("invitation_new")):
        assert signed_in(boss).get(url).status_code == 200
        assert signed_in(worker).get(url).status_code == 403
        assert signed_in(stranger).get(url).status_code == 403
    assert signed_in(boss).get(mine["invitation_detail"]).status_code == 200
    for outsider in (worker, other_boss, stranger):
        assert signed_in(outsider).get(mine["invitation_detail"]).status_code == 404
        assert signed_in(outsider).post(mine["invitation_withdraw"]).status_code == 404
    assert "Nuova" not in words(signed_in(other_boss).get(reverse("invitation_list")))
    assert signed_in(boss).get(reverse("invitation_detail", args=[uuid.uuid4()])).status_code == 404
    assert Invitation.objects.get().state == "open"


@pytest.mark.parametrize(
    ("who", "role", "may"),
    [
        ("boss", Role.CASE_WORKER, True), ("boss", Role.COORDINATOR, True), ("boss", Role.DPO, True),
        ("boss", Role.NETWORK_SUPPORT, False), ("boss", Role.LEAD_AUTHORITY, False),
        ("other_boss", Role.CASE_WORKER, False), ("worker", Role.CASE_WORKER, False),
        ("support", Role.COORDINATOR, True), ("support", Role.CASE_WORKER, False), ("support", Role.NETWORK_SUPPORT, False),
    ],
)  # fmt: skip
def test_which_roles_may_be_given_in_the_city(request, who, role, may, partner):
    by = request.getfixturevalue(who)
    if may:
        assert invite(by, partner, role=role).invitation.role == role
    else:
        with pytest.raises(PermissionDenied):
            invite(by, partner, role=role)
        if who in {"boss", "support", "other_boss"}:
            answer = signed_in(by).post(reverse("invitation_new"), filled(partner, role=role))
            assert answer.status_code == 422
            assert {"role", "partner"} & set(answer.context["form"].errors)
    assert Invitation.objects.exists() == may


def test_the_network_invites_its_own(support):
    own = support.memberships.get().partner
    assert invite(support, own, role=Role.NETWORK_SUPPORT).invitation.partner == own
    with pytest.raises(PermissionDenied):
        invite(support, own, role=Role.COORDINATOR, email="x@example.org")


def test_twice_is_once(boss, partner, worker):
    invite(boss, partner)
    with pytest.raises(DomainError, match="invited already"):
        invite(boss, partner, email="NUOVA.collega@example.org")
    with pytest.raises(DomainError, match="has this role here already"):
        invite(boss, partner, email=worker.email)
    with time_machine.travel(timezone.now() + timedelta(days=8)):
        assert invite(boss, partner).invitation.state == "open"
    Membership.objects.filter(user=worker).update(ends_on=today(-1))
    assert invite(boss, partner, email=worker.email).invitation.state == "open"


LONG = "x" * 10_000


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"email": "no address"}, "email"), ({"email": ""}, "email"), ({"email": "a\x00@example.org"}, "email"),
        ({"email": f"{LONG}@example.org"}, "email"), ({"email": "a@example.org\nBcc: b@example.org"}, "email"),
        ({"full_name": ""}, "full_name"), ({"full_name": LONG}, "full_name"), ({"full_name": "a\x00"}, "full_name"),
        ({"role": ""}, "role"), ({"role": "boss"}, "role"), ({"role": "lead_authority"}, "role"),
        ({"partner": ""}, "partner"), ({"partner": "x"}, "partner"), ({"partner": str(uuid.uuid4())}, "partner"),
        ({"profile": "wizard"}, "profile"), ({"employer": LONG}, "employer"), ({"employer": "\x00"}, "employer"),
        ({"starts_on": ""}, "starts_on"), ({"starts_on": "tomorrow"}, "starts_on"), ({"starts_on": "0206-01-01"}, "starts_on"),
        ({"starts_on": "2026-02-30"}, "starts_on"), ({"ends_on": "2020-01-01"}, "ends_on"), ({"ends_on": "🦊"}, "ends_on"),
        ({"starts_on": "9999-12-31", "ends_on": "9999-12-30"}, "ends_on"),
    ],
)  # fmt: skip
def test_bad_input(boss, partner, changes, field):
    data = filled(partner, **changes)
    answer = signed_in(boss).post(reverse("invitation_new"), data)
    assert answer.status_code == 422
    assert field in answer.context["form"].errors
    kept = "Cooperativa Prova" if field != "employer" else "Nuova Collega"
    assert kept in answer.content.decode()
    assert "data-draft" in answer.content.decode()
    assert Invitation.objects.count() == 0


# -- the first user --------------------------------------------------------------------------------------------------


def test_the_first_coordinator_is_invited_from_the_command_line(partner, capsys):
    call_command("invite", partner=partner.slug, role="coordinator", email="First@example.org", name="Prima")
    [path] = re.findall(r"http://127.0.0.1:8000(/join/\S+)", capsys.readouterr().out)
    assert Client().post(path, joining(full_name="Prima", username="prima")).url == LOGIN
    assert User.objects.get(username="prima").memberships.get().role == "coordinator"
    for wrong in ({"partner": "nowhere"}, {"email": "x"}, {"email": "first@example.org"}):
        with pytest.raises(CommandError):
            call_command(
                "invite", **({"partner": partner.slug, "role": "coordinator", "email": "b@example.org"} | wrong)
            )


def test_a_user_without_mail_is_not_found_by_none(boss, partner, worker):
    with_email(worker, "")
    path = path_of(invite(boss, partner))
    assert Client().post(path, joining()).url == LOGIN
