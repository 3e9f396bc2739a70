"""How a plan is signed: drawn on the screen, agreed with a typed name, or on paper; checked and kept encrypted."""

import base64
import binascii
import uuid
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date
from io import BytesIO

from dateutil.relativedelta import relativedelta
from django.utils import timezone
from django.utils.translation import gettext as _
from PIL import Image

from lgnet.cases.models import Goal, Plan, PlanAction, PlanSignature
from lgnet.cases.plan_links import CARRIED
from lgnet.cases.plan_papers import plan_pdf
from lgnet.cases.plan_writing import take_over
from lgnet.core.errors import DomainError
from lgnet.core.words import one_line
from lgnet.files import pdfs
from lgnet.files.pictures import CONTENT_TYPE as PICTURE
from lgnet.files.pictures import clean_picture
from lgnet.files.services import keep_file
from lgnet.network.models import User
from lgnet.people.document_models import Document
from lgnet.people.documents import DocumentDetails, Upload, store_document

Role, Way = PlanSignature.Role, PlanSignature.Way
PREFIX = "data:image/png;base64,"
MOST_DRAWN = 400_000  # characters of a drawing as the page sends it
LEAST_DOTS = 30  # darker dots than that in a drawing are a signature, and no slip of the finger
REVIEW_MONTHS, FAR_AHEAD = 3, 24


@dataclass(frozen=True)
class Signed:
    """One signature as it came: a drawing (a PNG as the page sends it), or a typed name with a ticked statement."""

    role: str
    name: str = ""
    drawn: str = ""
    agrees: bool = False


@dataclass(frozen=True)
class Signing:
    """How a plan was signed, by whom, and when it is looked at again."""

    how: str = Plan.Way.PAPER
    signatures: Sequence[Signed] = ()
    scan: Sequence[Upload] = ()
    interpreter: str = ""
    review_on: date | None = None
    scan_id: uuid.UUID | None = field(default=None)  # made with the form, so that a scan sent twice is kept once


def usual_review(signed_on: date) -> date:
    """When a plan is looked at again, unless somebody says another day."""
    return signed_on + relativedelta(months=REVIEW_MONTHS)


def check_review_day(day: date, *, after: date, field: str = "review_on") -> None:
    """Raise DomainError for a review that is not after that day, or too far ahead."""
    if day <= after:
        raise DomainError(_("The next review comes after this day."), field=field)
    if day > after + relativedelta(months=FAR_AHEAD):
        raise DomainError(_("Check the year: this is too far ahead."), field=field)


def keep_signed(*, by: User, plan: Plan, signing: Signing) -> None:
    """Save a plan that is being signed, with its signatures, its scan, and the paper as it is at this moment.

    Raises DomainError, at its field, for signatures that are missing or no drawing, and for a scan that is none.
    """
    day = plan.signed_on or timezone.localdate()
    plan.signed_how = signing.how
    plan.review_on = signing.review_on or usual_review(day)
    check_review_day(plan.review_on, after=day)
    _require_signatures(plan, signing)
    actions = list(PlanAction.objects.filter(goal__plan=plan).select_related("follows"))
    take_over(plan.case, actions)
    PlanAction.objects.bulk_update(actions, [name.removesuffix("_id") for name in CARRIED])
    goals = list(plan.goals.filter(follows__isnull=False).select_related("follows"))
    for goal in goals:  # a goal that goes on stands as it stood
        goal.status = goal.follows.status if goal.follows else goal.status
    Goal.objects.bulk_update(goals, ["status"])
    if signing.how == Plan.Way.SCAN:
        plan.scan = store_scan(by=by, plan=plan, files=signing.scan, record_id=signing.scan_id)
    plan.save()
    for one in _whole(plan, by, signing):
        _write(by, plan, one)
    plan.paper = keep_file(
        by=by, partner=plan.case.partner, content=plan_pdf(plan), content_type=pdfs.CONTENT_TYPE
    )  # fmt: skip
    plan.save(update_fields=["paper"])


def store_scan(*, by: User, plan: Plan, files: Sequence[Upload], record_id: uuid.UUID | None = None) -> Document:
    """Keep the scan of a signed plan among the documents of the person. Raises DomainError at the field `scan`."""
    title = _("Plan, version %(n)s") % {"n": plan.version}
    details = DocumentDetails(kind=Document.Kind.PLAN, title=title, issued_on=plan.signed_on)
    try:
        return store_document(by=by, person=plan.case.person, details=details, files=files, record_id=record_id)
    except DomainError as error:
        raise DomainError(str(error), field="scan") from None


def drawing(drawn: str, *, field: str) -> bytes:
    """The picture of a signature drawn on the screen. Raises DomainError for anything else, and for an empty one."""
    refused = DomainError(_("This is no drawing. Draw the signature again."), field=field)
    if not drawn.startswith(PREFIX) or len(drawn) > MOST_DRAWN:
        raise refused
    try:
        content = base64.b64decode(drawn.removeprefix(PREFIX), validate=True)
        if not content.startswith(b"\x89PNG\r\n\x1a\n"):
            raise refused
        full = clean_picture(content).full
    except (binascii.Error, ValueError, DomainError):
        raise refused from None
    with Image.open(BytesIO(full)) as picture:
        dark = sum(picture.convert("L").histogram()[:128])
    if dark < LEAST_DOTS:
        raise DomainError(_("Nothing is drawn yet. Draw the signature, or type the name."), field=field)
    return full


def _require_signatures(plan: Plan, signing: Signing) -> None:
    if signing.how != Plan.Way.DRAWN:
        return
    there = {one.role: one for one in signing.signatures}
    wanted = [Role.PERSON, Role.OPERATOR, *([Role.INTERPRETER] if plan.interpreter_present else [])]
    for role in wanted:
        one = there.get(role)
        if one is None or not (one.drawn or one.agrees):
            text = _("The signature is missing: it is drawn here, or the name is typed and the box ticked.")
            raise DomainError(text, field=f"{role}_drawn")
    if plan.interpreter_present and not signing.interpreter.strip():
        raise DomainError(_("Write the name of the interpreter or mediator."), field="interpreter")


def _whole(plan: Plan, by: User, signing: Signing) -> list[Signed]:
    """Who signed, each with a name: of the person and the operator the platform knows it."""
    person = plan.case.person
    names = {
        Role.PERSON: person.full_name or person.name_as_used, Role.OPERATOR: by.full_name,
        Role.INTERPRETER: one_line(signing.interpreter)[:200],
    }  # fmt: skip
    on_screen = signing.how == Plan.Way.DRAWN
    given = {one.role: one for one in signing.signatures if on_screen and (one.drawn or one.agrees)}
    found = []
    for role in Role:
        one = given.get(role, Signed(role))
        if on_screen and role not in given:
            continue
        if name := one_line(one.name)[:200] or names[role]:
            found.append(Signed(role, name, one.drawn, one.agrees))
    return found


def _write(by: User, plan: Plan, one: Signed) -> None:
    way, picture = Way.PAPER, None
    if plan.signed_how == Plan.Way.DRAWN:
        way = Way.DRAWN if one.drawn else Way.TYPED
        if one.drawn:
            content = drawing(one.drawn, field=f"{one.role}_drawn")
            picture = keep_file(by=by, partner=plan.case.partner, content=content, content_type=PICTURE)
        elif not one.name:
            raise DomainError(_("Type the name."), field=f"{one.role}_name")
    PlanSignature.objects.create(
        plan=plan, role=one.role, way=way, name=one.name, picture=picture, recorded_by=by
    )  # fmt: skip
