"""Roles with dates: planned, in force, ended on a day or at once; a city keeps a coordinator; who manages whom."""

import uuid
from datetime import timedelta

import pytest
import time_machine
from allauth.mfa.models import Authenticator
from django.core import mail
from django.core.exceptions import PermissionDenied
from django.urls import reverse
from django.utils import timezone

from lgnet.audit.models import AuditEntry
from lgnet.core.errors import DomainError
from lgnet.network import services
from lgnet.network.access import Access
from lgnet.network.models import Membership
from lgnet.network.roles import Permission, Role
from tests.network.signing_in import enter, is_in, set_up_app, signed_in, words


def today(days=0):
    return timezone.localdate() + timedelta(days=days)


def post_of(user):
    return user.memberships.get()


def pages(membership):
    return {name: reverse(name, args=[membership.pk]) for name in ("membership_edit", "membership_end")}


def edited(membership, **changes):
    return {
        "profile": "social_worker", "employer": "Cooperativa Prova",
        "starts_on": membership.starts_on.isoformat(), "ends_on": "",
    } | changes  # fmt: skip


def may_work(user):
    return Permission.WORK_ON_CASE in Access(user).permissions


# -- in time ---------------------------------------------------------------------------------------------------------


def test_from_the_first_to_the_last_day(worker):
    Membership.objects.filter(user=worker).update(starts_on=today(10), ends_on=today(12))
    seen = []
    for day in range(9, 14):
        with time_machine.travel(timezone.now() + timedelta(days=day), tick=False):
            seen.append((may_work(worker), post_of(worker).state))
    assert seen == [
        (False, "planned"), (True, "current"), (True, "current"), (True, "current"), (False, "ended"),
    ]  # fmt: skip


def test_ended_at_once_takes_effect_on_the_next_request(boss, worker):
    inside, manager = signed_in(worker), signed_in(boss)
    assert inside.get("/cases").status_code == 200
    url = pages(post_of(worker))["membership_end"]
    assert worker.full_name in words(manager.get(url))
    assert manager.post(url, {"last_day": today().isoformat()}).url == reverse("staff_list")
    assert inside.get("/cases").url == reverse("no_membership")
    assert inside.post(reverse("case_new")).url == reverse("no_membership")
    post = post_of(worker)
    assert (post.state, post.ends_on) == ("ended", today())
    entry = AuditEntry.objects.get(object_id=post.pk, action="update")
    assert (entry.actor_id, entry.partner_id) == (boss.pk, post.partner_id)
    assert entry.detail["changes"]["ends_on"] == ["", today().isoformat()]
    again = manager.post(url, {"last_day": today().isoformat()})
    assert again.status_code == 422
    assert "ended already" in words(again)


def test_ended_on_a_later_day(boss, worker):
    services.end_membership(by=boss, membership=post_of(worker), last_day=today(3))
    assert may_work(worker)
    assert post_of(worker).state == "current"
    with time_machine.travel(timezone.now() + timedelta(days=4)):
        assert not may_work(worker)


def test_a_planned_role_can_be_taken_back_and_given_again(boss, worker, partner):
    planned = Membership.objects.create(user=worker, partner=partner, role=Role.DPO, starts_on=today(9))
    services.end_membership(by=boss, membership=planned, last_day=today())
    planned.refresh_from_db()
    assert planned.state == "ended"
    again = services.open_membership(by=boss, user=worker, partner=partner, role=Role.DPO, starts_on=today(9))
    assert again.state == "planned"


