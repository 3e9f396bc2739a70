"""A street app as small as a test needs it: operations as a device makes them, sent to the service or through HTTP."""

import json
import uuid
from datetime import timedelta
from typing import Any

from django.test import Client
from django.utils import timezone

from lgnet.catalogue.models import Team, Zone
from lgnet.core.ids import uuid7
from lgnet.network.models import User
from lgnet.outreach.models import Contact, Device
from lgnet.outreach.services import Sighting, record_contact
from lgnet.outreach.sync.devices import register_device
from lgnet.outreach.sync.log import receive
from lgnet.people.models import Person


def a_device(user: User, unit: Team, name: str = "Telefono") -> Device:
    return register_device(by=user, device_id=uuid7(), team=unit, name=name, app_version="1")


def operation(kind: str, record: Any = None, *, base: Any = None, **more: Any) -> dict[str, Any]:
    """An operation with an id of its own; `changes` and everything else by name."""
    made = {"id": str(uuid7()), "kind": kind, "record_id": str(record or uuid7()), "base": base or {}, "changes": {}}
    return made | {"made_at": timezone.now().isoformat()} | more


def contact(unit: Team, *, record: Any = None, minutes: int = 5, **changes: Any) -> dict[str, Any]:
    """An operation that records a contact of this unit in the first zone of its city."""
    zone = Zone.objects.filter(partner=unit.partner_id).order_by("name").first()
    assert zone is not None
    moment = (timezone.now() - timedelta(minutes=minutes)).isoformat()
    usual = {"team": str(unit.pk), "zone": str(zone.pk), "occurred_at": moment, "who": "anonymous"}
    return operation("contact.record", record, changes=usual | changes)


def change(record: Any, base: dict[str, Any], changes: dict[str, Any], **more: Any) -> dict[str, Any]:
    return operation("contact.change", record, base=base, changes=changes, **more)


def send(device: Device, *operations: Any, by: User | None = None, **options: Any) -> list[dict[str, Any]]:
    """What the service answers to the operations, sent in the name of the owner of the device."""
    user = User.objects.get(pk=(by or device.user).pk)  # fresh: roles are remembered on the instance
    return receive(by=user, device=device, operations=json.loads(json.dumps(operations)), **options)


def results(answers: list[dict[str, Any]]) -> list[str]:
    return [str(answer["result"]) for answer in answers]


def a_contact(device: Device, unit: Team, **changes: Any) -> Contact:
    """A contact that this device has recorded."""
    made = contact(unit, **changes)
    assert results(send(device, made)) == ["applied"]
    return Contact.objects.get(pk=made["record_id"])


def post(client: Client, name: str, body: Any) -> Any:
    """A POST to the API, by the name of its address."""
    text = body if isinstance(body, str | bytes) else json.dumps(body, default=str)
    return client.post(f"/api/street/v1/{name}", text, content_type="application/json")


def met(user: User, unit: Team, *, minutes: int = 30, person: Person | None = None, **seen: Any) -> Contact:
    """A contact recorded so many minutes ago in the first zone of the city of the unit."""
    zone = Zone.objects.filter(partner=unit.partner).first()
    assert zone is not None
    return record_contact(
        by=user, team=unit, zone=zone, sighting=Sighting(**seen),
        occurred_at=timezone.now() - timedelta(minutes=minutes), person=person,
    )  # fmt: skip


def as_shown(client: Client, address: str) -> dict[str, Any]:
    """The data that a form would send if nothing was typed."""
    form = client.get(address).context["form"]
    return {bound.html_name: bound.value() for bound in form if bound.value() not in (None, [])} | {
        name: form[name].value().strftime("%Y-%m-%dT%H:%M")
        for name in form.fields
        if hasattr(form[name].value(), "strftime")
    }


def some_id() -> str:
    return str(uuid.uuid4())
