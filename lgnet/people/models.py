"""The person, and what is known of her or him: everything optional, added over many meetings."""

from datetime import date
from typing import ClassVar

from django.db import models
from django.db.models import F, Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from lgnet.catalogue.models import Team
from lgnet.core.ids import short_code
from lgnet.core.models import BaseModel
from lgnet.network.models import Partner, User
from lgnet.people.codes import AgeBand, DatePrecision, Gender, Literacy, TitleType
from lgnet.people.document_models import Document, DocumentPage
from lgnet.people.episode_models import Episode
from lgnet.people.journey_models import JourneyEvent, JourneyKind, Traced
from lgnet.people.merge_models import PersonMerge, PersonPair
from lgnet.people.own_card_models import OwnCard, OwnPageTries

__all__ = [
    "Document", "DocumentPage", "Episode", "JourneyEvent", "JourneyKind", "OwnCard", "OwnPageTries", "PersonMerge",
    "PersonPair", "Traced",
]  # fmt: skip

PSEUDONYM_PREFIX = "LG-"
# of a person of whom only the name is shown
NAMED = ("partner", "pseudonym", "nickname", "given_names", "family_names")


def new_pseudonym() -> str:
    """Return a code that tells nothing of the person and can be read aloud, such as LG-7KX3-9QPA."""
    return f"{PSEUDONYM_PREFIX}{short_code(4)}-{short_code(4)}"


class Household(BaseModel):
    """People who live, or are looked after, together."""

    PRIVACY: ClassVar[dict[str, str]] = {"internal": "id created_at partner", "personal": "name"}

    partner = models.ForeignKey(Partner, on_delete=models.PROTECT, related_name="+")
    name = models.CharField(_("name of the household"), max_length=150)

    def __str__(self) -> str:
        return self.name


class Person(BaseModel):
    """A person known to a partner. The partner is the controller of these data (DESIGN 4.7).

    Who turned out to be somebody registered already is `merged_into` that person (people.merging): the row stays, but
    no list and no search shows it, and its id and code lead to the other one.
    """

    PRIVACY: ClassVar[dict[str, str]] = {
        "internal": "id created_at updated_at partner pseudonym age_band gender restricted registered_by "
        "interpreter_needed merged_into compared_at",
        "personal": "nickname given_names family_names birth_date birth_precision citizenship household household_role",
        "sensitive": "note restricted_reason",
    }

    partner = models.ForeignKey(Partner, on_delete=models.PROTECT, related_name="persons")
    pseudonym = models.CharField(max_length=16, unique=True, default=new_pseudonym, editable=False)
    nickname = models.CharField(_("known as"), max_length=80, blank=True)
    given_names = models.CharField(_("given names"), max_length=120, blank=True)
    family_names = models.CharField(_("family names"), max_length=120, blank=True)
    birth_date = models.DateField(_("date of birth"), null=True, blank=True)
    birth_precision = models.CharField(
        _("how sure is the date"), max_length=5, choices=DatePrecision.choices, default="", blank=True
    )
    age_band = models.CharField(_("apparent age"), max_length=10, choices=AgeBand.choices, blank=True)
    gender = models.CharField(_("gender"), max_length=10, choices=Gender.choices, blank=True)
    citizenship = models.CharField(_("citizenship"), max_length=2, blank=True)
    interpreter_needed = models.BooleanField(_("interpreter needed"), default=False)
    household = models.ForeignKey(Household, on_delete=models.SET_NULL, null=True, blank=True, related_name="members")
    household_role = models.CharField(_("role in the household"), max_length=60, blank=True)
    restricted = models.BooleanField(_("restricted file"), default=False)
    restricted_reason = models.CharField(max_length=300, blank=True)
    note = models.TextField(_("note"), blank=True)
    registered_by = models.ForeignKey(User, on_delete=models.PROTECT, null=True, related_name="+")
    updated_at = models.DateTimeField(auto_now=True)
    merged_into = models.ForeignKey("self", on_delete=models.PROTECT, null=True, related_name="absorbed")
    compared_at = models.DateTimeField(null=True)  # when others like her or him were last looked for

    class Meta:
        indexes: ClassVar = [
            # `restricted` is in it so that counting the persons of a city needs no row of theirs
            models.Index(
                fields=["partner", "-created_at", "restricted"], name="person_partner_created",
                condition=Q(merged_into__isnull=True),
            ),
            models.Index(fields=["partner"], name="person_restricted", condition=Q(restricted=True)),
            models.Index(
                fields=["partner", "family_names", "given_names"], name="person_partner_name",
                condition=Q(merged_into__isnull=True),
            ),
            models.Index(
                fields=["partner", "birth_date"], name="person_partner_birth", condition=Q(merged_into__isnull=True)
            ),
        ]  # fmt: skip

    def __str__(self) -> str:
        return self.name_as_used

    @property
    def full_name(self) -> str:
        """Given and family names, or an empty text."""
        return f"{self.given_names} {self.family_names}".strip()

    @property
    def name_as_used(self) -> str:
        """The name to address the person by: nickname first, then names, then the pseudonym."""
        return self.nickname or self.full_name or self.pseudonym

    @property
    def is_identified(self) -> bool:
        """Names, date of birth (even if only the year is sure) and gender are known: a fund participant must be."""
        return bool(self.given_names and self.family_names and self.birth_date and self.gender)


