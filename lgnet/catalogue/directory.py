"""Changes of the directory of services. Each needs KEEP_DIRECTORY at the city, is logged, and atomic."""

import re
import uuid
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

import phonenumbers
from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from lgnet.audit import services as audit
from lgnet.audit.models import AuditEntry
from lgnet.catalogue.directory_codes import CHOICES, Trait
from lgnet.catalogue.directory_selectors import OFFER, keeps_directory_of
from lgnet.catalogue.models import Offer, OfferText, OfferTrait, ServiceType, Team
from lgnet.core.cells import plain
from lgnet.core.errors import DomainError
from lgnet.core.ids import uuid7
from lgnet.core.once import write_once
from lgnet.core.words import one_line
from lgnet.network.models import Partner, User

_FIELDS = (
    "team", "provider", "name", "description", "eligibility", "documents", "is_free", "cost", "phone", "email", "web",
    "is_protected", "is_published",
)  # fmt: skip
_LANGUAGE = re.compile(r"[a-z]{2,3}")


@dataclass(frozen=True)
class OfferDetails:
    """What is said of a service, without its places. Texts are in Italian; codes are those of `directory_codes`."""

    name: str
    types: Sequence[ServiceType]
    description: str = ""
    team: Team | None = None
    provider: str = ""
    audiences: Sequence[str] = ()
    languages: Sequence[str] = ()
    access: Sequence[str] = ()
    accessibility: Sequence[str] = ()
    eligibility: str = ""
    documents: str = ""
    is_free: bool = True
    cost: str = ""
    phone: str = ""
    email: str = ""
    web: str = ""
    is_protected: bool = False
    is_published: bool = False

    @property
    def traits(self) -> dict[str, list[str]]:
        """The codes by what they are about, each once."""
        said = (self.audiences, self.languages, self.access, self.accessibility)
        kinds = (Trait.AUDIENCE, Trait.LANGUAGE, Trait.ACCESS, Trait.ACCESSIBILITY)
        return {str(kind): list(dict.fromkeys(codes)) for kind, codes in zip(kinds, said, strict=True)}


@transaction.atomic
def create_offer(*, by: User, partner: Partner, details: OfferDetails, record_id: uuid.UUID | None = None) -> Offer:
    """Put a service into the directory of a city, checked today; a form sent twice makes one.

    Raises PermissionDenied for who does not keep the directory there, DomainError when the name is empty or taken, no
    service type is said, a code, telephone number or team does not fit.
    """
    require_keeps(by, partner.pk)
    Partner.objects.select_for_update().get(pk=partner.pk)  # two of one name at one moment: the second waits

    def write() -> Offer:
        offer = Offer(pk=record_id or uuid7(), partner=partner, checked_by=by)
        _put(offer, details)
        _check(offer, details)
        offer.save(force_insert=True)
        _put_parts(offer, details)
        log_offer(AuditEntry.Action.CREATE, by, offer, {"published": offer.is_published})
        return offer

    return write_once(Offer, record_id, is_mine=lambda found: found.partner_id == partner.pk, write=write)


@transaction.atomic
def change_offer(*, by: User, offer: Offer, details: OfferDetails) -> Offer:
    """Change what is said of a service; what was looked at now is checked today.

    Raises as `create_offer`.
    """
    Partner.objects.select_for_update().get(pk=offer.partner_id)
    offer = lock_offer(by, offer)
    before = _terms(offer)
    _put(offer, details)
    _check(offer, details)
    offer.checked_on, offer.checked_by = timezone.localdate(), by
    offer.save()
    _put_parts(offer, details)
    if changed := audit.changes(before, _terms(offer)):
        log_offer(AuditEntry.Action.UPDATE, by, offer, {"changes": changed})
    return offer


