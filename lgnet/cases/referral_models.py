"""The referral: its states, what was said about it, what a body outside of the network is shown of it."""

from typing import ClassVar

from django.db import models
from django.db.models import F, Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from lgnet.catalogue.models import ServiceType, Team
from lgnet.core.ids import short_code
from lgnet.core.models import BaseModel
from lgnet.network.models import Partner, User
from lgnet.people.models import Traced


class Receiver(BaseModel):
    """How people are sent to a team: within how many days it is to answer, and of a body outside what it is."""

    class Kind(models.TextChoices):
        """What a body outside of the network is."""

        HEALTH = "health", _("local health authority")
        HOSPITAL = "hospital", _("hospital or first aid")
        PREFECTURE = "prefecture", _("prefecture")
        POLICE = "police", _("police headquarters, immigration office")
        IOM = "iom", _("International Organization for Migration")
        ANTI_TRAFFICKING = "anti_trafficking", _("anti-trafficking project")
        LEGAL_CLINIC = "legal_clinic", _("legal clinic or free legal advice")
        SOCIAL = "social", _("social services of the municipality")
        SHELTER = "shelter", _("shelter or canteen of others")
        SCHOOL = "school", _("school for adults")
        EMPLOYMENT = "employment", _("employment centre")
        OTHER = "other", _("other body")

    PRIVACY: ClassVar[dict[str, str]] = {"internal": "id created_at team kind email seen_days answer_days arrive_days"}

    team = models.OneToOneField(Team, on_delete=models.CASCADE, related_name="receiver")
    kind = models.CharField(_("kind of body"), max_length=20, choices=Kind, blank=True)
    email = models.EmailField(_("e-mail"), blank=True)
    seen_days = models.PositiveSmallIntegerField(_("seen within (working days)"), default=2)
    answer_days = models.PositiveSmallIntegerField(_("answered within (days)"), default=7)
    arrive_days = models.PositiveSmallIntegerField(_("arrived within (days after it was accepted)"), default=14)


