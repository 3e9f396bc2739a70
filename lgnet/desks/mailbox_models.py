"""Mail kept for people who have no address of their own: poste restante and virtual residence."""

from datetime import timedelta
from typing import ClassVar

from django.db import models
from django.db.models import F, Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from lgnet.catalogue.models import Site, Team
from lgnet.core.models import BaseModel
from lgnet.network.models import Partner, User
from lgnet.people.models import Person

POSTE_RESTANTE = "poste_restante"  # the service of the catalogue that a hand-over of mail is
RENEWED_BEFORE = timedelta(days=30)  # a mailbox that ends sooner is shown as one to renew


class Mailbox(BaseModel):
    """A desk keeps the mail of a person, from a day to a day; a virtual residence is an address for the registry too.

    `signed_on` is when the person signed the agreement. It is open until it is closed: one whose last day has passed
    still keeps its letters, and is shown as one to renew.
    """

    class Kind(models.TextChoices):
        POSTE_RESTANTE = "poste_restante", _("poste restante")
        VIRTUAL_RESIDENCE = "virtual_residence", _("virtual residence")

    PRIVACY: ClassVar[dict[str, str]] = {
        "internal": "id created_at partner site team person kind number starts_on ends_on signed_on opened_by "
        "closed_on closed_by",
    }

    partner = models.ForeignKey(Partner, on_delete=models.PROTECT, related_name="+")
    site = models.ForeignKey(Site, on_delete=models.PROTECT, null=True, related_name="+")
    team = models.ForeignKey(Team, on_delete=models.PROTECT, related_name="mailboxes", verbose_name=_("desk"))
    person = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="mailboxes")
    kind = models.CharField(_("kind"), max_length=20, choices=Kind)
    number = models.CharField(_("number of the box"), max_length=20, blank=True)
    starts_on = models.DateField(pgettext_lazy("first day", "from"))
    ends_on = models.DateField(pgettext_lazy("last day", "to"))
    signed_on = models.DateField(_("agreement signed on"), null=True, blank=True)
    opened_by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    closed_on = models.DateField(null=True, blank=True)
    closed_by = models.ForeignKey(User, on_delete=models.PROTECT, null=True, blank=True, related_name="+")

    class Meta:
        ordering: ClassVar = ["ends_on", "id"]
        indexes: ClassVar = [models.Index(fields=["partner", "ends_on"], name="mailbox_partner_end")]
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["person", "kind"], condition=Q(closed_on__isnull=True), name="mailbox_once_per_person"
            ),
            models.UniqueConstraint(
                fields=["team", "number"],
                condition=Q(closed_on__isnull=True) & ~Q(number=""),
                name="mailbox_number_once",
            ),
            models.CheckConstraint(condition=Q(ends_on__gte=F("starts_on")), name="mailbox_ends_after_start"),
        ]

    @property
    def state(self) -> str:
        """Whether it is "closed", "expired", "ending" within 30 days, or "open"."""
        today = timezone.localdate()
        if self.closed_on:
            return "closed"
        if self.ends_on < today:
            return "expired"
        return "ending" if self.ends_on - today < RENEWED_BEFORE else "open"


class MailHandover(BaseModel):
    """Letters of a mailbox were given to the person, or to whom the person sent; perhaps signed for on paper.

    One undone stays, with `voided_at`, and its letters wait again.
    """

    PRIVACY: ClassVar[dict[str, str]] = {
        "internal": "id created_at mailbox handed_at signed_on_paper letter_count handed_by voided_at voided_by",
        "personal": "handed_to",
    }

    mailbox = models.ForeignKey(Mailbox, on_delete=models.PROTECT, related_name="handovers")
    handed_at = models.DateTimeField(_("handed over at"), default=timezone.now)
    handed_to = models.CharField(_("to whom"), max_length=120, blank=True)  # empty: to the person
    signed_on_paper = models.BooleanField(_("signed for on paper"), default=False)
    letter_count = models.PositiveSmallIntegerField(_("letters"))
    handed_by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    voided_at = models.DateTimeField(null=True, blank=True)
    voided_by = models.ForeignKey(User, on_delete=models.PROTECT, null=True, blank=True, related_name="+")

    class Meta:
        ordering: ClassVar = ["-handed_at", "-id"]


class Letter(BaseModel):
    """A letter or parcel that arrived for the person of a mailbox: it waits, was handed over, or went back."""

    class Status(models.TextChoices):
        WAITING = "waiting", pgettext_lazy("letter", "waits")
        HANDED_OVER = "handed_over", _("handed over")
        RETURNED = "returned", _("sent back")

    PRIVACY: ClassVar[dict[str, str]] = {
        "internal": "id created_at partner mailbox arrived_on is_registered keep_until status handover returned_on "
        "received_by returned_by",
        "sensitive": "sender",
    }

    partner = models.ForeignKey(Partner, on_delete=models.PROTECT, related_name="+")
    mailbox = models.ForeignKey(Mailbox, on_delete=models.PROTECT, related_name="letters")
    arrived_on = models.DateField(_("arrived on"))
    sender = models.CharField(_("sender"), max_length=120, blank=True)
    is_registered = models.BooleanField(_("registered letter"), default=False)
    keep_until = models.DateField(_("kept until"))
    status = models.CharField(_("state"), max_length=12, choices=Status, default=Status.WAITING)
    handover = models.ForeignKey(MailHandover, on_delete=models.PROTECT, null=True, blank=True, related_name="letters")
    received_by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    returned_on = models.DateField(null=True, blank=True)
    returned_by = models.ForeignKey(User, on_delete=models.PROTECT, null=True, blank=True, related_name="+")

    class Meta:
        ordering: ClassVar = ["arrived_on", "id"]
        indexes: ClassVar = [
            models.Index(fields=["partner", "keep_until"], name="letter_waiting", condition=Q(status="waiting")),
        ]
        constraints: ClassVar = [
            models.CheckConstraint(
                condition=Q(status="handed_over", handover__isnull=False)
                | (Q(handover__isnull=True) & ~Q(status="handed_over")),
                name="letter_handed_over_with_handover",
            ),
            models.CheckConstraint(
                condition=Q(status="returned", returned_on__isnull=False)
                | (Q(returned_on__isnull=True) & ~Q(status="returned")),
                name="letter_returned_with_day",
            ),
        ]

    @property
    def is_past_term(self) -> bool:
        """Whether it still waits after the day until which it is kept."""
        return self.status == self.Status.WAITING and self.keep_until < timezone.localdate()
