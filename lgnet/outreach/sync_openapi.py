"""The description of the API as OpenAPI 3.1. The fields of each kind of operation are read from its form."""

from typing import Any

from django import forms

from lgnet.files.pictures import MOST_BYTES
from lgnet.outreach.models import Device, Operation
from lgnet.outreach.positions import DegreeField
from lgnet.outreach.sync.kinds import KINDS, Kind
from lgnet.outreach.sync.letters import LARGEST, MOST_OPERATIONS
from lgnet.outreach.sync.pictures import State

Schema = dict[str, Any]
UUID: Schema = {"type": "string", "format": "uuid"}
MOMENT: Schema = {"type": "string", "format": "date-time"}
TEXT: Schema = {"type": "string"}
COUNT: Schema = {"type": "integer", "minimum": 0}
ROOT = "/api/street/v1"


def make_schema() -> Schema:
    """The whole document."""
    return {
        "openapi": "3.1.0",
        "info": {
            "title": "LGNet street app", "version": "1",
            "description": "Signed in with the session of the pages; a POST carries X-CSRFToken, which `status` gives. "
            "Fields that this version does not know are accepted and kept. A body may be packed by gzip.",
        },
        "components": {
            "securitySchemes": {"session": {"type": "apiKey", "in": "cookie", "name": "sessionid"}},
            "schemas": _schemas(),
        },
        "security": [{"session": []}],
        "paths": {
            f"{ROOT}/devices": _post("Register a device, or renew it", "DeviceRequest", "DeviceAnswer", 409),
            f"{ROOT}/sync": _post("Send operations; each is answered by itself", "SyncRequest", "SyncAnswer", 413),
            f"{ROOT}/wiped": _post("The receipt of a device that has emptied itself", "WipedRequest", "DeviceAnswer"),
            f"{ROOT}/key": _post("The key of the device, just after signing in", "KeyRequest", "KeyAnswer"),
            f"{ROOT}/bundle": _get("What the phone may hold", "Bundle", required=True),
            f"{ROOT}/status": _get("Who is signed in, a fresh token, the state of the device", "Status"),
            f"{ROOT}/pictures/{{picture_id}}": _picture_path(),
            f"{ROOT}/openapi.json": {"get": {"summary": "This document", "responses": _responses({"type": "object"})}},
        },
    }  # fmt: skip


def _schemas() -> Schema:
    return {
        "Problem": _object({"error": TEXT, "message": TEXT}, "error", "message"),
        **{_name(kind): _changes(kind) for kind in KINDS.values()},
        "Operation": _operation(), "Answer": _answer(), "Device": _device(), "Chosen": _chosen(),
        "DeviceRequest": _object({"id": UUID, "unit": UUID, "name": TEXT, "app_version": TEXT}, "id", "unit"),
        "DeviceAnswer": _object({"device": _ref("Device")}, "device"),
        "SyncRequest": _object(
            {
                "device": UUID, "app_version": TEXT, "told_until": MOMENT,
                "queue": COUNT | {"description": "how many operations the device has still to send"},
                "sent_at": MOMENT | {"description": "what the clock of the device shows now"},
                "operations": {"type": "array", "items": _ref("Operation"), "maxItems": MOST_OPERATIONS},
            },
            "device", "operations",
        ),
        "State": _object(
            {"device": _ref("Device"), "server_time": MOMENT, "counts": _counts(),
             "chosen": {"type": "array", "items": _ref("Chosen")}}, "device", "server_time", "counts", "chosen"
        ),
        "SyncAnswer": {"allOf": [_ref("State"), _object({"answers": _list(_ref("Answer"))}, "answers")]},
        "WipedRequest": _object({"device": UUID, "unsent": COUNT}, "device", "unsent"),
        "KeyRequest": _object({"device": UUID}, "device"), "KeyAnswer": _object({"keys": _list(TEXT)}, "keys"),
        "Status": _object(
            {"user": {"type": "object"}, "csrf_token": TEXT, "counts": _counts(),
             "units": _list(_object({"id": UUID, "name": TEXT}, "id", "name"))}, "user", "csrf_token", "units"
        ),
        "Bundle": _bundle(), "PictureRequest": _picture(),
        "PictureAnswer": _object({"state": {"type": "string", "enum": list(State)}, "reason": TEXT}, "state"),
    }  # fmt: skip


