from django.db import migrations

from lgnet.core.triggers import append_only


class Migration(migrations.Migration):
    dependencies = [("people", "0001_initial")]
    operations = [
        append_only(
            "people_journeyevent",
            may_set_once=("voided_at", "voided_by_id", "void_reason"),
            columns=(
                "id",
                "created_at",
                "trace",
                "person_id",
                "kind",
                "partner_id",
                "site_id",
                "team_id",
                "service_type_id",
                "quantity",
                "occurred_at",
                "recorded_at",
                "recorded_by_id",
                "source_type",
                "source_id",
                "replaces_id",
            ),
        )
    ]
