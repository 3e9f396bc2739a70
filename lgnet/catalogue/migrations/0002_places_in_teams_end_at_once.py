from django.conf import settings
from django.db import migrations, models
from django.db.models import F


def remember_names_in_the_file(apps, schema_editor):
    apps.get_model("catalogue", "Team").objects.update(loaded_as=F("name"))  # until now no team came from elsewhere


class Migration(migrations.Migration):
    dependencies = [
        ("catalogue", "0001_initial"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.RemoveConstraint(
            model_name="teammembership",
            name="team_membership_once_per_start",
        ),
        migrations.AddField(
            model_name="team",
            name="loaded_as",
            field=models.CharField(blank=True, editable=False, max_length=150),
        ),
        migrations.RunPython(remember_names_in_the_file, migrations.RunPython.noop),
        migrations.AddField(
            model_name="teammembership",
            name="ended_at",
            field=models.DateTimeField(editable=False, null=True),
        ),
        migrations.AddConstraint(
            model_name="teammembership",
            constraint=models.UniqueConstraint(
                condition=models.Q(("ended_at__isnull", True)),
                fields=("team", "user", "starts_on"),
                name="team_membership_once_per_start",
            ),
        ),
    ]