def _operation() -> Schema:
    fields = {
        "id": UUID | {"description": "made on the device, UUIDv7; carried out once however often it is sent"},
        "kind": {"type": "string", "enum": sorted(KINDS)},
        "record_id": UUID | {"description": "the record it is about; its id too is made on the device"},
        "base": {"type": "object", "description": "the values the device saw, by field"},
        "changes": {"anyOf": [_ref(_name(kind)) for kind in KINDS.values()]},
        "made_at": MOMENT,
        "after": _list(UUID) | {"description": "earlier operations of this device that this one builds on"},
        "mends": UUID | {"description": "the refused operation that this one mends"},
        "app_version": TEXT,
    }
    text = f"At most {LARGEST} characters. Unknown fields are kept."
    return _object(fields, "id", "kind", "record_id", "changes") | {"description": text}


def _answer() -> Schema:
    fates = {"type": "string", "enum": ["applied", "same", "unchanged", "conflict"]}
    fields = {
        "id": {"type": ["string", "null"]}, "result": {"type": "string", "enum": list(Operation.Result.values)},
        "kept": {"type": "boolean", "description": "the server has it: the device may forget it"},
        "reason": TEXT, "errors": {"type": "object", "additionalProperties": TEXT},
        "fields": {"type": "object", "additionalProperties": fates}, "waits_for": UUID, "record": UUID,
        "unknown_fields": _list(TEXT), "clock": {"type": "string", "enum": list(Operation.Clock.values)},
        "card": TEXT | {"description": "the code of the card given"}, "referral": UUID,
    }  # fmt: skip
    return _object(fields, "id", "result", "kept")


def _device() -> Schema:
    state = {"type": "string", "enum": list(Device.State.values)}
    return _object(
        {"id": UUID, "name": TEXT, "unit": UUID, "state": state, "lease_until": MOMENT, "wipe": {"type": "boolean"}},
        "id", "state", "wipe",
    )  # fmt: skip


def _bundle() -> Schema:
    code = _object({"code": TEXT, "label": TEXT}, "code", "label")
    unknown = {"type": ["string", "null"], "format": "uuid"}
    face = {
        "earlier": UUID | {"description": "for `earlier` of a new contact with somebody met before"}, "person": unknown,
        "trace": unknown, "unit": UUID, "called": TEXT, "zone": UUID, "last_day": {"type": "string", "format": "date"},
        "language": TEXT,
    }  # fmt: skip
    blank = _object({"code": TEXT, "size": COUNT, "path": TEXT}, "code", "size", "path") | {
        "description": "a code that this device may use once, in `code` of contact.refer, and its QR code to draw"
    }
    fields = {
        "device": _ref("Device"), "units": _list({"type": "object"}), "zones": _list({"type": "object"}),
        "receivers": _list({"type": "object"}), "cards": _list(blank),
        "codes": {"type": "object", "additionalProperties": _list(code)},
        "kinds": {"type": "object", "additionalProperties": _list(TEXT)},
        "people": _list(_object(face, "earlier", "called") | {"additionalProperties": False}),
        "people_days": COUNT, "people_complete": {"type": "boolean"},
    }  # fmt: skip
    return _object(fields, *fields)


def _chosen() -> Schema:
    return _object({"record": UUID, "field": TEXT, "value": {}, "by": TEXT, "at": MOMENT}, "record", "field", "value")


def _counts() -> Schema:
    return _object(dict.fromkeys(("needs_attention", "waiting", "to_choose"), COUNT))


def _changes(kind: Kind) -> Schema:
    return {
        "type": "object", "title": str(kind.code),
        "properties": {name: _field(kind.form.base_fields[name]) for name in kind.fields},
    }  # fmt: skip


