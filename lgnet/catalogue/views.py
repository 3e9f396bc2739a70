"""The public facts of the project and of every partner, for everybody who works in the network."""

from django.db.models import Q, QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext_lazy as _

from lgnet.catalogue import selectors
from lgnet.catalogue.codes import MODULES
from lgnet.core.tables import Column, FilterForm, Table, table_response
from lgnet.network.models import Aim, Partner


def _modules(partner: Partner) -> str:
    return ", ".join(str(MODULES.get(code, code)) for code in partner.modules)


COLUMNS = (
    Column("name", _("Partner"), lambda p: p.name, link=lambda p: p.get_absolute_url(), sort="name"),
    Column("kind", _("Kind"), lambda p: p.get_kind_display(), sort="kind"),
    Column("region", _("Region"), lambda p: p.region, sort="region"),
    Column("istat", _("ISTAT code"), lambda p: p.istat_code, sort="istat_code"),
    Column("modules", _("Services"), _modules),
)


class PartnerFilter(FilterForm):
    """Partners by a word in their name or region."""

    def apply(self, rows: QuerySet[Partner]) -> QuerySet[Partner]:
        """Return the partners whose name or region contains the word."""
        q = self.cleaned_data.get("q") or ""
        return rows.filter(Q(name__icontains=q) | Q(region__icontains=q)) if q else rows


def partner_list(request: HttpRequest) -> HttpResponse:
    """The partners of the project."""
    filters = PartnerFilter(request.GET or None)
    table = Table(
        request, selectors.partners(), COLUMNS, title=_("Partners"), filters=filters, default_sort="name",
        empty_text=_("No partner has this word in its name or region."),
    )  # fmt: skip
    return table_response(request, table, "catalogue/partner_list.html")


def partner_detail(request: HttpRequest, slug: str) -> HttpResponse:
    """One partner: services, sites, teams, targets and results with their sources."""
    partner = selectors.get_partner(slug)
    modules = [MODULES.get(code, code) for code in partner.modules]
    figures = list(partner.figures.all())
    return render(
        request,
        "catalogue/partner_detail.html",
        {
            "partner": partner,
            "modules": modules,
            "targets": [figure for figure in figures if figure.is_target],
            "results": [figure for figure in figures if not figure.is_target],
        },
    )


def project_page(request: HttpRequest) -> HttpResponse:
    """The project: its facts, specific objectives and expected results."""
    aims = selectors.aims()
    return render(
        request,
        "catalogue/project_page.html",
        {
            "project": selectors.project(),
            "objectives": aims[Aim.Kind.OBJECTIVE],
            "results": aims[Aim.Kind.RESULT],
            "partner_count": selectors.partners().count(),
        },
    )
