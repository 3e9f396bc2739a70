"""What the own page tells of a person: nothing that staff wrote about her or him, and nothing of others."""

from dataclasses import dataclass
from datetime import timedelta

from django.utils import timezone

from lgnet.cases.models import Referral
from lgnet.cases.selectors import place_of
from lgnet.core.languages import language_name
from lgnet.messaging.models import Channel
from lgnet.messaging.selectors import wishes_of
from lgnet.people.models import ContactPoint, Person
from lgnet.public.own_words import STATES
from lgnet.public.wording import day_of

TOLD_FOR = timedelta(days=365)


@dataclass(frozen=True)
class SentTo:
    """A service the person was sent to: where it is, since when, and what it says. Not why, and not who wrote it."""

    name: str
    place: str
    address: str
    hours: str
    day: str
    state: str
    code: str


def sent_to(person: Person) -> list[SentTo]:
    """The services a person was sent to in the last year, latest first."""
    since = timezone.now() - TOLD_FOR
    rows = Referral.objects.filter(person=person, status__in=STATES, sent_at__gte=since)
    return [
        SentTo(
            name=row.to_team.name, day=day_of(row.sent_at), state=str(STATES[row.status]),
            code=row.code if row.status in Referral.OPEN else "", **place_of(row.to_team),
        )
        for row in rows.select_related("to_team__site").order_by("-sent_at")
    ]  # fmt: skip


def spoken(person: Person) -> list[str]:
    """The languages that the services know the person speaks, by their names in the reader's language."""
    return [language_name(one.language) for one in person.languages.all()]


def messages_to(person: Person) -> list[tuple[str, bool]]:
    """The channels on which messages can reach the person or are unwanted, each with whether they are wanted."""
    usable = person.contact_points.filter(ended_on__isnull=True, safe=ContactPoint.Safe.YES)
    kinds = set(usable.values_list("kind", flat=True))
    there = {Channel.SMS: ContactPoint.Kind.PHONE in kinds, Channel.EMAIL: ContactPoint.Kind.EMAIL in kinds}
    return [(channel.value, not unwanted) for channel, unwanted in wishes_of(person) if there[channel] or unwanted]