@transaction.atomic
def translate_offer(*, by: User, offer: Offer, texts: Mapping[str, tuple[str, str]]) -> Offer:
    """Write name and description of a service in other languages, by their code; two empty texts take one away.

    Raises PermissionDenied for who does not keep the directory there, DomainError for something that is no language.
    """
    offer = lock_offer(by, offer)
    before = {f"{one.language}": f"{one.name} · {one.description}" for one in offer.texts.all()}
    for language, typed in texts.items():
        if not _LANGUAGE.fullmatch(language) or language == "it":
            raise DomainError(_("This is no language in which a service can be described."))
        name, description = one_line(typed[0]), typed[1].strip()
        if name or description:
            values = {"name": name, "description": description}
            OfferText.objects.update_or_create(offer=offer, language=language, defaults=values)
        else:
            OfferText.objects.filter(offer=offer, language=language).delete()
    after = {f"{one.language}": f"{one.name} · {one.description}" for one in OfferText.objects.filter(offer=offer)}
    if changed := audit.changes(before, after | dict.fromkeys(before.keys() - after.keys(), "")):
        _index(offer)
        log_offer(AuditEntry.Action.UPDATE, by, offer, {"changes": changed})
    return offer


@transaction.atomic
def confirm_offer(*, by: User, offer: Offer) -> Offer:
    """Say that everything in it is still right, today. Raises PermissionDenied, and DomainError for one that ended."""
    offer = lock_offer(by, offer)
    if offer.status == Offer.Status.ENDED:
        raise DomainError(_("This service has ended."))
    before = {"checked_on": offer.checked_on}
    offer.checked_on, offer.checked_by = timezone.localdate(), by
    offer.save(update_fields=["checked_on", "checked_by"])
    changed = audit.changes(before, {"checked_on": offer.checked_on})
    log_offer(AuditEntry.Action.UPDATE, by, offer, {"confirmed": True, "changes": changed})
    return offer


@transaction.atomic
def suspend_offer(*, by: User, offer: Offer, reason: str, until: date | None = None) -> Offer:
    """Say that a service is not there for now, up to a last day if one is known: then it is there again by itself.

    Raises PermissionDenied for who does not keep the directory there, DomainError without a reason, for a day that has
    passed, or for one that ended.
    """
    if until and until < timezone.localdate():
        raise DomainError(_("This day has passed."), field="until")
    return _set_status(by, offer, Offer.Status.SUSPENDED, reason, until)


@transaction.atomic
def end_offer(*, by: User, offer: Offer, reason: str) -> Offer:
    """Say that a service is no longer there; it stays in the directory of its own city. Raises as `suspend_offer`."""
    return _set_status(by, offer, Offer.Status.ENDED, reason, None)


@transaction.atomic
def resume_offer(*, by: User, offer: Offer) -> Offer:
    """Say that a service is there again. Raises PermissionDenied, and DomainError when it is there already."""
    offer = lock_offer(by, offer)
    if offer.status == Offer.Status.ACTIVE:
        raise DomainError(_("This service is active already."))
    return _write_status(by, offer, Offer.Status.ACTIVE, "", None)


@transaction.atomic
def remove_offer(*, by: User, offer: Offer) -> None:
    """Take a service out of the directory again: one put in by mistake. Raises PermissionDenied."""
    offer = lock_offer(by, offer)
    told = Offer(pk=offer.pk, partner_id=offer.partner_id, name=offer.name)
    offer.delete()
    log_offer(AuditEntry.Action.DELETE, by, told)


def require_keeps(by: User, partner_id: uuid.UUID) -> None:
    """Raise PermissionDenied for who does not keep the directory of this city."""
    if not keeps_directory_of(by, partner_id):
        raise PermissionDenied(_("Only who keeps the directory of a city changes it."))


def lock_offer(by: User, offer: Offer) -> Offer:
    """The service as it is now, kept from changes of others until the end. Raises PermissionDenied."""
    require_keeps(by, offer.partner_id)
    return Offer.objects.select_for_update(of=("self",)).select_related("partner", "team").get(pk=offer.pk)


def log_offer(action: AuditEntry.Action, by: User, offer: Offer, detail: dict[str, Any] | None = None) -> None:
    """Write the row of the log: everything that happens to a service, its places and hours is under the service."""
    audit.record(
        action, by=by, object_type=OFFER, object_id=offer.pk, partner_id=offer.partner_id,
        detail={"what": offer.name} | (detail or {}),
    )  # fmt: skip


def normal_phone(text: str) -> str:
    """A telephone number in one form: international, or short as it is dialled (1522). Raises DomainError."""
    text = one_line(text)
    if not text:
        return ""
    try:
        number = phonenumbers.parse(text, "IT")
    except phonenumbers.NumberParseException:
        number = None
    if number and phonenumbers.is_valid_number(number):
        return phonenumbers.format_number(number, phonenumbers.PhoneNumberFormat.INTERNATIONAL)
    digits = re.sub(r"\D", "", text)
    if number and (phonenumbers.is_valid_short_number(number) or re.fullmatch(r"1\d{2,5}", digits)):
        return digits
    raise DomainError(_("This is no telephone number. Write it like 010 557 1234, or 1522."), field="phone")


