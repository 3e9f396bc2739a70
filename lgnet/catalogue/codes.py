"""Modules a partner can run (DOMAIN 1.2); the mix differs from partner to partner."""

from django.utils.translation import gettext_lazy as _

MODULES = {
    "outreach": _("Mobile units"),
    "desk": _("One-stop shop"),
    "case": _("Taking in charge by a multidisciplinary team"),
    "housing": _("Protected shelters, co-housing and housing support"),
    "civic": _("Civic engagement"),
    "work": _("Pathways to work"),
    "labs": _("Workshops and community spaces"),
    "minors": _("Unaccompanied minors"),
    "health": _("Health and social care"),
    "training": _("Training of staff"),
    "information": _("Public information"),
    "support": _("Support to the municipalities"),
    "monitoring": _("Monitoring and evaluation"),
}
