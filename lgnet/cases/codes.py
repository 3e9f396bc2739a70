"""Code lists of the case file that several of its parts use."""

from django.db import models
from django.utils.translation import gettext_lazy as _


class AssessmentKind(models.TextChoices):
    """What an assessment, and the instrument it is made with, is for."""

    PRELIMINARY = "preliminary", _("preliminary assessment")
    IN_DEPTH = "in_depth", _("in-depth assessment")
    SCALE = "scale", _("scale")
    SCREENING = "screening", _("screening")


class Destination(models.TextChoices):
    """Where somebody goes when the case is closed; apart from why it is."""

    OWN_HOME = "own_home", _("a home of one's own, with a contract")
    SHARED_HOME = "shared_home", _("a home shared with others")
    FAMILY = "family", _("family or friends")
    WORKPLACE = "workplace", _("housing that comes with work")
    LGNET_HOUSING = "lgnet_housing", _("stays in housing of the project")
    SAI = "sai", _("reception: SAI")
    OTHER_RECEPTION = "other_reception", _("reception: another kind")
    SHELTER = "shelter", _("shelter or hostel")
    HEALTH = "health", _("hospital or health facility")
    OTHER_CITY = "other_city", _("the services of another city")
    ABROAD = "abroad", _("another country")
    COUNTRY_OF_ORIGIN = "origin", _("the country of origin")
    DETENTION = "detention", _("prison or detention")
    STREET = "street", _("on the street")
    NONE = "none", _("nowhere: the person has died")
    UNKNOWN = "unknown", _("not known")