class PersonLanguage(BaseModel):
    """A language the person speaks, and whether she or he reads it."""

    PRIVACY: ClassVar[dict[str, str]] = {
        "internal": "id created_at person is_preferred",
        "personal": "language literacy",
    }

    person = models.ForeignKey(Person, on_delete=models.CASCADE, related_name="languages")
    language = models.CharField(_("language"), max_length=8)
    literacy = models.CharField(_("reads it"), max_length=10, choices=Literacy.choices, blank=True)
    is_preferred = models.BooleanField(_("preferred"), default=False)

    class Meta:
        ordering: ClassVar = ["-is_preferred", "language"]
        constraints: ClassVar = [models.UniqueConstraint(fields=["person", "language"], name="language_once")]


class ContactPoint(BaseModel):
    """A way to reach the person, and whether using it is safe: a call can put somebody at risk."""

    class Kind(models.TextChoices):
        PHONE = "phone", _("phone")
        EMAIL = "email", _("e-mail")
        PLACE = "place", _("place where to find the person")
        THROUGH = "through", _("through somebody")

    class Safe(models.TextChoices):
        YES = "yes", _("safe to use")
        NO = "no", _("not safe")
        UNKNOWN = "unknown", _("not known if safe")

    PRIVACY: ClassVar[dict[str, str]] = {
        "internal": "id created_at person kind ended_on",
        "personal": "value",
        "sensitive": "safe note",
    }

    person = models.ForeignKey(Person, on_delete=models.CASCADE, related_name="contact_points")
    kind = models.CharField(_("kind"), max_length=10, choices=Kind)
    value = models.CharField(_("number, address or words"), max_length=200)
    safe = models.CharField(_("safe to use?"), max_length=10, choices=Safe, default=Safe.UNKNOWN)
    note = models.CharField(_("when and how"), max_length=200, blank=True)
    ended_on = models.DateField(null=True, blank=True)

    class Meta:
        indexes: ClassVar = [models.Index(fields=["value"], name="contactpoint_value")]


class Identifier(BaseModel):
    """A number given by an authority; always optional, never a condition of help."""

    class Kind(models.TextChoices):
        TAX_CODE = "tax_code", _("tax code (codice fiscale)")
        STP = "stp", _("STP health code")
        ENI = "eni", _("ENI health code")
        CUI = "cui", _("CUI code")
        PASSPORT = "passport", _("passport")
        OTHER = "other", _("other document")

    PRIVACY: ClassVar[dict[str, str]] = {"internal": "id created_at person kind", "personal": "value"}

    person = models.ForeignKey(Person, on_delete=models.CASCADE, related_name="identifiers")
    kind = models.CharField(_("kind"), max_length=10, choices=Kind)
    value = models.CharField(_("number"), max_length=60)

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["person", "kind", "value"], name="identifier_once_per_person")
        ]
        indexes: ClassVar = [models.Index(fields=["value"], name="identifier_value")]


