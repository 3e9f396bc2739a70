"""Street contacts of the mobile units, and the outings on which they are made (outing_models)."""

from typing import ClassVar

from django.db import models
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from lgnet.cases.models import Referral
from lgnet.catalogue.models import Team, Zone
from lgnet.core.models import BaseModel
from lgnet.network.models import Partner, User
from lgnet.outreach.outing_models import CrewMember, MobileUnit, Outing, OutingState, PlannedStop, Stop
from lgnet.outreach.picture_models import ContactPicture
from lgnet.outreach.position_models import Positioned, whole_position
from lgnet.outreach.sync_models import Conflict, Device, Likeness, Operation
from lgnet.people.codes import AgeBand, Gender
from lgnet.people.models import Traced

__all__ = [
    "Conflict", "Contact", "ContactPicture", "CrewMember", "Device", "Likeness", "MobileUnit", "Operation", "Outing",
    "OutingState", "PlannedStop", "Stop",
]  # fmt: skip


class ContactQuerySet(models.QuerySet["Contact"]):
    """Contacts by whether they count."""

    def standing(self) -> "ContactQuerySet":
        """Those that were not recorded by mistake."""
        return self.filter(voided_at__isnull=True)


class Contact(BaseModel, Traced, Positioned):
    """A mobile unit met somebody, or a group: known, by nickname, or with no identity at all.

    `trace` is set when the unit could tell this person again (a nickname, or a card handed over) though nobody knows
    who it is; a contact with neither person nor trace counts as a contact, not as a person reached.
    `outing` is the one the unit was on at that moment, if any: it follows from unit and time.
    One recorded by mistake stays, with `voided_at` and the reason, and counts nowhere (`objects.standing()`).
    """

    PRIVACY: ClassVar[dict[str, str]] = {
        "internal": "id created_at trace person partner team zone occurred_at head_count gender age_band language "
        "recorded_by referral outing is_far voided_at voided_by",
        "personal": "nickname",
        "sensitive": "needs given sleeping_rough next_step note void_reason latitude longitude",
    }

    partner = models.ForeignKey(Partner, on_delete=models.PROTECT, related_name="+")
    team = models.ForeignKey(Team, on_delete=models.PROTECT, related_name="contacts")
    zone = models.ForeignKey(Zone, on_delete=models.PROTECT, related_name="contacts")
    occurred_at = models.DateTimeField(_("when"), default=timezone.now)
    nickname = models.CharField(_("called"), max_length=80, blank=True)
    head_count = models.PositiveSmallIntegerField(_("how many people"), default=1)
    gender = models.CharField(_("gender"), max_length=10, choices=Gender.choices, blank=True)
    age_band = models.CharField(_("apparent age"), max_length=10, choices=AgeBand.choices, blank=True)
    language = models.CharField(_("language"), max_length=8, blank=True)
    needs = models.JSONField(_("needs seen"), default=list, blank=True)
    given = models.JSONField(_("given on the spot"), default=list, blank=True)
    sleeping_rough = models.BooleanField(_("sleeping rough now"), null=True, blank=True)
    next_step = models.CharField(_("next step"), max_length=300, blank=True)
    note = models.TextField(_("note"), blank=True)
    referral = models.ForeignKey(Referral, on_delete=models.PROTECT, null=True, blank=True, related_name="contacts")
    outing = models.ForeignKey(Outing, on_delete=models.SET_NULL, null=True, blank=True, related_name="contacts")
    recorded_by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    voided_at = models.DateTimeField(null=True, blank=True)
    voided_by = models.ForeignKey(User, on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    void_reason = models.CharField(_("why it was a mistake"), max_length=200, blank=True)

    objects = ContactQuerySet.as_manager()

    class Meta:
        ordering: ClassVar = ["-occurred_at", "-id"]
        indexes: ClassVar = [
            # the last two are in it so that counting the contacts of a city needs no row of theirs
            models.Index(fields=["partner", "-occurred_at", "voided_at", "person"], name="contact_partner_time"),
            models.Index(fields=["person", "-occurred_at"], name="contact_person_time"),
            models.Index(fields=["team", "-occurred_at"], name="contact_team_time"),  # whom a unit met lately
        ]
        constraints: ClassVar = [
            models.CheckConstraint(condition=Q(head_count__gte=1), name="contact_of_somebody"),
            models.CheckConstraint(
                condition=Q(head_count=1) | Q(person__isnull=True, trace__isnull=True),
                name="contact_group_is_anonymous",
            ),
            whole_position("contact_position_whole"),
        ]

    @property
    def called(self) -> str:
        """What the person is called, or an empty text for somebody unknown."""
        return self.person.name_as_used if self.person else self.nickname
