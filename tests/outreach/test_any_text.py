"""Whatever is typed is stored whole or refused with a message; never an error of ours."""

import uuid
from datetime import timedelta

from django.test import Client
from django.urls import reverse
from django.utils import timezone
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from lgnet.catalogue.models import Team, Zone
from lgnet.outreach.models import Contact
from lgnet.outreach.services import Sighting, record_contact
from tests.conftest import team_of

ANY_TEXT = st.text(st.characters(exclude_categories=["Cs"]), max_size=200)
GENTLY = settings(
    max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture], derandomize=True
)


@GENTLY
@given(note=ANY_TEXT, nickname=ANY_TEXT, moment=ANY_TEXT)
@example(note="\x00", nickname="x", moment="")
@example(note="ok", nickname="\u202eabc", moment="2026-02-30T10:00")
@example(note="ok", nickname="x", moment="0001-01-01T00:00")
@example(note="ok", nickname="x", moment="9999-12-31T23:59")
def test_any_text_in_a_contact(sign_in, outreach_operator, partner, note, nickname, moment):
    client: Client = sign_in(outreach_operator)
    zone = Zone.objects.get(partner=partner)
    now = (timezone.localtime() - timedelta(minutes=1)).strftime("%Y-%m-%dT%H:%M")
    for occurred_at in (now, moment):
        data = {
            "record_id": str(uuid.uuid4()), "team": team_of(partner, Team.Kind.MOBILE_UNIT).pk, "zone": zone.pk,
            "who": "nickname", "nickname": nickname, "note": note, "occurred_at": occurred_at,
        }  # fmt: skip
        response = client.post(reverse("contact_new"), data)
        assert response.status_code in {302, 422}
        if response.status_code == 302:
            contact = Contact.objects.get(pk=response.url.rsplit("/", 1)[1])
            assert (
                contact.note == note.strip().replace("\r\n", "\n").replace("\r", "\n") or contact.note == note.strip()
            )
            assert client.get(response.url).status_code == 200


@GENTLY
@given(text=ANY_TEXT)
@example(text="\x00")
@example(text="%")
def test_any_text_in_a_search(sign_in, outreach_operator, partner, text):
    unit = team_of(partner, Team.Kind.MOBILE_UNIT)
    if not Contact.objects.exists():
        record_contact(
            by=outreach_operator, team=unit, zone=Zone.objects.get(partner=partner), sighting=Sighting(nickname="Radio"),
            occurred_at=timezone.now() - timedelta(minutes=1),
        )  # fmt: skip
    client: Client = sign_in(outreach_operator)
    for kind in ("met", "registered"):
        asked = {"kind": kind, f"q_{kind}": text, "team": text}
        assert client.get(reverse("contact_people"), asked).status_code == 200
    asked = {"q": text, "team": text, "zone": text, "since": text, "who": text, "sort": text, "page": text}
    assert client.get(reverse("contact_list"), asked).status_code == 200
    asked = {"since": "0001-01-01", "until": "9999-12-31"}
    assert client.get(reverse("contact_list"), asked).status_code == 200
    assert client.get(reverse("contact_new"), {"earlier": text, "person": text}).status_code == 200