class NameKey(models.Model):
    """A normalised or phonetic key under which a person is found (people.names). Rebuilt with the name."""

    PRIVACY: ClassVar[dict[str, str]] = {"internal": "id person partner", "personal": "key"}

    id = models.BigAutoField(primary_key=True)
    person = models.ForeignKey(Person, on_delete=models.CASCADE, related_name="name_keys")
    partner = models.ForeignKey(Partner, on_delete=models.CASCADE, related_name="+", db_index=False)
    key = models.CharField(max_length=64)

    class Meta:
        indexes: ClassVar = [models.Index(fields=["partner", "key"], name="namekey_partner_key")]


class EligibilityCheck(BaseModel):
    """A dated look at the title to stay, with the evidence seen. Never overwritten: a new look is a new row.

    `proposed` and `rule` are what the rules said of it then (people.eligibility); whoever decided otherwise said why.
    """

    class Verdict(models.TextChoices):
        ELIGIBLE = "eligible", _("eligible")
        NOT_ELIGIBLE = "not_eligible", _("not eligible")
        PENDING = "pending", _("to be completed")

    PRIVACY: ClassVar[dict[str, str]] = {
        "internal": "id created_at person partner checked_on checked_by verdict proposed document",
        "sensitive": "title_type number_masked issued_on expires_on is_renewal_receipt renewal_asked_on "
        "receipt_ends_on converted_from conversion_asked_on converted_on evidence rule decided_reason note",
    }

    person = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="eligibility_checks")
    partner = models.ForeignKey(Partner, on_delete=models.PROTECT, related_name="+")
    checked_on = models.DateField(_("checked on"), default=timezone.localdate)
    checked_by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    title_type = models.CharField(_("title to stay"), max_length=30, choices=TitleType.choices)
    number_masked = models.CharField(_("last characters of the number"), max_length=8, blank=True)
    issued_on = models.DateField(_("issued on"), null=True, blank=True)
    expires_on = models.DateField(_("valid until"), null=True, blank=True)
    is_renewal_receipt = models.BooleanField(_("receipt of a renewal seen"), default=False)
    renewal_asked_on = models.DateField(_("renewal asked for on"), null=True, blank=True)
    receipt_ends_on = models.DateField(_("receipt valid until"), null=True, blank=True)
    converted_from = models.CharField(_("converted from"), max_length=30, choices=TitleType.choices, blank=True)
    conversion_asked_on = models.DateField(_("conversion asked for on"), null=True, blank=True)
    converted_on = models.DateField(_("conversion granted on"), null=True, blank=True)
    evidence = models.CharField(_("what was seen"), max_length=300, blank=True)
    document = models.ForeignKey(Document, on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    verdict = models.CharField(_("verdict"), max_length=15, choices=Verdict)
    proposed = models.CharField(_("what the rules say"), max_length=15, choices=Verdict, blank=True)
    rule = models.CharField(_("rule"), max_length=20, blank=True)
    decided_reason = models.CharField(_("why it was decided otherwise"), max_length=300, blank=True)
    note = models.TextField(_("note"), blank=True)

    class Meta:
        ordering: ClassVar = ["-checked_on", "-created_at"]
        constraints: ClassVar = [
            models.CheckConstraint(
                condition=Q(issued_on__isnull=True) | Q(expires_on__isnull=True) | Q(expires_on__gte=F("issued_on")),
                name="title_expires_after_issue",
            ),
            models.CheckConstraint(
                condition=Q(converted_on__isnull=True)
                | Q(conversion_asked_on__isnull=True)
                | Q(converted_on__gte=F("conversion_asked_on")),
                name="title_converted_after_asking",
            ),
            models.CheckConstraint(
                condition=Q(receipt_ends_on__isnull=True)
                | Q(renewal_asked_on__isnull=True)
                | Q(receipt_ends_on__gte=F("renewal_asked_on")),
                name="title_receipt_ends_after_asking",
            ),
        ]
        indexes: ClassVar = [models.Index(fields=["partner", "expires_on"], name="title_partner_expires")]

    @property
    def ends_on(self) -> date | None:
        """The last day of what the person has in hand; a receipt without one is good until the answer."""
        if self.receipt_ends_on or self.is_renewal_receipt or self.renewal_asked_on or self.conversion_asked_on:
            return self.receipt_ends_on
        return self.expires_on


class NoticeGiven(BaseModel):
    """The privacy notice, or another notice, was given to the person in a language she or he understands."""

    class Kind(models.TextChoices):
        PRIVACY = "privacy", _("privacy notice (GDPR art. 13)")
        SHARING = "sharing", _("sharing of data with another service")
        HOUSE_RULES = "house_rules", _("rules of a service")

    class Method(models.TextChoices):
        PAPER = "paper", _("on paper")
        SPOKEN = "spoken", _("explained aloud")
        INTERPRETER = "interpreter", _("explained with an interpreter")

    PRIVACY: ClassVar[dict[str, str]] = {
        "internal": "id created_at person partner kind method language given_on given_by"
    }

    person = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="notices")
    partner = models.ForeignKey(Partner, on_delete=models.PROTECT, related_name="+")
    kind = models.CharField(_("notice"), max_length=15, choices=Kind)
    method = models.CharField(_("how"), max_length=15, choices=Method)
    language = models.CharField(_("language"), max_length=8)
    given_on = models.DateField(_("given on"), default=timezone.localdate)
    given_by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")

    class Meta:
        ordering: ClassVar = ["-given_on", "-created_at"]


