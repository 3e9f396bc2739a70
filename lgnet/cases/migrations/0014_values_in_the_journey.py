"""What was answered in cases so far becomes known to the journey, with the moments at which it was written down."""

from datetime import datetime, time

from django.db import migrations
from django.utils import timezone

from lgnet.people.journey_values import AREAS, HELP, housing_number

KEPT = ("person_id", "partner_id", "team_id", "site_id", "occurred_at", "recorded_at", "recorded_by_id")
SCALE = "ten_domains"


def fill(apps, _schema_editor):
    event = apps.get_model("people", "JourneyEvent")
    made = [*_beside_others(apps, event), *_after_the_end(apps, event), *_goals(apps, event)]
    event.objects.bulk_create(made, batch_size=500)


def _beside_others(apps, event):
    """Points and housing stand beside the event of the assessment or closing that they came with."""
    live = event.objects.filter(voided_at__isnull=True)
    assessments = dict(apps.get_model("cases", "Assessment").objects.exclude(housing="").values_list("pk", "housing"))
    ends = dict(
        apps.get_model("cases", "Case").objects.exclude(housing_at_exit="").values_list("pk", "housing_at_exit")
    )
    for kind, housing in (("assessed", assessments), ("case_closed", ends)):
        for one in live.filter(kind=kind).iterator(chunk_size=2000):
            if code := housing.get(one.source_id):
                yield _like(event, one, "housing_seen", housing_number(code), one.source_type, one.source_id)
    done = apps.get_model("cases", "AssessmentSheet").objects.filter(
        status="done", version__instrument__code=SCALE, assessment__isnull=False
    )
    rated = {
        pk: (sheet, float(scores.get("", 0))) for sheet, pk, scores in done.values_list("pk", "assessment", "scores")
    }
    for one in live.filter(kind="assessed").iterator(chunk_size=2000):
        sheet, points = rated.get(one.source_id, (None, 0))
        if points > 0:
            yield _like(event, one, "scale_rated", points, "cases.assessmentsheet", sheet)


def _after_the_end(apps, event):
    now = timezone.now()
    done = apps.get_model("cases", "FollowUp").objects.filter(result__in=("stable", "harder", "again"))
    for one in done.select_related("case"):
        at = min(timezone.make_aware(datetime.combine(one.done_on, time(12))), now)
        told = [("followed_up", one.months)]
        told += [("at_work", one.months)] if one.has_work else []
        told += [("housing_seen", housing_number(one.housing))] if one.housing else []
        for kind, value in told:
            yield _of_case(event, one.case, kind, value, at, now, one.done_by_id, "cases.followup", one.pk)
    for said in apps.get_model("cases", "Helpfulness").objects.select_related("case"):
        at = said.asked_at
        yield _of_case(
            event, said.case, "help_rated", HELP[said.answer], at, at, said.asked_by_id, "cases.helpfulness", said.pk
        )


def _goals(apps, event):
    now = timezone.now()
    reached = apps.get_model("cases", "Goal").objects.filter(status="reached").select_related("plan__case")
    for goal in reached:
        case = goal.plan.case
        at = timezone.make_aware(datetime.combine(case.closed_on, time(12))) if case.closed_on else now
        by = case.closed_by_id or case.manager_id
        yield _of_case(event, case, "goal_reached", AREAS[goal.area], min(at, now), now, by, "cases.goal", goal.pk)


def _like(event, one, kind, value, source_type, source):
    kept = {name: getattr(one, name) for name in KEPT}
    return event(kind=kind, quantity=value, source_type=source_type, source_id=source, **kept)


def _of_case(event, case, kind, value, at, known_at, by, source_type, source):
    return event(
        kind=kind, quantity=value, person_id=case.person_id, partner_id=case.partner_id, team_id=case.team_id,
        occurred_at=at, recorded_at=known_at, recorded_by_id=by, source_type=source_type, source_id=source,
    )  # fmt: skip


class Migration(migrations.Migration):
    dependencies = [("cases", "0013_team_and_transfer"), ("people", "0013_values_in_the_journey")]

    operations = [migrations.RunPython(fill, migrations.RunPython.noop)]