def test_the_same_role_twice_at_a_time_is_refused(boss, worker, partner):
    with pytest.raises(DomainError, match="in those days already"):
        services.open_membership(by=boss, user=worker, partner=partner, role=Role.CASE_WORKER)
    services.end_membership(by=boss, membership=post_of(worker), last_day=today(5))
    later = services.open_membership(
        by=boss, user=worker, partner=partner, role=Role.CASE_WORKER, starts_on=today(6), ends_on=today(9)
    )
    first = worker.memberships.exclude(pk=later.pk).get()
    answer = signed_in(boss).post(pages(first)["membership_end"], {"last_day": today(7).isoformat()})
    assert answer.status_code == 422
    with pytest.raises(DomainError, match="in those days already"):
        services.change_membership(
            by=boss, membership=later, profile="", employer="", starts_on=today(5), ends_on=today(9)
        )


def test_changed_and_logged(boss, worker):
    client, post = signed_in(boss), post_of(worker)
    url = pages(post)["membership_edit"]
    data = edited(post, profile="psychologist", ends_on=today(30).isoformat())
    assert client.post(url, data).url == reverse("staff_detail", args=[worker.pk])
    post.refresh_from_db()
    assert (post.profile, post.employer, post.ends_on) == ("psychologist", "Cooperativa Prova", today(30))
    changes = AuditEntry.objects.get(object_id=post.pk, action="update").detail["changes"]
    assert changes["profile"] == ["social_worker", "psychologist"]
    assert "starts_on" not in changes
    services.end_membership(by=boss, membership=post, last_day=today())
    assert "can no longer be changed" in words(client.get(url))
    assert client.post(url, data).status_code == 422


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"starts_on": ""}, "starts_on"), ({"starts_on": "x"}, "starts_on"), ({"starts_on": "0001-01-01"}, "starts_on"),
        ({"starts_on": "2026-06-01", "ends_on": "2026-05-31"}, "ends_on"), ({"ends_on": "2026-13-01"}, "ends_on"),
        ({"ends_on": "yesterday"}, "ends_on"), ({"ends_on": "{yesterday}"}, "ends_on"), ({"profile": "wizard"}, "profile"),
        ({"employer": "x" * 10_000}, "employer"), ({"employer": "a\x00b"}, "employer"), ({"profile": "\x00"}, "profile"),
    ],
)  # fmt: skip
def test_bad_changes(boss, worker, changes, field):
    post = post_of(worker)
    changes = {name: value.replace("{yesterday}", today(-1).isoformat()) for name, value in changes.items()}
    answer = signed_in(boss).post(pages(post)["membership_edit"], edited(post, **changes))
    assert answer.status_code == 422
    assert field in answer.context["form"].errors
    if field != "employer":
        assert "Cooperativa Prova" in answer.content.decode()
    fresh = post_of(worker)
    assert (fresh.starts_on, fresh.ends_on, fresh.employer) == (post.starts_on, None, "")


@pytest.mark.parametrize("day", ["", "x", "0001-01-01", "2026-02-30", "\x00", "🦊"])
def test_bad_last_days(boss, worker, day):
    answer = signed_in(boss).post(pages(post_of(worker))["membership_end"], {"last_day": day})
    assert answer.status_code == 422
    assert "last_day" in answer.context["form"].errors
    assert post_of(worker).state == "current"


def test_odd_letters_are_kept(boss, worker):
    post = post_of(worker)
    employer = "جمعية 🦊 \u202eavorP"
    assert signed_in(boss).post(pages(post)["membership_edit"], edited(post, employer=employer)).status_code == 302
    assert post_of(worker).employer == employer
    assert employer in signed_in(boss).get(reverse("staff_detail", args=[worker.pk])).content.decode()


# -- a city keeps a coordinator --------------------------------------------------------------------------------------

LEFT = "left without a coordinator"


def test_the_last_coordinator_cannot_be_removed(boss, support):
    client, post = signed_in(boss), post_of(boss)
    for last_day in (today(), today(30)):
        answer = client.post(pages(post)["membership_end"], {"last_day": last_day.isoformat()})
        assert answer.status_code == 422
        assert LEFT in words(answer)
    for changes in ({"ends_on": today(30).isoformat()}, {"starts_on": today(5).isoformat()}):
        answer = client.post(pages(post)["membership_edit"], edited(post, **changes))
        assert answer.status_code == 422, changes
        assert LEFT in words(answer)
    assert client.post(pages(post)["membership_edit"], edited(post)).status_code == 302, "the rest may be changed"
    services.end_membership(by=support, membership=post, last_day=today())
    assert post_of(boss).state == "ended"