class FileMember(BaseModel):
    """A team or a user for whom the person's file is open, since when, and why (DESIGN 4.6)."""

    class Basis(models.TextChoices):
        CONTACT = "contact", _("met in the street")
        DESK = "desk", _("received at the desk")
        REFERRAL = "referral", _("referred to the team")
        CASE = "case", _("in the team of the case")

    PRIVACY: ClassVar[dict[str, str]] = {"internal": "id created_at person team user basis for_part starts_at ends_at"}

    person = models.ForeignKey(Person, on_delete=models.CASCADE, related_name="file_members")
    team = models.ForeignKey(Team, on_delete=models.PROTECT, null=True, related_name="+")
    user = models.ForeignKey(User, on_delete=models.PROTECT, null=True, related_name="+")
    basis = models.CharField(max_length=10, choices=Basis)
    for_part = models.BooleanField(default=False)  # works on a part of the case: reads no more of the file than that
    starts_at = models.DateTimeField(default=timezone.now)
    ends_at = models.DateTimeField(null=True)

    class Meta:
        constraints: ClassVar = [
            models.CheckConstraint(
                condition=Q(team__isnull=True) ^ Q(user__isnull=True), name="file_member_is_team_or_user"
            ),
            models.UniqueConstraint(
                fields=["person", "team", "basis"], condition=Q(ends_at__isnull=True), name="file_member_team_once"
            ),
            models.UniqueConstraint(
                fields=["person", "user", "basis"], condition=Q(ends_at__isnull=True), name="file_member_user_once"
            ),
        ]


class FileOpening(BaseModel):
    """A file opened from outside its team with a stated reason; open until `ends_at`; shown to the coordinator."""

    PRIVACY: ClassVar[dict[str, str]] = {
        "internal": "id created_at person partner user ends_at seen_by seen_at",
        "sensitive": "reason",
    }

    person = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="openings")
    partner = models.ForeignKey(Partner, on_delete=models.PROTECT, related_name="+")
    user = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    reason = models.CharField(_("reason"), max_length=300)
    ends_at = models.DateTimeField()
    seen_by = models.ForeignKey(User, on_delete=models.PROTECT, null=True, related_name="+")
    seen_at = models.DateTimeField(null=True)

    class Meta:
        ordering: ClassVar = ["-created_at"]
