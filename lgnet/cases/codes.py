"""Code lists of the case file that several of its parts use."""

from django.db import models
from django.utils.translation import gettext_lazy as _


class AssessmentKind(models.TextChoices):
    """What an assessment, and the instrument it is made with, is for."""

    PRELIMINARY = "preliminary", _("preliminary assessment")
    IN_DEPTH = "in_depth", _("in-depth assessment")
    SCALE = "scale", _("scale")
    SCREENING = "screening", _("screening")