@pytest.mark.parametrize(
    ("other", "may"),
    [
        ({}, True),
        ({"ends_on": 20}, False),
        ({"starts_on": 9}, False),
        ({"is_active": False}, False),
        ({"role": Role.DPO}, False),
        ({"elsewhere": True}, False),
    ],
)
def test_who_counts_as_another_coordinator(boss, make_user, partner, other_partner, other, may):
    place = other_partner if other.get("elsewhere") else partner
    second = make_user(other.get("role", Role.COORDINATOR), place)
    days = {name: today(other[name]) for name in ("starts_on", "ends_on") if name in other}
    Membership.objects.filter(user=second).update(**days)
    second.is_active = other.get("is_active", True)
    second.save()
    if may:
        services.end_membership(by=boss, membership=post_of(boss), last_day=today())
        assert post_of(boss).state == "ended"
    else:
        with pytest.raises(DomainError, match=LEFT):
            services.end_membership(by=boss, membership=post_of(boss), last_day=today())


def test_a_dated_coordinator_may_still_be_corrected_and_prolonged(boss):
    post = post_of(boss)
    Membership.objects.filter(pk=post.pk).update(ends_on=today(30))
    for end in (today(30), today(60), None):
        services.change_membership(
            by=boss, membership=post, profile="other", employer="", starts_on=post.starts_on, ends_on=end
        )
        assert post_of(boss).ends_on == end
    with pytest.raises(DomainError, match=LEFT):
        services.change_membership(
            by=boss, membership=post, profile="", employer="", starts_on=post.starts_on, ends_on=today(60)
        )


# -- who manages whom ------------------------------------------------------------------------------------------------


def test_three_people_at_every_page_of_a_colleague(sign_in, boss, worker, colleague, other_boss, stranger):
    """The coordinator manages; a colleague may not; another city finds nothing."""
    post = post_of(worker)
    reads = [*pages(post).values(), reverse("staff_detail", args=[worker.pk])]
    writes = [reverse(n, args=[worker.pk]) for n in ("user_deactivate", "user_reactivate", "second_factor_reset")]
    for url in reads:
        assert sign_in(boss).get(url).status_code == 200
        for outsider in (colleague, worker, other_boss, stranger):
            assert sign_in(outsider).get(url).status_code == 404, url
    for url in [*pages(post).values(), *writes]:
        for outsider in (colleague, other_boss, stranger):
            data = {"last_day": today().isoformat(), **edited(post)}
            assert sign_in(outsider).post(url, data).status_code == 404, url
    assert post_of(worker).state == "current"
    for url in (reverse("staff_detail", args=[uuid.uuid4()]), pages(Membership(pk=uuid.uuid4()))["membership_end"]):
        assert sign_in(boss).get(url).status_code == 404
    for service in (services.end_membership,):
        for outsider in (colleague, other_boss, stranger):
            with pytest.raises(PermissionDenied):
                service(by=outsider, membership=post, last_day=today())


def test_posts_in_another_city_stay_its_own(boss, other_boss, worker, other_partner):
    abroad = Membership.objects.create(user=worker, partner=other_partner, role=Role.DPO)
    page = words(signed_in(boss).get(reverse("staff_detail", args=[worker.pk])))
    assert other_partner.short_name not in page
    assert "Data protection officer" not in page
    assert signed_in(boss).get(pages(abroad)["membership_edit"]).status_code == 404
    assert signed_in(boss).post(pages(abroad)["membership_end"], {"last_day": today().isoformat()}).status_code == 404
    assert signed_in(other_boss).get(pages(abroad)["membership_edit"]).status_code == 200


