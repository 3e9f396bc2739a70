"""The project, its partners, the people who work in them and their roles."""

from typing import ClassVar

from django.contrib.auth.base_user import AbstractBaseUser, BaseUserManager
from django.db import models
from django.db.models import F, Q
from django.db.models.functions import Lower
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from lgnet.core.ids import uuid7
from lgnet.core.languages import in_reader_language
from lgnet.core.models import BaseModel
from lgnet.network.roles import Profile, Role


class Project(BaseModel):
    """The funded project: one row. Facts and sources in network/data/network.toml."""

    PRIVACY: ClassVar[dict[str, str]] = {
        "public": "id created_at code name programme specific_objective prog_code cup cost months starts_on ends_on "
        "target_persons lead_name lead_department goal_it goal_en",
    }

    code = models.CharField(max_length=20, unique=True)
    name = models.CharField(max_length=100)
    programme = models.CharField(max_length=100)
    specific_objective = models.CharField(max_length=200)
    prog_code = models.CharField(max_length=20)
    cup = models.CharField(max_length=20)
    cost = models.DecimalField(max_digits=14, decimal_places=2)
    months = models.PositiveSmallIntegerField()
    starts_on = models.DateField()
    ends_on = models.DateField()
    target_persons = models.PositiveIntegerField()
    lead_name = models.CharField(max_length=200)
    lead_department = models.CharField(max_length=300)
    goal_it = models.TextField()
    goal_en = models.TextField()

    @property
    def goal(self) -> str:
        """The general goal in the reader's language."""
        return in_reader_language(self.goal_it, self.goal_en)


class Aim(BaseModel):
    """A specific objective or an expected result of the project, in the words of the project page."""

    class Kind(models.TextChoices):
        OBJECTIVE = "objective", _("specific objective")
        RESULT = "result", _("expected result")

    PRIVACY: ClassVar[dict[str, str]] = {"public": "id created_at kind number text_it text_en"}

    kind = models.CharField(max_length=10, choices=Kind)
    number = models.PositiveSmallIntegerField()
    text_it = models.TextField()
    text_en = models.TextField()

    class Meta:
        ordering: ClassVar = ["kind", "number"]
        constraints: ClassVar = [models.UniqueConstraint(fields=["kind", "number"], name="aim_number_once")]

    @property
    def text(self) -> str:
        """The text in the reader's language; the Italian one is that of the project page."""
        return in_reader_language(self.text_it, self.text_en)


class Partner(BaseModel):
    """A partner of the project: a municipality, its social services agency, or an association."""

    class Kind(models.TextChoices):
        MUNICIPALITY = "municipality", _("municipality")
        AGENCY = "social_services_agency", _("social services agency")
        ASSOCIATION = "association", _("association of municipalities")
        FOUNDATION = "foundation", _("foundation")
        LEAD = "lead", _("lead authority")

    PRIVACY: ClassVar[dict[str, str]] = {
        "public": "id created_at slug name short_name kind istat_code region province latitude longitude modules "
        "modules_note sources",
    }

    slug = models.SlugField(unique=True)
    name = models.CharField(max_length=150)
    short_name = models.CharField(max_length=60)
    kind = models.CharField(max_length=30, choices=Kind)
    istat_code = models.CharField(max_length=6, blank=True)
    region = models.CharField(max_length=60, blank=True)
    province = models.CharField(max_length=2, blank=True)
    latitude = models.FloatField(null=True, blank=True)
    longitude = models.FloatField(null=True, blank=True)
    modules = models.JSONField(default=list)
    modules_note = models.CharField(max_length=200, blank=True)
    sources = models.JSONField(default=list)

    class Meta:
        ordering: ClassVar = ["short_name"]

    def __str__(self) -> str:
        return self.name

    def get_absolute_url(self) -> str:
        """The page of the partner."""
        return reverse("partner_detail", args=[self.slug])

    @property
    def is_city(self) -> bool:
        """Whether the partner serves people itself."""
        return self.kind in {self.Kind.MUNICIPALITY, self.Kind.AGENCY}


class PartnerFigure(BaseModel):
    """A target or a result that a partner has made public, with its source."""

    PRIVACY: ClassVar[dict[str, str]] = {
        "public": "id created_at partner measure label_it label_en value period is_target source_title source_url",
    }

    partner = models.ForeignKey(Partner, on_delete=models.CASCADE, related_name="figures")
    measure = models.CharField(max_length=60)
    label_it = models.CharField(max_length=200)
    label_en = models.CharField(max_length=200)
    value = models.DecimalField(max_digits=14, decimal_places=2)
    period = models.CharField(max_length=60)
    is_target = models.BooleanField(default=False)
    source_title = models.CharField(max_length=200, blank=True)
    source_url = models.CharField(max_length=500, blank=True)

    class Meta:
        ordering: ClassVar = ["partner", "-is_target", "period", "measure"]
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["partner", "measure", "period"], name="figure_once_per_period")
        ]

    @property
    def label(self) -> str:
        """What is measured, in the reader's language."""
        return in_reader_language(self.label_it, self.label_en)


class UserManager(BaseUserManager["User"]):
    """Finds users by their username, whatever its case."""

    def get_by_natural_key(self, username: str | None) -> "User":
        return self.get(username__iexact=username)


