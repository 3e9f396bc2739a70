"""What is known of a person, in words of the reader's language."""

from datetime import date
from typing import Any

from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as _lazy

from lgnet.core.languages import country_name, language_name
from lgnet.people.codes import DatePrecision
from lgnet.people.models import Person, PersonLanguage
from lgnet.people.services import PersonDetails

OBJECTS = {
    "people.person": _lazy("person"), "people.eligibilitycheck": _lazy("check of the title to stay"),
    "people.noticegiven": _lazy("notice given"), "people.contactpoint": _lazy("way to reach the person"),
    "people.identifier": _lazy("document or code"), "people.household": _lazy("household"),
    "people.fileopening": _lazy("opening of a file"), "people.document": _lazy("document kept"),
    "people.owncard": _lazy("own card"),
    "people.filemember": _lazy("access to the file"),
    "people.personlanguage": _lazy("language"), "people.personmerge": _lazy("joining of two files"),
    "people.personpair": _lazy("same person or not"), "messaging.outgoingmessage": _lazy("message"),
    "outreach.contact": _lazy("street contact"),
    "outreach.contactpicture": _lazy("picture of a street contact"),
    "outreach.outing": _lazy("outing"), "outreach.stop": _lazy("stop of the mobile units"),
    "outreach.mobileunit": _lazy("vehicle and equipment of a mobile unit"),
    "outreach.device": _lazy("device of the street"), "outreach.operation": _lazy("operation of the street app"),
    "outreach.conflict": _lazy("values to choose from"), "outreach.likeness": _lazy("same person or not"),
    "desks.visit": _lazy("arrival at the desk"), "desks.appointment": _lazy("appointment"),
    "desks.appointmentwish": _lazy("place on a waiting list"), "desks.opening": _lazy("opening"),
    "desks.appointmentkind": _lazy("kind of appointment"), "desks.absence": _lazy("absence"),
    "desks.room": _lazy("room"), "desks.cityday": _lazy("day of the city"),
    "desks.calendarfeed": _lazy("calendar with a secret address"),
    "cases.referral": _lazy("referral"), "cases.case": _lazy("case"),
    "cases.referralnote": _lazy("note on a referral"), "cases.casenote": _lazy("note on a case"),
    "cases.referrallink": _lazy("link of a referral"), "cases.receiver": _lazy("who receives referrals"),
    "cases.assessment": _lazy("assessment"), "cases.plan": _lazy("plan"), "cases.goal": _lazy("goal"),
    "cases.transfer": _lazy("transfer between cities"), "cases.transfercopy": _lazy("copy from another city"),
    "cases.handover": _lazy("handover"), "cases.handovercase": _lazy("case handed over"),
    "cases.servicedelivery": _lazy("service given"), "network.user": _lazy("sign-in"),
    "network.membership": _lazy("membership"), "network.invitation": _lazy("invitation"),
    "catalogue.zone": _lazy("zone"), "catalogue.knowledgeversion": _lazy("page of answers"),
    "imports.importrun": _lazy("import from a spreadsheet"),
    "messaging.optout": _lazy("wish to get no messages"),
    "messaging.quiethours": _lazy("quiet hours"), "desks.mediationoffer": _lazy("hours of a mediator"),
    "desks.mediationbooking": _lazy("booking of a mediator"), "desks.mediatorhere": _lazy("mediator at the desk"),
    "indicators.evidence": _lazy("evidence of a figure"), "audit.auditentry": _lazy("this log"),
}  # fmt: skip
FORMATS = {DatePrecision.YEAR: "%Y", DatePrecision.MONTH: "%m/%Y"}


def birth_typed(person: Person) -> str:
    """The date of birth as somebody would type it, as exact as it is known: 12/05/1990, 05/1990, 1990, or nothing."""
    if person.birth_date is None:
        return ""
    return person.birth_date.strftime(FORMATS.get(DatePrecision(person.birth_precision or "day"), "%d/%m/%Y"))


def birth_words(person: Person) -> str:
    """The date of birth and how sure it is: "1990 (only the year)"; an empty text when nothing is known."""
    if person.birth_date is None:
        return ""
    if person.birth_precision in FORMATS:
        return f"{birth_typed(person)} ({DatePrecision(person.birth_precision).label})"
    return date_format(person.birth_date, "SHORT_DATE_FORMAT")


def age_words(person: Person, today: date | None = None) -> str:
    """The age in years, "about" if only the year of birth is known, else the apparent age, else nothing."""
    born, day = person.birth_date, today or timezone.localdate()
    if born is None:
        return str(person.get_age_band_display())
    years = day.year - born.year - ((day.month, day.day) < (born.month, born.day))
    if person.birth_precision == DatePrecision.YEAR:
        return _("about %(years)s years") % {"years": years}
    return _("%(years)s years") % {"years": years}


def citizenship_words(person: Person) -> str:
    """The country, or nothing."""
    return country_name(person.citizenship) if person.citizenship else ""


def language_words(spoken: PersonLanguage) -> str:
    """A language, and whether the person reads it."""
    name = language_name(spoken.language)
    return f"{name} ({spoken.get_literacy_display()})" if spoken.literacy else name


def identity_words(person: Person) -> dict[str, str]:
    """What is known of a person, in words by the fields that are chosen when two files are joined."""
    household = f"{person.household.name} {person.household_role}".strip() if person.household else ""
    return {
        "nickname": person.nickname, "given_names": person.given_names, "family_names": person.family_names,
        "birth_date": birth_words(person), "age_band": str(person.get_age_band_display()),
        "gender": str(person.get_gender_display()), "citizenship": citizenship_words(person),
        "interpreter_needed": _("yes") if person.interpreter_needed else "", "household": household,
        "note": person.note,
    }  # fmt: skip


def differences(person: Person, typed: PersonDetails) -> dict[str, str]:
    """What the person has now where `typed` says something else: value in words by the name of the field."""
    now = {name: getattr(person, name) for name in ("nickname", "given_names", "family_names", "note")}
    now |= {"birth_date": birth_words(person), "citizenship": citizenship_words(person)}
    now |= {"age_band": person.get_age_band_display(), "gender": person.get_gender_display()}
    return {name: words or _("nothing") for name, words in now.items() if getattr(person, name) != getattr(typed, name)}


def record_words(record: Any) -> str:
    """What a record is and when it was written: "arrival at the desk, 26/11/2026 10:30"."""
    written = date_format(timezone.localtime(record.created_at), "SHORT_DATETIME_FORMAT")
    return f"{object_words(record._meta.label_lower)}, {written}"


def object_words(object_type: str) -> str:
    """What a row of the log is about, in words; the type itself if nobody named it."""
    return str(OBJECTS.get(object_type, object_type))