def test_the_network_manages_coordinators_only(support, boss, worker):
    assert signed_in(support).get(pages(post_of(boss))["membership_end"]).status_code == 200
    assert signed_in(support).get(pages(post_of(worker))["membership_end"]).status_code == 404
    listed = words(signed_in(support).get(reverse("staff_list")))
    assert boss.full_name in listed
    assert worker.full_name not in listed
    assert signed_in(boss).get(pages(post_of(support))["membership_end"]).status_code == 404


# -- sign-ins of colleagues ------------------------------------------------------------------------------------------


def test_a_former_colleague_is_switched_off_and_on(boss, worker):
    manager, inside = signed_in(boss), signed_in(worker)
    off, on = (reverse(name, args=[worker.pk]) for name in ("user_deactivate", "user_reactivate"))
    assert "End the memberships first" in words(manager.post(off, follow=True))
    worker.refresh_from_db()
    assert worker.is_active
    services.end_membership(by=boss, membership=post_of(worker), last_day=today())
    assert "Switch the sign-in off" in words(manager.get(reverse("staff_detail", args=[worker.pk])))
    assert "switched off" in words(manager.post(off, follow=True))
    assert inside.get("/roles").status_code == 302
    assert enter(inside, worker.username).url == reverse("account_inactive")
    assert "switched on" in words(manager.post(on, follow=True))
    assert enter(inside, worker.username).status_code == 302
    assert is_in(inside)
    said = [e.detail["changes"]["is_active"] for e in AuditEntry.objects.filter(object_id=worker.pk, action="update")]
    assert sorted(said) == [["False", "True"], ["True", "False"]]


def test_nobody_switches_off_who_works_elsewhere_or_oneself(boss, worker, other_partner):
    services.end_membership(by=boss, membership=post_of(worker), last_day=today())
    Membership.objects.create(user=worker, partner=other_partner, role=Role.DPO)
    with pytest.raises(DomainError):
        services.deactivate_user(by=boss, user=worker)
    assert signed_in(boss).post(reverse("user_reactivate", args=[worker.pk])).status_code == 403
    with pytest.raises(DomainError):
        services.deactivate_user(by=boss, user=boss)


def test_a_lost_phone(boss, worker, other_partner, django_capture_on_commit_callbacks):
    set_up_app(signed_in(worker))
    manager, url = signed_in(boss), reverse("second_factor_reset", args=[worker.pk])
    assert "Phone or key lost" in words(manager.get(reverse("staff_detail", args=[worker.pk])))
    with django_capture_on_commit_callbacks(execute=True):
        assert "second step is removed" in words(manager.post(url, follow=True))
    assert not Authenticator.objects.filter(user=worker).exists()
    [notice] = mail.outbox
    assert notice.to == [worker.email]
    assert boss.full_name in notice.body
    whats = AuditEntry.objects.filter(object_id=worker.pk, actor_id=boss.pk).values_list("detail__what", flat=True)
    assert list(whats) == ["second factor reset"]
    set_up_app(signed_in(worker))
    Membership.objects.create(user=worker, partner=other_partner, role=Role.DPO)
    assert manager.post(url).status_code == 403, "somebody who also works for others"
    assert Authenticator.objects.filter(user=worker).exists()


def test_nobody_removes_the_own_second_step_this_way(boss):
    set_up_app(signed_in(boss))
    with pytest.raises(PermissionDenied):
        services.reset_second_factor(by=boss, user=boss)
    assert Authenticator.objects.filter(user=boss, type="totp").exists()


def test_the_notice_is_in_the_language_of_who_reads_it(boss, worker, django_capture_on_commit_callbacks):
    worker.language = "it"
    worker.save()
    with django_capture_on_commit_callbacks(execute=True):
        services.reset_second_factor(by=boss, user=worker)
    assert "Set up a new one" not in mail.outbox[0].body