class User(AbstractBaseUser):
    """Somebody who works in the network. What a user may do comes only from memberships."""

    PRIVACY: ClassVar[dict[str, str]] = {
        "internal": "id username full_name language is_active date_joined last_login",
        "personal": "email",
        "sensitive": "password",
    }

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    username = models.CharField(_("username"), max_length=60, unique=True)
    email = models.EmailField(_("e-mail"), blank=True)
    full_name = models.CharField(_("name and surname"), max_length=150)
    language = models.CharField(_("language"), max_length=5, default="it")
    is_active = models.BooleanField(default=True)
    date_joined = models.DateTimeField(default=timezone.now)

    USERNAME_FIELD = "username"
    EMAIL_FIELD = "email"
    REQUIRED_FIELDS: ClassVar[list[str]] = ["full_name"]

    objects = UserManager()

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(Lower("username"), name="user_username_once"),
            models.UniqueConstraint(Lower("email"), condition=~Q(email=""), name="user_email_once"),
            models.CheckConstraint(condition=Q(email=Lower("email")), name="user_email_lower"),  # as it is looked up
        ]

    def __str__(self) -> str:
        return self.full_name

    def get_full_name(self) -> str:
        return self.full_name

    def get_short_name(self) -> str:
        return self.full_name.split(" ")[0]


class MembershipQuerySet(models.QuerySet["Membership"]):
    """Memberships by time."""

    def current(self) -> "MembershipQuerySet":
        """Those in force today, of active users."""
        return self.open().filter(starts_on__lte=timezone.localdate(), user__is_active=True)

    def open(self) -> "MembershipQuerySet":
        """Those in force today or later, of whomever."""
        today = timezone.localdate()
        return self.filter(Q(ends_on__isnull=True) | Q(ends_on__gte=today), ended_at__isnull=True)


class Membership(BaseModel):
    """A user has a role at a partner, from a day, perhaps to a day (both included), unless ended at once before."""

    PRIVACY: ClassVar[dict[str, str]] = {
        "internal": "id created_at user partner role profile employer starts_on ends_on ended_at",
    }

    user = models.ForeignKey(User, on_delete=models.PROTECT, related_name="memberships")
    partner = models.ForeignKey(Partner, on_delete=models.PROTECT, related_name="memberships")
    role = models.CharField(_("role"), max_length=30, choices=Role.choices)
    profile = models.CharField(_("profession"), max_length=30, choices=Profile.choices, blank=True)
    employer = models.CharField(_("employer, if a third-sector body"), max_length=150, blank=True)
    starts_on = models.DateField(_("from"), default=timezone.localdate)
    ends_on = models.DateField(_("to"), null=True, blank=True)
    ended_at = models.DateTimeField(null=True, editable=False)

    objects = MembershipQuerySet.as_manager()

    class Meta:
        ordering: ClassVar = ["partner", "role", "user"]
        constraints: ClassVar = [
            models.CheckConstraint(
                condition=Q(ends_on__isnull=True) | Q(ends_on__gte=F("starts_on")), name="membership_ends_after_start"
            ),
            models.UniqueConstraint(
                fields=["user", "partner", "role", "starts_on"],
                condition=Q(ended_at__isnull=True),
                name="membership_once_per_start",
            ),
        ]

    @property
    def state(self) -> str:
        """Whether it is "planned", "current" or "ended"."""
        today = timezone.localdate()
        if self.ended_at or (self.ends_on and self.ends_on < today):
            return "ended"
        return "planned" if self.starts_on > today else "current"


class InvitationQuerySet(models.QuerySet["Invitation"]):
    """Invitations by state."""

    def open(self) -> "InvitationQuerySet":
        """Those that can still be accepted."""
        return self.filter(accepted_at__isnull=True, withdrawn_at__isnull=True, expires_at__gt=timezone.now())


class Invitation(BaseModel):
    """An invitation to join a partner with a role; the token itself is never stored, only its hash."""

    PRIVACY: ClassVar[dict[str, str]] = {
        "internal": "id created_at partner role profile employer starts_on ends_on invited_by expires_at mail_sent_at "
        "accepted_at accepted_by withdrawn_at",
        "personal": "email full_name",
        "sensitive": "token_hash",
    }

    partner = models.ForeignKey(Partner, on_delete=models.PROTECT, related_name="invitations")
    role = models.CharField(_("role"), max_length=30, choices=Role.choices)
    profile = models.CharField(_("profession"), max_length=30, choices=Profile.choices, blank=True)
    employer = models.CharField(_("employer, if a third-sector body"), max_length=150, blank=True)
    starts_on = models.DateField(_("from"), default=timezone.localdate)
    ends_on = models.DateField(_("to"), null=True, blank=True)
    email = models.EmailField(_("e-mail"))
    full_name = models.CharField(_("name and surname"), max_length=150)
    token_hash = models.CharField(max_length=64, unique=True)
    invited_by = models.ForeignKey(User, on_delete=models.PROTECT, null=True, related_name="+")
    expires_at = models.DateTimeField()
    mail_sent_at = models.DateTimeField(null=True)
    accepted_at = models.DateTimeField(null=True)
    accepted_by = models.ForeignKey(User, on_delete=models.PROTECT, null=True, related_name="+")
    withdrawn_at = models.DateTimeField(null=True)

    objects = InvitationQuerySet.as_manager()

    class Meta:
        ordering: ClassVar = ["-created_at"]

    @property
    def state(self) -> str:
        """Whether it is "accepted", "withdrawn", "expired" or "open"."""
        if self.accepted_at:
            return "accepted"
        if self.withdrawn_at:
            return "withdrawn"
        return "open" if self.expires_at > timezone.now() else "expired"
