"""Tables of the page of waits: each step against its limit, and who stopped waiting, by cause."""

import uuid
from collections import Counter
from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from django.db.models import Case, CharField, Count, Exists, OuterRef, Q, QuerySet, Subquery, Value, When
from django.db.models.functions import Coalesce
from django.utils.translation import gettext as _

from lgnet.cases.waiting import limits_of
from lgnet.cases.waiting_models import BEGINS, REACHED, DelayCause, Step
from lgnet.core.report_tables import Line, ReportTable
from lgnet.indicators.waits import Spells, estimate, spells_of, together
from lgnet.people.models import Episode

CLOSED = "closed"  # among the causes: none was stated, the case ended


def by_step(
    partners: Sequence[uuid.UUID], step: Step, known: Mapping[uuid.UUID, Spells], *, since: datetime | None
) -> ReportTable:  # fmt: skip
    """Every step: how many in 100 reach it within the limit of their city, and after how many days half and most do.

    `known` are the spells of `step`, which the page has read already.
    """
    limits, lines = limits_of(frozenset(partners)), []
    for one in Step:
        spells = known if one == step else spells_of(partners, one, since=since)
        whole = estimate(together(list(spells.values())))
        if not whole.points:
            continue
        within = share_within({partner: limits[partner][one] for partner in partners}, spells)
        days = sorted({limits[partner][one] for partner in partners})
        told = str(days[0]) if len(days) == 1 else f"{days[0]}–{days[-1]}"
        lines.append(
            Line(str(one.label), [within, told, whole.median, whole.nine_in_ten, whole.reached, whole.waiting])
        )
    rule = _(
        "In 100 people, those who reach the step within the limit of their city: of all who reached it, and of those "
        "who have waited longer than the limit. Who waits for less is not judged yet."
    )
    heads = [_("Step"), _("Within the limit, in 100"), _("Limit, days"), _("Half within"), _("9 in 10 within"),
             _("Have reached it"), _("Still wait, or wait no more")]  # fmt: skip
    return ReportTable("steps", _("Every step against its limit"), rule, heads, lines)


def share_within(limits: Mapping[uuid.UUID, int], spells: Mapping[uuid.UUID, Spells]) -> int | None:
    """In 100, those who reached a step within the limit of their city; None if nobody can be judged yet.

    Who has not reached it counts as late once the limit has passed, and not at all before.
    """
    judged: Counter[bool] = Counter()
    for partner, mine in spells.items():
        for spell, count in mine.items():
            if spell.is_reached or spell.days > limits[partner]:
                judged[spell.is_reached and spell.days <= limits[partner]] += count
    return round(100 * judged[True] / judged.total()) if judged else None


def by_cause(partners: Sequence[uuid.UUID], *, since: datetime | None) -> ReportTable:
    """Who was lost between two steps, each person once: by the cause stated, or because the case was closed before.

    Only the last episode of a person counts: who came back is not lost by what was before. In it the first step for
    which a cause that ends the waiting stands, and that was not reached; without one, if the case was closed, the first
    step that was not reached. Of steps waited for since a moment, if one is given. One query.
    """
    causes = {(cause, step): count for cause, step, count in _lost(partners, since).annotate(n=Count("pk"))}
    names = {cause: str(DelayCause.Cause(cause).label) for cause in DelayCause.ENDING}
    names[CLOSED] = _("the case was closed before")
    lines = [
        Line(name, [sum(numbers), *numbers])
        for cause, name in names.items()
        if any(numbers := [causes.get((cause, step), 0) for step in Step])
    ]
    rule = _(
        "People who wait for a step no more without having reached it. Each counts once, as it stood the last time she "
        "or he came: at the first step for which such a cause was stated; without one, if the case was closed, at the "
        "first step that was not reached."
    )
    heads = [_("Cause"), _("Together"), *(str(step.label) for step in Step)]
    return ReportTable("lost", _("Lost between two steps"), rule, heads, lines)


def _lost(partners: Sequence[uuid.UUID], since: datetime | None) -> QuerySet[Any]:
    """Cause and step of the last episode of everybody who is lost, as `by_cause` counts them."""
    later = Episode.objects.filter(person=OuterRef("person"), number__gt=OuterRef("number"))
    stated = DelayCause.objects.filter(
        person=OuterRef("person"), episode=OuterRef("number"), followed_at__isnull=True, cause__in=DelayCause.ENDING
    ).order_by()
    lacks = {step: Q(**{f"{BEGINS[step]}__isnull": False, f"{REACHED[step]}__isnull": True}) for step in Step}
    if since is not None:
        lacks = {step: Q(lack, **{f"{BEGINS[step]}__gte": since}) for step, lack in lacks.items()}
    by_statement = [When(Q(lack, Exists(stated.filter(step=step))), then=Value(step)) for step, lack in lacks.items()]
    by_closing = [When(Q(lack, outcome_at__isnull=False), then=Value(step)) for step, lack in lacks.items()]
    return (
        Episode.objects.filter(~Exists(later), partner__in=partners)
        .annotate(lost_at=Case(*by_statement, *by_closing, output_field=CharField()))
        .filter(lost_at__isnull=False)
        .annotate(
            lost_by=Coalesce(Subquery(stated.filter(step=OuterRef("lost_at")).values("cause")[:1]), Value(CLOSED))
        )
        .order_by()
        .values_list("lost_by", "lost_at")
    )
