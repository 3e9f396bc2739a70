import django.db.models.deletion
import django.utils.timezone
from django.conf import settings
from django.db import migrations, models

import lgnet.core.ids
import lgnet.outreach.sync_models
from lgnet.core.triggers import append_only


class Migration(migrations.Migration):
    dependencies = [
        ("catalogue", "0002_places_in_teams_end_at_once"),
        ("network", "0003_emails_in_small_letters"),
        ("outreach", "0001_initial"),
        ("people", "0003_faster_lists"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name="Device",
            fields=[
                (
                    "id",
                    models.UUIDField(default=lgnet.core.ids.uuid7, editable=False, primary_key=True, serialize=False),
                ),
                ("created_at", models.DateTimeField(default=django.utils.timezone.now, editable=False)),
                ("name", models.CharField(max_length=80, verbose_name="device")),
                ("app_version", models.CharField(blank=True, max_length=40)),
                ("lease_until", models.DateTimeField(default=lgnet.outreach.sync_models.lease_from_now)),
                ("last_sync_at", models.DateTimeField(null=True)),
                ("queue_length", models.PositiveIntegerField(null=True)),
                ("wipe_asked_at", models.DateTimeField(null=True)),
                ("wipe_reason", models.CharField(blank=True, max_length=300, verbose_name="why")),
                ("wiped_at", models.DateTimeField(null=True)),
                ("unsent_when_wiped", models.PositiveIntegerField(null=True)),
                (
                    "partner",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to="network.partner"
                    ),
                ),
                (
                    "team",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="devices", to="catalogue.team"
                    ),
                ),
                (
                    "user",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="devices", to=settings.AUTH_USER_MODEL
                    ),
                ),
                (
                    "wipe_asked_by",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
            ],
            options={
                "ordering": ["-created_at"],
            },
        ),
        migrations.CreateModel(
            name="Likeness",
            fields=[
                (
                    "id",
                    models.UUIDField(default=lgnet.core.ids.uuid7, editable=False, primary_key=True, serialize=False),
                ),
                ("created_at", models.DateTimeField(default=django.utils.timezone.now, editable=False)),
                ("one", models.UUIDField()),
                ("other", models.UUIDField()),
                ("is_same", models.BooleanField()),
                ("moved", models.JSONField(default=list)),
                ("undone_at", models.DateTimeField(null=True)),
                (
                    "decided_by",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to=settings.AUTH_USER_MODEL
                    ),
                ),
                (
                    "partner",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to="network.partner"
                    ),
                ),
                (
                    "undone_by",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
            ],
        ),
        migrations.CreateModel(
            name="Operation",
            fields=[
                (
                    "id",
                    models.UUIDField(default=lgnet.core.ids.uuid7, editable=False, primary_key=True, serialize=False),
                ),
                ("created_at", models.DateTimeField(default=django.utils.timezone.now, editable=False)),
                ("kind", models.CharField(max_length=40)),
                ("record_id", models.UUIDField(null=True)),
                ("base", models.JSONField(default=dict)),
                ("changes", models.JSONField(default=dict)),
                ("extra", models.JSONField(default=dict)),
                ("after", models.JSONField(default=list)),
                ("made_at", models.DateTimeField(null=True)),
                ("skew_seconds", models.IntegerField(default=0)),
                (
                    "clock",
                    models.CharField(
                        choices=[
                            ("right", "right"),
                            ("ahead", "clock of the device ahead"),
                            ("behind", "clock of the device behind"),
                            ("old", "made more than 60 days ago"),
                            ("unknown", "no time was sent"),
                        ],
                        default="right",
                        max_length=10,
                    ),
                ),
                ("app_version", models.CharField(blank=True, max_length=40)),
                ("digest", models.CharField(max_length=64)),
                (
                    "result",
                    models.CharField(
                        choices=[
                            ("waiting", "waits for another"),
                            ("applied", "done and recorded"),
                            ("conflict", "recorded, with values to choose from"),
                            ("refused", "needs attention"),
                            ("mended", "mended and sent again"),
                            ("set_aside", "set aside"),
                        ],
                        default="waiting",
                        max_length=10,
                    ),
                ),
                ("reason", models.CharField(blank=True, max_length=500)),
                ("errors", models.JSONField(default=dict)),
                ("fates", models.JSONField(default=dict)),
                ("answer", models.JSONField(default=dict)),
                ("waits_for", models.UUIDField(null=True)),
                ("settled_at", models.DateTimeField(null=True)),
                ("set_aside_reason", models.CharField(blank=True, max_length=300, verbose_name="why")),
                (
                    "device",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="operations", to="outreach.device"
                    ),
                ),
                (
                    "mends",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="mended_by",
                        to="outreach.operation",
                    ),
                ),
                (
                    "partner",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to="network.partner"
                    ),
                ),
                (
                    "person",
                    models.ForeignKey(
                        null=True, on_delete=django.db.models.deletion.PROTECT, related_name="+", to="people.person"
                    ),
                ),
                (
                    "set_aside_by",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "team",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to="catalogue.team"
                    ),
                ),
                (
                    "user",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to=settings.AUTH_USER_MODEL
                    ),
                ),
            ],
            options={
                "ordering": ["-created_at", "-id"],
            },
        ),
        migrations.CreateModel(
            name="Conflict",
            fields=[
                (
                    "id",
                    models.UUIDField(default=lgnet.core.ids.uuid7, editable=False, primary_key=True, serialize=False),
                ),
                ("created_at", models.DateTimeField(default=django.utils.timezone.now, editable=False)),
                ("field", models.CharField(max_length=40)),
                ("base", models.JSONField(null=True)),
                ("proposed", models.JSONField(null=True)),
                ("server_value", models.JSONField(null=True)),
                ("server_at", models.DateTimeField(null=True)),
                (
                    "state",
                    models.CharField(
                        choices=[
                            ("open", "to choose"),
                            ("decided", "chosen"),
                            ("superseded", "written anew by the same person"),
                        ],
                        default="open",
                        max_length=10,
                    ),
                ),
                (
                    "choice",
                    models.CharField(
                        blank=True,
                        choices=[
                            ("server", "what is recorded"),
                            ("device", "what was sent later"),
                            ("other", "something else"),
                        ],
                        max_length=10,
                    ),
                ),
                ("decided_value", models.JSONField(null=True)),
                ("decided_at", models.DateTimeField(null=True)),
                (
                    "contact",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="conflicts", to="outreach.contact"
                    ),
                ),
                (
                    "decided_by",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "partner",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to="network.partner"
                    ),
                ),
                (
                    "server_by",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "team",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to="catalogue.team"
                    ),
                ),
                (
                    "server_device",
                    models.ForeignKey(
                        null=True, on_delete=django.db.models.deletion.PROTECT, related_name="+", to="outreach.device"
                    ),
                ),
                (
                    "operation",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="conflicts", to="outreach.operation"
                    ),
                ),
                (
                    "superseded_by",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="outreach.operation",
                    ),
                ),
            ],
            options={
                "ordering": ["-created_at", "-id"],
            },
        ),
        migrations.AddIndex(
            model_name="device",
            index=models.Index(fields=["partner", "-last_sync_at"], name="device_partner_sync"),
        ),
        migrations.AddConstraint(
            model_name="likeness",
            constraint=models.CheckConstraint(
                condition=models.Q(("one__lt", models.F("other"))), name="likeness_in_order"
            ),
        ),
        migrations.AddConstraint(
            model_name="likeness",
            constraint=models.UniqueConstraint(
                condition=models.Q(("undone_at__isnull", True)), fields=("one", "other"), name="likeness_said_once"
            ),
        ),
        migrations.AddIndex(
            model_name="operation",
            index=models.Index(fields=["partner", "-created_at"], name="operation_partner_time"),
        ),
        migrations.AddIndex(
            model_name="operation",
            index=models.Index(fields=["record_id"], name="operation_record"),
        ),
        migrations.AddIndex(
            model_name="operation",
            index=models.Index(
                condition=models.Q(("waits_for__isnull", False)), fields=["waits_for"], name="operation_waits"
            ),
        ),
        migrations.AddIndex(
            model_name="operation",
            index=models.Index(
                condition=models.Q(("settled_at__isnull", True)),
                fields=["partner", "-created_at"],
                name="operation_open",
            ),
        ),
        migrations.AddIndex(
            model_name="conflict",
            index=models.Index(fields=["partner", "state", "-created_at"], name="conflict_partner_state"),
        ),
        migrations.AddConstraint(
            model_name="conflict",
            constraint=models.UniqueConstraint(fields=("operation", "field"), name="conflict_once_per_field"),
        ),
        append_only(  # what was sent never changes, and nothing of an operation does once it is settled
            "outreach_operation",
            may_set_once=("settled_at",),
            columns=(
                "id",
                "created_at",
                "partner_id",
                "team_id",
                "device_id",
                "user_id",
                "kind",
                "record_id",
                "base",
                "changes",
                "extra",
                "after",
                "mends_id",
                "made_at",
                "skew_seconds",
                "clock",
                "app_version",
                "digest",
            ),
        ),
    ]
