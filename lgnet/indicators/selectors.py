"""Reads of figures and evidence: of the own partner, or for network roles of every partner and of all together."""

import uuid
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.core.exceptions import PermissionDenied
from django.http import Http404
from django.utils import timezone

from lgnet.audit import services as audit
from lgnet.audit.models import AuditEntry
from lgnet.core.periods import FIRST_YEAR, Quarter, quarters_between
from lgnet.indicators.evidence import Evidence, EvidenceRow, rows_of
from lgnet.indicators.figures import Figures, network_figures, partner_figures, state_of
from lgnet.indicators.policies import own_partner_ids, sees_network
from lgnet.indicators.registry import Indicator, find_indicator
from lgnet.network.models import Partner, User
from lgnet.network.policies import CITY_KINDS
from lgnet.people.selectors import LOGGED_TOGETHER

MOST_QUARTERS = 20  # shown in tables and charts: the project lasts twelve


@dataclass(frozen=True)
class Choice:
    """What the reader looks at: a partner (None: the whole network), a quarter, and which partners there are to see."""

    partner: Partner | None
    quarter: Quarter
    partners: tuple[Partner, ...]
    sees_network: bool

    @property
    def partner_ids(self) -> tuple[uuid.UUID, ...]:
        """The partners whose rows are counted."""
        return (self.partner.pk,) if self.partner else tuple(partner.pk for partner in self.partners)

    @property
    def key(self) -> uuid.UUID | None:
        """The partner's id among figures; None for the network."""
        return self.partner.pk if self.partner else None


def choose(user: User, *, partner: str = "", quarter: str = "") -> Choice:
    """What a reader asks for by the short name in the address of a partner and a quarter ("2026-Q3").

    Without a partner it is the whole network for network roles, the own one for others; anything that is no quarter
    up to now is the present one. Raises PermissionDenied without figures to see, Http404 for a partner out of reach.
    """
    own, everything = own_partner_ids(user), sees_network(user)
    if not (own or everything):
        raise PermissionDenied
    found = Partner.objects.only("slug", "short_name", "name", "kind")
    found = found.filter(kind__in=CITY_KINDS) if everything else found.filter(pk__in=own)
    partners = tuple(found.order_by("short_name"))
    by_slug = {one.slug: one for one in partners}
    if partner and partner not in by_slug:
        raise Http404
    chosen = by_slug.get(partner) if partner else None
    if chosen is None and not everything:
        chosen = next(one for one in partners if one.pk == own[0])
    return Choice(chosen, _quarter(quarter), partners, everything)


def _quarter(text: str) -> Quarter:
    current = Quarter.of(timezone.localdate())
    try:
        asked = Quarter.parse(text)
    except ValueError:
        return current
    return asked if asked.year >= FIRST_YEAR and asked <= current else current


def get_indicator(code: str) -> Indicator:
    """The indicator with this code. Raises Http404."""
    found = find_indicator(code)
    if found is None:
        raise Http404
    return found


def get_figures(choice: Choice) -> Figures:
    """The figures of what was chosen (see `choose`), as they stand now."""
    if choice.partner:
        return partner_figures(choice.partner.pk)
    return network_figures(choice.partner_ids, choice.quarter.first_day)


def quarters_to_show(figures: Figures, choice: Choice) -> list[Quarter]:
    """Every quarter from the first with something in it to the present one; of a very long time only the last ones."""
    current = Quarter.of(timezone.localdate())
    first = min((Quarter.of(day) for day in figures.quarters(choice.key)), default=current)
    return list(quarters_between(min(first, current).first_day, current.first_day))[-MOST_QUARTERS:]


def get_evidence(user: User, choice: Choice, indicator: Indicator, *, as_known: datetime | None = None) -> Evidence:
    """The rows behind a figure, as known at a moment; whatever is looked at is logged.

    Without a moment they are those of now, or those of the moment of which the figures are shown (figures.state_of).
    """
    stamp, behind = state_of(choice.partner_ids)
    as_known = as_known or behind
    found = rows_of(indicator, choice.quarter, choice.partner_ids, as_known=as_known, stamp=stamp)

    def noted(how: str, rows: Sequence[EvidenceRow]) -> None:
        detail = {"indicator": indicator.code, "quarter": str(choice.quarter)}
        _log(user, choice, rows, detail, exported=how == "exported")

    return Evidence(indicator, found, noted, as_known)


def log_export(user: User, choice: Choice, rows: int) -> None:
    """Log that a table of figures was exported: in the log of the partner, or of the reader's own for the network."""
    partner_ids = [choice.partner.pk] if choice.partner else own_partner_ids(user)
    for partner_id in partner_ids:
        audit.note_read(
            by=user, action=AuditEntry.Action.EXPORT, object_type="indicators.figure", object_id=None,
            partner_id=partner_id, detail={"rows": rows, "quarter": str(choice.quarter)},
        )  # fmt: skip


def _log(user: User, choice: Choice, rows: Sequence[EvidenceRow], detail: dict[str, Any], *, exported: bool) -> None:
    """Whose rows were seen, in the log of every partner they are of; of an export also how many."""
    action = AuditEntry.Action.EXPORT if exported else AuditEntry.Action.LIST
    by_partner: dict[uuid.UUID, list[EvidenceRow]] = {choice.partner.pk: []} if choice.partner else {}
    for row in rows:
        by_partner.setdefault(row.partner_id, []).append(row)
    for partner_id, own_rows in by_partner.items():
        persons = sorted({str(row.person_id) for row in own_rows if row.person_id})
        told: dict[str, Any] = {"rows": len(own_rows)} if exported else {}
        for start in range(0, max(len(persons), 1), LOGGED_TOGETHER):
            audit.note_read(
                by=user, action=action, object_type="indicators.evidence", object_id=None, partner_id=partner_id,
                detail={**detail, **told, "persons": persons[start : start + LOGGED_TOGETHER]},
            )  # fmt: skip
            told = {}
