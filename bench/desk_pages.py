"""The pages of a one-stop shop in a busy morning, and the plain SQL that fetches the main rows of each."""

from datetime import timedelta
from typing import Any

from django.db import connection
from django.urls import reverse
from django.utils import timezone

from lgnet.desks.models import Visit
from lgnet.desks.queue_models import Ticket
from lgnet.network.models import Partner, User

Pages = dict[str, tuple[list[str], str, list[object]]]


def desk_pages(partner: Partner, user: User, secret: str) -> Pages:
    """Name -> paths asked in turn, the SQL and its parameters; `secret` opens the display of the waiting room."""
    desk = Ticket.objects.filter(partner=partner)[0].team
    plain = connection.vendor == "sqlite"
    city, team = (row.pk.hex if plain else row.pk for row in (partner, desk))
    today, begin = timezone.localdate(), timezone.localtime().replace(hour=0, minute=0, second=0, microsecond=0)
    return _queue_pages(team, secret, str(today) if plain else today) | _lists(city) | {
        "desk today": (
            [reverse("desk_today")],
            "SELECT id, person_id, arrived_at FROM desks_visit WHERE team_id = %s AND arrived_at >= %s", [team, begin],
        ),
        "a visit and its requests": (
            [reverse("visit_detail", args=[pk]) for pk in _visits_today(user, begin)],
            "SELECT id, outcome, service_type_id FROM desks_request WHERE team_id = %s AND asked_at >= %s LIMIT 2",
            [team, begin],
        ),
        "day of appointments": (
            [reverse("appointment_day"), reverse("appointment_day") + "?view=week"], _APPOINTMENTS, [team, begin],
        ),
        "free times": (_free_times(partner, user), _APPOINTMENTS, [team, begin]),
    }  # fmt: skip


_APPOINTMENTS = """SELECT id, person_id, operator_id, starts_at, ends_at, status FROM desks_appointment
    WHERE team_id = %s AND starts_at >= %s ORDER BY starts_at"""


def _queue_pages(team: object, secret: str, today: object) -> Pages:
    waiting = """SELECT id, number, topic, language, issued_at FROM desks_ticket
        WHERE team_id = %s AND day = %s AND status = 'waiting' ORDER BY ranks_at, number"""
    called = """SELECT number, counter_id, called_at FROM desks_ticket
        WHERE team_id = %s AND day = %s AND status = 'called' ORDER BY called_at DESC"""
    return {
        "queue panel": ([reverse("queue_panel")], waiting, [team, today]),
        "display now": ([reverse("queue_display_now", args=[secret])], called, [team, today]),
    }


def _lists(city: object) -> Pages:
    """The lists: their first page, and the third of those that are long."""

    def of(name: str, table: str, columns: str, order: str) -> tuple[list[str], str, list[object]]:
        sql = f"SELECT {columns} FROM {table} WHERE partner_id = %s ORDER BY {order} LIMIT 25"
        return [reverse(name), reverse(name) + "?page=3"], sql, [city]

    return {
        "list of appointments": of(
            "appointment_list", "desks_appointment", "id, person_id, starts_at, status", "starts_at DESC"
        ),
        "arrivals": of("visit_list", "desks_visit", "id, person_id, arrived_at, topic", "arrived_at DESC"),
        "requests": of(
            "request_list", "desks_request", "id, person_id, service_type_id, outcome, asked_at", "asked_at DESC"
        ),
        "directory": of("offer_list", "catalogue_offer", "id, name", "name"),
        "messages": of(
            "message_list", "messaging_outgoingmessage", "id, person_id, kind, status, created_at", "created_at DESC"
        ),
    }  # fmt: skip


def _free_times(partner: Partner, user: User) -> list[str]:
    """The page of the free times for persons whose file is open at the desk."""
    from lgnet.desks.appointment_models import AppointmentKind
    from lgnet.people.models import FileMember

    kind = AppointmentKind.objects.filter(partner=partner)[0]
    persons = FileMember.objects.filter(team=kind.team).values_list("person_id", flat=True)[:50]
    return [f"{reverse('appointment_new')}?person={pk}&kind={kind.pk}" for pk in persons]


def _visits_today(user: User, begin: Any) -> list[Any]:
    found = Visit.objects.filter(recorded_by=user, arrived_at__gte=begin - timedelta(days=1))
    return list(found.values_list("pk", flat=True)[:200])