def _field(field: forms.Field) -> Schema:
    """What a field of a form takes, in JSON; empty texts stand for nothing known."""
    if isinstance(field, forms.MultipleChoiceField):
        return _list(TEXT | _enum(field))
    if isinstance(field, forms.ModelChoiceField | forms.UUIDField):
        return {"type": ["string", "null"], "description": "an id, or nothing"}
    if isinstance(field, forms.DateTimeField):
        return {"type": "string", "description": "ISO 8601 with its zone, or local time to the minute"}
    if isinstance(field, forms.IntegerField):
        kinds = ["number", "string", "null"] if isinstance(field, DegreeField) else ["integer", "string"]
        limits = {"minimum": field.min_value, "maximum": field.max_value}
        return {"type": kinds, **{name: limit for name, limit in limits.items() if limit is not None}}
    if isinstance(field, forms.ChoiceField):
        return {"type": ["string", "null"]} | _enum(field, empty=True)
    longest = getattr(field, "max_length", None)
    return {"type": ["string", "null"]} | ({"maxLength": longest} if longest else {})


def _enum(field: forms.ChoiceField, *, empty: bool = False) -> Schema:
    choices: Any = field.choices
    codes = [str(code) for code, _label in choices]
    return {"enum": [*dict.fromkeys([*codes, *(["", None] if empty else [])])]} if codes else {}


def _post(summary: str, body: str, answer: str, *more: int) -> Schema:
    content = {"application/json": {"schema": _ref(body)}}
    return {
        "post": {
            "summary": summary, "requestBody": {"required": True, "content": content},
            "responses": _responses(_ref(answer), 400, 403, 404, *more),
        }
    }  # fmt: skip


def _picture() -> Schema:
    fields = {
        "contact": UUID, "device": UUID, "caption": TEXT | {"maxLength": 200}, "made_at": MOMENT,
        "sha256": TEXT | {"description": "of the file as it is sent, in hexadecimal: what arrives damaged gets 400"},
        "agreed": {"const": "yes", "description": "the person agreed to the picture"},
        "picture": {"type": "string", "contentMediaType": "application/octet-stream",
                    "description": f"JPEG, PNG or WebP, at most {MOST_BYTES} bytes"},
    }  # fmt: skip
    return _object(fields, "contact", "device", "sha256", "agreed", "picture")


def _picture_path() -> Schema:
    """Sent after the contact, one by one; the id of the picture is made on the device."""
    described = {"200": "stored, however often it is sent", "409": "the contact is not here yet: send it later",
                 "422": "it can never be kept, and why"}  # fmt: skip
    answers = {
        status: {"description": text, "content": {"application/json": {"schema": _ref("PictureAnswer")}}}
        for status, text in described.items()
    }
    parameter = {"name": "picture_id", "in": "path", "required": True, "schema": UUID}
    content = {"multipart/form-data": {"schema": _ref("PictureRequest")}}
    return {
        "post": {
            "summary": "Send a picture of a contact", "parameters": [parameter],
            "requestBody": {"required": True, "content": content},
            "responses": _responses({}, 400, 403, 404) | answers,
        }
    }  # fmt: skip


def _get(summary: str, answer: str, *, required: bool = False) -> Schema:
    device = {"name": "device", "in": "query", "required": required, "schema": UUID}
    return {"get": {"summary": summary, "parameters": [device], "responses": _responses(_ref(answer), 403, 404)}}


def _responses(answer: Schema, *problems: int) -> Schema:
    found: Schema = {"200": {"description": "done", "content": {"application/json": {"schema": answer}}}}
    for status in (401, *problems):
        content = {"application/json": {"schema": _ref("Problem")}}
        found[str(status)] = {"description": "refused, with a word to show", "content": content}
    return found


def _object(fields: Schema, *required: str) -> Schema:
    return {"type": "object", "properties": fields, "required": list(required)}


def _list(items: Schema) -> Schema:
    return {"type": "array", "items": items}


def _ref(name: str) -> Schema:
    return {"$ref": f"#/components/schemas/{name}"}


def _name(kind: Kind) -> str:
    return "".join(part.title() for part in kind.code.split(".")) + "Fields"
