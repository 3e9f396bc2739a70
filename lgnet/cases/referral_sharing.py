"""What a body outside of the network is shown of a person, and what the person was told of it before."""

from collections.abc import Callable, Collection
from dataclasses import dataclass
from datetime import date

from django.utils.formats import date_format
from django.utils.translation import gettext as _

from lgnet.cases.models import Referral
from lgnet.catalogue.models import ServiceType
from lgnet.core.errors import DomainError
from lgnet.core.languages import language_name
from lgnet.network.models import User
from lgnet.people.models import ContactPoint, NoticeGiven, Person
from lgnet.people.records import record_notice
from lgnet.people.wording import birth_words, citizenship_words, language_words

Share = Referral.Share
NEEDED = (NoticeGiven.Kind.PRIVACY, NoticeGiven.Kind.SHARING)


@dataclass(frozen=True)
class Told:
    """How the person was told that data go to another body: recorded as the notices that are missing."""

    method: str
    language: str
    given_on: date


@dataclass(frozen=True)
class Sharing:
    """What goes to a body outside: which parts, on which basis, and how the person was told, if not before."""

    shared: tuple[str, ...]
    basis: str
    told: Told | None = None


def missing_notices(person: Person) -> list[NoticeGiven.Kind]:
    """Notices without which nothing about the person goes to a body outside of the network."""
    given = set(person.notices.filter(kind__in=NEEDED).values_list("kind", flat=True))
    return [kind for kind in NEEDED if kind not in given]


def not_told(missing: list[NoticeGiven.Kind]) -> str:
    """Why nothing can be shared yet."""
    kinds = ", ".join(str(kind.label) for kind in missing)
    text = _("Nothing goes to another body before the person was told. Say how it was done: %(notices)s.")
    return text % {"notices": kinds}


def see_to_notices(*, by: User, person: Person, told: Told | None) -> None:
    """Record the notices that are missing as the person was `told`. Raises DomainError when she or he was not."""
    missing = missing_notices(person)
    if missing and told is None:
        raise DomainError(not_told(missing), field="notice_method")
    if told is not None:
        for kind in missing:
            record_notice(
                by=by, person=person, kind=kind, method=told.method, language=told.language, given_on=told.given_on
            )


def shared_values(referral: Referral) -> list[tuple[str, str]]:
    """Label and value of every part that was ticked, and of no other, as known now; "not known" where it is empty."""
    person = referral.person
    if person is None:
        return []
    return [
        (str(Share(code).label).capitalize(), _VALUES[Share(code)](referral, person) or _("not known"))
        for code in Share.values
        if code in referral.shared
    ]


def shared_labels(codes: Collection[str]) -> str:
    """What is shared, in words."""
    return ", ".join(str(Share(code).label) for code in Share.values if code in codes)


def _languages(referral: Referral, person: Person) -> str:
    spoken = ", ".join(language_words(one) for one in person.languages.all())
    if person.interpreter_needed:
        spoken = f"{spoken}; " + _("an interpreter is needed") if spoken else _("an interpreter is needed")
    return spoken or (language_name(referral.language) if referral.language else "")


def _reach(referral: Referral, person: Person) -> str:
    """Only what is safe to use: a call can put somebody at risk."""
    kinds = [ContactPoint.Kind.PHONE, ContactPoint.Kind.EMAIL]
    points = person.contact_points.filter(ended_on__isnull=True, safe=ContactPoint.Safe.YES, kind__in=kinds)
    return ", ".join(f"{point.value} ({point.note})" if point.note else point.value for point in points)


def _title(referral: Referral, person: Person) -> str:
    check = person.eligibility_checks.first()
    if check is None:
        return ""
    words = [str(check.get_title_type_display())]
    if check.is_renewal_receipt:
        words.append(_("receipt of a renewal"))
    if check.expires_on:
        words.append(_("until %(day)s") % {"day": date_format(check.expires_on, "SHORT_DATE_FORMAT")})
    return ", ".join(words)


_VALUES: dict[Share, Callable[[Referral, Person], str]] = {
    Share.CALLED: lambda referral, person: referral.called or person.name_as_used,
    Share.LANGUAGES: _languages,
    Share.NEED: lambda referral, person: str(ServiceType.Area(referral.need).label) if referral.need else "",
    Share.REASON: lambda referral, person: referral.reason,
    Share.NAME: lambda referral, person: person.full_name,
    Share.BIRTH: lambda referral, person: birth_words(person),
    Share.CITIZENSHIP: lambda referral, person: citizenship_words(person),
    Share.PHONE: _reach,
    Share.TITLES: _title,
    Share.DOCUMENTS: lambda referral, person: ", ".join(
        f"{number.get_kind_display()} {number.value}" for number in person.identifiers.order_by("kind", "value")
    ),
}
