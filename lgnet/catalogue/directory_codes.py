"""What the directory of services says in codes: for whom, how one comes in, what makes it accessible."""

from django.db import models
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy


class Trait(models.TextChoices):
    """What a coded fact of a service is about."""

    AUDIENCE = "audience", _("for whom")
    LANGUAGE = "language", _("language spoken")
    ACCESS = "access", _("how to come in")
    ACCESSIBILITY = "accessibility", _("accessibility")


class Audience(models.TextChoices):
    """For whom a service is. Several may be said: it is for each of them."""

    EVERYBODY = "everybody", _("everybody")
    ADULTS = "adults", _("adults")
    WOMEN = "women", _("women")
    MEN = "men", _("men")
    FAMILIES = "families", _("families with children")
    MINORS_ALONE = "minors_alone", _("unaccompanied minors")
    YOUNG_ADULTS = "young_adults", _("young adults")
    ASYLUM_SEEKERS = "asylum_seekers", _("asylum seekers")
    PROTECTED = "protected", _("holders of protection")
    PERMIT_HOLDERS = "permit_holders", _("holders of a permit to stay")
    WITHOUT_PAPERS = "without_papers", _("people without a permit to stay")
    HOMELESS = "homeless", _("people who sleep in the street")
    VICTIMS = "victims", _("victims of violence, trafficking or exploitation")


class Access(models.TextChoices):
    """How one comes in."""

    WALK_IN = "walk_in", _("come without an appointment")
    APPOINTMENT = "appointment", _("by appointment")
    REFERRAL = "referral", _("only if sent by another service")
    PHONE = "phone", _("by telephone")
    ONLINE = "online", _("on the internet")


class Accessibility(models.TextChoices):
    """What helps whoever moves, sees, hears or understands with difficulty, or comes with small children."""

    WHEELCHAIR = "wheelchair", _("accessible by wheelchair")
    TOILET = "toilet", _("accessible toilet")
    LIFT = "lift", pgettext_lazy("in a building", "lift")
    SIGN_LANGUAGE = "sign_language", _("sign language")
    HEARING = "hearing", _("help for who hears badly")
    PUSHCHAIR = "pushchair", _("room for a pushchair")


CHOICES: dict[str, type[models.TextChoices]] = {
    Trait.AUDIENCE: Audience,
    Trait.ACCESS: Access,
    Trait.ACCESSIBILITY: Accessibility,
}
