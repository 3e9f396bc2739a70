"""Tables of the page of waits: each step against its limit, and who stopped waiting, by cause."""

import uuid
from collections import Counter
from collections.abc import Mapping, Sequence
from datetime import datetime

from django.db.models import Count
from django.utils.translation import gettext as _

from lgnet.cases.waiting import limits_of
from lgnet.cases.waiting_models import BEGINS, REACHED, DelayCause, Step
from lgnet.core.report_tables import Line, ReportTable
from lgnet.indicators.waits import Spells, estimate, spells_of, together
from lgnet.people.models import Episode


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
    """Who was lost between two steps: causes that end the waiting, cases closed before the step, by step."""
    causes: Counter[tuple[str, str]] = Counter()
    stated = DelayCause.objects.filter(
        partner__in=partners, followed_at__isnull=True, cause__in=DelayCause.ENDING
    ).order_by()
    if since is not None:
        stated = stated.filter(stated_at__gte=since)
    for cause, step, count in stated.values_list("cause", "step").annotate(n=Count("pk")):
        causes[cause, step] += count
    for step in Step:
        ended = Episode.objects.filter(
            partner__in=partners, outcome_at__isnull=False,
            **{f"{BEGINS[step]}__isnull": False, f"{REACHED[step]}__isnull": True},
        )  # fmt: skip
        if since is not None:
            ended = ended.filter(**{f"{BEGINS[step]}__gte": since})
        causes["closed", step] = ended.count()
    names = {cause: str(DelayCause.Cause(cause).label) for cause in DelayCause.ENDING}
    names["closed"] = _("the case was closed before")
    lines = [
        Line(name, [sum(numbers), *numbers])
        for cause, name in names.items()
        if any(numbers := [causes[cause, step] for step in Step])
    ]
    rule = _("People who wait for a step no more without having reached it, by the cause that was stated.")
    heads = [_("Cause"), _("Together"), *(str(step.label) for step in Step)]
    return ReportTable("lost", _("Lost between two steps"), rule, heads, lines)
