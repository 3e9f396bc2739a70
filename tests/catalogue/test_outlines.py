"""Outlines of zones: a good file is kept, a wrong one is refused with the feature that is wrong, and nothing changes."""

import io
import json

import pytest
from django.core.exceptions import PermissionDenied
from django.urls import reverse

from lgnet.audit.models import AuditEntry
from lgnet.catalogue.models import Zone
from lgnet.catalogue.outlines import keep_outlines, read_outlines, remove_outlines
from lgnet.core.errors import DomainError
from lgnet.network.roles import Role

SQUARE = [[8.9, 44.4], [8.95, 44.4], [8.95, 44.45], [8.9, 44.45], [8.9, 44.4]]
URL = "zone_outlines"


@pytest.fixture
def zone(partner):
    Zone.objects.filter(partner=partner).update(latitude=44.42, longitude=8.92)
    return Zone.objects.get(partner=partner)


@pytest.fixture
def port(partner):
    return Zone.objects.create(partner=partner, name="Porto")


def feature(name, kind="Polygon", coordinates=None, **more):
    geometry = {"type": kind, "coordinates": [SQUARE] if coordinates is None else coordinates}
    return {"type": "Feature", "properties": {"NOME": name}, "geometry": geometry} | more


def collection(*features):
    return json.dumps({"type": "FeatureCollection", "features": features}).encode()


def sent(content):
    file = io.BytesIO(content)
    file.name = "zone.geojson"
    return file


def test_outlines_are_kept_shown_and_taken_away(sign_in, coordinator, partner, zone, port):
    client, url = sign_in(coordinator), reverse(URL)
    island = [[9.0, 44.4], [9.01, 44.4], [9.01, 44.41], [9.0, 44.4]]
    file = collection(
        feature(f" {zone.name.upper()} "), feature("porto", "MultiPolygon", [[SQUARE, island], [island]])
    )  # fmt: skip
    assert "<path d=" in client.get(url).content.decode(), "scale bar and arrow"
    plain = client.get(url).content.decode().count("<path")
    answer = client.post(url, {"partner": partner.pk, "file": sent(file)}, follow=True)
    assert "2 zones have new outlines" in answer.content.decode()
    zone.refresh_from_db()
    port.refresh_from_db()
    assert (zone.outline, port.outline) == ([SQUARE], [SQUARE, island]), "holes are left out"
    assert (zone.latitude, port.latitude, port.longitude) == (44.42, 44.425, 8.955), "who had no middle gets one"
    assert client.get(url).content.decode().count("<path") == plain + 2 * 3
    assert client.get(reverse("outing_board")).content.decode().count("<path") >= plain + 2 * 3
    assert (
        AuditEntry.objects.filter(object_type="catalogue.zone", partner_id=partner.pk, actor_id=coordinator.pk).count()
        == 2
    )
    gone = client.post(url, {"partner": partner.pk, "remove": "on"}, follow=True)
    assert "The outlines of 2 zones are gone" in gone.content.decode()
    assert not Zone.objects.exclude(outline=[]).exists()


WRONG = [
    (feature("Half \ud800"), "(Half ?): no zone of the city has this name"),
    (feature("Nowhere"), "no zone of the city has this name"),
    (feature(""), "which zone it is"),
    ({"type": "Feature"}, "which zone it is"),
    ("x", "which zone it is"),
    (feature("Porto", "Point", [8.9, 44.4]), "no area"),
    (feature("Porto", geometry=None), "no area"),
    (feature("Porto", coordinates=[]), "no corners"),
    (feature("Porto", coordinates=["x"]), "no corners"),
    (feature("Porto", coordinates=[SQUARE[:4]]), "not closed"),
    (feature("Porto", coordinates=[[[8.9, 44.4], ["8.9", 44.4]]]), "no pair of numbers"),
    (feature("Porto", coordinates=[[[True, 44.4]] * 5]), "no pair of numbers"),
    (feature("Porto", coordinates=[[[493_000, 4_916_000]] * 5]), "not in degrees"),
    (feature("Porto", coordinates=[[[float("nan"), 44.4]] * 5]), "not in degrees"),
    (feature("Porto", coordinates=[[[10**400, 44.4]] * 5]), "not in degrees"),
    (feature("Stazione Provaltina", coordinates=[[[y, x] for x, y in SQUARE]]), "longitude comes first"),
]


@pytest.mark.parametrize(("wrong", "why"), WRONG, ids=[why for _wrong, why in WRONG])
def test_the_feature_that_is_wrong_is_named_and_nothing_changes(sign_in, coordinator, partner, zone, port, wrong, why):
    good = feature(zone.name) if "Stazione" not in str(wrong) else feature("Porto")
    file = sent(collection(good, wrong))
    answer = sign_in(coordinator).post(reverse(URL), {"partner": partner.pk, "file": file})
    assert answer.status_code == 422
    text = " ".join(answer.context["form"].errors["file"])
    assert "Feature 2" in text
    assert why in text
    assert not Zone.objects.exclude(outline=[]).exists()


@pytest.mark.parametrize(
    "content",
    [
        b"\xff\xfe\x00",
        b"",
        b"[]",
        b'{"type": "Feature"}',
        b'{"type": "FeatureCollection"}',
        b"[" * 100_000,
        b"x" * 3_200_000,
    ],
    ids=["binary", "empty", "list", "one", "none", "deep", "large"],
)
def test_what_is_no_geojson_is_refused_in_words(sign_in, coordinator, partner, zone, content):
    answer = sign_in(coordinator).post(reverse(URL), {"partner": partner.pk, "file": sent(content)})
    assert answer.status_code == 422
    assert answer.context["form"].errors["file"]


def test_no_file_twice_the_same_zone_and_too_many_corners(sign_in, coordinator, partner, zone, port):
    assert sign_in(coordinator).post(reverse(URL), {"partner": partner.pk}).status_code == 422
    with pytest.raises(DomainError, match="twice"):
        read_outlines(collection(feature("Porto"), feature("PORTO ")), [port])
    ring = [[8.9, 44.4], *([8.9 + turn / 1e6, 44.4] for turn in range(21_000)), [8.9, 44.4]]
    with pytest.raises(DomainError, match="too many corners"):
        read_outlines(collection(feature("Porto", coordinates=[ring])), [port])


def test_owner_colleague_stranger(sign_in, coordinator, make_user, partner, other_partner, outreach_operator, zone):
    stranger = sign_in(make_user(Role.COORDINATOR, other_partner))
    assert sign_in(outreach_operator).get(reverse(URL)).status_code == 403
    assert sign_in(coordinator).get(reverse(URL)).status_code == 200
    data = {"partner": partner.pk, "file": sent(collection(feature(zone.name)))}
    assert stranger.post(reverse(URL), data).status_code == 422, "only their own city"
    assert stranger.post(reverse(URL), {"partner": partner.pk, "remove": "on"}).status_code == 422
    assert not Zone.objects.exclude(outline=[]).exists()


def test_only_who_makes_the_zones_of_the_city(partner, other_partner, make_user, outreach_operator, coordinator, zone):
    outlines = read_outlines(collection(feature(zone.name)), [zone])
    for user in (make_user(Role.COORDINATOR, other_partner), make_user(Role.DESK_OPERATOR, partner)):
        with pytest.raises(PermissionDenied):
            keep_outlines(by=user, partner=partner, outlines=outlines)
        with pytest.raises(PermissionDenied):
            remove_outlines(by=user, partner=partner)
    assert keep_outlines(by=coordinator, partner=partner, outlines=outlines) == 1
