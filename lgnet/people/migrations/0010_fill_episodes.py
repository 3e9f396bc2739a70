"""The episodes of whoever is known already follow from the journey (people.episodes; `rebuild_episodes` does the same)."""

from itertools import groupby
from operator import itemgetter

from django.db import migrations

from lgnet.people.episodes import CHUNK, FOLLOWED, MOMENTS, courses_of


def fill(apps, _schema_editor):
    event, episode = apps.get_model("people", "JourneyEvent"), apps.get_model("people", "Episode")
    rows = (
        event.objects.filter(person__isnull=False, voided_at__isnull=True, kind__in=FOLLOWED)
        .order_by("person_id", "occurred_at", "recorded_at", "pk")
        .values_list("person_id", "partner_id", "kind", "occurred_at")
    )
    made = []
    for person, group in groupby(rows.iterator(chunk_size=5000), key=itemgetter(0)):
        events = list(group)
        for number, course in enumerate(courses_of((kind, at) for _who, _where, kind, at in events), start=1):
            values = {name: course.moments.get(name) for name in MOMENTS}
            made.append(episode(person_id=person, partner_id=events[0][1], number=number, **values))
    episode.objects.bulk_create(made, batch_size=CHUNK)


class Migration(migrations.Migration):
    dependencies = [("people", "0009_episodes")]

    operations = [migrations.RunPython(fill, migrations.RunPython.noop)]
