"""What the Human Services Data Specification, version 3, says of the objects that we write, as JSON Schema.

Written from the facts of the standard: names of fields, their types and formats, what is needed, closed lists. No field
is allowed that the standard does not have. Fields without a use here (funding, programmes, accreditations) are left out.
"""

from typing import Any

TEXT = {"type": "string", "minLength": 1}
ANY_TEXT = {"type": "string"}
UUID = {"type": "string", "format": "uuid"}
URI = {"type": "string", "format": "uri"}
EMAIL = {"type": "string", "format": "email"}
DAY = {"type": "string", "format": "date"}
NUMBER = {"type": "number"}
CLOCK = {"type": "string", "pattern": r"^([01]\d|2[0-3]):[0-5]\d(:[0-5]\d)?(Z|[+-]\d{2}:\d{2})?$"}
WEEKDAYS = ["MO", "TU", "WE", "TH", "FR", "SA", "SU"]


def one_of(*values: str) -> dict[str, Any]:
    return {"enum": list(values)}


def of(name: str) -> dict[str, Any]:
    return {"$ref": f"#/$defs/{name}"}


def many(name: str) -> dict[str, Any]:
    return {"type": "array", "items": of(name)}


def kind(needed: str, **fields: Any) -> dict[str, Any]:
    """An object with an id, what else it needs, and nothing that is not named."""
    return {
        "type": "object", "properties": {"id": UUID, **fields}, "required": ["id", *needed.split()],
        "additionalProperties": False,
    }  # fmt: skip


_LINKS = {"service_id": UUID, "location_id": UUID, "service_at_location_id": UUID}
DEFS = {
    "service": kind(
        "name status",
        organization_id=UUID, name=TEXT, alternate_name=TEXT, description=TEXT, url=URI, email=EMAIL,
        status=one_of("active", "inactive", "defunct", "temporarily closed"), interpretation_services=TEXT,
        application_process=TEXT, fees_description=TEXT, eligibility_description=TEXT, minimum_age=NUMBER,
        maximum_age=NUMBER, assured_date=DAY, assurer_email=EMAIL, alert=TEXT, phones=many("phone"),
        schedules=many("schedule"), service_areas=many("service_area"), languages=many("language"),
        service_at_locations=many("service_at_location"), organization=of("organization"),
        cost_options=many("cost_option"), required_documents=many("required_document"), contacts=many("contact"),
        attributes=many("attribute"),
    ),
    "organization": kind(
        "name description",
        name=TEXT, alternate_name=TEXT, description=TEXT, email=EMAIL, website=URI, legal_status=TEXT, logo=URI, uri=URI,
        parent_organization_id=UUID, contacts=many("contact"), phones=many("phone"), locations=many("location"),
        attributes=many("attribute"),
    ),
    "location": kind(
        "location_type",
        location_type=one_of("physical", "postal", "virtual"), url=URI, organization_id=UUID, name=TEXT,
        alternate_name=TEXT, description=TEXT, transportation=TEXT, latitude=NUMBER, longitude=NUMBER,
        external_identifier=TEXT, external_identifier_type=TEXT, languages=many("language"), addresses=many("address"),
        contacts=many("contact"), accessibility=many("accessibility"), phones=many("phone"), schedules=many("schedule"),
        attributes=many("attribute"),
    ),
    "service_at_location": kind(
        "",
        service_id=UUID, location_id=UUID, description=TEXT, service_areas=many("service_area"),
        contacts=many("contact"), phones=many("phone"), schedules=many("schedule"), location=of("location"),
        attributes=many("attribute"),
    ),
    "schedule": kind(
        "",
        **_LINKS, valid_from=DAY, valid_to=DAY, dtstart=DAY, timezone=NUMBER, until=DAY, count=NUMBER,
        wkst=one_of(*WEEKDAYS), freq=one_of("WEEKLY", "MONTHLY"), interval=NUMBER,
        byday={"type": "string", "pattern": r"^(-?\d)?(MO|TU|WE|TH|FR|SA|SU)(,(-?\d)?(MO|TU|WE|TH|FR|SA|SU))*$"},
        byweekno=TEXT, bymonthday=TEXT, byyearday=TEXT, description=TEXT, opens_at=CLOCK, closes_at=CLOCK,
        schedule_link=URI, attending_type=TEXT, notes=TEXT, attributes=many("attribute"),
    ),
    "phone": kind(
        "number",
        **_LINKS, organization_id=UUID, contact_id=UUID, number=TEXT, extension=NUMBER,
        type=one_of("text", "voice", "fax", "cell", "video", "pager", "textphone"), description=TEXT,
        languages=many("language"), attributes=many("attribute"),
    ),
    "contact": kind(
        "",
        **_LINKS, organization_id=UUID, name=TEXT, title=TEXT, department=TEXT, email=EMAIL, phones=many("phone"),
        attributes=many("attribute"),
    ),
    "address": kind(
        "address_1 city state_province postal_code country address_type",
        location_id=UUID, attention=TEXT, address_1=TEXT, address_2=TEXT, city=TEXT, region=ANY_TEXT,
        state_province=ANY_TEXT, postal_code=ANY_TEXT, country={"type": "string", "pattern": "^[A-Z]{2}$"},
        address_type=one_of("physical", "postal", "virtual"), attributes=many("attribute"),
    ),
    "language": kind(
        "", service_id=UUID, location_id=UUID, phone_id=UUID, name=TEXT,
        code={"type": "string", "pattern": "^[a-z]{2,3}$"}, note=TEXT, attributes=many("attribute"),
    ),
    "accessibility": kind("", location_id=UUID, description=TEXT, details=TEXT, url=URI, attributes=many("attribute")),
    "required_document": kind("", service_id=UUID, document=TEXT, uri=URI, attributes=many("attribute")),
    "cost_option": kind(
        "", service_id=UUID, valid_from=DAY, valid_to=DAY, option=TEXT,
        currency={"type": "string", "pattern": "^[A-Za-z]{3}$"}, amount=NUMBER, amount_description=TEXT,
        attributes=many("attribute"),
    ),
    "service_area": kind(
        "", service_id=UUID, service_at_location_id=UUID, name=TEXT, description=TEXT, extent=TEXT,
        extent_type=one_of("geojson", "topojson", "kml", "text"), uri=URI, attributes=many("attribute"),
    ),
    "attribute": kind(
        "", link_id=UUID, taxonomy_term_id=UUID, link_type=TEXT, link_entity=TEXT, value=TEXT, label=TEXT,
        taxonomy_term=of("taxonomy_term"),
    ),
    "taxonomy_term": kind(
        "name description",
        code=TEXT, name=TEXT, description=TEXT, parent_id=UUID, taxonomy=TEXT, language=TEXT, taxonomy_id=UUID,
        term_uri=URI, taxonomy_detail=of("taxonomy"),
    ),
    "taxonomy": kind("name description", name=TEXT, description=TEXT, uri=URI, version=TEXT),
}  # fmt: skip

_PAGE = {
    "total_items": NUMBER, "total_pages": NUMBER, "page_number": NUMBER, "size": NUMBER, "first_page": {"type": "boolean"},
    "last_page": {"type": "boolean"}, "empty": {"type": "boolean"}, "contents": many("service"),
}  # fmt: skip
PAGE = {
    "$schema": "https://json-schema.org/draft/2020-12/schema", "type": "object", "properties": _PAGE,
    "required": list(_PAGE), "additionalProperties": False, "$defs": DEFS,
}  # fmt: skip
