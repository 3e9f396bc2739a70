"""The API of the street app, version 1. An old app can always deliver its queue; `sync_openapi` describes it."""

import time
from datetime import datetime
from typing import Any

from allauth.account.authentication import get_authentication_records
from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.middleware.csrf import get_token
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.gzip import gzip_page

from lgnet.network.access import can
from lgnet.network.api import BadRequest, json_view, read_json
from lgnet.network.models import User
from lgnet.network.requests import StaffRequest
from lgnet.network.roles import Permission
from lgnet.outreach import sync_selectors as selectors
from lgnet.outreach.corrections import read_moment
from lgnet.outreach.models import Device
from lgnet.outreach.selectors import units_of
from lgnet.outreach.sync.bundle import make_bundle
from lgnet.outreach.sync.devices import give_keys, hear_of, record_receipt, register_device
from lgnet.outreach.sync.letters import MOST_OPERATIONS, read_uuid
from lgnet.outreach.sync.log import receive
from lgnet.outreach.sync_openapi import make_schema
from lgnet.outreach.sync_policies import may_use_app

FRESH_SECONDS = 300  # how long after signing in, or confirming it, the key of a device is given


@json_view("POST")
def street_devices(request: StaffRequest) -> dict[str, Any]:
    """Register the device of the user, or renew it: `id` made on the device, `unit`, `name`."""
    _users_of_app_only(request.user)
    body = read_json(request)
    device_id, unit_id = read_uuid(body.get("id")), read_uuid(body.get("unit"))
    units = {unit.pk: unit for unit in units_of(request.user)}
    if device_id is None or unit_id is None:
        raise BadRequest(_("A device has an id and a unit."))
    if unit_id not in units:
        raise PermissionDenied
    device = register_device(
        by=request.user, device_id=device_id, team=units[unit_id], name=_text(body, "name"),
        app_version=_text(body, "app_version"),
    )  # fmt: skip
    return {"device": _told(device)}


@transaction.non_atomic_requests  # each operation has a transaction of its own, so that a cut loses none that is done
@gzip_page  # nothing secret is in the answer; many operations are answered alike, and a link in the street is slow
@json_view("POST", former_staff=True)
def street_sync(request: StaffRequest) -> dict[str, Any]:
    """Take up to 500 operations and answer each; say what the device has to do."""
    user = request.user
    _users_of_app_only(user)
    body = read_json(request)
    device = selectors.own_device(user, read_uuid(body.get("device")))
    operations = body.get("operations", [])
    if not isinstance(operations, list):
        raise BadRequest(_("A list of operations is expected."))
    if len(operations) > MOST_OPERATIONS:
        text = _("Too much at once: send up to %(most)s operations.") % {"most": MOST_OPERATIONS}
        raise BadRequest(text, status=413, code="too_many")
    version = _text(body, "app_version")
    sent_at = read_moment(body.get("sent_at"))
    answers = receive(by=user, device=device, operations=operations, sent_at=sent_at, app_version=version)
    device = hear_of(device, queue_length=_number(body, "queue"), app_version=version)
    return {"answers": answers, **_state(user, device, body.get("told_until"))}


@json_view("POST", former_staff=True)
def street_wiped(request: StaffRequest) -> dict[str, Any]:
    """The receipt of a device that has emptied itself: `unsent` says how many operations were not sent."""
    _users_of_app_only(request.user)
    body = read_json(request)
    device = selectors.own_device(request.user, read_uuid(body.get("device")))
    unsent = _number(body, "unsent")
    if unsent is None:
        raise BadRequest(_("The receipt says how many operations were not sent."))
    return {"device": _told(record_receipt(by=request.user, device=device, unsent=unsent))}


@json_view("POST", former_staff=True)
def street_key(request: StaffRequest) -> dict[str, Any]:
    """The key that opens what the user's own device holds without its PIN, only just after signing in."""
    _users_of_app_only(request.user)
    device = selectors.own_device(request.user, read_uuid(read_json(request).get("device")))
    records = get_authentication_records(request, request.user)
    if max((record["at"] for record in records), default=0) < time.time() - FRESH_SECONDS:
        raise BadRequest(_("Confirm that it is you, then come back here."), status=403, code="confirm")
    if device.state == Device.State.WIPED:
        raise BadRequest(_("This device was wiped. Empty the app and register it anew."), status=403, code="wiped")
    return {"keys": give_keys(by=request.user, device=device)}


@json_view("GET")
def street_bundle(request: StaffRequest) -> dict[str, Any]:
    """What the phone may hold, for a device whose lease runs."""
    if not can(request.user, Permission.RECORD_CONTACT):
        raise PermissionDenied
    device = selectors.own_device(request.user, read_uuid(request.GET.get("device")))
    if device.state != Device.State.ACTIVE:
        raise BadRequest(_("This device gets no data: %(state)s.") % {"state": device.state.label}, status=403,
                         code=str(device.state))  # fmt: skip
    return {"device": _told(device), **make_bundle(request.user, device)}


@json_view("GET", former_staff=True)
def street_status(request: StaffRequest) -> dict[str, Any]:
    """Who is signed in, a fresh token against forged posts, the state of the device, what needs attention."""
    user = request.user
    _users_of_app_only(user)
    told: dict[str, Any] = {"user": {"id": str(user.pk), "name": user.full_name, "language": user.language}}
    told |= {"csrf_token": get_token(request), "server_time": timezone.now()}
    told["units"] = [{"id": str(unit.pk), "name": unit.name} for unit in units_of(user)]
    if request.GET.get("device"):
        device = selectors.own_device(user, read_uuid(request.GET.get("device")))
        return told | _state(user, device, request.GET.get("told_until"))
    return told | {"counts": selectors.counts_for(user)}


@json_view("GET")
def street_openapi(request: StaffRequest) -> dict[str, Any]:
    """The description of this API as OpenAPI 3.1, for staff."""
    if not (can(request.user, Permission.RECORD_CONTACT) or can(request.user, Permission.MANAGE_STAFF)):
        raise PermissionDenied
    return make_schema()


def _users_of_app_only(user: User) -> None:
    if not may_use_app(user):
        raise PermissionDenied


def _state(user: User, device: Device, told_until: Any) -> dict[str, Any]:
    since: datetime | None = read_moment(told_until)
    return {
        "device": _told(device), "server_time": timezone.now(), "counts": selectors.counts_for(user),
        "chosen": selectors.chosen_since(user, since),
    }  # fmt: skip


def _told(device: Device) -> dict[str, Any]:
    told = {"id": str(device.pk), "name": device.name, "unit": str(device.team_id), "state": str(device.state)}
    return told | {"lease_until": device.lease_until, "wipe": device.state == Device.State.WIPE}


def _text(body: dict[str, Any], name: str) -> str:
    value = body.get(name)
    return value.replace("\0", "").encode("utf-8", "replace").decode()[:200] if isinstance(value, str) else ""


def _number(body: dict[str, Any], name: str) -> int | None:
    value = body.get(name)
    return value if isinstance(value, int) and not isinstance(value, bool) and value >= 0 else None