class Referral(BaseModel, Traced):
    """Somebody is sent from one team to another, with a card whose code the other team types or scans."""

    class Status(models.TextChoices):
        SENT = "sent", _("sent")
        SEEN = "seen", pgettext_lazy("state of a referral", "seen")
        ACCEPTED = "accepted", _("accepted")
        ARRIVED = "arrived", _("arrived")
        REFUSED = "refused", _("refused")
        NOT_ARRIVED = "not_arrived", _("did not arrive")
        CLOSED = "closed", pgettext_lazy("state of a referral", "closed")
        WITHDRAWN = "withdrawn", _("withdrawn")

    class Share(models.TextChoices):
        """A part of what is known, which a body outside of the network can be shown."""

        CALLED = "called", _("what the person is called")
        LANGUAGES = "languages", _("languages")
        NEED = "need", _("main need")
        REASON = "reason", _("what is asked")
        NAME = "name", _("given and family names")
        BIRTH = "birth", _("date of birth")
        CITIZENSHIP = "citizenship", _("citizenship")
        PHONE = "phone", _("telephone and e-mail that are safe to use")
        TITLES = "titles", _("title to stay")
        DOCUMENTS = "documents", _("documents and codes")

    class Basis(models.TextChoices):
        """On which ground something is shared outside (DOMAIN 4)."""

        PUBLIC_TASK = "public_task", _("task of public interest: reception, social assistance (GDPR 6.1.e, 9.2.g)")
        HEALTH = "health", _("health care (GDPR 9.2.h)")
        LEGAL_DUTY = "legal_duty", _("duty by law, for example to report an unaccompanied minor (GDPR 6.1.c)")
        VITAL = "vital", _("danger to life (GDPR 6.1.d)")
        AGREEMENT = "agreement", _("the person agrees, and this is written down (GDPR 6.1.a, 9.2.a)")

    class Result(models.TextChoices):
        """What came of a referral."""

        HELPED = "helped", _("helped")
        TAKEN_ON = "taken_on", _("followed from now on")
        PARTLY = "partly", _("partly helped")
        NOT_HELPED = "not_helped", _("could not be helped")
        SENT_ON = "sent_on", _("sent on to another service")
        NOT_NEEDED = "not_needed", _("not needed any more")
        LOST = "lost", _("not found again")

    OPEN: ClassVar[tuple[str, ...]] = (Status.SENT, Status.SEEN, Status.ACCEPTED)
    UNANSWERED: ClassVar[tuple[str, ...]] = (Status.SENT, Status.SEEN)
    # Whoever comes all the same with the card of a referral that was refused is received, not sent away.
    USABLE: ClassVar[tuple[str, ...]] = (*OPEN, Status.REFUSED, Status.NOT_ARRIVED)
    # The one table of what may follow what.
    TRANSITIONS: ClassVar[dict[str, frozenset[str]]] = {
        Status.SENT: frozenset(
            {Status.SEEN, Status.ACCEPTED, Status.REFUSED, Status.ARRIVED, Status.NOT_ARRIVED, Status.WITHDRAWN}
        ),
        Status.SEEN: frozenset({Status.ACCEPTED, Status.REFUSED, Status.ARRIVED, Status.NOT_ARRIVED, Status.WITHDRAWN}),
        Status.ACCEPTED: frozenset({Status.ARRIVED, Status.NOT_ARRIVED, Status.WITHDRAWN}),
        Status.REFUSED: frozenset({Status.ARRIVED, Status.CLOSED}),
        Status.ARRIVED: frozenset({Status.CLOSED}),
        Status.NOT_ARRIVED: frozenset({Status.SENT, Status.ARRIVED, Status.CLOSED}),
        Status.CLOSED: frozenset(),
        Status.WITHDRAWN: frozenset(),
    }
    SHARED_AT_LEAST: ClassVar[tuple[str, ...]] = (Share.CALLED, Share.LANGUAGES, Share.NEED)
    PRIVACY: ClassVar[dict[str, str]] = {
        "internal": "id created_at trace person partner from_team to_team follows code status sent_by sent_at asked_at "
        "due_at seen_at answered_by answered_at come_at arrived_at closed_at shared basis",
        "personal": "called language",
        "sensitive": "need reason answer result result_note",
    }

    partner = models.ForeignKey(Partner, on_delete=models.PROTECT, related_name="+")
    from_team = models.ForeignKey(Team, on_delete=models.PROTECT, related_name="+")
    to_team = models.ForeignKey(Team, on_delete=models.PROTECT, related_name="referrals_received")
    follows = models.ForeignKey("self", on_delete=models.PROTECT, null=True, related_name="followed_by")
    code = models.CharField(max_length=8, unique=True, default=short_code, editable=False)
    called = models.CharField(_("called"), max_length=80, blank=True)
    language = models.CharField(_("language"), max_length=8, blank=True)  # the person's, which the card is written in
    need = models.CharField(_("main need"), max_length=20, choices=ServiceType.Area.choices, blank=True)
    reason = models.TextField(_("what is asked"), blank=True)
    status = models.CharField(max_length=15, choices=Status, default=Status.SENT)
    sent_by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    sent_at = models.DateTimeField(default=timezone.now)
    asked_at = models.DateTimeField(default=timezone.now)  # sent, or sent again: the clocks run from here
    due_at = models.DateTimeField(null=True)  # until when the next step is expected; none when nothing is
    seen_at = models.DateTimeField(null=True)
    answered_by = models.ForeignKey(User, on_delete=models.PROTECT, null=True, related_name="+")
    answered_at = models.DateTimeField(null=True)
    answer = models.CharField(_("answer"), max_length=300, blank=True)
    come_at = models.DateTimeField(_("when to come"), null=True)
    arrived_at = models.DateTimeField(null=True)
    closed_at = models.DateTimeField(null=True)
    result = models.CharField(_("result"), max_length=15, choices=Result.choices, blank=True)
    result_note = models.CharField(max_length=300, blank=True)
    shared = models.JSONField(default=list)  # codes of Share: what a body outside is shown through its link
    basis = models.CharField(_("on which basis"), max_length=15, choices=Basis.choices, blank=True)

    class Meta:
        ordering: ClassVar = ["-sent_at"]
        indexes: ClassVar = [
            models.Index(fields=["partner", "status", "-sent_at"], name="referral_partner_status"),
            models.Index(fields=["partner", "due_at"], name="referral_due", condition=Q(due_at__isnull=False)),
        ]
        constraints: ClassVar = [
            models.CheckConstraint(condition=~Q(from_team=F("to_team")), name="referral_between_two_teams"),
            models.CheckConstraint(
                condition=Q(person__isnull=False) | Q(trace__isnull=False), name="referral_of_somebody"
            ),
            models.CheckConstraint(
                condition=~Q(status="closed") | Q(closed_at__isnull=False, result__gt=""),
                name="referral_closed_with_result",
            ),
        ]

    @property
    def is_late(self) -> bool:
        """Whether the next step should have been taken by now."""
        return self.due_at is not None and self.due_at < timezone.now()