def _put(offer: Offer, details: OfferDetails) -> None:
    """The fields of the service itself."""
    offer.team, offer.provider = details.team, one_line(details.provider)
    offer.name, offer.description = one_line(details.name), details.description.strip()
    offer.eligibility, offer.documents = details.eligibility.strip(), details.documents.strip()
    offer.is_free, offer.cost = details.is_free, "" if details.is_free else one_line(details.cost)
    offer.phone, offer.email, offer.web = normal_phone(details.phone), details.email.strip(), details.web.strip()
    offer.is_protected, offer.is_published = details.is_protected, details.is_published


def _put_parts(offer: Offer, details: OfferDetails) -> None:
    """Types and codes, and the text in which it is searched."""
    offer.types.set(details.types)
    for kind, codes in details.traits.items():
        known = set(offer.traits.filter(kind=kind).values_list("code", flat=True))
        offer.traits.filter(kind=kind, code__in=known - set(codes)).delete()
        new = [code for code in codes if code not in known]
        OfferTrait.objects.bulk_create([OfferTrait(offer=offer, kind=kind, code=code) for code in new])
    _index(offer)


def _index(offer: Offer) -> None:
    types = ServiceType.objects.filter(offers=offer).values_list("name_it", "name_en")
    texts = OfferText.objects.filter(offer=offer).values_list("name", flat=True)
    words = [offer.name, offer.provider, offer.team.name if offer.team else "", *texts]
    offer.search_text = plain(" ".join([*words, *(word for kind in types for word in kind)]))
    offer.save(update_fields=["search_text"])


def _check(offer: Offer, details: OfferDetails) -> None:
    if not offer.name:
        raise DomainError(_("Give the service a name."), field="name")
    if not details.types:
        raise DomainError(_("Say what kind of service it is."), field="types")
    if offer.team and offer.team.partner_id != offer.partner_id:
        raise DomainError(_("The team belongs to another city."), field="team")
    same = Offer.objects.filter(partner=offer.partner_id, name__iexact=offer.name, provider__iexact=offer.provider)
    if same.exclude(pk=offer.pk).exists():
        raise DomainError(_("There is a service with this name of this provider already."), field="name")
    for kind, codes in details.traits.items():
        allowed: Callable[[str], Any]
        allowed = _LANGUAGE.fullmatch if kind == Trait.LANGUAGE else CHOICES[kind].values.__contains__
        if not all(allowed(code) for code in codes):
            raise DomainError(_("This is not in the list."))


def _terms(offer: Offer) -> dict[str, Any]:
    """What is told of it, in words for the log."""
    parts: dict[str, Any] = {name: getattr(offer, name) for name in _FIELDS}
    parts["types"] = ", ".join(ServiceType.objects.filter(offers=offer).order_by("code").values_list("code", flat=True))
    for kind in Trait.values:
        codes = OfferTrait.objects.filter(offer=offer, kind=kind).order_by("code").values_list("code", flat=True)
        parts[kind] = ", ".join(codes)
    return parts


def _set_status(by: User, offer: Offer, status: Offer.Status, reason: str, until: date | None) -> Offer:
    offer = lock_offer(by, offer)
    reason = one_line(reason)
    if not reason:
        raise DomainError(_("Say why, so that colleagues know what to tell people."), field="reason")
    if offer.status == Offer.Status.ENDED:
        raise DomainError(_("This service has ended."))
    return _write_status(by, offer, status, reason, until)


def _write_status(by: User, offer: Offer, status: str, reason: str, until: date | None) -> Offer:
    names = ("status", "status_reason", "suspended_until")
    before = {name: getattr(offer, name) for name in names}
    offer.status, offer.status_reason, offer.suspended_until = status, reason, until
    offer.checked_on, offer.checked_by = timezone.localdate(), by
    offer.save(update_fields=[*names, "checked_on", "checked_by"])
    after = {name: getattr(offer, name) for name in names}
    log_offer(AuditEntry.Action.UPDATE, by, offer, {"changes": audit.changes(before, after)})
    return offer
