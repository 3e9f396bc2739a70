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
from lgnet.outreach.models import Device
from lgnet.outreach.sync.devices import register_device
from lgnet.outreach.sync.log import receive


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


def post(client: Client, name: str, body: Any) -> Any:
    """A POST to the API, by the name of its address."""
    text = body if isinstance(body, str | bytes) else json.dumps(body, default=str)
    return client.post(f"/api/street/v1/{name}", text, content_type="application/json")


def some_id() -> str:
    return str(uuid.uuid4())