class Side(models.TextChoices):
    """The two sides of a referral."""

    FROM = "from", _("who sends")
    TO = "to", _("who receives")


class ReferralStep(BaseModel):
    """A change of state: into which, when, by whom, with which words. Append-only (triggers, migration 0005).

    Of the body outside nobody has an account: the name is the one that was typed.
    """

    PRIVACY: ClassVar[dict[str, str]] = {
        "internal": "id created_at referral status at by by_name side",
        "sensitive": "words",
    }

    referral = models.ForeignKey(Referral, on_delete=models.PROTECT, related_name="steps")
    status = models.CharField(max_length=15, choices=Referral.Status)
    at = models.DateTimeField()
    by = models.ForeignKey(User, on_delete=models.PROTECT, null=True, related_name="+")
    by_name = models.CharField(max_length=120)
    side = models.CharField(max_length=4, choices=Side)
    words = models.CharField(max_length=400, blank=True)

    class Meta:
        ordering: ClassVar = ["created_at", "id"]


class ReferralNote(BaseModel):
    """What one side writes to the other. Append-only but for when the other side read it: corrected by a new one."""

    PRIVACY: ClassVar[dict[str, str]] = {
        "internal": "id created_at referral side by by_name corrects read_at read_by",
        "sensitive": "text",
    }

    referral = models.ForeignKey(Referral, on_delete=models.PROTECT, related_name="notes")
    side = models.CharField(max_length=4, choices=Side)
    by = models.ForeignKey(User, on_delete=models.PROTECT, null=True, related_name="+")
    by_name = models.CharField(max_length=120)
    text = models.TextField()
    corrects = models.OneToOneField("self", on_delete=models.PROTECT, null=True, related_name="corrected_by")
    read_at = models.DateTimeField(null=True)
    read_by = models.CharField(max_length=120, blank=True)

    class Meta:
        ordering: ClassVar = ["created_at", "id"]


class ReferralLink(BaseModel):
    """The way in of the body outside: a signed link by mail, one for each referral.

    The link itself is nowhere kept: it is made of the id and the `turn` under the platform's key. Sent again, the turn
    changes and the link before no longer works.
    """

    PRIVACY: ClassVar[dict[str, str]] = {
        "internal": "id created_at referral turn email site_url sent_by sent_at expires_at stopped_at stopped_by "
        "opened_at of_restricted"
    }

    referral = models.OneToOneField(Referral, on_delete=models.PROTECT, related_name="link")
    turn = models.PositiveSmallIntegerField(default=0)
    email = models.EmailField()
    site_url = models.CharField(max_length=200)
    sent_by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    sent_at = models.DateTimeField(default=timezone.now)
    expires_at = models.DateTimeField()
    stopped_at = models.DateTimeField(null=True)
    stopped_by = models.ForeignKey(User, on_delete=models.PROTECT, null=True, related_name="+")
    opened_at = models.DateTimeField(null=True)
    of_restricted = models.BooleanField(default=False)  # sent while the file was restricted already


class CardCode(BaseModel):
    """A code given out ahead: a phone with no signal makes a card with it, and the referral comes after the card.

    `holder` is the device that may use it, once.
    """

    PRIVACY: ClassVar[dict[str, str]] = {"internal": "id created_at partner holder code used_at"}

    partner = models.ForeignKey(Partner, on_delete=models.PROTECT, related_name="+")
    holder = models.UUIDField()
    code = models.CharField(max_length=8, unique=True, default=short_code, editable=False)
    used_at = models.DateTimeField(null=True)

    class Meta:
        ordering: ClassVar = ["id"]
        indexes: ClassVar = [models.Index(fields=["holder"], name="card_code_free", condition=Q(used_at__isnull=True))]
